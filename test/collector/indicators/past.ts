/** Arbitrary pasts of a device, with everything that goes wrong in them. */
import fc from 'fast-check';
import type { Sample } from '../../../src/shared/sample.ts';
import { MINUTE, SECOND, series } from './samples.ts';

const LEVELS = [
  'node_load1',
  'node_memory_MemTotal_bytes',
  'node_memory_MemAvailable_bytes',
  'node_filesystem_size_bytes{device="/dev/sdb",fstype="xfs",mountpoint="/srv"}',
  'node_filesystem_size_bytes{device="/dev/sdb",fstype="xfs",mountpoint="/srv/data"}',
  'node_timex_offset_seconds',
  'node_timex_sync_status',
  'node_boot_time_seconds',
];
const COUNTERS = [
  ...[0, 1].flatMap((cpu) =>
    ['idle', 'iowait', 'user'].map((mode) => `node_cpu_seconds_total{cpu="${cpu}",mode="${mode}"}`),
  ),
  'node_disk_read_bytes_total{device="sda",job="a"}',
  'node_disk_read_bytes_total{device="sda",job="b"}',
  'ifInOctets{ifName="Gi1"}',
  'sysUpTime',
];
const NAMES = [...LEVELS, ...COUNTERS];

/** What happens at one scrape, besides time passing. */
const scrape = fc.record({
  /** Milliseconds since the one before: the usual, a jitter, a gap, a gap too long. */
  elapsedMs: fc.oneof(
    { weight: 20, arbitrary: fc.constant(MINUTE) },
    { weight: 5, arbitrary: fc.integer({ min: SECOND, max: 2 * MINUTE }) },
    { weight: 2, arbitrary: fc.integer({ min: 2 * MINUTE, max: 10 * MINUTE }) },
    { weight: 1, arbitrary: fc.integer({ min: 10 * MINUTE, max: 70 * MINUTE }) },
  ),
  /** A series that is missing, that ends, that is reset; beyond the list: none. */
  missing: fc.nat(NAMES.length * 10),
  stale: fc.nat(NAMES.length * 20),
  reset: fc.nat(NAMES.length * 10),
  amount: fc.integer({ min: 0, max: 1_000 }),
});

/** A series that is away for a while, without saying so. */
const absence = fc.record({
  series: fc.nat(NAMES.length - 1),
  from: fc.nat(40),
  scrapes: fc.nat(40),
});

/** Scrapes in order of time, each a list of samples with one timestamp. */
export function pasts(startMs: number, scrapes: number): fc.Arbitrary<Sample[][]> {
  const steps = fc.array(scrape, { minLength: 2, maxLength: scrapes });
  return fc.tuple(steps, absence).map(([steps, away]) => {
    const labels = NAMES.map((name) => series(name));
    const values = NAMES.map((_, i) => 10 * i + 5);
    let timeMs = startMs;
    return steps.map(({ elapsedMs, missing, stale, reset, amount }, step) => {
      timeMs += elapsedMs;
      const samples: Sample[] = [];
      NAMES.forEach((_, i) => {
        const isLevel = i < LEVELS.length;
        const more = (amount * (i + 1) + step * 7) % 997;
        values[i] = isLevel ? 100 + more : i === reset ? 0 : (values[i] ?? 0) + more / 3;
        if (i === missing) return;
        if (i === away.series && step >= away.from && step < away.from + away.scrapes) return;
        const value = i === stale ? Number.NaN : (values[i] ?? 0);
        samples.push({ labels: labels[i] ?? series('x'), timeMs, value });
      });
      return samples;
    });
  });
}
