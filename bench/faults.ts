/**
 * One router, many devices behind it: all of them become unreachable in one tick. The cause is
 * announced, the rest is stored as symptoms; the desk answers as before, and recovery is one tick.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../src/collector/evaluate/evaluate.ts';
import {
  type FaultContext,
  type Faults,
  loadLevels,
  openFaults,
} from '../src/collector/faults/faults.ts';
import { systemClock } from '../src/shared/clock.ts';
import { silentLog } from '../src/shared/log.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';

const FULL = { devices: 5_000, ticks: 30 };
const SMOKE = { devices: 200, ticks: 3 };
const ROUTER = 'router';

function verdict(device: string, state: 'breached' | 'ok'): Verdict {
  const nowMs = systemClock.now();
  return {
    ...{ device, state, rule: 'unreachable', indicator: 'reachable', item: '' },
    ...{ severity: 'critical', urgency: 'high', value: 0, limit: 1, sinceMs: nowMs },
    summary: { en: 'Not reachable', zh: '不可达' },
    reason: { name: 'below', en: 'no answer for 1 min', zh: '已 1 分钟无应答' },
    layer: 'default',
  };
}

/** Everything but the router is behind the router. */
function contextOf(faults: () => Faults): FaultContext {
  return {
    impactOf: () => 'high',
    policyOf: () => 'four_level',
    systemsOf: () => ['social insurance'],
    quietOf: ({ device }) => {
      const cause = faults().open().at(-1);
      if (device === ROUTER || cause?.device !== ROUTER) return null;
      return { why: 'dependency', by: cause.id, note: `behind ${ROUTER}` };
    },
  };
}

async function timed<T>(task: () => Promise<T>): Promise<[number, T]> {
  const began = systemClock.monotonic();
  const answer = await task();
  return [systemClock.monotonic() - began, answer];
}

const shown = (ms: number): string => `${ms.toFixed(1)} ms`;

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const { devices, ticks } = smoke ? SMOKE : FULL;
  mkdirSync(directory, { recursive: true });
  const levels = loadLevels(join(import.meta.dirname, '../config/levels.yaml'));
  const options = { directory, clock: systemClock, log: silentLog, levels };
  let faults = await openFaults(options);
  const context = contextOf(() => faults);
  const tick = async (verdicts: readonly Verdict[]): Promise<number> => {
    const written = await faults.apply(verdicts, context);
    return written.length + (await faults.advance(context)).length;
  };
  const names = Array.from({ length: devices }, (_, i) => `host-${i}`);
  await tick([verdict(ROUTER, 'breached')]);
  const [down, entries] = await timed(() => tick(names.map((name) => verdict(name, 'breached'))));
  let slowest = 0;
  for (let i = 0; i < ticks; i++) slowest = Math.max(slowest, (await timed(() => tick([])))[0]);
  const [list, page] = await timed(() => faults.list({ state: 'open', limit: 100 }));
  const [announced] = await timed(() => faults.list({ state: 'announced', limit: 100 }));
  const [scope, view] = await timed(() => faults.show('F-000001'));
  await faults.close();
  const [restart] = await timed(async () => {
    faults = await openFaults(options);
  });
  const [up, over] = await timed(() => tick([ROUTER, ...names].map((name) => verdict(name, 'ok'))));
  await faults.close();
  return [
    {
      title: `${devices} devices behind one router`,
      columns: ['what', 'took', 'figures'],
      rows: [
        ['tick in which all go down', shown(down), `${entries} entries`],
        ['slowest tick while they are down', shown(slowest), `of ${ticks}`],
        ['list, a page of what is open', shown(list), `${page.length} faults`],
        ['list, a page of what is announced', shown(announced), ''],
        ['the cause with its scope', shown(scope), `${view.symptoms} symptoms`],
        ['opening after a restart', shown(restart), ''],
        ['tick in which all come back', shown(up), `${over} entries`],
      ],
    },
  ];
}
