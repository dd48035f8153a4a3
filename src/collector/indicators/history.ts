/**
 * The history of indicators: stored rollups, and what is still pending computed on the fly by the
 * same functions, so that a reader cannot tell which was which.
 */
import { type Clock, systemClock } from '../../shared/clock.ts';
import type { IndicatorName } from '../../shared/indicator.ts';
import { DAY_MS, SLOT_MS } from '../../shared/units.ts';
import type { RollupDay, Store } from '../store/store.ts';
import { decodeDay } from './day-blob.ts';
import { decodeHistograms, histogramsOf } from './day-histograms.ts';
import { figuresOfDay, hasData, inOrder, type Wanted } from './device-day.ts';
import type { FigureSlots } from './figure-slots.ts';
import type { DayHistogram, IndicatorHistory, SlotSeries } from './indicators.ts';
import { figureKey } from './plan.ts';
import { createRollUp } from './roll-up.ts';
import { emptyStats, SLOTS_PER_DAY, type SlotRange, type SlotStats } from './slot-stats.ts';
import { clipRange, staleSlots } from './stale-slots.ts';

export function createHistory(store: Store, clock: Clock = systemClock): IndicatorHistory {
  return {
    slots: (device, fromMs, toMs, only) => readSlots(store, device, { fromMs, toMs, only }),
    histograms: (device, fromMs, toMs) => readHistograms(store, device, { fromMs, toMs }),
    rollUp: createRollUp(store, clock),
  };
}

interface Period {
  readonly fromMs: number;
  readonly toMs: number;
  readonly only?: readonly IndicatorName[] | undefined;
}

/** One day with what is known of it. */
interface Day {
  readonly dayMs: number;
  readonly stored: RollupDay | undefined;
  readonly stale: readonly SlotRange[];
}

/** The pending hours are asked for first: an hour rolled up meanwhile is then computed twice, not missed. */
async function daysOf(store: Store, device: string, { fromMs, toMs }: Period): Promise<Day[]> {
  const hours = store.pendingHours(device).map(({ hourMs }) => hourMs);
  const firstMs = Math.floor(fromMs / DAY_MS) * DAY_MS;
  const endMs = Math.ceil(toMs / DAY_MS) * DAY_MS;
  const rollups = await store.rollups(device, firstMs, endMs);
  const byDay = new Map(rollups.map((day) => [day.dayMs, day]));
  const days: Day[] = [];
  for (let dayMs = firstMs; dayMs < endMs; dayMs += DAY_MS) {
    days.push({ dayMs, stored: byDay.get(dayMs), stale: staleSlots(dayMs, { hours }) });
  }
  return days;
}

async function readSlots(store: Store, device: string, period: Period): Promise<SlotSeries[]> {
  const startMs = Math.floor(period.fromMs / SLOT_MS) * SLOT_MS;
  const endMs = Math.ceil(period.toMs / SLOT_MS) * SLOT_MS;
  const series = new SeriesOfPeriod(startMs, Math.max(0, (endMs - startMs) / SLOT_MS));
  const wanted = wantedOf(period.only);
  for (const { dayMs, stored, stale } of await daysOf(store, device, period)) {
    const rollups = stored?.rollups ?? new Uint8Array();
    const inside = stale.map((range) => clipRange(range, startMs, endMs)).filter((r) => r !== null);
    if (inside.length === 0 && dayMs >= startMs && dayMs + DAY_MS <= endMs) {
      decodeDay(rollups, (name, item) => (wanted(name) ? series.day(name, item, dayMs) : null));
      continue;
    }
    const figures = await figuresOfDay(store, { device, dayMs, rollups, stale: inside, wanted });
    for (const figure of figures) series.copy(figure, dayMs);
  }
  return series.all();
}

/** The slots of a period, filled day by day. */
class SeriesOfPeriod {
  readonly #startMs: number;
  readonly #slots: number;
  readonly #series = new Map<string, SlotSeries>();

  constructor(startMs: number, slots: number) {
    this.#startMs = startMs;
    this.#slots = slots;
  }

  /** The place of a day that lies inside the period. */
  day(indicator: IndicatorName, item: string, dayMs: number): SlotStats {
    const { mean, max, last } = this.#of(indicator, item);
    const start = (dayMs - this.#startMs) / SLOT_MS;
    const end = start + SLOTS_PER_DAY;
    return {
      mean: mean.subarray(start, end),
      max: max.subarray(start, end),
      last: last.subarray(start, end),
    };
  }

  /** Takes over what of a day lies inside the period. */
  copy(figure: FigureSlots, dayMs: number): void {
    const to = this.#of(figure.indicator, figure.item);
    const offset = (dayMs - this.#startMs) / SLOT_MS;
    const skip = Math.max(0, -offset);
    const end = Math.min(SLOTS_PER_DAY, this.#slots - offset);
    for (const part of ['mean', 'max', 'last'] as const) {
      to[part].set(figure[part].subarray(skip, end), offset + skip);
    }
  }

  all(): SlotSeries[] {
    return [...this.#series.values()].filter(hasData).sort(inOrder);
  }

  #of(indicator: IndicatorName, item: string): SlotSeries {
    const key = figureKey(indicator, item);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { indicator, item, startMs: this.#startMs, ...emptyStats(this.#slots) };
      this.#series.set(key, series);
    }
    return series;
  }
}

function wantedOf(only: readonly IndicatorName[] | undefined): Wanted {
  return only === undefined ? () => true : (indicator) => only.includes(indicator);
}

async function readHistograms(
  store: Store,
  device: string,
  period: Period,
): Promise<DayHistogram[]> {
  const histograms: DayHistogram[] = [];
  for (const { dayMs, stored, stale } of await daysOf(store, device, period)) {
    // Where the rollups are gone already the histograms are all there is.
    const onlyHistograms = stored !== undefined && stored.rollups.length === 0;
    if (stored !== undefined && (stale.length === 0 || onlyHistograms)) {
      histograms.push(...decodeHistograms(dayMs, stored.histograms));
    } else if (stale.length > 0) {
      const rollups = stored?.rollups ?? new Uint8Array();
      const figures = await figuresOfDay(store, { device, dayMs, rollups, stale });
      histograms.push(...histogramsOf(dayMs, figures));
    }
  }
  return histograms;
}
