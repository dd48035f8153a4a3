import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ownText } from '../../src/agent/metrics-server.ts';
import {
  accountingDifference,
  OWN_METRICS,
  type OwnFigures,
  ownSamples,
} from '../../src/agent/own-series.ts';
import { needs } from '../support/parts.ts';

const FIGURES: OwnFigures = {
  spool: {
    batches: 2,
    samples: 20,
    bytes: 4_096,
    oldestMs: 1_000_000,
    issuedSamples: 100,
    ackedSamples: 70,
    dropped: { quota: 6, corrupt: 4 },
    quarantinedFiles: 1,
    fsyncSeconds: 0.002,
    fsyncErrors: 3,
    gapRecords: 2,
    diskFreeBytes: 1e9,
    epochs: [],
  },
  push: {
    sent: 9,
    acked: 7,
    duplicates: 1,
    retries: 2,
    rejected: { malformed: 1 },
    identityConflicts: 0,
    lastReceiptMs: 1_500_000,
    clockOffsetSeconds: Number.NaN,
    lastError: '',
  },
  rounds: { targets: 3, underWay: 1, rounds: 40, missed: 2 },
  traps: {
    port: 1162,
    received: 12,
    dropped: { rate: 5 },
    unlisted: {},
    events: 4,
    repeats: 3,
    crashes: 1,
    queuedEvents: 2,
    queuedBytes: 900,
    lostEvents: 0,
    delivered: 2,
    refused: 0,
    lastError: '',
  },
  nowMs: 1_060_000,
  version: '1.2.3',
  residentBytes: 5e7,
  cpuSeconds: 1.5,
  isReloaded: true,
};

const figure = (figures: OwnFigures, name: string): number | undefined =>
  ownSamples(figures).find((sample) => sample.name === `watchkeeper_agent_${name}`)?.value;

test('names are of Prometheus’ kind: counters end in _total, nothing twice', () => {
  const names = OWN_METRICS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, type, help } of OWN_METRICS) {
    expect(name).toMatch(/^watchkeeper_agent_[a-z0-9_]+$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(help).toMatch(/[.]$/);
  }
});

test('the counters everybody must be able to see are there', () => {
  const names = ownSamples(FIGURES).map(({ name }) => name);
  const wanted = [
    ...['issued_samples_total', 'acked_samples_total', 'dropped_samples_total', 'spool_samples'],
    ...['spool_batches', 'spool_bytes', 'spool_oldest_seconds', 'sent_requests_total'],
    ...['acked_batches_total', 'duplicate_batches_total', 'rejected_batches_total'],
    ...['quarantined_files', 'gap_records', 'fsync_seconds', 'fsync_errors_total'],
    ...['accounting_difference_samples', 'identity_conflicts_total', 'resident_memory_bytes'],
  ];
  for (const name of wanted) expect(names).toContain(`watchkeeper_agent_${name}`);
});

test('figures by reason are a series each', () => {
  const dropped = ownSamples(FIGURES).filter(({ name }) => name.includes('dropped_samples'));
  expect(dropped.map(({ label, value }) => [label, value])).toEqual([
    [['reason', 'quota'], 6],
    [['reason', 'corrupt'], 4],
  ]);
});

test('the books: issued less acknowledged, waiting and dropped', () => {
  expect(accountingDifference(FIGURES.spool)).toBe(0);
  const lost = { ...FIGURES.spool, ackedSamples: 60 };
  expect(figure({ ...FIGURES, spool: lost }, 'accounting_difference_samples')).toBe(10);
});

describe('what is not known is no sample', () => {
  test('a receipt that never came, free space that was never looked at', () => {
    expect(figure(FIGURES, 'last_receipt_timestamp_seconds')).toBe(1_500);
    const never = { ...FIGURES, push: { ...FIGURES.push, lastReceiptMs: 0 } };
    expect(figure(never, 'last_receipt_timestamp_seconds')).toBeUndefined();
    const unseen = { ...FIGURES, spool: { ...FIGURES.spool, diskFreeBytes: Number.NaN } };
    expect(figure(unseen, 'spool_disk_free_bytes')).toBeUndefined();
  });

  test('an empty spool has no oldest sample; one from the future is not negative', () => {
    expect(figure(FIGURES, 'spool_oldest_seconds')).toBe(60);
    const empty = { ...FIGURES, spool: { ...FIGURES.spool, oldestMs: 0 } };
    expect(figure(empty, 'spool_oldest_seconds')).toBe(0);
    expect(figure({ ...FIGURES, nowMs: 0 }, 'spool_oldest_seconds')).toBe(0);
  });
});

test('promtool finds nothing to say about the text', (context) => {
  const promtool = needs('promtool', context);
  const input = ownText(ownSamples(FIGURES));
  const { status, stderr } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('says of targets and traps how they fare, and nothing where there are none', () => {
  expect(figure(FIGURES, 'targets')).toBe(3);
  expect(figure(FIGURES, 'missed_rounds_total')).toBe(2);
  expect(figure(FIGURES, 'traps_received_total')).toBe(12);
  expect(figure(FIGURES, 'trap_receiver_crashes_total')).toBe(1);
  expect(figure(FIGURES, 'events_queued')).toBe(2);
  const bare = ownSamples({ ...FIGURES, rounds: null, traps: null }).map(({ name }) => name);
  expect(bare.filter((name) => /target|round|trap|event/.test(name))).toEqual([]);
});
