import { expect, test } from 'vitest';
import type { Fault } from '../../../../src/collector/faults/faults.ts';
import { figuresOf } from '../../../../src/collector/web/pages/figures.ts';
import type { IndicatorName } from '../../../../src/shared/indicator.ts';

const value = (indicator: IndicatorName, number: number, item = '') => ({
  device: 'web',
  indicator,
  item,
  timeMs: 1,
  value: number,
});

test('shares of capacity, and the fullest disk with its name', () => {
  const { cpu, memory, disk } = figuresOf(
    [
      value('cpu_used_ratio', 0.25),
      value('memory_used_bytes', 6),
      value('memory_size_bytes', 8),
      value('filesystem_used_bytes', 10, '/'),
      value('filesystem_size_bytes', 100, '/'),
      value('filesystem_used_bytes', 9, '/boot'),
      value('filesystem_size_bytes', 10, '/boot'),
    ],
    [],
  );
  expect(cpu.share).toBe(0.25);
  expect(memory.share).toBe(0.75);
  expect(disk).toEqual({ share: 0.9, item: '/boot', severity: null });
});

test('what is not known is nothing, not zero', () => {
  const { cpu, memory, disk } = figuresOf(
    [
      value('cpu_used_ratio', Number.NaN),
      value('memory_used_bytes', 6),
      value('memory_size_bytes', 0),
      value('filesystem_used_bytes', 10, '/'),
    ],
    [],
  );
  expect([cpu.share, memory.share, disk.share]).toEqual([null, null, null]);
});

test('a share stays within its bar', () => {
  expect(figuresOf([value('cpu_used_ratio', 1.2)], []).cpu.share).toBe(1);
  expect(figuresOf([value('cpu_used_ratio', -0.2)], []).cpu.share).toBe(0);
});

test('a fault colours the bar it is about, the worst one wins', () => {
  const fault = (indicator: string, severity: Fault['severity'], item = '') =>
    ({ indicator, item, severity }) as Fault;
  const values = [
    value('cpu_used_ratio', 0.9),
    value('memory_used_bytes', 6),
    value('memory_size_bytes', 8),
    value('filesystem_used_bytes', 10, '/'),
    value('filesystem_size_bytes', 11, '/'),
  ];
  const { cpu, memory, disk } = figuresOf(values, [
    fault('cpu_used_ratio', 'warning'),
    fault('cpu_iowait_ratio', 'critical'),
    fault('filesystem_used_bytes', 'critical', '/boot'),
    fault('filesystem_inodes_used_ratio', 'warning', '/'),
  ]);
  expect(cpu.severity).toBe('critical');
  expect(memory.severity).toBeNull();
  expect(disk.severity).toBe('warning');
});
