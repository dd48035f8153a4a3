/**
 * How many digits of a 5-minute slot are kept. A value that all samples of the slot agree on (also
 * the only one: imports at 5 minutes) is kept to the bit. A mean of differing samples is rounded to
 * six digits, their maximum up to four: far below what the counters resolve, and half the disk.
 */
import { INDICATORS, type IndicatorName, type Unit } from '../../shared/indicator.ts';
import { roundTo, roundUp } from './rounding.ts';
import type { SlotStats } from './slot-stats.ts';

/** [decimals, significant digits, significant digits of the maximum], each at most. */
const PRECISION: Readonly<Record<Unit, readonly [number, number, number]>> = Object.freeze({
  ratio: [6, 6, 4],
  bytes: [0, 6, 6],
  bytes_per_second: [1, 5, 4],
  seconds: [6, 9, 9],
  celsius: [2, 6, 4],
  cores: [2, 6, 6],
  days: [4, 9, 9],
  count: [3, 9, 9],
});

/** For these the last value of five minutes says nothing: `last` is the mean. */
const FLUCTUATES: ReadonlySet<IndicatorName> = new Set<IndicatorName>([
  'cpu_used_ratio',
  'cpu_iowait_ratio',
  'cpu_steal_ratio',
  'load1',
  'disk_busy_ratio',
  'disk_read_bytes_per_second',
  'disk_written_bytes_per_second',
  'network_receive_bytes_per_second',
  'network_transmit_bytes_per_second',
  'network_errors_ratio',
  'round_trip_seconds',
  'loss_ratio',
  'temperature_celsius',
  'clock_offset_seconds',
]);

/**
 * Rounds in place. `exact`: the values are samples as they came, so one that a whole slot agrees on
 * stays; what was computed is rounded always.
 */
export function keepDigits(indicator: IndicatorName, stats: SlotStats, exact: boolean): void {
  const { mean, max, last } = stats;
  const [decimals, digits, maxDigits] = PRECISION[INDICATORS[indicator].unit];
  const fine = { decimals, digits };
  const coarse = { decimals, digits: maxDigits };
  const fluctuates = FLUCTUATES.has(indicator);
  for (let i = 0; i < mean.length; i++) {
    const average = mean[i] as number;
    if (Number.isNaN(average)) continue;
    const steady = average === max[i];
    if (!steady || !exact) {
      const rounded = roundTo(average, fine);
      mean[i] = rounded;
      max[i] = steady ? rounded : Math.max(rounded, roundUp(max[i] as number, coarse));
      last[i] = roundTo(last[i] as number, fine);
    }
    if (fluctuates) last[i] = mean[i] as number;
  }
}
