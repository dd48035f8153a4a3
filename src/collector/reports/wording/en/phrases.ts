/** Phrases: one for every reason, remark and refusal. They begin in lower case. */
import { bitRate, bytes, plain } from '../numbers.ts';
import { figuresOf, nextMonth, type Subject, severalMonths, wantedSize } from '../subject.ts';
import type { Phrase, Phrases } from '../wording.ts';
import { cpuFacts, factsOf, linkFacts, memoryFacts, storageFacts, usedFacts } from './facts.ts';
import { count, month, months, pct, size } from './words.ts';

const need = ({ row }: Subject): string => size(row, row.decision.rawTarget);
const expected = (subject: Subject, name: string): string => pct(figuresOf(subject)(name), 0);

function overload(subject: Subject): string {
  const over = figuresOf(subject)('periods_over') === subject.row.months.length;
  const repeat = over ? '; over the limit in every period' : '; over the limit this month only';
  const sustained = subject.row.decision.reason === 'sustained_load' && severalMonths(subject);
  return (
    `${cpuFacts(subject)}${sustained ? repeat : ''}. ` +
    `Expected P95 after the change: ${expected(subject, 'expected_p95')}.`
  );
}

function oversized(subject: Subject): string {
  const { row, month: own } = subject;
  if (row.resource === 'memory') {
    const after = `Expected peak after the change: ${expected(subject, 'expected_max')}.`;
    return `${memoryFacts(subject)}. ${after}`;
  }
  const after = `P95 ${expected(subject, 'expected_p95')}, P99.5 ${expected(subject, 'expected_p99_5')}`;
  const wanted = `need over ${months(row, own)}: ${need(subject)}`;
  return `${cpuFacts(subject)}; ${wanted}. Expected after the change: ${after}.`;
}

/** More memory: the cause first, then the figures. */
const memoryAdd =
  (why: Phrase): Phrase =>
  (subject) =>
    `${why(subject)}; ${memoryFacts(subject)}. ` +
    `Expected peak after the change: ${expected(subject, 'expected_max')}.`;

/** What is missing, and when there can be a verdict. */
function lacking(subject: Subject): string {
  const { row, month: own, policy } = subject;
  const { medium, low, hole_days } = policy.quality;
  const cut =
    row.decision.blockedBy === 'confidence' ? ' No reduction is advised before that.' : '';
  const later = `The report of ${month(nextMonth(subject))} can decide.${cut}`;
  switch (row.decision.gaps[0]) {
    case 'too_few_days': {
      const days = `only ${count(row.days, 'day')} (${medium.days} needed)`;
      return `collected since ${row.since ?? '—'}, ${days}. ${later}`;
    }
    case 'low_coverage': {
      const least = row.coverage < low.coverage ? low.coverage : medium.coverage;
      return `coverage in ${month(own)} was ${pct(row.coverage)} (${pct(least, 0)} needed).${cut}`;
    }
    case 'long_hole': {
      const hole = `collection stopped for ${plain(hole_days)} days or more in ${month(own)}`;
      return `${hole}; coverage ${pct(row.coverage)}.${cut}`;
    }
    case 'size_changed': {
      const since = `${count(row.days, 'day')} of data since`;
      return `the size changed on ${row.resizedOn ?? '—'}; ${since}. ${later}`;
    }
    case 'size_unknown':
      return 'the device does not tell its size (or link speed), so no usage can be computed.';
    default:
      return `no data in ${month(own)}.`;
  }
}

const REASONS: Phrases['reasons'] = {
  sustained_load: overload,
  busy_hours: overload,
  short_peaks: (s) => {
    const figure = figuresOf(s);
    const limit = pct(s.policy.cpu.watch_max, 0);
    const span = `${count(figure('peak_minutes'), 'minute')} on ${count(figure('peak_days'), 'day')}`;
    return `no action: a short peak of ${pct(figure('max'))}, above ${limit} for ${span}. ${cpuFacts(s)}.`;
  },
  host_contention: (s) => {
    const limit = pct(s.policy.cpu.steal, 0);
    const steal = `steal averages ${pct(figuresOf(s)('steal'))} when busy (limit ${limit})`;
    return `more vCPUs would not help: ${cpuFacts(s)}; ${steal}, so the host is the bottleneck.`;
  },
  waiting_for_disk: (s) => {
    const iowait = `iowait averages ${pct(figuresOf(s)('iowait'))} when busy`;
    return `more vCPUs would not help: ${cpuFacts(s)}; ${iowait}, so the disk is the bottleneck.`;
  },
  oversized,
  unused: (s) => {
    const network = `network P95 ${bitRate(figuresOf(s)('network_p95'))}`;
    return `check whether it can be retired (never automatic): ${cpuFacts(s)}; ${network}.`;
  },
  fits: (s) =>
    s.row.resource === 'network' ? `${linkFacts(s)}.` : `${factsOf(s)}; need ${need(s)}.`,
  cut_too_small: (s) => {
    const least = pct(1 - s.policy.cpu.max_kept, 0);
    const wanted = size(s.row, wantedSize(s));
    return `${factsOf(s)}; need ${need(s)}, nearest size ${wanted}: less than ${least} would be gained.`;
  },
  cut_blocked: (s) => {
    const why = BLOCKS[s.row.decision.blockedBy ?? 'confidence'](s);
    return `${factsOf(s)}; need ${need(s)}, but ${why}: no reduction advised.`;
  },
  out_of_memory: memoryAdd((s) => count(figuresOf(s)('oom_kills'), 'OOM kill')),
  memory_pressure: memoryAdd(
    (s) => `P95 ${pct(figuresOf(s)('p95'))} used (limit ${pct(s.policy.memory.add_p95, 0)})`,
  ),
  swapping: memoryAdd((s) => {
    const days = count(figuresOf(s)('swap_days'), 'day');
    return `swap grew on ${days} (limit ${s.policy.memory.swap_days})`;
  }),
  memory_rising: (s) => {
    const points = plain(figuresOf(s)('rise_points'));
    return `${memoryFacts(s)}; the daily P95 rises by ${points} points a month: a direction, not a date.`;
  },
  fills_soon: (s) => `${storageFacts(s)}.`,
  nearly_full: (s) => `${storageFacts(s)}.`,
  above_warning: (s) => {
    const grows = Number.isFinite(figuresOf(s)('days_to_full'));
    const mark = pct(s.policy.storage.plan.ratio, 0);
    return `${grows ? storageFacts(s) : usedFacts(s)}; above the ${mark} mark.`;
  },
  full_but_static: (s) => `${usedFacts(s)}; full but static, nothing to do.`,
  growing: (s) => `${storageFacts(s)}.`,
  no_growth: (s) => `${usedFacts(s)}.`,
  reclaim_at_rebuild: (s) => {
    const freed = bytes(figuresOf(s)('reclaimable'));
    return `${usedFacts(s)}; the next rebuild or migration can give back ${freed}.`;
  },
  link_busy: (s) =>
    `${linkFacts(s)}. Expected P95 after the change: ${expected(s, 'expected_p95')}.`,
  link_errors: (s) => {
    const errors = `errors and drops P95 ${pct(figuresOf(s)('errors_ratio'), 2)}`;
    const limit = pct(s.policy.network.errors_ratio);
    return `${errors} (limit ${limit}): check line, duplex and buffers. ${linkFacts(s)}.`;
  },
  link_oversized: (s) => {
    const limit = pct(s.policy.network.lower_p95, 0);
    return `${linkFacts(s)}; P95 below ${limit} in every month: a smaller line may be considered.`;
  },
  quality: lacking,
};

function excluded({ row: { restraint } }: Subject): string {
  const who = `${restraint?.reason}; decided by ${restraint?.decidedBy}, until ${restraint?.until}`;
  return restraint?.kind === 'fixed_allocation'
    ? `the application takes it in advance, and its owner must agree (${who})`
    : `the device is excluded (${who})`;
}

const BLOCKS: Phrases['blocks'] = {
  confidence: () => 'the data are not good enough',
  memory_unknown: () => 'memory figures are missing',
  out_of_memory: (s) => `there were OOM kills (${figuresOf(s)('oom_kills_window')})`,
  swapping: (s) => `swap grew on ${count(figuresOf(s)('swap_days'), 'day')}`,
  excluded,
};

const NOTES: Phrases['notes'] = {
  capped: (s) => {
    const most = pct(1 - s.policy.cpu.min_kept, 0);
    return `One change cuts by ${most} at most (computed need ${need(s)}).`;
  },
  unused: () => 'Possibly idle: also check whether it can be retired.',
  peaks: (s) => {
    const figure = figuresOf(s);
    return `There was a short peak of ${pct(figure('max'))} (${count(figure('peak_minutes'), 'minute')}).`;
  },
  censored: (s) => {
    const limit = pct(s.policy.cpu.censored_p95, 0);
    return `P95 of ${limit} or more: the true demand is cut off, check again after the change.`;
  },
  consolidate: () => 'Physical server: consolidate or migrate instead of trimming.',
  peers: ({ row }) =>
    `Peers must stay alike (${row.restraint?.reason}): their maximum and the loss of one decide.`,
  minimum: ({ row }) => `Not below the vendor's minimum (${row.restraint?.reason}).`,
  rising: (s) => {
    const points = plain(figuresOf(s)('rise_points'));
    return `The daily P95 rises by ${points} points a month: ask the owner before cutting.`;
  },
  after_cpu: () => 'The CPU of this server needs more first: check memory again a month later.',
};

export const PHRASES: Phrases = { reasons: REASONS, notes: NOTES, blocks: BLOCKS };
