/** Evidence: the figures of each kind of resource, always in the same order. */
import { bitRate, bytes, plain, wholeDays } from '../numbers.ts';
import { figuresOf, mostUsedBytes, type Subject } from '../subject.ts';
import { count, month, months, pct, size } from './words.ts';

function busy(subject: Subject, limit: number): string {
  const figure = figuresOf(subject);
  const hours = count(figure('busy_hours'), 'busy hour');
  return `${hours} above ${pct(limit, 0)} on ${count(figure('busy_days'), 'day')}`;
}

export function cpuFacts(subject: Subject): string {
  const figure = figuresOf(subject);
  const spread = `P50 ${pct(figure('p50'))}, maximum ${pct(figure('max'))}`;
  return (
    `5-minute averages of ${month(subject.month)}: P95 ${pct(figure('p95'))} (${spread}); ` +
    busy(subject, subject.policy.cpu.busy_ratio)
  );
}

export function memoryFacts(subject: Subject): string {
  const { row, month: own } = subject;
  const used = mostUsedBytes(subject);
  const part = pct(used / row.decision.current);
  return `most used in ${months(row, own)} ${bytes(used)} (${part}), ${pressure(subject)}`;
}

/** Swap and OOM; "not collected" and "did not happen" are two things. */
function pressure(subject: Subject): string {
  const figure = figuresOf(subject);
  const days = figure('swap_days');
  const kills = figure('oom_kills_window');
  if (Number.isNaN(days) && Number.isNaN(kills)) return 'swap and OOM not collected';
  const swap = days === 0 ? 'no growth of swap' : `swap grew on ${count(days, 'day')}`;
  const oom = kills === 0 ? 'no OOM' : count(kills, 'OOM kill');
  return `${Number.isNaN(days) ? 'swap not collected' : swap}, ${Number.isNaN(kills) ? 'OOM not collected' : oom}`;
}

export function storageFacts(subject: Subject): string {
  const { row, policy } = subject;
  const figure = figuresOf(subject);
  const rate = (perDay: number): string =>
    row.unit === 'bytes' ? bytes(perDay) : `${plain(perDay * 100, 2)} points`;
  const mark = pct(policy.storage.warning_ratio, 0);
  const warning = figure('days_to_warning');
  const reached =
    warning === 0
      ? `already above ${mark}`
      : `reaches ${mark} in ${count(wholeDays(warning), 'day')}`;
  return (
    `${pct(figure('used_ratio'))} used, growing ${rate(figure('per_day_long'))} a day ` +
    `(last 30 days: ${rate(figure('per_day_short'))}), ${reached}, ${filling(subject)}; ` +
    `probability of filling within 60 days ${pct(figure('p60'), 0)}, within 90 days ${pct(figure('p90'), 0)}`
  );
}

/** Where the two windows disagree only the range is told, no date. */
function filling(subject: Subject): string {
  const figure = figuresOf(subject);
  const early = wholeDays(figure('earliest'));
  const late = figure('latest');
  const full = `full in ${count(wholeDays(figure('days_to_full')), 'day')}`;
  if (!Number.isFinite(figure('earliest'))) return full;
  const range = Number.isFinite(late)
    ? `${early}–${wholeDays(late)} days`
    : `${count(early, 'day')} at the earliest`;
  return figure('noisy') === 1 ? `date of filling uncertain (${range})` : `${full} (${range})`;
}

/** Stores that do not grow. */
export function usedFacts(subject: Subject): string {
  const figure = figuresOf(subject);
  const highest = size(subject.row, figure('highest'));
  const seen = count(figure('history_days'), 'day');
  return `${pct(figure('used_ratio'))} used, no clear growth, at most ${highest} in ${seen}`;
}

export function linkFacts(subject: Subject): string {
  const figure = figuresOf(subject);
  const ways = `in P95 ${bitRate(figure('receive_p95'))}, out P95 ${bitRate(figure('transmit_p95'))}`;
  return (
    `5-minute averages of ${month(subject.month)}: P95 ${pct(figure('p95'))} ` +
    `(maximum ${pct(figure('max'))}, ${ways}); ${busy(subject, subject.policy.network.busy_ratio)}`
  );
}

export function factsOf(subject: Subject): string {
  if (subject.row.resource === 'cpu') return cpuFacts(subject);
  return subject.row.resource === 'memory' ? memoryFacts(subject) : linkFacts(subject);
}
