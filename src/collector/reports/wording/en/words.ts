/** Words: verdicts, resources, confidences, sizes and months. */
import type { ResourceRow } from '../../document.ts';
import { bitRate, bytes, percent, plain } from '../numbers.ts';
import type { Wording } from '../wording.ts';

export const VERDICTS: Wording['verdicts'] = {
  urgent: 'Urgent: add',
  add: 'Add',
  plan: 'Plan to add',
  watch: 'Watch',
  insufficient: 'Insufficient data',
  keep: 'Keep',
  reduce: 'Reduce',
  idle: 'Possibly idle',
};

export const RESOURCES: Wording['resources'] = {
  cpu: 'CPU',
  memory: 'memory',
  filesystem: 'disk',
  inodes: 'inodes',
  network: 'network',
  database: 'database',
};

export const CONFIDENCES: Wording['confidences'] = {
  high: 'high',
  medium: 'medium',
  low: 'low',
  insufficient: 'insufficient',
};

export const GAPS: Wording['gaps'] = {
  no_data: 'no data',
  size_unknown: 'size unknown',
  too_few_days: 'too few days',
  low_coverage: 'low coverage',
  long_hole: 'a long gap in collection',
  size_changed: 'the size changed inside the window',
  size_elastic: 'the virtualisation platform sets the size',
  periods_disagree: 'the periods disagree',
  censored: 'demand is cut off by the present size',
};

export const pct = (ratio: number, digits = 1): string => `${percent(ratio, digits)} %`;

/** `3 days`, `1 day`. */
export const count = (number: number | string, noun: string): string =>
  `${number} ${noun}${String(number) === '1' ? '' : 's'}`;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `2026-03` → `March`. */
export const month = (name: string): string => MONTHS[Number(name.slice(5)) - 1] ?? name;

/** The months a need is the maximum of; the year is told where they span two. */
export function months({ months: names }: ResourceRow, own: string): string {
  if (names.length < 2) return month(own);
  const years = new Set(names.map((name) => name.slice(0, 4)));
  const said = names.map((n) => (years.size > 1 ? `${month(n)} ${n.slice(0, 4)}` : month(n)));
  return `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`;
}

export function size({ unit }: ResourceRow, value: number): string {
  if (Number.isNaN(value)) return 'unknown';
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
    return `${name} (${row.resource === 'network' ? 'speed' : 'size'} unknown)`;
  if (current === target) return `${name} ${size(row, current)}`;
  const stored = row.resource === 'filesystem' || row.resource === 'database';
  const step = stored ? ` (+${size(row, target - current)})` : '';
  return `${name} ${size(row, current)} → ${size(row, target)}${step}`;
}
