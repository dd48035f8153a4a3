import { describe, expect, test } from 'vitest';
import { monthsUntil } from '../../../src/collector/reports/calendar.ts';
import { reportWindow } from '../../../src/collector/reports/measure/window.ts';
import type { ReportRequest } from '../../../src/collector/reports/reports.ts';
import { historyFromMs, survey } from '../../../src/collector/reports/survey.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { GIB, policy } from './support/cases.ts';
import { fakeHistory, type Reads } from './support/fake-history.ts';
import { dayOf, device, type Fleet, json, SMALL_LOAD, seriesOf, single } from './support/report.ts';

const request = (change: Partial<ReportRequest> = {}): ReportRequest => ({
  name: 'capacity',
  month: '2026-03',
  timezone: 'UTC',
  locale: 'en',
  format: 'json',
  policy: policy(),
  organisation: '',
  ...change,
});

function run(fleet: Fleet, charts = false, reads?: Reads, own = request()) {
  const readers = {
    devices: async () => fleet.devices,
    history: fakeHistory(fleet.series, reads),
    faults: async () => [],
  };
  return survey(own, readers, charts);
}

const DISK = {
  'filesystem_used_bytes|/': () => 40 * GIB,
  'filesystem_size_bytes|/': () => 100 * GIB,
};

describe('reading', () => {
  test('a server without stores costs one read', async () => {
    const reads = { slots: 0, histograms: 0 };
    await run(single(SMALL_LOAD), false, reads);
    expect(reads).toEqual({ slots: 1, histograms: 0 });
  });

  test('one with a store costs its daily histograms too, charts always', async () => {
    const reads = { slots: 0, histograms: 0 };
    await run(single({ ...SMALL_LOAD, ...DISK }), false, reads);
    await run(single(SMALL_LOAD), true, reads);
    expect(reads).toEqual({ slots: 2, histograms: 2 });
  });

  test('histograms go back as far as the rules, for charts as far as the year', () => {
    const window = reportWindow(monthsUntil('2026-03', 2, 'UTC'), 'UTC');
    const back = (charts: boolean): number =>
      Math.round((window.toMs - historyFromMs(window, request(), charts)) / DAY_MS);
    expect(back(false)).toBe(90);
    expect(back(true)).toBe(396);
  });

  test('a window longer than the history of stores needs no histograms', async () => {
    const own = request({
      policy: policy((p) => {
        p.history.months = 4;
      }),
    });
    const reads = { slots: 0, histograms: 0 };
    await run(single({ ...SMALL_LOAD, ...DISK }), false, reads, own);
    expect(reads.histograms).toBe(0);
  });
});

describe('which devices count', () => {
  const names = async (change: Parameters<typeof device>[1], figures = {}): Promise<string[]> => {
    const fleet = { devices: [device('x', change)], series: new Map([['x', seriesOf(figures)]]) };
    return (await run(fleet)).findings.map(({ device: name }) => name);
  };

  test('a server without figures is told, so that its silence is seen', async () => {
    expect(await names({ kind: 'server' })).toEqual(['x']);
    expect(await names({ kind: 'unknown' })).toEqual(['x']);
  });

  test('a service or a retired server without figures is not', async () => {
    expect(await names({ kind: 'service' })).toEqual([]);
    expect(await names({ kind: 'network' })).toEqual([]);
    expect(await names({ status: 'retired' })).toEqual([]);
  });

  test('whatever has figures is told', async () => {
    expect(await names({ kind: 'service', status: 'retired' }, SMALL_LOAD)).toEqual(['x']);
    expect(await names({ kind: 'database' }, { 'database_used_bytes|app': () => 1 })).toEqual([
      'x',
    ]);
  });
});

describe('the months', () => {
  test('before count: a busy February forbids the cut of March', async () => {
    const busy = { ...SMALL_LOAD, cpu_used_ratio: (ms: number) => (dayOf(ms) < 0 ? 0.6 : 0.1) };
    expect((await json(single(busy))).devices[0]?.resources[0]).toMatchObject({
      verdict: 'keep',
      gaps: ['periods_disagree'],
    });
    const one = policy((p) => {
      p.history.months = 1;
    });
    expect((await json(single(busy), { policy: one })).devices[0]?.resources[0]?.verdict).toBe(
      'reduce',
    );
  });

  test('are those of the zone', async () => {
    // Two hours before UTC's midnight it is March already in Shanghai.
    const late = { ...SMALL_LOAD, cpu_used_ratio: (ms: number) => (dayOf(ms) < 0 ? 0.6 : 0.1) };
    const utc = (await json(single(late))).devices[0]?.resources[0];
    const shanghai = (await json(single(late), { timezone: 'Asia/Shanghai' })).devices[0]
      ?.resources[0];
    expect(utc?.max).toBe(0.1);
    expect(shanghai?.max).toBe(0.6);
  });
});

test('peers of a group are decided by the largest of them and the loss of one', async () => {
  const own = policy((p) => {
    p.exclusions.push({
      devices: ['web-*'],
      resources: ['cpu'],
      kind: 'homogeneous',
      reason: 'web cluster',
      until: '2026-12-31',
      decided_by: 'Zhang Wei',
    });
  });
  const load = (share: number) => seriesOf({ ...SMALL_LOAD, cpu_used_ratio: () => share });
  const fleet: Fleet = {
    devices: ['web-1', 'web-2', 'db-1'].map((name) => device(name)),
    series: new Map([
      ['web-1', load(0.1)],
      ['web-2', load(0.2)],
      ['db-1', load(0.1)],
    ]),
  };
  const found = await json(fleet, { policy: own });
  const cpu = (name: string) => found.devices.find((one) => one.device === name)?.resources[0];
  // 8 cores × (0.1 + 0.2) / 0.6 = 4 cores on the one that is left.
  expect(cpu('web-1')).toMatchObject({
    raw_target: expect.closeTo(4, 9),
    target: 4,
    notes: ['peers'],
  });
  expect(cpu('web-2')).toMatchObject({ raw_target: expect.closeTo(4, 9), target: 4 });
  expect(cpu('db-1')?.raw_target).toBeCloseTo(0.8 / 0.6, 9);
});

test('an exclusion counts until its last day and greys, never hides', async () => {
  const until = (date: string) =>
    policy((p) => {
      p.exclusions.push({
        devices: ['srv'],
        resources: ['cpu', 'memory'],
        kind: 'dr_standby',
        reason: 'standby of db-01',
        until: date,
        decided_by: 'Zhang Wei',
      });
    });
  const rows = async (date: string) =>
    (await json(single(SMALL_LOAD), { policy: until(date) })).devices[0]?.resources ?? [];
  expect((await rows('2026-03-31')).map(({ blocked_by }) => blocked_by)).toEqual([
    'excluded',
    'excluded',
  ]);
  expect((await rows('2026-03-30')).map(({ verdict }) => verdict)).toEqual(['reduce', 'reduce']);
});

test('physical servers are told to consolidate', async () => {
  const fleet = single(SMALL_LOAD, { facts: { dmi_product_name: 'PowerEdge R740' } });
  const [cpu] = (await json(fleet)).devices[0]?.resources ?? [];
  expect(cpu?.notes).toContain('consolidate');
});

test('memory is cut last where the processor must grow first', async () => {
  const hot = { ...SMALL_LOAD, cpu_used_ratio: () => 0.9 };
  const rows = (await json(single(hot))).devices[0]?.resources ?? [];
  expect(rows.map(({ verdict }) => verdict)).toEqual(['urgent', 'reduce']);
  expect(rows[1]?.notes).toContain('after_cpu');
});

test('inodes are a row only where they are the trouble', async () => {
  const inodes = (share: number) => ({
    ...SMALL_LOAD,
    ...DISK,
    'filesystem_inodes_used_ratio|/': () => share,
  });
  const kinds = async (share: number) =>
    ((await json(single(inodes(share)))).devices[0]?.resources ?? []).map(
      ({ resource }) => resource,
    );
  expect(await kinds(0.3)).not.toContain('inodes');
  expect(await kinds(0.7)).not.toContain('inodes');
  expect(await kinds(0.87)).toContain('inodes');
});

test('the extent of the data is told', async () => {
  const { firstMs, lastMs } = await run(
    single({ ...SMALL_LOAD, cpu_used_ratio: (ms) => (dayOf(ms) < 2 ? 0.1 : NaN) }),
  );
  expect([dayOf(firstMs), dayOf(lastMs + 300_000)]).toEqual([-28, 31]);
  const none = await run({ devices: [device('x')], series: new Map() });
  expect(none.firstMs).toBeNaN();
});
