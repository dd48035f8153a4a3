import { beforeAll, describe, expect, test } from 'vitest';
import { VERDICTS } from '../../../../src/collector/reports/decide/decision.ts';
import { makeReport } from '../../../../src/collector/reports/reports.ts';
import { policy } from '../support/cases.ts';
import { FLEET_MONTH, FLEET_ZONE, fleetReaders } from '../support/fleet.ts';
import { expectGolden } from '../support/golden.ts';
import {
  device,
  type JsonReport,
  json,
  report,
  SMALL_LOAD,
  seriesOf,
  single,
} from '../support/report.ts';

let fleet: JsonReport;
let text: string;

beforeAll(async () => {
  const request = { name: 'capacity', month: FLEET_MONTH, timezone: FLEET_ZONE, organisation: '' };
  const rendering = await makeReport(
    { ...request, locale: 'en', format: 'json', policy: policy() },
    fleetReaders(),
  );
  text = rendering.content;
  fleet = JSON.parse(text) as JsonReport;
}, 60_000);

test('the shape is the one others rely on', () => {
  expect(fleet).toMatchObject({
    report: 'capacity',
    month: '2026-03',
    timezone: 'Asia/Shanghai',
    generated_from: expect.stringContaining('sha256'),
    summary: {
      devices: 14,
      add: expect.any(Number),
      reduce: expect.any(Number),
      watch: expect.any(Number),
      keep: expect.any(Number),
      insufficient: expect.any(Number),
    },
  });
  const [row] = fleet.devices[0]?.resources ?? [];
  expect(row).toMatchObject({
    resource: 'cpu',
    item: null,
    unit: 'cores',
    capacity: 4,
    coverage: 1,
    mean: expect.any(Number),
    p50: expect.any(Number),
    p95: expect.any(Number),
    p99_5: expect.any(Number),
    max: expect.any(Number),
    busy_hours: expect.any(Number),
    busy_days: expect.any(Number),
    verdict: 'urgent',
    current: 4,
    target: 8,
    raw_target: expect.any(Number),
    confidence: 'medium',
    reason: expect.stringContaining('Urgent: add CPU 4 vCPU → 8 vCPU'),
  });
});

test('a small report is as a person has read it', async () => {
  const own = single({ ...SMALL_LOAD, cpu_used_ratio: () => 0.125, memory_used_bytes: () => 5e9 });
  expectGolden('small.json', await report(own));
});

test('every device is counted once, urgent ones inside add', () => {
  const { devices, add, urgent, plan, watch, insufficient, keep, reduce, idle } = fleet.summary;
  const sum = [add, plan, watch, insufficient, keep, reduce, idle].reduce<number>(
    (total, count) => total + (count ?? 0),
    0,
  );
  expect(sum).toBe(devices);
  expect(urgent).toBeLessThanOrEqual(add ?? 0);
});

test('verdicts, resources and units are of the vocabulary', () => {
  for (const { verdict, resources } of fleet.devices) {
    expect(VERDICTS).toContain(verdict);
    for (const row of resources) {
      expect(VERDICTS).toContain(row.verdict);
      expect(['cores', 'bytes', 'bytes_per_second', 'ratio']).toContain(row.unit);
      expect(['high', 'medium', 'low', 'insufficient']).toContain(row.confidence);
    }
  }
});

test('the stories of the fleet have the verdicts they were made for', () => {
  const verdicts = Object.fromEntries(
    fleet.devices.map(({ device: name, verdict }) => [name, verdict]),
  );
  expect(verdicts).toEqual({
    'app-01': 'urgent',
    'app-02': 'add',
    'batch-01': 'watch',
    'db-01': 'plan',
    'demo-01': 'reduce',
    'gap-01': 'insufficient',
    'log-01': 'reduce',
    'new-01': 'insufficient',
    'old-01': 'idle',
    'quiet-01': 'insufficient',
    'resized-01': 'insufficient',
    'steal-01': 'watch',
    'sw-core-01': 'add',
    'web-01': 'reduce',
  });
});

test('what is unknown is null: no NaN, no Infinity, no zero in its place', () => {
  expect(text).not.toMatch(/NaN|Infinity/);
  const port = fleet.devices
    .find(({ device: name }) => name === 'sw-core-01')
    ?.resources.find(({ item }) => item === 'Te1/1/1');
  expect(port).toMatchObject({ capacity: null, p95: null, current: null, verdict: 'insufficient' });
  const root = fleet.devices[0]?.resources.find(({ item }) => item === '/');
  expect(root?.evidence.days_to_full).toBeNull();
});

test('statistics are shares of the capacity', () => {
  for (const { resources } of fleet.devices) {
    for (const { p95, max } of resources) {
      if (p95 !== null) expect(p95).toBeLessThanOrEqual(max);
      if (max !== null) expect(max).toBeLessThanOrEqual(1.0001);
    }
  }
});

describe('reasons', () => {
  test('come in the language asked for, names stay', async () => {
    const [zh, en] = await Promise.all(
      (['zh-CN', 'en'] as const).map((locale) => json(single(SMALL_LOAD), { locale })),
    );
    const first = (own: JsonReport | undefined) => own?.devices[0]?.resources[0];
    expect(first(zh)?.reason).toContain('建议降配：CPU 8 vCPU → 4 vCPU');
    expect(first(en)?.reason).toContain('Reduce CPU 8 vCPU → 4 vCPU');
    expect(first(zh)?.reason_name).toBe(first(en)?.reason_name);
    expect(zh?.digest).toBe(en?.digest);
  });

  test('carry their evidence', () => {
    for (const { resources } of fleet.devices) {
      for (const row of resources) {
        expect(Object.keys(row.evidence).length).toBeGreaterThan(3);
        expect(row.reason.length).toBeGreaterThan(30);
      }
    }
  });
});

test('demo devices are marked', () => {
  expect(fleet.demo).toBe(true);
  expect(fleet.devices.filter(({ demo }) => demo).map(({ device: name }) => name)).toEqual([
    'demo-01',
  ]);
});

test('devices come in order of their names, whatever order they were given in', async () => {
  const names = ['srv-2', 'srv-10', 'Srv-1', 'öl'];
  const series = new Map(names.map((name) => [name, seriesOf(SMALL_LOAD)]));
  const given = { devices: names.map((name) => device(name)), series };
  const turned = { devices: [...given.devices].reverse(), series: new Map([...series].reverse()) };
  expect((await json(given)).devices.map((own) => own.device)).toEqual([...names].sort());
  expect(await report(turned)).toBe(await report(given));
});

test('a report without devices is a report', async () => {
  const empty = await json({ devices: [], series: new Map() });
  expect(empty.summary.devices).toBe(0);
  expect(empty.generated_from).toContain('no figures');
});
