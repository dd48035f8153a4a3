/**
 * Which slots of a day must be computed anew because samples came in. A sample reaches `GAP_MS`
 * before itself (a rate covers the time since the sample before it) and after itself (it may be
 * what the next rate starts from), so a pending hour reaches into both neighbours.
 */
import { HOUR_MS, SLOT_MS } from '../../shared/units.ts';
import { GAP_MS } from './counter.ts';
import { SLOTS_PER_DAY, type SlotRange } from './slot-stats.ts';

export interface StaleHours {
  /** Starts of the hours that got samples, Unix ms. */
  readonly hours: readonly number[];
  /** Starts of hours whose turn comes later: their slots are left alone. */
  readonly later?: readonly number[];
}

/** Runs of consecutive stale slots of the day, ascending. */
export function staleSlots(dayMs: number, { hours, later = [] }: StaleHours): SlotRange[] {
  const stale = new Uint8Array(SLOTS_PER_DAY);
  const mark = (fromMs: number, toMs: number, value: 0 | 1): void => {
    const first = Math.max(0, Math.floor((fromMs - dayMs) / SLOT_MS));
    const end = Math.max(0, Math.ceil((toMs - dayMs) / SLOT_MS));
    stale.fill(value, first, end);
  };
  for (const hour of hours) mark(hour - GAP_MS, hour + HOUR_MS + GAP_MS, 1);
  for (const hour of later) mark(hour, hour + HOUR_MS, 0);
  return runs(stale, dayMs);
}

function runs(marks: Uint8Array, dayMs: number): SlotRange[] {
  const found: SlotRange[] = [];
  for (let slot = 0; slot < marks.length; slot++) {
    if (marks[slot] === 0) continue;
    const start = slot;
    while (marks[slot] === 1) slot++;
    found.push({ startMs: dayMs + start * SLOT_MS, slots: slot - start });
  }
  return found;
}

/** The part of `range` inside [fromMs, toMs), both multiples of `SLOT_MS`; null for nothing. */
export function clipRange(range: SlotRange, fromMs: number, toMs: number): SlotRange | null {
  const startMs = Math.max(range.startMs, fromMs);
  const endMs = Math.min(range.startMs + range.slots * SLOT_MS, toMs);
  return endMs > startMs ? { startMs, slots: (endMs - startMs) / SLOT_MS } : null;
}
