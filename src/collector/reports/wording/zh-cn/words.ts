/** 词：结论、资源、置信度、容量与月份。 */
import type { ResourceRow } from '../../document.ts';
import { bitRate, bytes, percent, plain } from '../numbers.ts';
import type { Wording } from '../wording.ts';

export const VERDICTS: Wording['verdicts'] = {
  urgent: '紧急扩容',
  add: '建议扩容',
  plan: '计划扩容',
  watch: '关注',
  insufficient: '数据不足',
  keep: '维持',
  reduce: '建议降配',
  idle: '疑似闲置',
};

export const RESOURCES: Wording['resources'] = {
  cpu: 'CPU',
  memory: '内存',
  filesystem: '磁盘',
  inodes: 'inode',
  network: '网络',
  database: '数据库',
};

export const CONFIDENCES: Wording['confidences'] = {
  high: '高',
  medium: '中',
  low: '低',
  insufficient: '不足',
};

export const GAPS: Wording['gaps'] = {
  no_data: '无数据',
  size_unknown: '容量未知',
  too_few_days: '天数不足',
  low_coverage: '采集覆盖率偏低',
  long_hole: '有长时间采集中断',
  size_changed: '窗口内容量有变更',
  size_elastic: '容量由虚拟化平台动态调整',
  periods_disagree: '各期结论不一致',
  censored: '需求受现有规格截断',
};

export const pct = (ratio: number, digits = 1): string => `${percent(ratio, digits)}%`;

/** `2026-03` → `3 月`。 */
export const month = (name: string): string => `${Number(name.slice(5))} 月`;

const COUNTS = ['', '', '两', '三', '四', '五', '六'];

/** 需求所取的各月：`2、3 两月`；跨年时写明年份。 */
export function months({ months: names }: ResourceRow, own: string): string {
  if (names.length < 2) return month(own);
  const years = new Set(names.map((name) => name.slice(0, 4)));
  if (years.size > 1) return names.map((n) => `${n.slice(0, 4)} 年 ${month(n)}`).join('、');
  const count = COUNTS[names.length] ?? String(names.length);
  return `${names.map((name) => Number(name.slice(5))).join('、')} ${count}月`;
}

export function size({ unit }: ResourceRow, value: number): string {
  if (Number.isNaN(value)) return '未知';
  if (unit === 'cores') return `${plain(value)} vCPU`;
  if (unit === 'bytes') return bytes(value);
  return unit === 'ratio' ? pct(value) : bitRate(value);
}

export function change(row: ResourceRow): string {
  const { current, target } = row.decision;
  const name =
    row.item === null ? RESOURCES[row.resource] : `${RESOURCES[row.resource]} ${row.item}`;
  if (row.unit === 'ratio') return name;
  if (Number.isNaN(current))
    return `${name}（${row.resource === 'network' ? '速率' : '容量'}未知）`;
  if (current === target) return `${name} ${size(row, current)}`;
  const stored = row.resource === 'filesystem' || row.resource === 'database';
  const step = stored ? `（+${size(row, target - current)}）` : '';
  return `${name} ${size(row, current)} → ${size(row, target)}${step}`;
}
