/**
 * `threshold`: the newest value against its limits, alone or as a share of another indicator
 * (`ratio_of`), without its sign (`absolute`), only while a side condition holds (`while`).
 */
import { z } from 'zod';
import { INDICATORS } from '../../shared/indicator.ts';
import { type Bound, parseBound, passes } from './bound.ts';
import { indicatorLabel, quotientUnit, readIndicator } from './indicator-name.ts';
import { defineKind, type Figure, ruleFields, type Surroundings } from './kind.ts';
import { attempt, below, type Report } from './limit.ts';

interface Plan {
  readonly divided: boolean;
  readonly absolute: boolean;
  /** What the last of the needed indicators must be for any figure to be bad. */
  readonly guard: Bound | null;
}

const schema = z.strictObject({
  kind: z.literal('threshold'),
  ...ruleFields,
  indicator: z.string(),
  /** Judges `indicator ÷ ratio_of`, for example used bytes of size. */
  ratio_of: z.string().optional(),
  absolute: z.boolean().optional(),
  /** Only while another indicator of the same item says so: an error ratio needs traffic. */
  while: z.strictObject({ indicator: z.string(), is: z.string() }).optional(),
});

export const threshold = defineKind(schema, (raw, report) => {
  const indicator = readIndicator(raw.indicator, 'indicator', report);
  const whole =
    raw.ratio_of === undefined ? undefined : readIndicator(raw.ratio_of, 'ratio_of', report);
  const guard = raw.while === undefined ? undefined : readGuard(raw.while, report);
  if (indicator === null || whole === null || guard === null) return null;
  const unit = whole === undefined ? INDICATORS[indicator].unit : quotientUnit(indicator, whole);
  if (unit === null) {
    report(['ratio_of'], `${indicator} divided by ${whole} is not a ratio: their units differ`);
    return null;
  }
  const plan: Plan = {
    divided: whole !== undefined,
    absolute: raw.absolute ?? false,
    guard: guard?.is ?? null,
  };
  return {
    indicator,
    needs: [whole, guard?.indicator].filter((name) => name !== undefined),
    unit,
    paceMs: 0,
    label: raw.measure ?? indicatorLabel(indicator),
    figure: () => new ThresholdFigure(plan),
  };
});

function readGuard(raw: { indicator: string; is: string }, report: Report) {
  const inside = below(report, 'while');
  const indicator = readIndicator(raw.indicator, 'indicator', inside);
  if (indicator === null) return null;
  const is = attempt(() => parseBound(raw.is, INDICATORS[indicator].unit), inside, 'is');
  return is && { indicator, is };
}

class ThresholdFigure implements Figure {
  applies = true;
  readonly beganMs = Number.NaN;
  private readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  next(_timeMs: number, value: number, around: Surroundings): number {
    const { divided, absolute, guard } = this.plan;
    const { needs } = around;
    if (guard !== null) {
      const beside = needs[needs.length - 1]?.value ?? Number.NaN;
      if (Number.isNaN(beside)) return Number.NaN;
      this.applies = passes(guard, beside);
    }
    const figure = divided ? share(value, needs[0]?.value ?? Number.NaN) : value;
    return absolute ? Math.abs(figure) : figure;
  }

  words(): null {
    return null;
  }
}

/** Nothing used of nothing (swap that is not configured) is none used; anything else of nothing is unknown. */
function share(part: number, whole: number): number {
  if (whole > 0) return part / whole;
  return part === 0 && whole === 0 ? 0 : Number.NaN;
}
