import { describe, expect, test } from 'vitest';
import { createColumns } from '../../../src/collector/indicators/columns.ts';
import { outputColumn } from '../../../src/collector/indicators/output-column.ts';
import { compilePlan, type Output } from '../../../src/collector/indicators/plan.ts';
import type { Sample } from '../../../src/shared/sample.ts';
import { DAY, MINUTE, STEP, samples, windows } from './samples.ts';

const NONE = Number.NaN;

/** Time since the start, in steps, and value of an indicator's first output. */
function pointsOf(list: readonly Sample[], indicator: string): [number, number][] {
  const read = windows(list);
  const plan = compilePlan(read.map(({ labels }, series) => ({ series, labels })));
  const output = plan.outputs.find(({ recipe }) => recipe.indicator === indicator) as Output;
  const { times, values } = outputColumn(output, createColumns(plan, read));
  return Array.from(times, (time, i) => [(time - DAY) / STEP, values[i] ?? NONE]);
}

const TOTAL = 'node_memory_MemTotal_bytes';
const AVAILABLE = 'node_memory_MemAvailable_bytes';

describe('outputColumn', () => {
  test('takes one from the other where both are of one scrape', () => {
    const list = [
      ...samples(TOTAL, [100, 100, 100, 100]),
      ...samples(AVAILABLE, [60, 50], { startMs: DAY + STEP, stepMs: 2 * STEP }),
    ];
    expect(pointsOf(list, 'memory_used_bytes')).toEqual([
      [1, 40],
      [3, 50],
    ]);
  });

  test('has nothing in common with a scrape of another time', () => {
    const list = [...samples(TOTAL, [100]), ...samples(AVAILABLE, [60], { startMs: DAY + 1 })];
    expect(pointsOf(list, 'memory_used_bytes')).toEqual([]);
  });

  test('divides, and has nothing where there is nothing to divide by', () => {
    const labels = '{device="/dev/sda1",fstype="xfs",mountpoint="/"}';
    const list = [
      ...samples(`node_filesystem_files${labels}`, [200, 0]),
      ...samples(`node_filesystem_files_free${labels}`, [150, 0]),
    ];
    expect(pointsOf(list, 'filesystem_inodes_used_ratio')).toEqual([
      [0, 0.25],
      [1, NONE],
    ]);
  });

  test('takes off the time of the sample, and scales', () => {
    const expiry = DAY / 1_000 + 86_400;
    const list = samples('probe_ssl_earliest_cert_expiry', [expiry, expiry], {
      stepMs: 12 * 60 * MINUTE,
    });
    expect(pointsOf(list, 'certificate_days_left').map(([, days]) => days)).toEqual([1, 0.5]);
  });

  test('drops what its guard does not vouch for', () => {
    const offset = samples('node_timex_offset_seconds', [1, 2, 3, 4]);
    const status = samples('node_timex_sync_status', [1, 0, 1]);
    // The fourth scrape lacks the guard that the third one had.
    expect(pointsOf([...offset, ...status], 'clock_offset_seconds')).toEqual([
      [0, 1],
      [1, NONE],
      [2, 3],
      [3, NONE],
    ]);
    // Without a guard, or long after its last word, there is nothing against the value.
    expect(pointsOf(offset, 'clock_offset_seconds').map(([, value]) => value)).toEqual([
      1, 2, 3, 4,
    ]);
    const later = samples('node_timex_offset_seconds', [9], { startMs: DAY + 60 * MINUTE });
    expect(pointsOf([...later, ...status], 'clock_offset_seconds')).toEqual([[240, 9]]);
  });

  test('does not disturb the columns it is made of', () => {
    const read = windows([...samples(TOTAL, [100, 90]), ...samples(AVAILABLE, [60, 40])]);
    const plan = compilePlan(read.map(({ labels }, series) => ({ series, labels })));
    const columns = createColumns(plan, read);
    const all = plan.outputs.map((output) => [...outputColumn(output, columns).values]);
    expect(plan.outputs.map((output) => [...outputColumn(output, columns).values])).toEqual(all);
    expect(read.map(({ values }) => [...values])).toEqual([
      [100, 90],
      [60, 40],
    ]);
  });
});
