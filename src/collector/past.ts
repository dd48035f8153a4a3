/**
 * The recent past of what fills, for the trend thresholds: evaluate is synchronous, history is
 * not, so what was asked for is fetched between ticks and kept, one maximum an hour.
 */
import type { Clock } from '../shared/clock.ts';
import type { IndicatorName } from '../shared/indicator.ts';
import { DAY_MS, HOUR_MS, SLOT_MS } from '../shared/units.ts';
import type { EvaluatorOptions } from './evaluate/evaluate.ts';
import type { IndicatorHistory, SlotSeries } from './indicators/indicators.ts';

const LOOK_BACK_MS = 30 * DAY_MS;
/** An hour adds one point; fetching more often would show nothing new. */
const FRESH_MS = HOUR_MS;
/** 20,000 × 720 points × 16 bytes = 230 MB at the very most; only well-filled things are asked for. */
const KEPT = 20_000;

type Past = ReturnType<EvaluatorOptions['past']>;

interface Kept {
  readonly past: Past;
  readonly fetchedMs: number;
}

interface Wanted {
  readonly device: string;
  readonly indicator: IndicatorName;
  readonly item: string;
}

export interface PastCache {
  readonly past: EvaluatorOptions['past'];
  /** Fetches one of those asked for; true when more are waiting. */
  fetchOne(): Promise<boolean>;
}

/** Hourly maxima; hours without a value are left out. */
export function hourlyMaxima({ startMs, max }: SlotSeries): NonNullable<Past> {
  const times: number[] = [];
  const values: number[] = [];
  for (let slot = 0; slot < max.length; slot++) {
    const value = max[slot] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const timeMs = startMs + slot * SLOT_MS;
    const last = times.length - 1;
    const sameHour = Math.floor(timeMs / HOUR_MS) === Math.floor((times[last] ?? -1) / HOUR_MS);
    if (last >= 0 && sameHour) {
      if (value > (values[last] ?? 0)) values[last] = value;
    } else {
      times.push(timeMs);
      values.push(value);
    }
  }
  return { times: Float64Array.from(times), values: Float64Array.from(values) };
}

export function makePastCache(history: Pick<IndicatorHistory, 'slots'>, clock: Clock): PastCache {
  const kept = new Map<string, Kept>();
  const wanted = new Map<string, Wanted>();
  return {
    past: (device, indicator, item) => {
      const key = `${device}\n${indicator}\n${item}`;
      const found = kept.get(key);
      const age = found === undefined ? FRESH_MS : clock.now() - found.fetchedMs;
      if (age >= FRESH_MS) wanted.set(key, { device, indicator, item });
      return found?.past ?? null;
    },
    fetchOne: async () => {
      for (const [key, { device, indicator, item }] of wanted) {
        wanted.delete(key);
        const now = clock.now();
        const series = await history.slots(device, now - LOOK_BACK_MS, now, [indicator]);
        const mine = series.find((one) => one.item === item);
        if (kept.size >= KEPT) kept.clear();
        kept.delete(key);
        kept.set(key, { past: mine === undefined ? null : hourlyMaxima(mine), fetchedMs: now });
        return wanted.size > 0;
      }
      return false;
    },
  };
}
