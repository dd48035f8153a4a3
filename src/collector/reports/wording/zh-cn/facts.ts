/** 依据：各类资源的数字，按固定次序成句。 */
import { bitRate, bytes, plain, wholeDays } from '../numbers.ts';
import { figuresOf, mostUsedBytes, type Subject } from '../subject.ts';
import { month, months, pct, size } from './words.ts';

/** 繁忙小时：次数与分布。 */
function busy(subject: Subject, limit: number): string {
  const figure = figuresOf(subject);
  const hours = figure('busy_hours');
  return `>${pct(limit, 0)} 的繁忙小时 ${hours} h，分布 ${figure('busy_days')} 天`;
}

export function cpuFacts(subject: Subject): string {
  const figure = figuresOf(subject);
  const spread = `P50 ${pct(figure('p50'))}，最大 ${pct(figure('max'))}`;
  return (
    `${month(subject.month)} 5 分钟均值 P95 ${pct(figure('p95'))}（${spread}）；` +
    busy(subject, subject.policy.cpu.busy_ratio)
  );
}

export function memoryFacts(subject: Subject): string {
  const { row, month: own } = subject;
  const used = mostUsedBytes(subject);
  const part = pct(used / row.decision.current);
  return `${months(row, own)}最大已用 ${bytes(used)}（${part}），${pressure(subject)}`;
}

/** Swap 与 OOM；未采集与没有发生是两回事。 */
function pressure(subject: Subject): string {
  const figure = figuresOf(subject);
  const days = figure('swap_days');
  const kills = figure('oom_kills_window');
  if (Number.isNaN(days) && Number.isNaN(kills)) return '未采集 Swap、OOM';
  const swap = days === 0 ? '无 Swap 增长' : `Swap 增长 ${days} 天`;
  const oom = kills === 0 ? '无 OOM' : `OOM ${kills} 次`;
  return `${Number.isNaN(days) ? '未采集 Swap' : swap}、${Number.isNaN(kills) ? '未采集 OOM' : oom}`;
}

export function storageFacts(subject: Subject): string {
  const { row, policy } = subject;
  const figure = figuresOf(subject);
  const rate = (perDay: number): string =>
    row.unit === 'bytes' ? bytes(perDay) : `${plain(perDay * 100, 2)} 个百分点`;
  const mark = pct(policy.storage.warning_ratio, 0);
  const warning = figure('days_to_warning');
  const reached = warning === 0 ? `已超过 ${mark}` : `预计 ${wholeDays(warning)} 天后达 ${mark}`;
  return (
    `已用 ${pct(figure('used_ratio'))}，日增 ${rate(figure('per_day_long'))}` +
    `（近 30 天 ${rate(figure('per_day_short'))}），${reached}，${filling(subject)}；` +
    `60 天内写满概率 ${pct(figure('p60'), 0)}，90 天内 ${pct(figure('p90'), 0)}`
  );
}

/** 两个窗口说法不一时只给区间，不给日期。 */
function filling(subject: Subject): string {
  const figure = figuresOf(subject);
  const early = wholeDays(figure('earliest'));
  const late = figure('latest');
  const range = Number.isFinite(late) ? `${early}–${wholeDays(late)} 天` : `最早 ${early} 天`;
  if (!Number.isFinite(figure('earliest'))) return `${wholeDays(figure('days_to_full'))} 天写满`;
  if (figure('noisy') === 1) return `写满时间波动较大（${range}）`;
  return `${wholeDays(figure('days_to_full'))} 天（${range}）写满`;
}

/** 不增长的存储。 */
export function usedFacts(subject: Subject): string {
  const figure = figuresOf(subject);
  const highest = size(subject.row, figure('highest'));
  return `已用 ${pct(figure('used_ratio'))}，无明显增长，${figure('history_days')} 天内最高 ${highest}`;
}

export function linkFacts(subject: Subject): string {
  const figure = figuresOf(subject);
  const ways = `入 P95 ${bitRate(figure('receive_p95'))}，出 P95 ${bitRate(figure('transmit_p95'))}`;
  return (
    `${month(subject.month)} 5 分钟均值 P95 ${pct(figure('p95'))}` +
    `（最大 ${pct(figure('max'))}，${ways}）；${busy(subject, subject.policy.network.busy_ratio)}`
  );
}

export function factsOf(subject: Subject): string {
  if (subject.row.resource === 'cpu') return cpuFacts(subject);
  return subject.row.resource === 'memory' ? memoryFacts(subject) : linkFacts(subject);
}
