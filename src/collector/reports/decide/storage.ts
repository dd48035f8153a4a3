/**
 * File systems, inodes and databases: a date alone raises no flag, it takes a probability beside
 * it; and a store that is full by design and does not grow is left alone, with that reason.
 */
import type { Forecast } from '../figures/forecast.ts';
import type { Statistics } from '../figures/statistics.ts';
import type { ReportPolicy } from '../policy.ts';
import { type Decision, type Judgement, judged } from './decision.ts';
import { assessQuality, type Quality, type QualityFacts } from './quality.ts';

export interface StorageMeasure {
  /** Limit in `unit`; NaN when unknown. */
  readonly size: number;
  /** Shares of the size over the month. */
  readonly statistics: Statistics;
  /** Highest daily maximum of the last `reclaim.days` days, and how many days that covers. */
  readonly highest: number;
  readonly daysSeen: number;
  /** Newest value minus the value a month before; NaN when unknown. */
  readonly monthChange: number;
  readonly forecast: Forecast | null;
  readonly quality: QualityFacts;
  /** Bytes can be added in steps; inodes cannot. */
  readonly unit: 'bytes' | 'ratio';
}

const GIB = 1024 ** 3;

export function decideStorage(measure: StorageMeasure, policy: ReportPolicy): Decision {
  const agreement = { periodsAgree: !(measure.forecast?.noisy ?? false), censored: false };
  const quality = assessQuality(measure.quality, agreement, policy.quality);
  return explain(measure, quality, judge(measure, quality, policy), policy);
}

function judge(measure: StorageMeasure, quality: Quality, policy: ReportPolicy): Judgement {
  const { storage } = policy;
  const { forecast, size } = measure;
  if (quality.confidence === 'insufficient' || forecast === null) {
    return judged('insufficient', 'quality');
  }
  const used = forecast.level / size;
  const grows = forecast.slope > 0 && Number.isFinite(forecast.daysToFull);
  // Both, so noise on a flat disk raises no flag.
  const flag = (days: number, probability: number): boolean =>
    forecast.daysToFull <= days && probability >= storage.flag_probability;
  const target = size + growth(forecast, size, storage);
  if (flag(storage.urgent.days, forecast.p30)) return judged('urgent', 'fills_soon', { target });
  if (grows && used >= storage.urgent.ratio) return judged('urgent', 'nearly_full', { target });
  if (flag(storage.add.days, forecast.p60)) return judged('add', 'fills_soon', { target });
  if (grows && used >= storage.add.ratio) return judged('add', 'nearly_full', { target });
  if (flag(storage.plan.days, forecast.p90)) return judged('plan', 'fills_soon', { target });
  if (!grows && used >= storage.static_ratio) return judged('keep', 'full_but_static');
  if (used >= storage.plan.ratio) return judged('plan', 'above_warning', { target });
  if (grows) return judged('keep', 'growing');
  const spare = reclaimable(measure, storage) >= storage.reclaim.min_gib * GIB;
  return judged('keep', spare ? 'reclaim_at_rebuild' : 'no_growth');
}

/** Room for half a year and the largest recent jump, in sizes an administrator would order. */
function growth(forecast: Forecast, size: number, policy: ReportPolicy['storage']): number {
  const { grow, steps_gib } = policy;
  const rise = Math.max(0, forecast.slope) * grow.days + forecast.jump;
  const wanted = ((forecast.level + rise) / grow.target_ratio - size) / GIB;
  const step = steps_gib.find(({ below }) => below === null || size / GIB < below)?.step ?? 1;
  return Math.max(1, Math.ceil(wanted / step)) * step * GIB;
}

/** Bytes that a rebuild would give back; disks are not shrunk in place. */
function reclaimable(measure: StorageMeasure, policy: ReportPolicy['storage']): number {
  const { reclaim, grow } = policy;
  const seen = measure.daysSeen >= reclaim.days;
  if (!seen || measure.unit !== 'bytes' || measure.highest >= reclaim.max_ratio * measure.size) {
    return 0;
  }
  return measure.size - measure.highest / grow.target_ratio;
}

function explain(
  measure: StorageMeasure,
  quality: Quality,
  { target, ...judgement }: Judgement,
  policy: ReportPolicy,
): Decision {
  const { forecast, size, unit } = measure;
  const wanted = unit === 'bytes' ? target : null;
  return {
    ...judgement,
    current: size,
    target: wanted ?? size,
    rawTarget: forecast
      ? (forecast.level + Math.max(0, forecast.slope) * policy.storage.grow.days + forecast.jump) /
        policy.storage.grow.target_ratio
      : NaN,
    confidence: quality.confidence,
    gaps: quality.gaps.length === 0 && forecast === null ? ['too_few_days'] : quality.gaps,
    evidence: {
      used_ratio: forecast ? forecast.level / size : measure.statistics.max,
      used: forecast?.level ?? NaN,
      per_day: forecast?.slope ?? NaN,
      per_day_long: forecast?.slopeLong ?? NaN,
      per_day_short: forecast?.slopeShort ?? NaN,
      month_change: measure.monthChange,
      days_to_warning: forecast?.daysToWarning ?? NaN,
      days_to_full: forecast?.daysToFull ?? NaN,
      earliest: forecast?.earliest ?? NaN,
      latest: forecast?.latest ?? NaN,
      p30: forecast?.p30 ?? NaN,
      p60: forecast?.p60 ?? NaN,
      p90: forecast?.p90 ?? NaN,
      noisy: forecast?.noisy ? 1 : 0,
      highest: measure.highest,
      reclaimable: reclaimable(measure, policy.storage),
      history_days: measure.daysSeen,
      expected_used_ratio: forecast ? forecast.level / (wanted ?? size) : NaN,
    },
  };
}
