/** The shipped thresholds, lived with: nothing fires on ordinary machines, everything on sick ones. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../support/parts.ts';
import { Story } from './story.ts';

const SHIPPED = readFileSync(projectFile('config/thresholds.yaml'), 'utf8');
const GIB = 1024 ** 3;

const HEALTHY: Record<string, number> = {
  cpu_used_ratio: 0.04,
  cpu_cores: 4,
  cpu_iowait_ratio: 0.01,
  cpu_steal_ratio: 0.002,
  load1: 0.3,
  memory_used_bytes: 5 * GIB,
  memory_size_bytes: 16 * GIB,
  swap_used_bytes: 0,
  swap_size_bytes: 0,
  oom_kills_total: 3,
  'filesystem_used_bytes /': 84 * GIB,
  'filesystem_size_bytes /': 100 * GIB,
  'filesystem_used_bytes /snap/core/1': 1 * GIB,
  'filesystem_size_bytes /snap/core/1': 1 * GIB,
  'filesystem_inodes_used_ratio /': 0.2,
  'filesystem_inodes_used_ratio /snap/core/1': 1,
  'filesystem_readonly /': 0,
  'filesystem_readonly /snap/core/1': 1,
  'disk_busy_ratio sda': 0.03,
  'disk_busy_ratio loop0': 1,
  'network_errors_ratio eth0': 0.4,
  'network_receive_bytes_per_second eth0': 900,
  'network_transmit_bytes_per_second eth0': 400,
  'network_speed_bytes_per_second eth0': 125e6,
  'network_errors_ratio lo': 0,
  'interface_up eth0': 1,
  'interface_up eth1': 0,
  reachable: 1,
  loss_ratio: 0,
  round_trip_seconds: 0.001,
  certificate_days_left: 60,
  'temperature_celsius cpu': 62,
  clock_offset_seconds: 0.004,
};

/** What is bad about a machine → the fault that says so, and nothing else. */
const SICK: readonly (readonly [Record<string, number>, string])[] = [
  [{ cpu_used_ratio: 0.95 }, 'cpu_busy warning'],
  [{ cpu_used_ratio: 1 }, 'cpu_busy critical'],
  [{ cpu_steal_ratio: 0.3 }, 'cpu_steal warning'],
  [{ load1: 20 }, 'load_high warning'],
  [{ memory_used_bytes: 15 * GIB }, 'memory_full warning'],
  [{ memory_used_bytes: 15.6 * GIB }, 'memory_full critical'],
  [{ swap_used_bytes: 1.95 * GIB, swap_size_bytes: 2 * GIB }, 'swap_full warning'],
  [{ 'filesystem_used_bytes /': 92 * GIB }, 'disk_full / warning'],
  [{ 'filesystem_used_bytes /': 99 * GIB }, 'disk_full / critical'],
  [{ 'filesystem_inodes_used_ratio /': 0.92 }, 'inodes_full / warning'],
  [{ 'filesystem_readonly /': 1 }, 'disk_readonly / warning'],
  [{ 'disk_busy_ratio sda': 1 }, 'disk_busy sda warning'],
  [
    { 'network_errors_ratio eth0': 0.02, 'network_receive_bytes_per_second eth0': 5e6 },
    'network_errors eth0 warning',
  ],
  [
    { 'network_receive_bytes_per_second eth0': 124e6, 'network_errors_ratio eth0': 0 },
    'network_busy_in eth0 warning',
  ],
  [{ 'network_transmit_bytes_per_second eth0': 124e6 }, 'network_busy_out eth0 warning'],
  [{ reachable: 0 }, 'unreachable critical'],
  [{ reachable: 1 / 3 }, 'unreachable critical'],
  [{ reachable: 1 / 2 }, 'partly_reachable warning'],
  [{ reachable: 2 / 3 }, 'partly_reachable warning'],
  [{ loss_ratio: 0.2 }, 'packet_loss warning'],
  [{ certificate_days_left: 14 }, 'certificate_ends warning'],
  [{ certificate_days_left: 3 }, 'certificate_ends critical'],
  [{ 'temperature_celsius cpu': 90 }, 'hot cpu warning'],
  [{ clock_offset_seconds: -5 }, 'clock_wrong warning'],
  [{ clock_offset_seconds: 120 }, 'clock_wrong critical'],
];

describe('the shipped thresholds', () => {
  it('say nothing of an ordinary, idle machine', () => {
    const story = new Story(SHIPPED);
    const lines: string[] = [];
    for (let minute = 0; minute < 120; minute++) {
      const send = { ...HEALTHY, uptime_seconds: 864_000 + minute * 60 };
      lines.push(...story.run('1m', { send, every: '1m' }));
    }
    // The trend alone may say that it does not know yet.
    expect(lines).toEqual(['+00:05 disk_fills / unknown short_history']);
  });

  it('say nothing of a machine that has just been started', () => {
    const story = new Story(SHIPPED);
    const send = { ...HEALTHY, 'filesystem_used_bytes /': 40 * GIB, uptime_seconds: 20 };
    expect(story.run('15s', { send })).toEqual([]);
  });

  it.each(SICK)('of %j: %s', (symptom, expected) => {
    const story = new Story(SHIPPED);
    const send = { ...HEALTHY, 'filesystem_used_bytes /': 40 * GIB };
    story.run('5m', { send, every: '1m' });
    story.run('45m', { send: { ...send, ...symptom }, every: '1m' });
    const bad = story.evaluator
      .verdicts('web-1')
      .filter(({ state }) => state === 'breached')
      .map(({ rule, item, severity }) => [rule, item, severity].filter(Boolean).join(' '));
    expect(bad).toEqual([expected]);
  });

  it('recover from every sickness', () => {
    const story = new Story(SHIPPED);
    const send = { ...HEALTHY, 'filesystem_used_bytes /': 40 * GIB };
    for (const [symptom] of SICK) story.run('40m', { send: { ...send, ...symptom }, every: '1m' });
    story.run('40m', { send, every: '1m' });
    for (let hour = 0; hour < 25; hour++) {
      story.nowMs += 3_500_000;
      story.run('2m', { send, every: '1m' });
    }
    expect(story.evaluator.verdicts('web-1').map(({ rule }) => rule)).toEqual([]);
  });
});
