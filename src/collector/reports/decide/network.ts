/** Ports, links and server NICs: the 95th percentile of the busier direction, and busy hours. */
import type { BusyHours } from '../figures/busy-hours.ts';
import type { Statistics } from '../figures/statistics.ts';
import type { ReportPolicy } from '../policy.ts';
import { nextSize, snapUp } from './catalogue.ts';
import { type Decision, type Judgement, judged } from './decision.ts';
import { assessQuality, type Quality, type QualityFacts } from './quality.ts';

export interface NetworkMeasure {
  /** Link speed, bytes/s; NaN when the device does not say. */
  readonly speed: number;
  /** Busier direction over the month: as shares of the speed, and in bytes/s. */
  readonly statistics: Statistics;
  readonly busiest: Statistics;
  readonly receive: Statistics;
  readonly transmit: Statistics;
  readonly busy: BusyHours;
  /** P95 of the mean share of packets in error or dropped; NaN unknown. */
  readonly errorsRatio: number;
  /**
   * Highest P95 share of the window's months; NaN unless every one of them has enough days, or
   * where the device is no line.
   */
  readonly monthsP95: number;
  readonly quality: QualityFacts;
}

/** Megabit per second to bytes per second. */
const MEGABIT = 125_000;

export function decideNetwork(
  measure: NetworkMeasure,
  kind: string,
  policy: ReportPolicy,
): Decision {
  const agreement = { periodsAgree: true, censored: false };
  const quality = assessQuality(measure.quality, agreement, policy.quality);
  const { target, ...judgement } = judge(measure, { quality, kind, policy });
  const size = target ?? measure.speed;
  return {
    ...judgement,
    current: measure.speed,
    target: size,
    rawTarget: measure.busiest.p95 / policy.network.target_p95,
    confidence: quality.confidence,
    gaps: quality.gaps,
    evidence: {
      p50: measure.statistics.p50,
      p95: measure.statistics.p95,
      max: measure.statistics.max,
      receive_p95: measure.receive.p95,
      transmit_p95: measure.transmit.p95,
      receive_max: measure.receive.max,
      transmit_max: measure.transmit.max,
      busy_hours: measure.busy.hours,
      busy_days: measure.busy.days,
      errors_ratio: measure.errorsRatio,
      expected_p95: measure.busiest.p95 / size,
      months_p95: measure.monthsP95,
    },
  };
}

function judge(
  measure: NetworkMeasure,
  from: { readonly quality: Quality; readonly kind: string; readonly policy: ReportPolicy },
): Judgement {
  const { network, catalogue } = from.policy;
  if (from.quality.confidence === 'insufficient') return judged('insufficient', 'quality');
  const { hours, days } = measure.busy;
  const often = hours >= network.add_busy_hours && days >= network.add_busy_days;
  if (measure.statistics.p95 >= network.add_p95 || often) {
    const sizes = catalogue.link_megabits.map((megabits) => megabits * MEGABIT);
    const need = measure.busiest.p95 / network.target_p95;
    const target = Math.max(nextSize(measure.speed, sizes), snapUp(need, sizes));
    return judged('add', 'link_busy', { target });
  }
  if (measure.errorsRatio > network.errors_ratio) return judged('watch', 'link_errors');
  const line = network.lower_kinds.includes(from.kind);
  if (line && measure.monthsP95 < network.lower_p95) return judged('keep', 'link_oversized');
  return judged('keep', 'fits');
}
