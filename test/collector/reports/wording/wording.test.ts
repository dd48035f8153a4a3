import { describe, expect, test } from 'vitest';
import { decideCpu } from '../../../../src/collector/reports/decide/cpu.ts';
import type { Decision } from '../../../../src/collector/reports/decide/decision.ts';
import { decideMemory } from '../../../../src/collector/reports/decide/memory.ts';
import { decideNetwork } from '../../../../src/collector/reports/decide/network.ts';
import { decideStorage } from '../../../../src/collector/reports/decide/storage.ts';
import type { ResourceRow } from '../../../../src/collector/reports/document.ts';
import { wordingOf } from '../../../../src/collector/reports/wording/wording.ts';
import {
  cpu,
  cpuContext,
  GIB,
  memory,
  network,
  policy,
  restraint,
  statistics,
  storage,
} from '../support/cases.ts';
import { expectGolden } from '../support/golden.ts';

const POLICY = policy();
const LOCALES = ['zh-CN', 'en'] as const;

function row(decision: Decision, change: Partial<ResourceRow> = {}): ResourceRow {
  return {
    resource: 'cpu',
    item: null,
    aliases: [],
    unit: 'cores',
    capacity: decision.current,
    coverage: 0.992,
    days: 59,
    since: '2026-02-01',
    resizedOn: null,
    months: ['2026-02', '2026-03'],
    statistics: statistics(),
    busy: { hours: 0, days: 0, observed: 744 },
    previousP95: NaN,
    decision,
    restraint: null,
    ...change,
  };
}

type CpuChange = Parameters<typeof cpu>[0];
type MemoryChange = Parameters<typeof memory>[0];

function cpuRow(change: CpuChange, more: Partial<ResourceRow> = {}, context = {}): ResourceRow {
  const measure = cpu(change);
  const own = cpuContext({ restraint: more.restraint ?? null, ...context });
  return row(decideCpu(measure, own, POLICY), { days: measure.quality.days, ...more });
}

function memoryRow(change: MemoryChange, more: Partial<ResourceRow> = {}): ResourceRow {
  const decision = decideMemory(
    memory(change),
    { windows: false, restraint: more.restraint ?? null },
    POLICY,
  );
  const bytes = {
    ...decision,
    current: decision.current * GIB,
    target: decision.target * GIB,
    rawTarget: decision.rawTarget * GIB,
  };
  return row(bytes, { resource: 'memory', unit: 'bytes', ...more });
}

function storageRow(change: Parameters<typeof storage>[0], more: Partial<ResourceRow> = {}) {
  const decision = decideStorage(storage(change), POLICY);
  return row(decision, {
    resource: 'filesystem',
    item: '/data',
    unit: 'bytes',
    months: [],
    ...more,
  });
}

function networkRow(change: Parameters<typeof network>[0], kind = 'link'): ResourceRow {
  const decision = decideNetwork(network(change), kind, POLICY);
  return row(decision, {
    resource: 'network',
    item: 'Gi1/0/1',
    unit: 'bytes_per_second',
    months: [],
  });
}

const demands = (...cores: number[]) =>
  cores.map((max, i) => ({ name: `2026-0${i + 2}`, p95: max, p99_5: max, max }));

const HOT = {
  load: { p50: 0.41, p90: 0.85, p95: 0.921, p99_5: 0.98, max: 1 },
  busy: { hours: 46, days: 9 },
};
const COLD = { load: { p50: 0.04, p95: 0.1, p99_5: 0.12, max: 0.2 } };
const FILLING = {
  size: 500 * GIB,
  monthChange: 58 * GIB,
  forecast: {
    level: 390 * GIB,
    slope: 2.3 * GIB,
    slopeLong: 1.9 * GIB,
    slopeShort: 2.3 * GIB,
    daysToWarning: 15.3,
    daysToFull: 47.8,
    earliest: 41,
    latest: 66,
    p60: 0.62,
    p90: 0.97,
  },
};

/** One row for every reason, note and refusal, by the name it has in the golden. */
const ROWS: Readonly<Record<string, ResourceRow>> = {
  sustained_load: cpuRow({ size: 4, ...HOT }),
  'sustained_load, this month only': cpuRow({ size: 4, ...HOT, demands: demands(1, 3.7) }),
  'sustained_load, a new device': cpuRow({ size: 4, ...HOT }, { months: ['2026-03'], days: 31 }),
  'urgent and censored': cpuRow({ ...HOT, load: { ...HOT.load, p90: 0.93, p95: 0.97 } }),
  busy_hours: cpuRow({ load: { p50: 0.2, p95: 0.46, max: 0.93 }, busy: { hours: 22, days: 22 } }),
  short_peaks: cpuRow({ load: { p95: 0.5, max: 0.97 }, peaks: { slots: 7, days: 1 } }),
  host_contention: cpuRow({ ...HOT, stealRatio: 0.123 }),
  waiting_for_disk: cpuRow({ ...HOT, iowaitRatio: 0.6 }),
  'oversized CPU': cpuRow(COLD),
  'oversized CPU, not capped': cpuRow({ ...COLD, demands: demands(3.4, 3.2) }),
  'oversized CPU, idle': cpuRow(
    { load: { p95: 0.01, p99_5: 0.02, max: 0.05 } },
    {},
    { networkP95: 300 },
  ),
  'oversized CPU, peaks': cpuRow({
    load: { ...COLD.load, max: 0.95 },
    peaks: { slots: 3, days: 2 },
  }),
  'oversized CPU, physical': cpuRow(COLD, {}, { machine: 'physical' }),
  'oversized CPU, peers': cpuRow(COLD, {
    restraint: restraint({
      kind: 'homogeneous',
      reason: 'web cluster',
      forbids: false,
      peerNeed: 5,
    }),
  }),
  'oversized CPU, vendor minimum': cpuRow(COLD, {
    restraint: restraint({
      kind: 'vendor_minimum',
      reason: 'manual 3.2',
      forbids: false,
      floor: 6,
    }),
  }),
  unused: cpuRow({ size: 1, load: { p50: 0.01, p95: 0.02, max: 0.05 } }, {}, { networkP95: 900 }),
  'fits CPU': cpuRow({ load: { p95: 0.5, max: 0.7 } }),
  'cut_too_small CPU': cpuRow({ size: 14, load: { p95: 0.45, p99_5: 0.5, max: 0.55 } }),
  'cut_blocked: memory unknown': cpuRow(COLD, {}, { memoryKnown: false }),
  'cut_blocked: excluded': cpuRow(COLD, { restraint: restraint() }),
  'quality: too few days': cpuRow(
    { ...COLD, quality: { days: 10 } },
    { days: 10, since: '2026-03-22' },
  ),
  'quality: low coverage': cpuRow({ ...COLD, quality: { coverage: 0.62 } }, { coverage: 0.62 }),
  'quality: a long hole': cpuRow({ ...COLD, quality: { holeDays: 4 } }, { coverage: 0.87 }),
  'quality: resized': cpuRow(
    { ...COLD, quality: { days: 16, sizeChangedMs: 1, sizeChangedInMonth: true } },
    { days: 16, resizedOn: '2026-03-16' },
  ),
  'quality: size unknown': cpuRow({ ...COLD, size: NaN, quality: { sizeKnown: false } }),
  'quality: no data': cpuRow({ ...COLD, quality: { days: 0 } }, { days: 0, since: null }),
  'oversized memory': memoryRow({ load: { p95: 0.28, max: 0.306 }, demands: demands(4.2, 4.9) }),
  'oversized memory, pressure not collected': memoryRow({
    load: { p95: 0.28 },
    demands: demands(4.2, 4.9),
    swapDays: NaN,
    oomKills: NaN,
    oomKillsWindow: NaN,
  }),
  'oversized memory, rising': memoryRow({
    load: { p95: 0.28 },
    demands: demands(4, 4.9),
    risePoints: 7.5,
  }),
  out_of_memory: memoryRow({ load: { p95: 0.6 }, oomKills: 2, demands: demands(10, 11) }),
  memory_pressure: memoryRow({ load: { p95: 0.91, max: 0.97 } }),
  swapping: memoryRow({ load: { p95: 0.7 }, swapDays: 4 }),
  memory_rising: memoryRow({ load: { p95: 0.7, max: 0.8 }, risePoints: 6.4 }),
  'fits memory': memoryRow({ load: { p95: 0.7, max: 0.8 } }),
  'cut_too_small memory': memoryRow({
    size: 14,
    nominal: 14,
    load: { p95: 0.5 },
    demands: demands(9, 9),
  }),
  'cut_blocked: OOM': memoryRow({ load: { p95: 0.2 }, oomKills: 0, oomKillsWindow: 1 }),
  'cut_blocked: swap': memoryRow({ load: { p95: 0.2 }, swapDays: 1 }),
  'cut_blocked: fixed allocation': memoryRow(
    { load: { p95: 0.2 } },
    { restraint: restraint({ kind: 'fixed_allocation', reason: 'Oracle SGA 48 GB' }) },
  ),
  fills_soon: storageRow(FILLING),
  'fills_soon, uncertain': storageRow({
    ...FILLING,
    forecast: { ...FILLING.forecast, noisy: true },
  }),
  'fills_soon, open end': storageRow({
    ...FILLING,
    forecast: { ...FILLING.forecast, latest: Infinity },
  }),
  nearly_full: storageRow({
    forecast: {
      level: 96 * GIB,
      slope: GIB / 50,
      slopeLong: GIB / 50,
      slopeShort: 0,
      daysToWarning: 0,
      daysToFull: 200,
      earliest: 120,
      latest: 400,
    },
  }),
  'above_warning, growing': storageRow({
    forecast: {
      level: 87 * GIB,
      slope: GIB / 50,
      slopeLong: GIB / 50,
      slopeShort: GIB / 60,
      daysToWarning: 0,
      daysToFull: 650,
      earliest: 480,
      latest: Infinity,
    },
  }),
  'above_warning, static': storageRow({ forecast: { level: 87 * GIB }, highest: 87 * GIB }),
  full_but_static: storageRow({ forecast: { level: 93 * GIB }, highest: 93 * GIB }),
  growing: storageRow({
    ...FILLING,
    forecast: { ...FILLING.forecast, level: 100 * GIB, daysToFull: 174, p60: 0, p90: 0.01 },
  }),
  no_growth: storageRow({}),
  reclaim_at_rebuild: storageRow({
    size: 900 * GIB,
    highest: 117 * GIB,
    forecast: { level: 116 * GIB },
  }),
  'inodes fill': storageRow(
    {
      size: 1,
      unit: 'ratio',
      highest: 0.9,
      forecast: {
        level: 0.9,
        slope: 0.004,
        slopeLong: 0.003,
        slopeShort: 0.004,
        daysToWarning: 0,
        daysToFull: 25,
        earliest: 20,
        latest: 33,
        p30: 0.8,
        p60: 1,
        p90: 1,
      },
    },
    { resource: 'inodes', unit: 'ratio' },
  ),
  link_busy: networkRow({ p95: 0.78, busy: { hours: 31, days: 12, observed: 744 } }),
  link_errors: networkRow({ errorsRatio: 0.0123 }),
  link_oversized: networkRow({ p95: 0.04 }),
  'fits network': networkRow({ p95: 0.2 }, 'server'),
  'network without speed': networkRow({ speed: NaN, quality: { sizeKnown: false } }),
};

describe.each(LOCALES)('%s', (locale) => {
  const wording = wordingOf(locale);

  test('every sentence is as a person has read it', () => {
    const lines = Object.entries(ROWS).map(
      ([name, own]) =>
        `${name}\n  ${wording.sentence({ row: own, month: '2026-03', policy: POLICY })}\n`,
    );
    expectGolden(`wording.${locale}.txt`, lines.join('\n'));
  });

  test.each(Object.entries(ROWS))('%s says no NaN, undefined or Infinity', (_, own) => {
    const text = wording.sentence({ row: own, month: '2026-03', policy: POLICY });
    expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  test('the evidence is the sentence without its head', () => {
    for (const own of Object.values(ROWS)) {
      const subject = { row: own, month: '2026-03', policy: POLICY };
      expect(wording.sentence(subject).endsWith(wording.evidence(subject))).toBe(true);
      expect(wording.sentence(subject)).toContain(wording.verdicts[own.decision.verdict]);
    }
  });

  test('months across the year name their years', () => {
    const own = cpuRow(COLD, { months: ['2025-12', '2026-01'] });
    const text = wording.sentence({ row: own, month: '2026-01', policy: POLICY });
    expect(text).toContain('2025');
    expect(text).toContain('2026');
  });
});

test('both languages say the same numbers', () => {
  const digits = (text: string): string[] =>
    (text.match(/\d+(\.\d+)?/g) ?? []).filter((n) => n !== '95' && n !== '5').sort();
  for (const [name, own] of Object.entries(ROWS)) {
    // Months are numbers in one language and names in the other.
    if (/months|quality/.test(name)) continue;
    const said = LOCALES.map((locale) =>
      wordingOf(locale)
        .evidence({ row: own, month: '2026-03', policy: POLICY })
        .replaceAll('2、3 两月', '')
        .replaceAll('3 月', ''),
    );
    expect(digits(said[1] ?? ''), name).toEqual(digits(said[0] ?? ''));
  }
});

test('every reason of the vocabulary appears', () => {
  const seen = new Set(Object.values(ROWS).map((own) => own.decision.reason));
  for (const reason of [
    'sustained_load',
    'busy_hours',
    'short_peaks',
    'host_contention',
    'waiting_for_disk',
    'oversized',
    'unused',
    'fits',
    'cut_too_small',
    'cut_blocked',
    'out_of_memory',
    'memory_pressure',
    'swapping',
    'memory_rising',
    'fills_soon',
    'nearly_full',
    'above_warning',
    'full_but_static',
    'growing',
    'no_growth',
    'reclaim_at_rebuild',
    'link_busy',
    'link_errors',
    'link_oversized',
    'quality',
  ] as const) {
    expect(seen, reason).toContain(reason);
  }
});
