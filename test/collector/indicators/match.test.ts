import { describe, expect, test } from 'vitest';
import { matchSeries } from '../../../src/collector/indicators/match.ts';
import { series } from './samples.ts';

const matches = (text: string) =>
  matchSeries(series(text)).map(({ rule, term, item }) => [rule.recipe.indicator, term, item]);

describe('matchSeries', () => {
  test('finds every place a series goes to, by recipe and term', () => {
    expect(matches('node_memory_MemTotal_bytes')).toEqual([
      ['memory_used_bytes', 0, ''],
      ['memory_used_bytes', 0, ''],
      ['memory_size_bytes', 0, ''],
    ]);
    expect(matches('node_memory_MemAvailable_bytes')).toEqual([['memory_used_bytes', 1, '']]);
  });

  test('finds none for a series nobody asks for, or that is left out', () => {
    expect(matches('node_forks_total')).toEqual([]);
    expect(matches('node_network_up{device="lo"}')).toEqual([]);
    expect(matches('node_cpu_seconds_total{cpu="0",mode="guest"}')).toEqual([]);
  });

  test('counts a mode to what it belongs to', () => {
    const of = (mode: string) =>
      matches(`node_cpu_seconds_total{cpu="0",mode="${mode}"}`).map(
        ([name, term]) => `${name} ${term}`,
      );
    expect(of('user')).toEqual([
      'cpu_used_ratio 0',
      'cpu_used_ratio 1',
      'cpu_iowait_ratio 1',
      'cpu_steal_ratio 1',
    ]);
    expect(of('idle')).not.toContain('cpu_used_ratio 0');
    expect(of('iowait')).not.toContain('cpu_used_ratio 0');
    expect(of('idle')).toContain('cpu_cores 0');
  });

  test('names the item by its labels, as many as there are', () => {
    expect(matches('node_hwmon_temp_celsius{chip="c",sensor="temp1"}')).toEqual([
      ['temperature_celsius', 0, 'c/temp1'],
    ]);
    expect(matches('node_hwmon_temp_celsius{sensor="temp1"}')).toEqual([
      ['temperature_celsius', 0, 'temp1'],
    ]);
    expect(matches('filesystem_used_bytes')).toEqual([['filesystem_used_bytes', 0, '']]);
  });

  test('keeps apart what differs in a label that is not added up', () => {
    const rest = (text: string) => matchSeries(series(text))[0]?.rest;
    const idle = (cpu: number, job: string) =>
      rest(`node_cpu_seconds_total{cpu="${cpu}",mode="idle",job="${job}"}`);
    expect(idle(0, 'a')).toBe(idle(1, 'a'));
    expect(idle(0, 'a')).not.toBe(idle(0, 'b'));
    expect(rest('node_load1{replica="1"}')).not.toBe(rest('node_load1{replica="2"}'));
  });

  test('sees one thing in two mount points of a block device, not of a RAM disk', () => {
    const collapse = (device: string, mountpoint: string) =>
      matchSeries(
        series(
          `node_filesystem_readonly{device="${device}",fstype="x",mountpoint="${mountpoint}"}`,
        ),
      )[0]?.collapse;
    expect(collapse('/dev/sdb', '/a')).toBe(collapse('/dev/sdb', '/b'));
    expect(collapse('/dev/sdb', '/a')).not.toBe(collapse('/dev/sdc', '/a'));
    expect(collapse('nas:/export', '/a')).toBe(collapse('nas:/export', '/b'));
    expect(collapse('tmpfs', '/a')).toBe('');
  });
});
