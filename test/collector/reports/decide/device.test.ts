import { describe, expect, test } from 'vitest';
import { decideDevice } from '../../../../src/collector/reports/decide/device.ts';
import type { DeviceFinding } from '../../../../src/collector/reports/document.ts';
import type { DeviceMeasure } from '../../../../src/collector/reports/measure/device.ts';
import type { ReportDevice } from '../../../../src/collector/reports/reports.ts';
import { DAY_MS } from '../../../../src/shared/units.ts';
import { cpu, GIB, memory, network, policy, restraint, storage } from '../support/cases.ts';

const NO_HISTORY = { days: new Int32Array(0), values: new Float64Array(0) };
const item = (name: string, measure: ReturnType<typeof storage>) => ({
  item: name,
  aliases: [],
  measure,
  history: NO_HISTORY,
});

function decide(
  change: Partial<DeviceMeasure> = {},
  device: Partial<ReportDevice> = {},
  restraints: Parameters<typeof decideDevice>[0]['restraints'] = { cpu: null, memory: null },
): DeviceFinding {
  return decideDevice({
    device: { name: 'srv', kind: 'server', facts: {}, labels: {}, status: 'live', ...device },
    measure: {
      cpu: cpu({ load: { p95: 0.5, max: 0.7 } }),
      memory: memory({ load: { p95: 0.7, max: 0.8 } }),
      filesystems: [],
      inodes: [],
      databases: [],
      networks: [],
      networkP95: NaN,
      ...change,
    },
    restraints,
    policy: policy(),
    month: '2026-03',
    dayOf: (ms) => Math.floor(ms / DAY_MS),
  });
}

test('rows come in the order of the report, and name their items', () => {
  const found = decide({
    filesystems: [item('/', storage()), item('/var', storage())],
    networks: [{ item: 'eth0', measure: network() }],
    databases: [item('orcl', storage())],
  });
  expect(found.rows.map(({ resource, item: name }) => [resource, name])).toEqual([
    ['cpu', null],
    ['memory', null],
    ['filesystem', '/'],
    ['filesystem', '/var'],
    ['network', 'eth0'],
    ['database', 'orcl'],
  ]);
});

test('a device without measures has no rows and cannot be judged', () => {
  const found = decide({ cpu: null, memory: null });
  expect(found).toMatchObject({ rows: [], verdict: 'insufficient' });
});

describe('units', () => {
  test('of memory are bytes, whatever the rules count in', () => {
    const found = decide({
      memory: memory({ size: 15.6, nominal: 16, load: { p95: 0.9, max: 0.95 } }),
    });
    const row = found.rows[1];
    expect(row).toMatchObject({ resource: 'memory', unit: 'bytes' });
    expect(row?.capacity).toBeCloseTo(15.6 * GIB, 0);
    expect(row?.decision.current).toBe(16 * GIB);
    expect(row?.decision.target).toBe(24 * GIB);
    expect(row?.decision.rawTarget).toBeCloseTo((0.95 * 15.6 * GIB) / 0.85, 0);
  });

  test('of CPU are cores, of links bytes per second', () => {
    const found = decide({ networks: [{ item: 'eth0', measure: network() }] });
    expect(found.rows.map(({ unit }) => unit)).toEqual(['cores', 'bytes', 'bytes_per_second']);
  });
});

describe('what the ledger says of a device', () => {
  test.each([
    ['address', { labels: { address: '10.1.2.3' } }, '10.1.2.3'],
    ['address', { facts: { address: '10.9.9.9' } }, '10.9.9.9'],
    ['business', { labels: { business: 'portal' } }, 'portal'],
    ['business', { labels: { system: 'portal' } }, 'portal'],
    ['importance', { labels: { impact: 'high' } }, 'high'],
    ['owner', { labels: { owner: 'Zhang Wei' } }, 'Zhang Wei'],
    ['owner', {}, ''],
  ] as const)('%s from %j', (field, change, expected) => {
    expect(decide({}, change as Partial<ReportDevice>)[field]).toBe(expected);
  });

  test('demo devices are marked', () => {
    expect(decide({}, { status: 'demo' }).demo).toBe(true);
    expect(decide().demo).toBe(false);
  });

  test('a physical server is told apart', () => {
    expect(decide({}, { facts: { dmi_product_name: 'NF5280M5' } }).machine).toBe('physical');
  });
});

describe('comparison with the month before', () => {
  test('is of the two whole months', () => {
    const demands = [
      { name: '2026-02', p95: 2, p99_5: 2, max: 2 },
      { name: '2026-03', p95: 4, p99_5: 4, max: 4 },
    ];
    const [row] = decide({ cpu: cpu({ load: { p95: 0.5 }, demands }) }).rows;
    expect(row?.previousP95).toBe(0.25);
    expect(row?.months).toEqual(['2026-02', '2026-03']);
  });

  test('is unknown for a new device, which was judged on two halves', () => {
    const demands = [
      { name: 'first half', p95: 2, p99_5: 2, max: 2 },
      { name: 'second half', p95: 4, p99_5: 4, max: 4 },
    ];
    const [row] = decide({ cpu: cpu({ load: { p95: 0.5 }, demands }) }).rows;
    expect(row?.previousP95).toBeNaN();
    expect(row?.months).toEqual(['2026-03']);
  });

  test('is unknown when the last month with enough days was another one', () => {
    const demands = [
      { name: '2026-01', p95: 2, p99_5: 2, max: 2 },
      { name: '2026-02', p95: 4, p99_5: 4, max: 4 },
    ];
    expect(decide({ cpu: cpu({ demands }) }).rows[0]?.previousP95).toBeNaN();
  });
});

test('dates are local days: since when, and when it was resized', () => {
  const facts = { firstMs: Date.UTC(2026, 1, 3, 5), sizeChangedMs: Date.UTC(2026, 1, 20, 7) };
  const [row] = decide({ cpu: cpu({ quality: facts }) }).rows;
  expect(row).toMatchObject({ since: '2026-02-03', resizedOn: '2026-02-20' });
  expect(decide({ cpu: cpu({ quality: { firstMs: NaN, days: 0 } }) }).rows[0]?.since).toBeNull();
});

describe('resources of one device see each other', () => {
  const small = { load: { p95: 0.1, p99_5: 0.12, max: 0.2 } };

  test('CPU is not cut while memory is unknown or empty', () => {
    expect(decide({ cpu: cpu(small), memory: null }).rows[0]?.decision.blockedBy).toBe(
      'memory_unknown',
    );
    const empty = memory({ quality: { days: 0 } });
    expect(decide({ cpu: cpu(small), memory: empty }).rows[0]?.decision.blockedBy).toBe(
      'memory_unknown',
    );
    expect(decide({ cpu: cpu(small) }).rows[0]?.decision.verdict).toBe('reduce');
  });

  test('memory is cut after the CPU has grown', () => {
    const cut = memory({ load: { p95: 0.2, max: 0.25 } });
    const hot = decide({ cpu: cpu({ load: { p95: 0.9 } }), memory: cut });
    expect(hot.rows[1]?.decision.notes).toContain('after_cpu');
    expect(decide({ memory: cut }).rows[1]?.decision.notes).not.toContain('after_cpu');
  });

  test('an idle processor needs a quiet network', () => {
    const idle = cpu({ size: 1, load: { p95: 0.01, max: 0.02 } });
    expect(decide({ cpu: idle, networkP95: 100 }).verdict).toBe('idle');
    expect(decide({ cpu: idle, networkP95: NaN }).verdict).toBe('keep');
  });
});

test('restraints reach the rows they are for', () => {
  const cut = { load: { p95: 0.1, p99_5: 0.12, max: 0.2 } };
  const own = restraint({ kind: 'licence' });
  const found = decide({ cpu: cpu(cut), memory: memory(cut) }, {}, { cpu: own, memory: null });
  expect(found.rows.map(({ restraint: held }) => held)).toEqual([own, null]);
  expect(found.rows.map(({ decision }) => decision.verdict)).toEqual(['keep', 'reduce']);
});

test('Windows keeps more memory than Linux', () => {
  const tiny = memory({ size: 6, nominal: 6, load: { p95: 0.05, max: 0.1 } });
  const target = (facts: Record<string, string>): number =>
    (decide({ memory: tiny }, { facts }).rows[1]?.decision.target ?? NaN) / GIB;
  expect(target({ uname_sysname: 'Linux' })).toBe(3);
  expect(target({ os_pretty_name: 'Microsoft Windows Server 2022' })).toBe(4);
});

test('inodes become a row only when they ask for something', () => {
  const inodes = (level: number, more = {}) =>
    item('/', storage({ unit: 'ratio', size: 1, forecast: { level, ...more } }));
  expect(decide({ inodes: [inodes(0.6)] }).rows).toHaveLength(2);
  const filling = inodes(0.9, { slope: 0.01, daysToFull: 10, p30: 1, p60: 1, p90: 1 });
  const found = decide({ inodes: [filling] });
  expect(found.rows[2]).toMatchObject({ resource: 'inodes', item: '/', unit: 'ratio' });
  expect(found.verdict).toBe('urgent');
});
