/** Times of the week at which a role is held by nobody. Pure; in local time, so DST has no say. */
import type { Role } from './people.ts';

const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `nobody from Sunday 18:30 to Monday 07:30`, in the order of the week. */
export function gapsOf(role: Pick<Role, 'shifts'>): readonly string[] {
  const covered = new Uint8Array(WEEK_MINUTES);
  for (const { fromMinute, toMinute, days } of role.shifts) {
    for (const day of days) {
      const start = (day - 1) * DAY_MINUTES;
      for (let minute = fromMinute; minute < toMinute; minute++) {
        covered[(start + minute) % WEEK_MINUTES] = 1;
      }
    }
  }
  const first = covered.indexOf(1);
  if (first < 0) return ['nobody at any time'];
  // Read from a covered minute on, so that a gap over the end of the week is one gap.
  const gaps: string[] = [];
  let from: number | null = null;
  for (let step = 0; step <= WEEK_MINUTES; step++) {
    const minute = (first + step) % WEEK_MINUTES;
    if (covered[minute] === 0) from ??= minute;
    else if (from !== null) {
      gaps.push(`nobody from ${nameOf(from)} to ${nameOf(minute)}`);
      from = null;
    }
  }
  return gaps;
}

function nameOf(minute: number): string {
  const inDay = minute % DAY_MINUTES;
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = `${two(Math.floor(inDay / 60))}:${two(inDay % 60)}`;
  return `${NAMES[Math.floor(minute / DAY_MINUTES)]} ${time}`;
}
