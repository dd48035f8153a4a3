/** What no threshold noticed in time: reports of people, traps and other systems; late data. */
import { type Breach, breachOf, type Circumstances } from './decide.ts';
import type { Draft } from './draft.ts';
import type { FaultClearing, FaultReport, LateBreach } from './faults.ts';
import { levelOf } from './levels.ts';
import type { Case } from './life.ts';
import { checkBegan } from './moments.ts';
import { checkSaid } from './note.ts';
import { isActive } from './steps.ts';
import type { FaultTables } from './tables.ts';

/** Ids and devices that a summary names; it counts all. */
const NAMED_MOST = 100;

export function breachOfReport(report: FaultReport, draft: Draft) {
  const { origin, device, rule, severity, urgency, phenomenon } = report;
  // A device's clock may be wrong; a person can look again.
  if (origin === 'person') checkBegan(report.beganMs, draft.nowMs);
  // Two people with two troubles on one device: two faults.
  const item = origin === 'person' && report.item === '' ? draft.nextFault() : report.item;
  const breach: Breach & { readonly report?: unknown } = {
    ...{ device, rule, indicator: origin, item, severity, urgency, phenomenon, origin },
    beganMs: Math.min(report.beganMs, draft.nowMs),
    value: null,
    limit: null,
    layer: 'report',
    ...(report.detail === undefined ? {} : { report: report.detail }),
  };
  return { breach, note: phenomenon.en || phenomenon.zh };
}

/** Ends what the same origin raised, if it goes on. */
export function addClearing(
  draft: Draft,
  current: Case | undefined,
  { origin, by, note, atMs }: FaultClearing,
): Case | undefined {
  checkSaid({ by, note });
  // A threshold that still breaches knows better than a message from outside.
  if (current?.fault.origin !== origin || !isActive(current.fault.state)) return undefined;
  const recoveredMs = Math.min(Math.max(atMs, current.fault.beganMs), draft.nowMs);
  return draft.add(current, { kind: 'recovered', note, detail: { recoveredMs } }, by);
}

interface Late {
  readonly breaches: readonly LateBreach[];
  readonly tables: FaultTables;
  readonly circumstances: (device: string) => Circumstances;
}

/**
 * Decision 5: event time for history, arrival time for people. Each is recorded as over; one summary
 * tells of all. What the ledger knows already is not recorded again.
 */
export function addLate(draft: Draft, { breaches, tables, circumstances }: Late): void {
  const faults: string[] = [];
  let gravest: Case | undefined;
  const devices = new Set<string>();
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, 0];
  for (const { verdict, endedMs } of breaches) {
    const breach = breachOf(verdict);
    const { beganMs, device, severity, urgency } = breach;
    if (tables.covers(breach, beganMs, endedMs)) continue;
    const { impact, levels, systems, terms, termsKey } = circumstances(device);
    const level = levelOf(levels, urgency, impact);
    const held = { policy: terms.policy, terms: termsKey };
    const detail = { ...breach, severity, impact, level, systems, ...held, endedMs };
    const one = draft.add(undefined, { kind: 'late', note: verdict.reason.en, detail });
    faults.push(one.fault.id);
    if (gravest === undefined || level <= gravest.fault.level) gravest = one;
    devices.add(device);
    fromMs = Math.min(fromMs, beganMs);
    toMs = Math.max(toMs, endedMs);
  }
  if (gravest === undefined) return;
  // The level of its fault decides who is told of all of them.
  draft.add(gravest, {
    kind: 'late_summary',
    note: `${faults.length} faults were found in late data; all of them are over`,
    detail: {
      count: faults.length,
      faults: faults.slice(0, NAMED_MOST),
      devices: [...devices].slice(0, NAMED_MOST),
      fromMs,
      toMs,
    },
  });
}
