/** 句：每个原因、备注与不降配的理由各一句。 */
import { bitRate, bytes, plain } from '../numbers.ts';
import { figuresOf, nextMonth, type Subject, severalMonths, wantedSize } from '../subject.ts';
import type { Phrase, Phrases } from '../wording.ts';
import { cpuFacts, factsOf, linkFacts, memoryFacts, storageFacts, usedFacts } from './facts.ts';
import { month, months, pct, size } from './words.ts';

const need = ({ row }: Subject): string => size(row, row.decision.rawTarget);
const expected = (subject: Subject, name: string): string => pct(figuresOf(subject)(name), 0);

function overload(subject: Subject): string {
  const over = figuresOf(subject)('periods_over') === subject.row.months.length;
  const repeat = over ? '；各期均超限' : '；仅本月超限';
  const sustained = subject.row.decision.reason === 'sustained_load' && severalMonths(subject);
  return (
    `依据：${cpuFacts(subject)}${sustained ? repeat : ''}。` +
    `调整后预计 P95 ≈ ${expected(subject, 'expected_p95')}。`
  );
}

function oversized(subject: Subject): string {
  const { row, month: own } = subject;
  if (row.resource === 'memory') {
    return `依据：${memoryFacts(subject)}。调整后预计峰值 ${expected(subject, 'expected_max')}。`;
  }
  const after = `P95 ≈ ${expected(subject, 'expected_p95')}，P99.5 ≈ ${expected(subject, 'expected_p99_5')}`;
  return `依据：${cpuFacts(subject)}；${months(row, own)}测算需求 ${need(subject)}。调整后预计 ${after}。`;
}

/** 内存扩容：先说原因，再说数字。 */
const memoryAdd =
  (why: Phrase): Phrase =>
  (subject) =>
    `依据：${why(subject)}；${memoryFacts(subject)}。` +
    `调整后预计峰值 ${expected(subject, 'expected_max')}。`;

/** 数据不足：缺什么，何时能有结论。 */
function lacking(subject: Subject): string {
  const { row, month: own, policy } = subject;
  const { medium, low, hole_days } = policy.quality;
  const cut = row.decision.blockedBy === 'confidence' ? '在此之前不建议降配。' : '';
  const later = `预计 ${month(nextMonth(subject))}报告可给出结论。${cut}`;
  switch (row.decision.gaps[0]) {
    case 'too_few_days':
      return `采集自 ${row.since ?? '—'} 起，仅 ${row.days} 天（需 ≥${medium.days} 天）。${later}`;
    case 'low_coverage': {
      const least = row.coverage < low.coverage ? low.coverage : medium.coverage;
      return `${month(own)}采集覆盖率 ${pct(row.coverage)}（需 ≥${pct(least, 0)}）。${cut}`;
    }
    case 'long_hole':
      return `${month(own)}有连续 ${plain(hole_days)} 天以上的采集中断，覆盖率 ${pct(row.coverage)}。${cut}`;
    case 'size_changed':
      return `容量于 ${row.resizedOn ?? '—'} 变更，变更后数据 ${row.days} 天。${later}`;
    case 'size_unknown':
      return '设备未提供容量（或链路速率），无法计算使用率。';
    default:
      return `${month(own)}无数据。`;
  }
}

const REASONS: Phrases['reasons'] = {
  sustained_load: overload,
  busy_hours: overload,
  short_peaks: (s) => {
    const figure = figuresOf(s);
    const limit = pct(s.policy.cpu.watch_max, 0);
    const span = `共 ${figure('peak_minutes')} 分钟，分布 ${figure('peak_days')} 天`;
    return `短时突发，不建议扩容：峰值 ${pct(figure('max'))}，超过 ${limit} ${span}。${cpuFacts(s)}。`;
  },
  host_contention: (s) => {
    const steal = `steal 均值 ${pct(figuresOf(s)('steal'))}（≥${pct(s.policy.cpu.steal, 0)}）`;
    return `不建议增加 vCPU：${cpuFacts(s)}；忙时 ${steal}，瓶颈在宿主机。`;
  },
  waiting_for_disk: (s) =>
    `不建议增加 vCPU：${cpuFacts(s)}；忙时 iowait 均值 ${pct(figuresOf(s)('iowait'))}，瓶颈在磁盘。`,
  oversized,
  unused: (s) =>
    `请核实是否可下线（不自动处理）：${cpuFacts(s)}；网络 P95 ${bitRate(figuresOf(s)('network_p95'))}。`,
  fits: (s) =>
    s.row.resource === 'network' ? `${linkFacts(s)}。` : `${factsOf(s)}；测算需求 ${need(s)}。`,
  cut_too_small: (s) => {
    const least = pct(1 - s.policy.cpu.max_kept, 0);
    const wanted = size(s.row, wantedSize(s));
    return `${factsOf(s)}；测算需求 ${need(s)}，可选规格 ${wanted}，降幅不足 ${least}，不调整。`;
  },
  cut_blocked: (s) => {
    const why = BLOCKS[s.row.decision.blockedBy ?? 'confidence'](s);
    return `${factsOf(s)}；测算需求 ${need(s)}，但${why}，不建议降配。`;
  },
  out_of_memory: memoryAdd((s) => `${figuresOf(s)('oom_kills')} 次 OOM`),
  memory_pressure: memoryAdd(
    (s) => `P95 已用 ${pct(figuresOf(s)('p95'))}（≥${pct(s.policy.memory.add_p95, 0)}）`,
  ),
  swapping: memoryAdd(
    (s) => `Swap 增长 ${figuresOf(s)('swap_days')} 天（≥${s.policy.memory.swap_days} 天）`,
  ),
  memory_rising: (s) => {
    const points = plain(figuresOf(s)('rise_points'));
    return `${memoryFacts(s)}；日 P95 每月上升 ${points} 个百分点，仅提示方向，不预测日期。`;
  },
  fills_soon: (s) => `${storageFacts(s)}。`,
  nearly_full: (s) => `${storageFacts(s)}。`,
  above_warning: (s) => {
    const grows = Number.isFinite(figuresOf(s)('days_to_full'));
    return `${grows ? storageFacts(s) : usedFacts(s)}；高于 ${pct(s.policy.storage.plan.ratio, 0)} 水位。`;
  },
  full_but_static: (s) => `${usedFacts(s)}；占满但不增长，无需处理。`,
  growing: (s) => `${storageFacts(s)}。`,
  no_growth: (s) => `${usedFacts(s)}。`,
  reclaim_at_rebuild: (s) =>
    `${usedFacts(s)}；下次重建或迁移时可收回 ${bytes(figuresOf(s)('reclaimable'))}。`,
  link_busy: (s) => `依据：${linkFacts(s)}。调整后预计 P95 ≈ ${expected(s, 'expected_p95')}。`,
  link_errors: (s) => {
    const errors = pct(figuresOf(s)('errors_ratio'), 2);
    const limit = pct(s.policy.network.errors_ratio);
    return `错误与丢弃包 P95 ${errors}（>${limit}），请检查线路、双工与缓冲。${linkFacts(s)}。`;
  },
  link_oversized: (s) =>
    `${linkFacts(s)}；各月 P95 均低于 ${pct(s.policy.network.lower_p95, 0)}，可评估降低带宽租用。`,
  quality: lacking,
};

function excluded({ row: { restraint } }: Subject): string {
  const who = `${restraint?.reason}，决定人：${restraint?.decidedBy}，有效至 ${restraint?.until}`;
  return restraint?.kind === 'fixed_allocation'
    ? `由应用预分配，需应用侧确认（${who}）`
    : `已列入排除清单（${who}）`;
}

const BLOCKS: Phrases['blocks'] = {
  confidence: () => '数据质量不足',
  memory_unknown: () => '缺少内存数据',
  out_of_memory: (s) => `窗口内发生 OOM ${figuresOf(s)('oom_kills_window')} 次`,
  swapping: (s) => `Swap 增长 ${figuresOf(s)('swap_days')} 天`,
  excluded,
};

const NOTES: Phrases['notes'] = {
  capped: (s) => {
    const most = pct(1 - s.policy.cpu.min_kept, 0);
    return `单次降幅按规则限制为 ${most}（原始测算 ${need(s)}）。`;
  },
  unused: () => '疑似闲置，请同时核实是否可下线。',
  peaks: (s) => {
    const figure = figuresOf(s);
    return `曾有 ${figure('peak_minutes')} 分钟短时突发（最大 ${pct(figure('max'))}）。`;
  },
  censored: (s) =>
    `P95 ≥${pct(s.policy.cpu.censored_p95, 0)}，真实需求受现有规格截断，扩容后须复核。`,
  consolidate: () => '物理服务器：按整合或迁移处理，不做拆减。',
  peers: ({ row }) =>
    `同组设备须保持一致（${row.restraint?.reason}），按组内最大值与失去一台后的负载测算。`,
  minimum: ({ row }) => `不低于厂商最低配置（${row.restraint?.reason}）。`,
  rising: (s) =>
    `日 P95 每月上升 ${plain(figuresOf(s)('rise_points'))} 个百分点，降配前请与业务方核实。`,
  after_cpu: () => '本机 CPU 需扩容：请先扩容 CPU，次月复核内存后再降配。',
};

export const PHRASES: Phrases = { reasons: REASONS, notes: NOTES, blocks: BLOCKS };
