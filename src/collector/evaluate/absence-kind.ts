/**
 * `absence`: the agent that watches a device is silent. The figure is how long ago anything
 * *arrived* from it, whatever the samples' own times: that is not "host down", and an agent that
 * drains an old backlog is not silent.
 */
import { z } from 'zod';
import type { VerdictState } from './evaluate.ts';
import { formatSpan } from './figure-text.ts';
import { defineKind, type Figure, ruleFields, type Words } from './kind.ts';

const schema = z.strictObject({ kind: z.literal('absence'), ...ruleFields });

export const absence = defineKind(schema, (raw) => ({
  indicator: 'agent_silent',
  needs: [],
  unit: 'seconds',
  paceMs: 0,
  label: raw.measure ?? { en: 'Time since the agent was heard', zh: '距上次收到代理数据' },
  figure: () => new AbsenceFigure(),
}));

const HEARD: Words = Object.freeze({
  name: 'heard',
  en: 'The agent is heard',
  zh: '代理数据正常到达',
});

const NEVER_HEARD: Words = Object.freeze({
  name: 'never_heard',
  en: 'Nothing has arrived from the agent yet',
  zh: '尚未收到过代理数据',
});

class AbsenceFigure implements Figure {
  readonly applies = true;
  /** When it was last heard: the silence begins there. */
  beganMs = Number.NaN;
  private silentMs = 0;

  /** `value` is the time of the newest arrival, `timeMs` is now. */
  next(timeMs: number, value: number): number {
    this.beganMs = value;
    this.silentMs = timeMs - value;
    return this.silentMs / 1000;
  }

  words(state: VerdictState): Words {
    if (state === 'ok') return HEARD;
    if (state === 'unknown') return NEVER_HEARD;
    return {
      name: 'silent',
      en: `Nothing has arrived from the agent for ${formatSpan(this.silentMs, 'en')}`,
      zh: `已 ${formatSpan(this.silentMs, 'zh')}未收到代理数据`,
    };
  }
}
