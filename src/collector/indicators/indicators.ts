/**
 * Indicators: the one place where standard series names become the figures that rules and reports
 * speak of. Live: after each tick the values of the devices that changed. History: 5-minute
 * rollups and daily histograms, a pure function of the raw samples that is cached in the store;
 * hours still pending are computed on the fly, so a reader never sees a half-made rollup.
 *
 * A series whose name *is* an indicator (an import, a recording rule) passes through unchanged.
 */
import type { Clock } from '../../shared/clock.ts';
import type { IndicatorName, IndicatorValue } from '../../shared/indicator.ts';
import type { Store } from '../store/store.ts';
import { mergeDays, quantileOf } from './histogram.ts';
import { createHistory } from './history.ts';
import { createLiveIndicators } from './live.ts';

/** Live values. No value is better than a wrong one: a counter's first sample or a reset gives none. */
export interface LiveIndicators {
  /** Recomputes the devices the store names as changed; returns what is new, in a reused array. */
  update(): readonly IndicatorValue[];
  /** The newest values of one device (as of the last `update`). */
  of(device: string): readonly IndicatorValue[];
  /**
   * Replays a device's samples of a past window in time order, for rebuilding hold timers after a
   * restart: yields the values of each step.
   */
  replay(device: string, fromMs: number, toMs: number): AsyncIterable<readonly IndicatorValue[]>;
  /** Who says what of whether the device is reachable, as of the last `update`; disagreement too. */
  voices(device: string): readonly Voice[];
  forget(device: string): void;
}

/** One agent's newest word on a figure that agents vote on. */
export interface Voice {
  /** '' for a sender that names no agent. */
  readonly agent: string;
  readonly timeMs: number;
  /** 1: it gets an answer; 0: it does not. */
  readonly value: number;
}

/** 5-minute slots of one indicator. NaN where there was nothing: never zero. */
export interface SlotSeries {
  readonly indicator: IndicatorName;
  readonly item: string;
  /** Unix ms of slot 0, a multiple of `SLOT_MS` (shared/units.ts); slot i covers [start + i·SLOT_MS, +SLOT_MS). */
  readonly startMs: number;
  /** Time average of the slot; of a rate: what the counter gained, however the samples fell. */
  readonly mean: Float64Array;
  readonly max: Float64Array;
  /** The slot's last value (levels: memory, disk, sizes); the mean of what only fluctuates. */
  readonly last: Float64Array;
}

/**
 * Daily mergeable histogram of an indicator's 5-minute means, for months without rollups. Ratios
 * are `linear`, everything else is `log`. A figure that is part of a whole (used bytes of a size,
 * traffic of a speed) has both: `log` holds the amounts, `linear` their share of the whole.
 */
export interface DayHistogram {
  readonly indicator: IndicatorName;
  readonly item: string;
  readonly dayMs: number;
  /** `linear`: bucket i is [i/200, (i+1)/200) of ratio, 201 buckets. `log`: relative error ≤ 1 %. */
  readonly scale: 'linear' | 'log';
  /** Sparse: bucket index → count, ascending indexes. */
  readonly buckets: Int32Array;
  readonly counts: Uint32Array;
  /** Sum and maximum of the means, and the last value of the day; shares where `linear` holds shares. */
  readonly sum: number;
  readonly max: number;
  readonly last: number;
}

export interface IndicatorHistory {
  /** Slots covering [fromMs, toMs), both rounded outward to whole slots; one entry per item. */
  slots(
    device: string,
    fromMs: number,
    toMs: number,
    only?: readonly IndicatorName[],
  ): Promise<readonly SlotSeries[]>;
  histograms(device: string, fromMs: number, toMs: number): Promise<readonly DayHistogram[]>;
  /**
   * Writes rollups of pending hours that ended two minutes before `nowMs` (all of them without
   * it), for at most about `budgetMs`; true when more is waiting.
   */
  rollUp(options: { readonly nowMs?: number; readonly budgetMs: number }): Promise<boolean>;
}

export function openLiveIndicators(store: Store): LiveIndicators {
  return createLiveIndicators(store);
}

/** The clock only measures `budgetMs`. */
export function openHistory(store: Store, clock?: Clock): IndicatorHistory {
  return createHistory(store, clock);
}

/** Days of one indicator, item and scale as one histogram, exactly; null for none. */
export function mergeHistograms(days: readonly DayHistogram[]): DayHistogram | null {
  return mergeDays(days);
}

/**
 * The quantile `q` (0–1) of a histogram by linear interpolation, as numpy's default: within half a
 * point (`linear`) or 1 % (`log`) of the exact one.
 */
export function histogramQuantile(histogram: DayHistogram, q: number): number {
  return quantileOf(histogram, q);
}
