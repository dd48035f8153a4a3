/**
 * Due times. Every source has its own interval; all of one interval are due together, so a cycle
 * makes one batch and not twenty. Chance enters twice: the phase of this agent, so that 500 agents
 * do not beat together, and the cycle in which each slower source has its turn, so that slow
 * sources do not all fall into one.
 */

/** Due times this close belong to the same cycle. */
const TOGETHER_MS = 100;

export interface Schedule {
  /** When the next source is due, in the monotonic milliseconds given to `take`. */
  nextMs(): number;
  /** Indexes of the sources due at `nowMs`; moves their due times on, missed turns left out. */
  take(nowMs: number): readonly number[];
}

export function createSchedule(
  intervalsMs: readonly number[],
  startMs: number,
  random: () => number,
): Schedule {
  const shortestMs = Math.min(...intervalsMs);
  const phaseMs = random() * shortestMs;
  const due = intervalsMs.map((intervalMs) => {
    const turn = Math.floor(random() * Math.floor(intervalMs / shortestMs));
    return startMs + phaseMs + turn * shortestMs;
  });
  return {
    nextMs: () => Math.min(...due),
    take: (nowMs) => {
      const indexes: number[] = [];
      due.forEach((dueMs, index) => {
        const lateMs = nowMs + TOGETHER_MS - dueMs;
        if (lateMs < 0) return;
        const intervalMs = intervalsMs[index] ?? shortestMs;
        due[index] = dueMs + (Math.floor(lateMs / intervalMs) + 1) * intervalMs;
        indexes.push(index);
      });
      return indexes;
    },
  };
}
