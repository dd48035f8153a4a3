/** Why a verdict is what it is: a stable name and one sentence in each language. Pure. */
import { INDICATORS } from '../../shared/indicator.ts';
import { passes } from './bound.ts';
import { formatBound, formatFigure, formatSpan, type Text } from './figure-text.ts';
import type { Words } from './kind.ts';
import { stateOf, type Watch } from './watch.ts';

type Language = keyof Text;

export function reasonOf(watch: Watch, nowMs: number): Words {
  const state = stateOf(watch.standing);
  if (watch.blind === 'agent_silent') return AGENT_SILENT;
  if (watch.blind === 'no_data') return noData(watch, nowMs);
  const held = state === 'breached' && !watch.passing;
  const own = held ? null : watch.figure.words(state);
  if (own !== null) return own;
  if (state === 'unknown') return NO_FIGURE;
  if (held) return heldOpen(watch);
  if (state === 'breached') return breached(watch);
  if (!watch.figure.applies) return notApplicable(watch);
  return Number.isNaN(watch.pendingMs) ? fine(watch) : pending(watch);
}

const AGENT_SILENT: Words = Object.freeze({
  name: 'agent_silent',
  en: 'Not judged while the agent is silent',
  zh: '代理失联期间不作判断',
});

const NO_FIGURE: Words = Object.freeze({
  name: 'no_figure',
  en: 'Not judged: what the figure is made of is not complete',
  zh: '计算所需的数据不完整,不作判断',
});

/** The rule no longer applies to the item: its breach is over, whatever the figure says. */
export const REMOVED: Readonly<Record<'rule' | 'device', Words>> = Object.freeze({
  rule: {
    name: 'rule_removed',
    en: 'The rule no longer applies here',
    zh: '该规则已不再适用',
  },
  device: { name: 'device_removed', en: 'The device is no longer watched', zh: '该设备已不再监控' },
});

function noData({ slot }: Watch, nowMs: number): Words {
  const missing = (language: Language) => formatSpan(nowMs - (slot?.arrivalMs ?? nowMs), language);
  const usual = (language: Language) => formatSpan(slot?.intervalMs ?? 0, language);
  return {
    name: 'no_data',
    en: `No data for ${missing('en')} (usually every ${usual('en')})`,
    zh: `已 ${missing('zh')}无数据(通常每 ${usual('zh')}一次)`,
  };
}

/** `CPU use 95.2%`: what is measured and how much. */
function measured(watch: Watch, language: Language): string {
  const { label, unit } = watch.rule.measure;
  return `${label[language]} ${formatFigure(watch.value, unit, language)}`;
}

function bound(watch: Watch, side: 'open' | 'clear', language: Language): string {
  const { limit } = watch;
  return limit ? formatBound(limit[side], watch.rule.measure.unit, language) : '';
}

function breached(watch: Watch): Words {
  const heldMs = watch.judgedMs - watch.sinceMs;
  const lasting = (language: Language, before: string): string =>
    heldMs > 0 ? `${before} ${formatSpan(heldMs, language)}` : '';
  return {
    name: watch.limit?.open.above ? 'above_open' : 'below_open',
    en: `${measured(watch, 'en')} ${bound(watch, 'open', 'en')}${left(watch, 'en')}${lasting('en', ', for')}`,
    zh: `${measured(watch, 'zh')} ${bound(watch, 'open', 'zh')}${left(watch, 'zh')}${lasting('zh', ',已持续')}`,
  };
}

/** Of a share of bytes, how many are left: 5 % of a small disk is another matter than of a large one. */
function left({ rule, slot, around }: Watch, language: Language): string {
  const { indicator, unit } = rule.measure;
  const whole = around.needs[0]?.value;
  if (slot === null || whole === undefined || indicator === 'agent_silent') return '';
  if (unit !== 'ratio' || INDICATORS[indicator].unit !== 'bytes') return '';
  const rest = formatFigure(Math.max(0, whole - slot.value), 'bytes', language);
  return language === 'en' ? ` (${rest} left)` : `(剩余 ${rest})`;
}

function heldOpen(watch: Watch): Words {
  return {
    name: 'held',
    en: `${measured(watch, 'en')}, opened at ${bound(watch, 'open', 'en')}, clears at ${bound(watch, 'clear', 'en')}`,
    zh: `${measured(watch, 'zh')},触发条件 ${bound(watch, 'open', 'zh')},恢复条件 ${bound(watch, 'clear', 'zh')}`,
  };
}

function pending(watch: Watch): Words {
  const heldMs = watch.judgedMs - watch.pendingMs;
  const forMs = watch.limit?.forMs ?? 0;
  const needs = (language: Language) => (forMs > 0 ? formatSpan(forMs, language) : '');
  return {
    name: 'pending',
    en: `${measured(watch, 'en')} ${bound(watch, 'open', 'en')} for ${formatSpan(heldMs, 'en')}, opens after ${needs('en')}`,
    zh: `${measured(watch, 'zh')} ${bound(watch, 'open', 'zh')} 已 ${formatSpan(heldMs, 'zh')},持续 ${needs('zh')}后触发`,
  };
}

/** After a breach the reader wants to know that it is over; before one, how far away it is. */
function fine(watch: Watch): Words {
  const { limit, value, sinceMs } = watch;
  const recovered = !Number.isNaN(sinceMs) && limit !== undefined && passes(limit.clear, value);
  if (!recovered) {
    return {
      name: 'within',
      en: `${measured(watch, 'en')}, limit ${bound(watch, 'open', 'en')}`,
      zh: `${measured(watch, 'zh')},阈值 ${bound(watch, 'open', 'zh')}`,
    };
  }
  return {
    name: 'cleared',
    en: `${measured(watch, 'en')}, good again (${bound(watch, 'clear', 'en')})`,
    zh: `${measured(watch, 'zh')},已恢复正常(${bound(watch, 'clear', 'zh')})`,
  };
}

function notApplicable(watch: Watch): Words {
  return {
    name: 'not_applicable',
    en: `${measured(watch, 'en')}, not judged as bad: the rule's side condition does not hold`,
    zh: `${measured(watch, 'zh')},规则的附加条件不成立,不视为异常`,
  };
}
