/**
 * The data-quality gate: how far the figures may be trusted, and what is missing for more.
 * "Insufficient" is a result of its own with a reason and, where it can be said, a date.
 */
import type { ReportPolicy } from '../policy.ts';
import type { Confidence, QualityGap } from './decision.ts';

export interface QualityFacts {
  /** Distinct local days with figures in the decision window. */
  readonly days: number;
  /** Slots with a figure / slots expected in the month (from the first figure of a new device). */
  readonly coverage: number;
  /** First and last slot with a figure in the decision window, Unix ms; NaN for none. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Longest stretch without a figure inside the month. */
  readonly holeDays: number;
  /** When the size last changed inside the window, Unix ms; NaN when it did not. */
  readonly sizeChangedMs: number;
  readonly sizeChangedInMonth: boolean;
  readonly sizeElastic: boolean;
  readonly sizeKnown: boolean;
}

export interface Agreement {
  /** Both periods point the same way. */
  readonly periodsAgree: boolean;
  /** The size cuts demand off. */
  readonly censored: boolean;
}

export interface Quality {
  readonly confidence: Confidence;
  /** What keeps the confidence from being better, the most serious first. */
  readonly gaps: readonly QualityGap[];
}

type QualityPolicy = ReportPolicy['quality'];

export function assessQuality(
  facts: QualityFacts,
  agreement: Agreement,
  policy: QualityPolicy,
): Quality {
  if (facts.days === 0) return { confidence: 'insufficient', gaps: ['no_data'] };
  if (!facts.sizeKnown) return { confidence: 'insufficient', gaps: ['size_unknown'] };
  const none = below(facts, policy.low);
  if (none.length > 0) return { confidence: 'insufficient', gaps: none };
  const low = below(facts, policy.medium);
  if (facts.holeDays >= policy.hole_days) low.push('long_hole');
  if (facts.sizeChangedInMonth && !facts.sizeElastic) low.push('size_changed');
  if (low.length > 0) return { confidence: 'low', gaps: low };
  const medium = below(facts, policy.high);
  if (!Number.isNaN(facts.sizeChangedMs) && !facts.sizeElastic) medium.push('size_changed');
  if (facts.sizeElastic) medium.push('size_elastic');
  if (!agreement.periodsAgree) medium.push('periods_disagree');
  if (agreement.censored) medium.push('censored');
  return medium.length > 0
    ? { confidence: 'medium', gaps: medium }
    : { confidence: 'high', gaps: [] };
}

function below(facts: QualityFacts, grade: QualityPolicy['high']): QualityGap[] {
  const gaps: QualityGap[] = [];
  if (facts.days < grade.days) gaps.push('too_few_days');
  if (facts.coverage < grade.coverage) gaps.push('low_coverage');
  return gaps;
}

/** Good enough to take something away. */
export function mayCut(confidence: Confidence): boolean {
  return confidence === 'high' || confidence === 'medium';
}
