/**
 * `change`: an indicator moved, seen as the time since it did. `moves: down` on the uptime is a
 * restart nobody announced; `moves: up` on a counter of OOM kills is a kill. It recovers by itself
 * when the move is long enough ago.
 */
import { z } from 'zod';
import { INDICATORS, type Unit } from '../../shared/indicator.ts';
import { parseFigure } from './bound.ts';
import type { VerdictState } from './evaluate.ts';
import { formatFigure, formatSpan, type Text } from './figure-text.ts';
import { indicatorLabel, readIndicator } from './indicator-name.ts';
import { defineKind, type Figure, ruleFields, type Words } from './kind.ts';
import { attempt } from './limit.ts';

const schema = z.strictObject({
  kind: z.literal('change'),
  ...ruleFields,
  indicator: z.string(),
  moves: z.enum(['up', 'down']),
  /** Smaller moves are not one: jitter of clocks. */
  at_least: z.string().optional(),
});

export const change = defineKind(schema, (raw, report) => {
  const indicator = readIndicator(raw.indicator, 'indicator', report);
  if (indicator === null) return null;
  const { unit } = INDICATORS[indicator];
  const written = raw.at_least;
  const atLeast =
    written === undefined ? 0 : attempt(() => parseFigure(written, unit), report, 'at_least');
  if (atLeast === null) return null;
  const label = raw.measure ?? indicatorLabel(indicator);
  const up = raw.moves === 'up';
  return {
    indicator,
    needs: [],
    unit: 'seconds',
    paceMs: 0,
    label,
    figure: () => new ChangeFigure({ up, atLeast, unit, label }),
  };
});

interface Plan {
  readonly up: boolean;
  readonly atLeast: number;
  readonly unit: Unit;
  readonly label: Text;
}

class ChangeFigure implements Figure {
  readonly applies = true;
  beganMs = Number.NaN;
  private readonly plan: Plan;
  private previous = Number.NaN;
  private before = Number.NaN;
  private after = Number.NaN;
  private agoMs = Number.POSITIVE_INFINITY;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** Seconds since the newest move; infinite while none was seen. */
  next(timeMs: number, value: number): number {
    const step = this.plan.up ? value - this.previous : this.previous - value;
    if (step > 0 && step >= this.plan.atLeast) {
      this.before = this.previous;
      this.after = value;
      this.beganMs = timeMs;
    }
    this.previous = value;
    this.agoMs = Number.isNaN(this.beganMs) ? Number.POSITIVE_INFINITY : timeMs - this.beganMs;
    return this.agoMs / 1000;
  }

  resume(beganMs: number): void {
    this.beganMs = beganMs;
  }

  words(state: VerdictState): Words | null {
    if (state === 'unknown') return null;
    const { label, unit } = this.plan;
    if (state === 'ok') {
      return { name: 'settled', en: `${label.en}: no recent change`, zh: `${label.zh}:近期无变化` };
    }
    const said = (language: keyof Text, [went, to, changed]: readonly string[]): string => {
      // After a restart of ours the values before and after the move are no longer known.
      if (Number.isNaN(this.before)) return `${label[language]}${changed}`;
      const figure = (value: number) => formatFigure(value, unit, language);
      return `${label[language]}${went}${figure(this.before)}${to}${figure(this.after)}`;
    };
    const past = this.agoMs > 0;
    const ago = (language: keyof Text) => formatSpan(this.agoMs, language);
    const en = said('en', [' went from ', ' to ', ' changed']);
    const zh = said('zh', ['由 ', ' 变为 ', '发生变化']);
    return {
      name: 'moved',
      en: past ? `${en}, ${ago('en')} ago` : en,
      zh: past ? `${zh}(${ago('zh')}前)` : zh,
    };
  }
}
