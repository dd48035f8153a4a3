/** Flapping as a state: begins with many changes, ends with a steady time. Pure over history. */

export interface FlapPolicy {
  readonly changes: number;
  readonly within: number;
  readonly steady: number;
}

export interface Flap {
  readonly state: 'steady' | 'flapping';
  /** When this state began; 0 for a fault that never flapped. */
  readonly sinceMs: number;
  /** Changes within the policy's time before now. */
  readonly changes: number;
  /** `few_changes`, `many_changes`, `not_steady_yet`, `steady_again`. */
  readonly reason: 'few_changes' | 'many_changes' | 'not_steady_yet' | 'steady_again';
}

/**
 * `changesMs`: when the fault opened, recovered or reopened, ascending. The same history gives the
 * same answer whenever it is asked, so a restart changes nothing.
 */
export function flapOf(changesMs: readonly number[], policy: FlapPolicy, nowMs: number): Flap {
  let [flapping, sinceMs, oldest] = [false, 0, 0];
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const [index, atMs] of changesMs.entries()) {
    if (flapping && atMs - newestMs >= policy.steady) {
      [flapping, sinceMs, oldest] = [false, newestMs + policy.steady, index];
    }
    while (atMs - (changesMs[oldest] ?? atMs) > policy.within) oldest++;
    newestMs = atMs;
    if (flapping || index - oldest + 1 < policy.changes) continue;
    [flapping, sinceMs] = [true, atMs];
  }
  const changes = changesMs.filter((atMs) => nowMs - atMs <= policy.within).length;
  if (!flapping) {
    const reason = sinceMs > 0 ? 'steady_again' : 'few_changes';
    return { state: 'steady', sinceMs, changes, reason };
  }
  if (nowMs - newestMs >= policy.steady) {
    const sinceMs = newestMs + policy.steady;
    return { state: 'steady', sinceMs, changes, reason: 'steady_again' };
  }
  const reason = changes >= policy.changes ? 'many_changes' : 'not_steady_yet';
  return { state: 'flapping', sinceMs, changes, reason };
}
