/** The fixed prose of chapter 3 and the appendix: every number in it comes from the policy. */
import type { ReportPolicy } from '../../policy.ts';
import type { Locale } from '../../reports.ts';
import { percent, plain } from '../../wording/numbers.ts';

export interface Definitions {
  /** Chapter 3: how the figures came about. */
  readonly scope: readonly string[];
  /** Appendix: rule, value, meaning. */
  readonly rules: readonly (readonly [string, string, string])[];
  /** Appendix: term, explanation. */
  readonly glossary: readonly (readonly [string, string])[];
}

const p = (ratio: number): string => `${percent(ratio, ratio < 0.01 ? 1 : 0)}%`;

export function definitionsOf(policy: ReportPolicy, locale: Locale): Definitions {
  return locale === 'en' ? english(policy) : chinese(policy);
}

function chinese(policy: ReportPolicy): Definitions {
  const { cpu, memory, storage, network, quality, history } = policy;
  return {
    scope: [
      'CPU、网络为 5 分钟时间均值；内存、磁盘、数据库取每 5 分钟的末值与最大值。百分位按线性插值，由 5 分钟值直接计算，不对均值或日百分位再取平均。',
      `需求取最近 ${history.months} 个月的最大值，7×24 小时全部计入；容量在窗口内变更的，仅用变更后的数据。`,
      `繁忙小时：一小时内 ≥${p(cpu.busy_share)} 的 5 分钟值高于 ${p(cpu.busy_ratio)}。覆盖率：有数据的 5 分钟数 ÷ 应有数（新设备自首次上报起计）。`,
      `置信度：高 = ≥${quality.high.days} 天且覆盖率 ≥${p(quality.high.coverage)}，容量未变更，各期结论一致；中 = ≥${quality.medium.days} 天且 ≥${p(quality.medium.coverage)}；低 = ≥${quality.low.days} 天且 ≥${p(quality.low.coverage)}，只可扩容、不可降配；再低为数据不足。`,
      'CPU 与内存不做趋势外推：回测表明“下月 ≈ 本月”优于各种趋势线。只有存储类指标预测日期，并同时给出概率与区间。',
    ],
    rules: [
      [
        'CPU 需求',
        `max(P95 ÷ ${p(cpu.target_p95)}，P99.5 ÷ ${p(cpu.target_p99_5)})`,
        '按使用核数计；取规格表中不小于需求的最小规格',
      ],
      [
        'CPU 扩容',
        `P95 ≥${p(cpu.add_p95)}，或繁忙小时 ≥${cpu.add_busy_hours} h 且分布 ≥${cpu.add_busy_days} 天`,
        '持续负载才扩容；回测精确率 0.97、召回率 0.90，“最大值 >80%”仅 0.44',
      ],
      [
        'CPU 紧急',
        `P90 ≥${p(cpu.urgent_p90)}，或繁忙小时 ≥${p(cpu.urgent_busy_share)} 的时间`,
        `P95 ≥${p(cpu.censored_p95)} 视为需求被截断，按 ×${plain(cpu.max_growth)} 处理并复核`,
      ],
      [
        '降配',
        `目标 ≤ 现配置的 ${p(cpu.max_kept)}，单次不低于 ${p(cpu.min_kept)}`,
        '回测：次月后悔率 CPU 0.9%、内存 0（106 次）',
      ],
      [
        '内存需求',
        `窗口最大已用 ÷ ${p(memory.target_max)}`,
        '用最大值而非百分位；已用 = 总量 − 可用（不含缓存）',
      ],
      [
        '内存扩容',
        `P95 ≥${p(memory.add_p95)}，或发生 OOM，或 Swap 增长 ≥${memory.swap_days} 天`,
        `目标 = 最大已用 ÷ ${p(memory.add_target_max)}；有 OOM、Swap 或预分配声明的不降配`,
      ],
      [
        '存储预测',
        `Theil–Sen 取 ${storage.slope_days[0]} 天与 ${storage.slope_days[1]} 天中较陡者，自最近一次突变之后`,
        `另以自助法（${storage.bootstrap.block_days} 天分块，${storage.bootstrap.paths} 条路径）给出概率与区间`,
      ],
      [
        '存储紧急 / 扩容 / 计划',
        `${storage.urgent.days} / ${storage.add.days} / ${storage.plan.days} 天内写满且概率 ≥${p(storage.flag_probability)}；或已用 ≥${p(storage.urgent.ratio)} / ${p(storage.add.ratio)} / ${p(storage.plan.ratio)}`,
        `≥${p(storage.static_ratio)} 但不增长的不处理；增量按 ${storage.grow.days} 天用量计`,
      ],
      [
        '网络扩容',
        `P95 ≥${p(network.add_p95)}，或 >${p(network.busy_ratio)} 的繁忙小时 ≥${network.add_busy_hours} h 且 ≥${network.add_busy_days} 天`,
        `收发取大者；错误与丢弃 >${p(network.errors_ratio)} 列入关注`,
      ],
    ],
    glossary: [
      ['P95 / P99.5', '95% / 99.5% 的 5 分钟值不超过该数；P50 为中位数。'],
      ['繁忙小时', '持续高负载的小时，与瞬时峰值区分。'],
      ['原始测算', '仅由数据得出的需求，未取规格、未加限幅。'],
      ['写满概率', '以历史日变化重采样模拟未来，写满的路径所占比例。'],
      ['GB', '本报告 1 GB = 2³⁰ 字节；链路速率以比特计（1 Mbit/s = 10⁶ bit/s）。'],
    ],
  };
}

function english(policy: ReportPolicy): Definitions {
  const { cpu, memory, storage, network, quality, history } = policy;
  return {
    scope: [
      'CPU and network are time averages of 5 minutes; of memory, disks and databases the last and the highest value of 5 minutes count. Percentiles interpolate linearly and come from 5-minute values, never from averages of percentiles.',
      `A need is the maximum over the last ${history.months} months, day and night; after a change of size only later data count.`,
      `Busy hour: at least ${p(cpu.busy_share)} of its 5-minute values above ${p(cpu.busy_ratio)}. Coverage: 5-minute values present ÷ expected (for a new device from its first value).`,
      `Confidence: high = at least ${quality.high.days} days, coverage ${p(quality.high.coverage)}, no change of size, periods agree; medium = ${quality.medium.days} days, ${p(quality.medium.coverage)}; low = ${quality.low.days} days, ${p(quality.low.coverage)}: increases only, no reduction; below that the data are insufficient.`,
      'CPU and memory are not extrapolated: in back-tests “next month is like this month” beat every trend line. Only storage gets a date, always with a probability and a range.',
    ],
    rules: [
      [
        'CPU need',
        `max(P95 ÷ ${p(cpu.target_p95)}, P99.5 ÷ ${p(cpu.target_p99_5)})`,
        'In cores used; the next size of the catalogue',
      ],
      [
        'Add CPU',
        `P95 ≥ ${p(cpu.add_p95)}, or ≥ ${cpu.add_busy_hours} busy hours on ≥ ${cpu.add_busy_days} days`,
        'Sustained load only; back-test precision 0.97, recall 0.90 (“maximum > 80 %”: precision 0.44)',
      ],
      [
        'CPU urgent',
        `P90 ≥ ${p(cpu.urgent_p90)}, or busy ≥ ${p(cpu.urgent_busy_share)} of the hours`,
        `From P95 ${p(cpu.censored_p95)} demand is cut off: ×${plain(cpu.max_growth)}, then check again`,
      ],
      [
        'Reduce',
        `target ≤ ${p(cpu.max_kept)} of the present size, never below ${p(cpu.min_kept)} at once`,
        'Back-test: regret next month CPU 0.9 %, memory 0 of 106',
      ],
      [
        'Memory need',
        `maximum of the window ÷ ${p(memory.target_max)}`,
        'The maximum, not a percentile; used = total − available (without caches)',
      ],
      [
        'Add memory',
        `P95 ≥ ${p(memory.add_p95)}, or OOM, or swap grew on ≥ ${memory.swap_days} days`,
        `Target = maximum ÷ ${p(memory.add_target_max)}; no reduction with OOM, swapping or memory taken in advance`,
      ],
      [
        'Storage forecast',
        `Theil–Sen, the steeper of ${storage.slope_days[0]} and ${storage.slope_days[1]} days, after the last level shift`,
        `Block bootstrap (${storage.bootstrap.block_days} days, ${storage.bootstrap.paths} paths) for probability and range`,
      ],
      [
        'Storage urgent / add / plan',
        `full within ${storage.urgent.days} / ${storage.add.days} / ${storage.plan.days} days and probability ≥ ${p(storage.flag_probability)}; or ${p(storage.urgent.ratio)} / ${p(storage.add.ratio)} / ${p(storage.plan.ratio)} used`,
        `From ${p(storage.static_ratio)} without growth: no action; sizes for ${storage.grow.days} days of growth`,
      ],
      [
        'Add network',
        `P95 ≥ ${p(network.add_p95)}, or ≥ ${network.add_busy_hours} hours busy above ${p(network.busy_ratio)} on ≥ ${network.add_busy_days} days`,
        `The busier direction; errors and drops above ${p(network.errors_ratio)} are watched`,
      ],
    ],
    glossary: [
      ['P95 / P99.5', '95 % / 99.5 % of the 5-minute values are not above it; P50 is the median.'],
      ['Busy hour', 'An hour of sustained load, as opposed to a momentary peak.'],
      ['Computed need', 'What the figures alone ask for, before catalogue and caps.'],
      [
        'Probability of filling',
        'Share of simulated futures (past daily changes drawn again) that fill up.',
      ],
      ['GB', '1 GB is 2³⁰ bytes here; link speeds are in bits (1 Mbit/s = 10⁶ bit/s).'],
    ],
  };
}
