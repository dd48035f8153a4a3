/** Faults as gauges: how many by level and state, and one line per open fault. */
import type { Fault } from '../../faults/faults.ts';
import { labelText, metricHead, metricLine } from './text.ts';

/** More open faults than this are counted, not listed: the answer stays bounded. */
const LISTED = 5_000;

const LEVELS = [1, 2, 3, 4] as const;
const STATES = ['open', 'responded', 'arrived', 'repaired'] as const;

function countText(open: readonly Fault[]): string {
  const counts = new Map<string, number>();
  for (const level of LEVELS) for (const state of STATES) counts.set(`${level} ${state}`, 0);
  for (const { level, state } of open) {
    const key = `${level} ${state}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let text = metricHead('watchkeeper_faults', 'gauge', 'Faults that are not over.');
  for (const [key, count] of counts) {
    const [level = '', state = ''] = key.split(' ');
    const labels = `${labelText('level', level)},${labelText('state', state)}`;
    text += metricLine('watchkeeper_faults', labels, count);
  }
  return text;
}

export function faultText(open: readonly Fault[]): string {
  let text = countText(open);
  const listed = open.slice(0, LISTED);
  if (listed.length > 0) {
    text += metricHead('watchkeeper_fault_open', 'gauge', 'One line per fault that is not over.');
  }
  for (const fault of listed) {
    const labels = [
      labelText('fault', fault.id),
      labelText('device', fault.device),
      labelText('rule', fault.rule),
      labelText('item', fault.item),
      labelText('level', String(fault.level)),
      labelText('severity', fault.severity),
    ];
    text += metricLine('watchkeeper_fault_open', labels.join(','), 1);
  }
  text += metricHead('watchkeeper_faults_unlisted', 'gauge', 'Open faults beyond the listed ones.');
  return `${text}watchkeeper_faults_unlisted ${open.length - listed.length}\n`;
}
