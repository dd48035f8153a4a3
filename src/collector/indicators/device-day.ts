/** One day of one device: what was rolled up before, with stale slots computed from raw samples. */
import { INDICATORS, type IndicatorName } from '../../shared/indicator.ts';
import { SLOT_MS } from '../../shared/units.ts';
import type { SeriesWindow, Store } from '../store/store.ts';
import { GAP_MS } from './counter.ts';
import { decodeDay } from './day-blob.ts';
import { computeSlots, type FigureSlots } from './figure-slots.ts';
import { figureKey } from './plan.ts';
import { emptyStats, SLOTS_PER_DAY, type SlotRange, type SlotStats } from './slot-stats.ts';

export type Wanted = (indicator: IndicatorName) => boolean;

export interface DayRequest {
  readonly device: string;
  readonly dayMs: number;
  /** The stored rollup; empty for none. */
  readonly rollups: Uint8Array;
  readonly stale: readonly SlotRange[];
  readonly wanted?: Wanted;
}

/** Figures of the whole day, in the order of `INDICATORS` and of items. */
export async function figuresOfDay(store: Store, request: DayRequest): Promise<FigureSlots[]> {
  const { device, dayMs, rollups, stale, wanted } = request;
  const day = new Map<string, FigureSlots>();
  const place = (indicator: IndicatorName, item: string): FigureSlots | null => {
    if (wanted !== undefined && !wanted(indicator)) return null;
    const figure = { indicator, item, ...emptyStats(SLOTS_PER_DAY) };
    day.set(figureKey(indicator, item), figure);
    return figure;
  };
  decodeDay(rollups, place);
  for (const range of stale) {
    const endMs = range.startMs + range.slots * SLOT_MS;
    const windows = await store.read(device, range.startMs - GAP_MS, endMs + GAP_MS);
    overlay(
      day,
      { dayMs, range, keep: slotsBefore(windows, range) },
      computeSlots(windows, range, wanted),
    );
  }
  return [...day.values()].filter(hasData).sort(inOrder);
}

/**
 * Slots at the start of the range whose raw samples retention has taken already: what they were
 * rolled up to stays. A slot that holds the first sample we still have is computed anew.
 */
function slotsBefore(windows: readonly SeriesWindow[], { startMs, slots }: SlotRange): number {
  const first = windows.reduce(
    (least, { times }) => Math.min(least, times[0] ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
  return Math.min(slots, Math.max(0, Math.floor((first - startMs) / SLOT_MS)));
}

interface Place {
  readonly dayMs: number;
  readonly range: SlotRange;
  /** How many slots at the start of the range stay as they are. */
  readonly keep: number;
}

function overlay(
  day: Map<string, FigureSlots>,
  { dayMs, range, keep }: Place,
  computed: readonly FigureSlots[],
): void {
  const start = (range.startMs - dayMs) / SLOT_MS;
  for (const { mean, max, last } of day.values()) {
    for (const values of [mean, max, last]) {
      values.fill(Number.NaN, start + keep, start + range.slots);
    }
  }
  for (const figure of computed) {
    const { indicator, item } = figure;
    const key = figureKey(indicator, item);
    const target = day.get(key) ?? { indicator, item, ...emptyStats(SLOTS_PER_DAY) };
    day.set(key, target);
    for (const part of ['mean', 'max', 'last'] as const) {
      target[part].set(figure[part].subarray(keep), start + keep);
    }
  }
}

export const hasData = ({ mean }: SlotStats): boolean => mean.some((value) => !Number.isNaN(value));

const RANK = new Map(Object.keys(INDICATORS).map((indicator, rank) => [indicator, rank]));

export function inOrder(
  a: Pick<FigureSlots, 'indicator' | 'item'>,
  b: Pick<FigureSlots, 'indicator' | 'item'>,
): number {
  const rank = (RANK.get(a.indicator) ?? 0) - (RANK.get(b.indicator) ?? 0);
  return rank !== 0 ? rank : a.item < b.item ? -1 : a.item > b.item ? 1 : 0;
}
