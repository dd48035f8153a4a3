/**
 * How every shipped rule speaks, in both languages, read from thresholds to the words of a fault.
 * `UPDATE_GOLDEN=1` writes the golden file anew; then look at the difference.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { phenomenonOf } from '../../../src/collector/faults/phenomenon.ts';
import { DAY_MS, SLOT_MS } from '../../../src/shared/units.ts';
import { projectFile } from '../../support/parts.ts';
import { START_MS, Story, type StoryOptions } from '../evaluate/story.ts';
import { breached } from './verdicts.ts';

const GOLDEN = projectFile('test/collector/faults/phenomena.golden.txt');
/** Rules that ship switched off speak too. */
const SHIPPED = readFileSync(projectFile('config/thresholds.yaml'), 'utf8').replaceAll(
  'enabled: false',
  'enabled: true',
);
const GIB = 1024 ** 3;

/** Samples before it goes wrong, and samples that make each rule speak; two for two severities. */
const WELL: Record<string, number> = {
  uptime_seconds: 864_000,
  oom_kills_total: 3,
  'filesystem_readonly /data': 0,
  cpu_cores: 4,
  memory_size_bytes: 16 * GIB,
  swap_size_bytes: 2 * GIB,
  'filesystem_size_bytes /data': 500 * GIB,
  'network_receive_bytes_per_second eth0': 5e6,
  'network_speed_bytes_per_second eth0': 125e6,
  'database_limit_bytes orders': 100 * GIB,
};
const WRONG: readonly Record<string, number>[] = [
  { cpu_used_ratio: 0.952 },
  { cpu_used_ratio: 0.996 },
  { cpu_steal_ratio: 0.31 },
  { load1: 21.7 },
  { memory_used_bytes: 14.9 * GIB },
  { memory_used_bytes: 15.7 * GIB },
  { memory_used_ratio: 0.93 },
  { memory_used_ratio: 0.97 },
  { swap_used_bytes: 1.9 * GIB },
  { oom_kills_total: 4 },
  { 'filesystem_used_bytes /srv': 461 * GIB, 'filesystem_size_bytes /srv': 500 * GIB },
  { 'filesystem_used_bytes /srv': 499.5 * GIB, 'filesystem_size_bytes /srv': 500 * GIB },
  { 'filesystem_inodes_used_ratio /data': 0.913 },
  { 'filesystem_inodes_used_ratio /data': 1 },
  { 'filesystem_used_bytes /data': 440 * GIB },
  { 'filesystem_readonly /data': 1 },
  { 'disk_busy_ratio nvme0n1': 0.998 },
  { 'network_errors_ratio eth0': 0.0234 },
  { 'network_errors_ratio eth0': 0.3 },
  { 'network_receive_bytes_per_second eth0': 119e6 },
  { 'network_transmit_bytes_per_second eth0': 119e6 },
  { 'interface_up eth0': 0 },
  { 'interface_flaps eth0': 8 },
  { reachable: 0 },
  { reachable: 0.7 },
  { loss_ratio: 0.125 },
  { certificate_days_left: 13.5 },
  { certificate_days_left: 0.2 },
  { uptime_seconds: 45 },
  { clock_offset_seconds: -3.4 },
  { clock_offset_seconds: 3_600 },
  { 'temperature_celsius cpu': 88.5 },
  { 'temperature_celsius cpu': 97 },
  { 'database_used_bytes orders': 86.5 * GIB },
  { 'database_used_bytes orders': 99 * GIB },
];

/** `/data` grew 40 GiB a day for a week; of other disks nothing is known. */
const past: StoryOptions['past'] = (_device, _indicator, item) => {
  if (item !== '/data') return null;
  const count = (7 * DAY_MS) / SLOT_MS;
  const times = Float64Array.from({ length: count }, (_, i) => START_MS - (count - i) * SLOT_MS);
  return {
    times,
    values: times.map((time) => 440 * GIB + (40 * GIB * (time - START_MS)) / DAY_MS),
  };
};

function spoken(): readonly string[] {
  const paragraphs = WRONG.map((wrong) => {
    const story = new Story(SHIPPED, { past });
    story.run('2m', { send: WELL, every: '1m' });
    story.run('45m', { send: { ...WELL, ...wrong }, every: '1m' });
    return paragraph(story);
  });
  const silent = new Story(SHIPPED);
  silent.run('1m');
  silent.run('2m', { heard: false });
  return [paragraph(silent), ...paragraphs];
}

/** The last fault a story told of: what its rule says of it. */
function paragraph(story: Story): string {
  const verdict = story.verdicts.findLast(({ state }) => state === 'breached');
  if (verdict === undefined) return 'nothing';
  const { en, zh } = phenomenonOf(verdict);
  return [`${verdict.rule} ${verdict.severity}`, `  ${en}`, `  ${zh}`, ''].join('\n');
}

describe('the phenomenon', () => {
  it('of every shipped rule reads as in the golden file', () => {
    const text = spoken().join('');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
    expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('is in the golden file for every shipped rule', () => {
    const rules = [...SHIPPED.matchAll(/^ {2}([a-z_]+):$/gm)].map(([, name]) => name);
    const golden = readFileSync(GOLDEN, 'utf8');
    expect(rules.length).toBeGreaterThan(20);
    for (const rule of rules) expect(golden).toMatch(new RegExp(`^${rule} `, 'm'));
  });

  it('names the item only where there is one', () => {
    expect(phenomenonOf(breached('warning', { item: '' }))).toEqual({
      en: 'Disk is nearly full: Disk use 92% > 90%, for 1 min',
      zh: '磁盘空间不足:磁盘使用率 92% > 90%,已持续 1 分钟',
    });
  });
});
