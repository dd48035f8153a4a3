/**
 * A thousand switches of 48 ports, half of them silent: whether what does not answer costs the
 * others their time. Alone in five minutes, where `snmp` takes ten.
 */
import { buildBundle } from './support/agent-bundle.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';
import {
  COLUMNS,
  FULL,
  looksNote,
  measureAgent,
  rowOf,
  type Size,
  SMOKE,
  titleOf,
  withSwitches,
} from './support/snmp-agent.ts';

/** Two rounds that are not counted, and two that are: four minutes. */
const SILENT: Size = { ...FULL, rounds: 2 };
/** Of the looks that are due in the measured time; a few end right after it. */
const LOOKS_SHARE = 0.99;

/** The agent alone, with half of its switches silent: does each cycle end before the next? */
export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const size = smoke ? SMOKE : SILENT;
  const silent = size.devices / 2;
  buildBundle();
  const agent = await withSwitches(size, silent, (port) => measureAgent(size, directory, port));
  const { seen } = agent;
  const slowest = Math.max(seen.slowest.answering, seen.slowest.silent);
  // A look that ends at the edge of the measured time counts on one side of it or on the other.
  const least = Math.min(...seen.byDevice.values());
  const isMet =
    slowest < size.intervalSeconds &&
    seen.byDevice.size === size.devices &&
    least >= size.rounds - 1 &&
    seen.looks >= size.devices * size.rounds * LOOKS_SHARE;
  return [
    {
      title: `${titleOf(size)}, ${silent} silent`,
      columns: COLUMNS,
      rows: [rowOf('watchkeeper agent', size, agent)],
      notes: [
        looksNote(size, agent),
        `Each of ${seen.byDevice.size} devices was looked at ${least} times or more in ${size.rounds} rounds.`,
        `Goal: each cycle ends within its interval: ${isMet ? 'met' : 'missed'}.`,
      ],
    },
  ];
}
