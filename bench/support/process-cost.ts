/** What a process and its children have cost so far, from `/proc` (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second towards programs (USER_HZ). */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuTicks: number;
}

function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name is in brackets and may hold anything, so fields are counted from the last bracket.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime = 0, stime = 0, endedUtime = 0, endedStime = 0] = fields.slice(11, 15);
    return {
      pid,
      parent: fields[1] ?? 0,
      cpuTicks: utime + stime + endedUtime + endedStime,
    };
  } catch {
    return null;
  }
}

function family(pid: number): readonly Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== null);
  const members = new Set([pid]);
  for (let grown = true; grown; ) {
    const before = members.size;
    for (const stat of all) if (members.has(stat.parent)) members.add(stat.pid);
    grown = members.size > before;
  }
  return all.filter((stat) => members.has(stat.pid));
}

/** User and system time of the process and all its children, seconds. */
export function cpuSeconds(pid: number): number {
  return family(pid).reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / TICKS_PER_SECOND;
}

/** A line of a `/proc` file that ends in kB, bytes; 0 when the process is gone. */
function kilobytes(file: string, name: string): number {
  try {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'));
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Resident memory of the process and its children, bytes. */
export function residentBytes(pid: number): number {
  return family(pid).reduce((sum, one) => sum + kilobytes(`/proc/${one.pid}/status`, 'VmRSS'), 0);
}

/** Proportional set size: memory shared with others counts by its share. */
export function proportionalBytes(pid: number): number {
  return family(pid).reduce(
    (sum, one) => sum + kilobytes(`/proc/${one.pid}/smaps_rollup`, 'Pss'),
    0,
  );
}
