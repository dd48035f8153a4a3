/** A fault that came back has had its clocks more than once: what became of them each time. */
import type { Fault, LedgerEntry } from './fault.ts';
import type { Episode } from './faults.ts';
import { type Case, fold } from './life.ts';

/** Everything but the present one, oldest first. */
export function episodesOf(
  ledger: readonly LedgerEntry[],
  present: (one: Case) => Fault,
): readonly Episode[] {
  const episodes: Episode[] = [];
  let one: Case | undefined;
  for (const entry of ledger) {
    if (one !== undefined && beginsAnew(one, entry)) episodes.push(episodeOf(present(one)));
    one = fold(one, entry);
  }
  return episodes;
}

const ANEW: readonly LedgerEntry['kind'][] = [
  'reopened',
  'released',
  'suppressed',
  'merged',
  'split',
];

/** As `fold` does it: also when a repair did not hold. */
function beginsAnew({ fault, sheet }: Case, { kind }: LedgerEntry): boolean {
  const relapsed = kind === 'worsened' && fault.state === 'repaired';
  return sheet.startMs !== null && (relapsed || ANEW.includes(kind));
}

function episodeOf(fault: Fault): Episode {
  const { clocks, respondedMs, arrivedMs, repairedMs, recoveredMs } = fault;
  return { clocks, respondedMs, arrivedMs, repairedMs, recoveredMs };
}
