/** Counters: how much one gained between two samples, or that nobody can know. */
import { hasRestarted } from '../../shared/uptime.ts';
import type { Break } from './recipe.ts';

/**
 * Two samples of a counter further apart make no rate. It is also how long a series that stopped
 * without a stale marker is waited for before a sum goes on without it.
 */
export const GAP_MS = 600_000;

export interface Counter {
  /** Where the counter starts again from zero (2^32 for SNMP's 32-bit ones); 0 for never. */
  readonly wrapsAt: number;
  /** How far the counter may step back without having been reset; 0 for not at all. */
  readonly dips: number;
  readonly breaks?: readonly Break[];
}

/** A break's series at one sample and at the one before; NaN for none. */
export interface Step {
  readonly before: number;
  readonly now: number;
  readonly elapsedMs: number;
}

/** Whether counters began anew between the two. The first word of a discontinuity is one. */
export function isBroken({ when }: Break, { before, now, elapsedMs }: Step): boolean {
  if (Number.isNaN(now)) return false;
  return when === 'restarts' ? hasRestarted(before, now, elapsedMs) : now !== before;
}

/**
 * The gain from `before` to `now`, or NaN after a reset. A drop counts as a wrap only where the
 * counter is known to wrap and the gain would be under half its range: a device that restarted
 * must not look like a burst of traffic.
 */
export function increase(before: number, now: number, counter: Counter): number {
  const gain = now - before;
  if (gain >= 0) return gain;
  if (gain >= -counter.dips) return 0;
  const unwrapped = gain + counter.wrapsAt;
  return unwrapped >= 0 && unwrapped < counter.wrapsAt / 2 ? unwrapped : Number.NaN;
}
