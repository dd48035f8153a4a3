import { describe, expect, test } from 'vitest';
import { composeDocument } from '../../../src/collector/reports/compose.ts';
import type { CapacityDocument } from '../../../src/collector/reports/document.ts';
import { survey } from '../../../src/collector/reports/survey.ts';
import { GIB, policy } from './support/cases.ts';
import { fakeHistory } from './support/fake-history.ts';
import { dayOf, device, type Figures, type Fleet, SMALL_LOAD, seriesOf } from './support/report.ts';

async function compose(stories: Readonly<Record<string, Figures>>): Promise<CapacityDocument> {
  const fleet: Fleet = {
    devices: Object.keys(stories).map((name) =>
      device(name, { labels: { owner: `owner of ${name}` } }),
    ),
    series: new Map(Object.entries(stories).map(([name, figures]) => [name, seriesOf(figures)])),
  };
  const request = {
    name: 'capacity',
    month: '2026-03',
    timezone: 'UTC',
    locale: 'en',
    format: 'json',
    policy: policy(),
    organisation: 'Example',
  } as const;
  const readers = {
    devices: async () => fleet.devices,
    history: fakeHistory(fleet.series),
    faults: async () => [],
  };
  const fault = (id: string, level: number, day: number) => ({
    id,
    device: 'a',
    level,
    phenomenon: { en: '', zh: '' },
    beganMs: Date.UTC(2026, 2, day),
    recoveredMs: null,
  });
  return composeDocument(request, await survey(request, readers, false), [
    fault('F-3', 2, 9),
    fault('F-1', 1, 20),
    fault('F-2', 2, 3),
    fault('F-0', 2, 3),
  ]);
}

const cpu = (share: number, cores = 8): Figures => ({
  ...SMALL_LOAD,
  memory_used_bytes: () => 12 * GIB,
  cpu_cores: () => cores,
  cpu_used_ratio: () => share,
});
const disk = (start: number, perDay: number): Figures => ({
  ...cpu(0.5),
  'filesystem_used_bytes|/data': (ms) => (start + perDay * dayOf(ms)) * GIB,
  'filesystem_size_bytes|/data': () => 100 * GIB,
});

describe('actions', () => {
  test('come in the order in which to take them', async () => {
    const document = await compose({
      'a-cut': cpu(0.1),
      'b-add': cpu(0.82),
      'c-urgent': cpu(0.95),
      'd-urgent': cpu(0.99),
      'e-plan': disk(60, 0.4),
      'f-keep': cpu(0.5),
      'g-large-cut': cpu(0.1, 32),
      'h-fills-first': disk(65, 1),
    });
    expect(document.actions.map(({ device: own }) => own.device)).toEqual([
      'h-fills-first',
      'd-urgent',
      'c-urgent',
      'b-add',
      'e-plan',
      'g-large-cut',
      'a-cut',
    ]);
  });

  test('have a due date counted from the end of the month', async () => {
    const document = await compose({ a: cpu(0.95), b: cpu(0.82), c: cpu(0.1) });
    expect(document.actions.map(({ due }) => due)).toEqual([
      '2026-04-07',
      '2026-04-30',
      '2026-05-30',
    ]);
  });

  test('of equal weight come by name', async () => {
    const document = await compose({ b: cpu(0.95), a: cpu(0.95), c: cpu(0.95) });
    expect(document.actions.map(({ device: own }) => own.device)).toEqual(['a', 'b', 'c']);
    expect(document.actions[0]?.device.owner).toBe('owner of a');
  });
});

test('faults come by level, then time, then number', async () => {
  const document = await compose({ a: cpu(0.5) });
  expect(document.faults.map(({ id }) => id)).toEqual(['F-1', 'F-0', 'F-2', 'F-3']);
});

test('the digest changes with every figure, and with nothing else', async () => {
  const digest = async (share: number): Promise<string> =>
    (await compose({ a: cpu(share) })).digest;
  expect(await digest(0.5)).toBe(await digest(0.5));
  expect(await digest(0.5)).not.toBe(await digest(0.5001));
});

test('the provenance tells devices, times and zone', async () => {
  const document = await compose({ a: cpu(0.5), b: cpu(0.5) });
  expect(document.generatedFrom).toBe(
    `5-minute slots of 2 devices, 2026-02-01 00:00 to 2026-03-31 23:55 UTC, sha256 ${document.digest}`,
  );
  expect(document.months).toEqual(['2026-02', '2026-03']);
});
