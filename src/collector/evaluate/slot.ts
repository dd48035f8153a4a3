/**
 * The newest sample of one indicator of one item, and how regular its samples are. What is late,
 * repeated or from the future stops here: it never opens or clears anything.
 */
import type { IndicatorName } from '../../shared/indicator.ts';
import type { Watch } from './watch.ts';

/** A sender's clock may be ahead this far (as at ingest); beyond, its samples are not judged. */
export const FUTURE_MS = 600_000;
/** No data for so many usual intervals is unknown … */
const MISSED_INTERVALS = 3;
/** … but never sooner than this. */
const PATIENCE_LEAST_MS = 60_000;
/** Supposed until the second sample tells. */
const INTERVAL_SUPPOSED_MS = 60_000;
/** Longer first steps are an outage rather than an interval. */
const FIRST_INTERVAL_MOST_MS = 900_000;

/** What the tick knows when it offers a sample. */
export interface Moment {
  /** Now on the sender's clock, Unix ms: event times are compared with this. */
  readonly senderNowMs: number;
  /** Now on ours, Unix ms: arrivals are stamped with this. */
  readonly nowMs: number;
  readonly lateMs: number;
}

export class Slot {
  readonly indicator: IndicatorName;
  readonly item: string;
  /** Rules judged on every sample by itself. */
  readonly direct: Watch[] = [];
  /** Rules that need another indicator of the same step, or that are paced. */
  readonly later: Watch[] = [];
  value = Number.NaN;
  newestMs = 0;
  firstMs = 0;
  arrivalMs = 0;
  stale = false;
  /** In the present step its `later` rules are still to be judged. */
  waiting = false;
  /** How many watches of other slots look at this one. */
  users = 0;
  private measuredIntervalMs = 0;

  constructor(indicator: IndicatorName, item: string) {
    this.indicator = indicator;
    this.item = item;
  }

  get intervalMs(): number {
    return this.measuredIntervalMs || INTERVAL_SUPPOSED_MS;
  }

  /** Without data for this long, nothing is known. */
  get patienceMs(): number {
    return Math.max(PATIENCE_LEAST_MS, MISSED_INTERVALS * this.intervalMs);
  }

  /** Takes a sample; false when it must not be judged. */
  accept(timeMs: number, value: number, { senderNowMs, nowMs, lateMs }: Moment): boolean {
    if (timeMs <= this.newestMs || !Number.isFinite(value)) return false;
    if (timeMs < senderNowMs - lateMs - this.intervalMs) return false;
    if (timeMs > senderNowMs + FUTURE_MS) return false;
    if (this.newestMs === 0) this.firstMs = timeMs;
    else this.learn(timeMs - this.newestMs);
    this.newestMs = timeMs;
    this.arrivalMs = nowMs;
    this.value = value;
    this.stale = false;
    return true;
  }

  watches(): readonly Watch[] {
    return [...this.direct, ...this.later];
  }

  /** The first step is taken at its word; later ones count a quarter, and a gap at most doubles it. */
  private learn(stepMs: number): void {
    const known = this.measuredIntervalMs;
    const gap = stepMs > this.patienceMs;
    if (gap) for (const watch of this.watches()) watch.interrupt();
    if (known === 0) this.measuredIntervalMs = Math.min(stepMs, FIRST_INTERVAL_MOST_MS);
    else if (gap) this.measuredIntervalMs = Math.min(stepMs, 2 * known);
    else this.measuredIntervalMs = known + (stepMs - known) / 4;
  }
}
