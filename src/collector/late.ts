/**
 * Late data: what an agent kept while the line was down arrives after the live figures. It corrects
 * history by itself; here its breaches are found and recorded as faults that are over, told by one
 * summary and never as if they were new (decision 5 of the design: event time for history).
 */
import type { Clock } from '../shared/clock.ts';
import type { IndicatorValue } from '../shared/indicator.ts';
import { DAY_MS, HOUR_MS } from '../shared/units.ts';
import type { Evaluator, Verdict } from './evaluate/evaluate.ts';
import type { FaultContext, Faults, LateBreach } from './faults/faults.ts';
import type { LiveIndicators } from './indicators/indicators.ts';
import type { Store } from './store/store.ts';

/** A device that was silent for less had nothing that a hold time would not have covered. */
const GAP_MS = 180_000;
/** How many of its usual steps must be missing. */
const GAP_STEPS = 4;
const FIRST_STEP_MS = 60_000;
/** Nothing more arrived for so long: the backlog of the gap is in. */
const SETTLED_MS = 120_000;
const LOOK_EVERY_MS = 10_000;
/** A sender that is always late must not keep the others' history waiting. */
const SETTLING_MOST_MS = 6 * HOUR_MS;
/** What has not come by then is lost, or its loss is declared. */
const WAIT_MOST_MS = 7 * DAY_MS;
/** Judged before the gap, so that hold times and rates have something to stand on. */
const LEAD_MS = 10 * 60_000;

export interface LateDoors {
  readonly store: Pick<Store, 'pendingHours' | 'newest' | 'devices' | 'stats' | 'read'>;
  readonly live: Pick<LiveIndicators, 'replay'>;
  readonly faults: Pick<Faults, 'recordLate'>;
  readonly context: FaultContext;
  readonly clock: Clock;
  /** An evaluator with today's thresholds and no memory. */
  readonly scratch: () => Evaluator;
  /** Labels of a watched device; null for one that is not judged. */
  readonly labelsOf: (device: string) => Readonly<Record<string, string>> | null;
}

export interface Late {
  /** Told of what each tick judged: a jump in a device's time is a gap. */
  saw(values: readonly IndicatorValue[]): void;
  /** Judges one gap whose data is in, if there is one; true when more are. */
  judgeOne(): Promise<boolean>;
}

interface Gap {
  readonly device: string;
  /** The newest sample before it and the first after it, Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly sinceMs: number;
  /** Usual distance of the device's samples before it. */
  readonly stepMs: number;
  /** What the store said of its hours; data may have come when it is another one than at first. */
  first: string;
  last: string;
  changedMs: number;
  /** When its samples were last looked for. */
  checkedMs: number;
}

interface Pace {
  newestMs: number;
  stepMs: number;
}

export function makeLate(doors: LateDoors): Late {
  const { store, clock, faults, context, labelsOf } = doors;
  const paces = new Map<string, Pace>(
    store
      .devices()
      .map((device) => [device, { newestMs: store.newest(device), stepMs: FIRST_STEP_MS }]),
  );
  const gaps: Gap[] = [];
  let found: LateBreach[] = [];
  let lookedMs = Number.NEGATIVE_INFINITY;

  const note = (device: string, timeMs: number, outOfOrder: () => number): void => {
    const pace = paces.get(device);
    if (pace === undefined) {
      paces.set(device, { newestMs: timeMs, stepMs: FIRST_STEP_MS });
      return;
    }
    const step = timeMs - pace.newestMs;
    if (step <= 0) return;
    if (step > Math.max(GAP_MS, GAP_STEPS * pace.stepMs)) {
      const sinceMs = clock.now();
      const gap = { device, fromMs: pace.newestMs, toMs: timeMs, stepMs: pace.stepMs };
      const now = signatureOf(store, gap, outOfOrder());
      const known = { first: now, last: now, changedMs: sinceMs, checkedMs: sinceMs };
      gaps.push({ ...gap, sinceMs, ...known });
    } else pace.stepMs = step;
    pace.newestMs = timeMs;
  };

  return {
    saw: (values) => {
      let last = '';
      let counted: number | undefined;
      // Asked once a tick at most: a whole site comes back at once.
      const outOfOrder = (): number => {
        counted ??= store.stats().lateSamples;
        return counted;
      };
      for (const { device, timeMs } of values) {
        if (device !== last) note(device, timeMs, outOfOrder);
        last = device;
      }
    },
    judgeOne: async () => {
      if (gaps.length === 0 && found.length === 0) return false;
      if (clock.monotonic() - lookedMs < LOOK_EVERY_MS) return false;
      const gap = await takeSettled(gaps, doors);
      if (gap !== undefined) {
        const labels = labelsOf(gap.device);
        if (labels !== null) found.push(...(await breachesIn(doors, gap, labels)));
        return true;
      }
      lookedMs = clock.monotonic();
      // One summary for all whose data came together: the others are waited for.
      const arriving = gaps.some(({ first, last }) => first !== last);
      if (arriving || found.length === 0) return false;
      await faults.recordLate(found, context);
      found = [];
      return false;
    },
  };
}

/** Takes out the first gap whose data has come and stopped coming, and those that wait in vain. */
async function takeSettled(gaps: Gap[], { store, clock }: LateDoors): Promise<Gap | undefined> {
  const nowMs = clock.now();
  const { lateSamples } = store.stats();
  for (const gap of [...gaps]) {
    const now = signatureOf(store, gap, lateSamples);
    if (now !== gap.last) Object.assign(gap, { last: now, changedMs: nowMs });
    const calm = nowMs - gap.changedMs >= SETTLED_MS || nowMs - gap.sinceMs >= SETTLING_MOST_MS;
    const due = gap.last !== gap.first && calm && nowMs - gap.checkedMs >= SETTLED_MS;
    const ready = due && (await isFilled(store, gap));
    // What settled was another's backlog: this one's is still to come.
    if (due) Object.assign(gap, { first: now, checkedMs: nowMs });
    if (!ready && nowMs - gap.sinceMs < WAIT_MOST_MS) continue;
    gaps.splice(gaps.indexOf(gap), 1);
    if (ready) return gap;
  }
  return undefined;
}

/** True when samples of the device itself lie in the gap, not only at its edges. */
async function isFilled(
  store: LateDoors['store'],
  { device, fromMs, toMs, stepMs }: Gap,
): Promise<boolean> {
  const windows = await store.read(device, fromMs + stepMs, toMs - stepMs);
  return windows.some(({ times }) => times.length > 0);
}

/**
 * What the store says of the hours of a gap. The hour that still went on when the gap ended changes
 * with every live sample: there only what came out of order counts, of whatever device.
 */
function signatureOf(
  store: LateDoors['store'],
  { device, fromMs, toMs }: Pick<Gap, 'device' | 'fromMs' | 'toMs'>,
  lateSamples: number,
): string {
  const liveHour = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  const hours = store
    .pendingHours(device)
    .filter(({ hourMs }) => hourMs + HOUR_MS > fromMs && hourMs < liveHour)
    .map(({ hourMs, revision = 0 }) => `${hourMs}:${revision}`);
  return `${hours.join(' ')} ${lateSamples}`;
}

/** Breaches that began and ended within the gap. What still went on after it is judged live. */
async function breachesIn(
  { live, scratch }: LateDoors,
  { device, fromMs, toMs }: Gap,
  labels: Readonly<Record<string, string>>,
): Promise<readonly LateBreach[]> {
  const evaluator = scratch();
  const open = new Map<string, Verdict>();
  const over: LateBreach[] = [];
  for await (const values of live.replay(device, fromMs - LEAD_MS, toMs + 1)) {
    const nowMs = values.reduce((newest, { timeMs }) => Math.max(newest, timeMs), 0);
    const facts = { name: device, labels, newestMs: nowMs, heardMs: nowMs, watched: true };
    for (const verdict of evaluator.tick(values, [facts], nowMs)) {
      const key = `${verdict.rule}\0${verdict.item}`;
      const before = open.get(key);
      if (verdict.state === 'breached') {
        const sinceMs = Math.min(verdict.sinceMs, before?.sinceMs ?? verdict.sinceMs);
        const graver = before?.severity === 'critical' ? before : verdict;
        open.set(key, { ...graver, sinceMs });
      } else if (before !== undefined) {
        open.delete(key);
        const endedMs = Math.max(verdict.sinceMs, before.sinceMs);
        if (before.sinceMs >= fromMs) over.push({ verdict: before, endedMs });
      }
    }
  }
  return over;
}
