/**
 * Who has a turn together. Most targets have one each. Targets of one company share theirs: what
 * serves them (a process that sends echo requests) serves many for the price of one, and the same
 * series in the same order make the same batch every time.
 */
import type { Target } from './sampler.ts';

/** So many have a turn together; a larger company has several, spread over the interval. */
export const MOST_TOGETHER = 250;

/** For every company, and for every target that is in none: its turns, each with its targets. */
export function turnsOf(targets: readonly Target[]): readonly (readonly (readonly Target[])[])[] {
  const companies = Map.groupBy(targets, (target) =>
    target.company === undefined ? target : `${target.intervalMs} ${target.company}`,
  );
  return [...companies.values()].map((members) => {
    const turns = Math.ceil(members.length / MOST_TOGETHER);
    const size = Math.ceil(members.length / turns);
    return Array.from({ length: turns }, (_, i) => members.slice(i * size, (i + 1) * size));
  });
}
