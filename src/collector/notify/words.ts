/** The words of notices in both languages; sentences are the templates' business. */
import type { FaultState, Level } from '../faults/faults.ts';
import type { Locale } from '../people/people.ts';
import type { Step } from './notify.ts';

interface Words {
  readonly levels: Readonly<Record<Level, string>>;
  readonly states: Readonly<Record<FaultState, string>>;
  readonly steps: Readonly<Record<Exclude<Step, 'clock' | 'promoted'>, string>>;
  readonly clocks: Readonly<Record<string, string>>;
  readonly used: (clock: string, percent: number) => string;
  readonly missed: (clock: string) => string;
  readonly promoted: (level: string) => string;
  readonly late: (faults: number, devices: number) => string;
  readonly lasted: (ms: number) => string;
  readonly comma: string;
  readonly test: string;
}

function parts(ms: number): { readonly d: number; readonly h: number; readonly m: number } {
  const minutes = Math.floor(ms / 60_000);
  return { d: Math.floor(minutes / 1_440), h: Math.floor(minutes / 60) % 24, m: minutes % 60 };
}

export const WORDS: Readonly<Record<Locale, Words>> = Object.freeze({
  en: {
    levels: { 1: 'level 1', 2: 'level 2', 3: 'level 3', 4: 'level 4' },
    states: {
      open: 'open',
      suppressed: 'suppressed',
      responded: 'responded',
      arrived: 'on site',
      repaired: 'repaired',
      recovered: 'recovered',
      verified: 'verified',
      closed: 'closed',
    },
    steps: {
      opened: 'New fault',
      reopened: 'Back again',
      released: 'Still failing',
      worsened: 'Worse',
      recovered: 'Recovered',
      flapping: 'Comes and goes',
      steadied: 'Steady again',
      responded: 'Responded',
      arrived: 'On site',
      repaired: 'Repaired',
      closed: 'Closed',
      merged: 'Merged',
      late_summary: 'Late data',
    },
    clocks: { respond: 'response', arrive: 'arrival', repair: 'repair' },
    used: (clock, percent) => `${percent}% of the ${clock} time is used`,
    missed: (clock) => `The ${clock} is overdue`,
    promoted: (level) => `Raised to ${level}`,
    late: (faults, devices) =>
      `late data showed ${faults} faults of ${devices} devices that were over before`,
    lasted: (ms) => {
      const { d, h, m } = parts(ms);
      const text = [d > 0 ? `${d} d` : '', h > 0 ? `${h} h` : '', m > 0 ? `${m} min` : ''];
      return text.filter(Boolean).join(' ') || 'under a minute';
    },
    comma: ', ',
    test: 'This is a test message: the channel works.',
  },
  'zh-CN': {
    levels: { 1: '一级', 2: '二级', 3: '三级', 4: '四级' },
    states: {
      open: '未响应',
      suppressed: '已抑制',
      responded: '已响应',
      arrived: '已到场',
      repaired: '已修复',
      recovered: '已恢复',
      verified: '已验证',
      closed: '已关闭',
    },
    steps: {
      opened: '新故障',
      reopened: '故障再次发生',
      released: '故障仍未恢复',
      worsened: '故障加重',
      recovered: '故障已恢复',
      flapping: '故障反复波动',
      steadied: '波动结束',
      responded: '已响应',
      arrived: '已到场',
      repaired: '已修复',
      closed: '故障已关闭',
      merged: '故障已合并',
      late_summary: '补报数据',
    },
    clocks: { respond: '响应', arrive: '到场', repair: '修复' },
    used: (clock, percent) => `${clock}时限已用${percent}%`,
    missed: (clock) => `${clock}超时`,
    promoted: (level) => `升级为${level}故障`,
    late: (faults, devices) => `补报数据显示${devices}台设备曾发生${faults}起故障,均已结束`,
    lasted: (ms) => {
      const { d, h, m } = parts(ms);
      const text = [d > 0 ? `${d}天` : '', h > 0 ? `${h}小时` : '', m > 0 ? `${m}分钟` : ''];
      return text.join('') || '不到1分钟';
    },
    comma: '、',
    test: '这是一条测试消息:通道工作正常。',
  },
});

/** What happened, as the first words of a notice. */
export function eventText(
  { step, detail }: { readonly step: Step; readonly detail: Readonly<Record<string, unknown>> },
  level: Level,
  locale: Locale,
): string {
  const words = WORDS[locale];
  if (step === 'promoted') return words.promoted(words.levels[level]);
  if (step !== 'clock') return words.steps[step];
  const clock = words.clocks[String(detail.clock)] ?? String(detail.clock);
  const share = Number(detail.share);
  return share >= 1 ? words.missed(clock) : words.used(clock, Math.round(share * 100));
}
