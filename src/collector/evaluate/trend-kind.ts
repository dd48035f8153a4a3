/**
 * `trend`: in how many days something that fills is full, by its slope over the last days
 * (`slope.ts`). Two conditions together, so that noise on an empty disk raises nothing: full soon
 * *and* already used above `floor`. Limits are written in time left: `open: "< 3d"`.
 */
import { z } from 'zod';
import { INDICATORS, type Unit } from '../../shared/indicator.ts';
import { DAY_MS, parseDuration } from '../../shared/units.ts';
import { parseFigure } from './bound.ts';
import type { VerdictState } from './evaluate.ts';
import { formatFigure, formatSpan, type Text } from './figure-text.ts';
import { indicatorLabel, quotientUnit, readIndicator } from './indicator-name.ts';
import { defineKind, type Figure, ruleFields, type Surroundings, type Words } from './kind.ts';
import { attempt } from './limit.ts';
import { slopeOf } from './slope.ts';

/** A slope over days does not change within minutes, and costs a quarter of a millisecond. */
const PACE_MS = 600_000;
const DEFAULTS = Object.freeze({ look_back: '7d', min_history: '2d', floor: '60%' });

const schema = z.strictObject({
  kind: z.literal('trend'),
  ...ruleFields,
  indicator: z.string(),
  /** The size it fills. */
  ratio_of: z.string(),
  /** Below this share of the size nothing is said. */
  floor: z.string().optional(),
  /** How much of the past the slope is drawn from, and how much there must be. */
  look_back: z.string().optional(),
  min_history: z.string().optional(),
});

export const trend = defineKind(schema, (raw, report) => {
  const used = readIndicator(raw.indicator, 'indicator', report);
  const size = readIndicator(raw.ratio_of, 'ratio_of', report);
  const options = { ...DEFAULTS, ...raw };
  const floor = attempt(() => parseFigure(options.floor, 'ratio'), report, 'floor');
  const lookBackMs = attempt(() => parseDuration(options.look_back), report, 'look_back');
  const minHistoryMs = attempt(() => parseDuration(options.min_history), report, 'min_history');
  if (used === null || size === null) return null;
  if (floor === null || lookBackMs === null || minHistoryMs === null) return null;
  if (quotientUnit(used, size) !== 'ratio') {
    report(['ratio_of'], `${used} divided by ${size} is not a ratio: their units differ`);
    return null;
  }
  if (minHistoryMs > lookBackMs) {
    report(['min_history'], 'is longer than look_back: it could never be met');
    return null;
  }
  const label = raw.measure ?? indicatorLabel(used);
  const unit = INDICATORS[used].unit;
  return {
    indicator: used,
    needs: [size],
    unit: 'days',
    paceMs: PACE_MS,
    label,
    figure: () => new TrendFigure({ floor, lookBackMs, minHistoryMs, unit, label }),
  };
});

interface Plan {
  readonly floor: number;
  readonly lookBackMs: number;
  readonly minHistoryMs: number;
  readonly unit: Unit;
  readonly label: Text;
}

class TrendFigure implements Figure {
  readonly applies = true;
  readonly beganMs = Number.NaN;
  private readonly plan: Plan;
  private perDay = 0;
  private used = Number.NaN;
  private left = Number.NaN;
  private spanMs = 0;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** Days until full; infinite without growth or below the floor, NaN without enough history. */
  next(timeMs: number, value: number, around: Surroundings): number {
    const { floor, lookBackMs, minHistoryMs } = this.plan;
    const whole = around.needs[0]?.value ?? Number.NaN;
    this.used = value / whole;
    this.left = whole - value;
    if (!(whole > 0)) return Number.NaN;
    if (this.used < floor) return Number.POSITIVE_INFINITY;
    const past = around.past();
    const slope = past === null ? null : slopeOf(past, timeMs - lookBackMs);
    this.spanMs = slope?.spanMs ?? 0;
    if (slope === null || this.spanMs < minHistoryMs) return Number.NaN;
    this.perDay = slope.perMs * DAY_MS;
    return this.perDay > 0 ? Math.max(0, this.left) / this.perDay : Number.POSITIVE_INFINITY;
  }

  words(state: VerdictState): Words | null {
    const { label, unit, minHistoryMs } = this.plan;
    const share = formatFigure(this.used, 'ratio', 'en');
    if (state === 'unknown') {
      if (!(this.used >= this.plan.floor)) return null;
      const span = (language: keyof Text) => formatSpan(this.spanMs, language);
      const need = (language: keyof Text) => formatSpan(minHistoryMs, language);
      return {
        name: 'short_history',
        en: `${label.en}: ${span('en')} of history, ${need('en')} are needed for a trend`,
        zh: `${label.zh}:历史数据仅 ${span('zh')},需 ${need('zh')}才能判断趋势`,
      };
    }
    const soon = state === 'breached';
    if (!soon) {
      return {
        name: 'not_filling',
        en: `${label.en} ${share}, not full soon`,
        zh: `${label.zh} ${share},近期不会写满`,
      };
    }
    const full = (language: keyof Text) =>
      formatSpan((Math.max(0, this.left) / this.perDay) * DAY_MS, language);
    const rate = (language: keyof Text) => formatFigure(this.perDay, unit, language);
    return {
      name: 'fills_soon',
      en: `${label.en} ${share}, growing ${rate('en')} a day: full in about ${full('en')}`,
      zh: `${label.zh} ${share},日增 ${rate('zh')},预计约 ${full('zh')}后写满`,
    };
  }
}
