/** What must not change a verdict, and what must change it in a known way. */
import { describe, expect, test } from 'vitest';
import type { SlotSeries } from '../../../src/collector/indicators/indicators.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { GIB } from './support/cases.ts';
import {
  dayOf,
  device,
  type Figures,
  type Fleet,
  type JsonRow,
  json,
  MARCH_MS,
  report,
  SMALL_LOAD,
  seriesOf,
  single,
} from './support/report.ts';

const rowsOf = async (fleet: Fleet, timezone = 'UTC'): Promise<readonly JsonRow[]> =>
  (await json(fleet, { timezone })).devices[0]?.resources ?? [];

const decision = ({ resource, item, verdict, reason_name: reason, target, current }: JsonRow) => ({
  resource,
  item,
  verdict,
  reason,
  kept: target / current,
});

/** Office hours in UTC, so that a shift of the zone moves them. */
const office =
  (low: number, high: number) =>
  (ms: number): number =>
    (ms / HOUR_MS) % 24 >= 8 && (ms / HOUR_MS) % 24 < 18 ? high : low;

const SERVERS: Readonly<Record<string, Figures>> = {
  oversized: SMALL_LOAD,
  overloaded: { ...SMALL_LOAD, cpu_used_ratio: office(0.3, 0.97) },
  fitting: { ...SMALL_LOAD, cpu_used_ratio: office(0.2, 0.5), memory_used_bytes: () => 12 * GIB },
  'short of memory': { ...SMALL_LOAD, memory_used_bytes: () => 14.5 * GIB },
  'filling up': {
    ...SMALL_LOAD,
    'filesystem_used_bytes|/data': (ms) => (60 + 0.9 * dayOf(ms)) * GIB,
    'filesystem_size_bytes|/data': () => 100 * GIB,
  },
};

describe.each(Object.entries(SERVERS))('a server that is %s', (_, figures) => {
  test('has the same verdicts when its figures come in another order', async () => {
    const turned = Object.fromEntries(Object.entries(figures).reverse());
    expect(await report(single(turned))).toBe(await report(single(figures)));
  });

  test('has the same verdicts when sizes and use are scaled together', async () => {
    const scaled: Figures = Object.fromEntries(
      Object.entries(figures).map(([name, figure]) => [
        name,
        /memory|cores/.test(name) ? (ms: number) => 2 * figure(ms) : figure,
      ]),
    );
    const before = (await rowsOf(single(figures))).map(decision);
    const after = (await rowsOf(single(scaled))).map(decision);
    // Twice 16 GiB is in the catalogue, so targets double too.
    expect(after).toEqual(before);
  });

  test('has the same verdicts after a gap of a day', async () => {
    const gap = (ms: number): boolean => dayOf(ms) >= 10 && dayOf(ms) < 11;
    const holed: Figures = Object.fromEntries(
      Object.entries(figures).map(([name, figure]) => [
        name,
        (ms: number) => (gap(ms) ? NaN : figure(ms)),
      ]),
    );
    const before = await rowsOf(single(figures));
    const after = await rowsOf(single(holed));
    expect(after.map(decision)).toEqual(before.map(decision));
    expect(after[0]?.coverage).toBeCloseTo(30 / 31, 6);
  });

  test.each(['Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu'])(
    'has the same verdicts in %s',
    async (timezone) => {
      const before = (await rowsOf(single(figures))).map(decision);
      const after = (await rowsOf(single(figures), timezone)).map(decision);
      expect(after).toEqual(before);
    },
  );

  test('has the same verdicts beside other servers, and in any order of the ledger', async () => {
    const fleet: Fleet = {
      devices: [device('zz'), device('srv'), device('aa')],
      series: new Map([
        ['srv', seriesOf(figures)],
        ['aa', seriesOf(SERVERS.overloaded ?? {})],
        ['zz', seriesOf(SERVERS.fitting ?? {})],
      ]),
    };
    const alone = await rowsOf(single(figures));
    const among = (await json(fleet)).devices.find(({ device: name }) => name === 'srv');
    expect(among?.resources).toEqual(alone);
    const turned = { ...fleet, devices: [...fleet.devices].reverse() };
    expect(await report(turned)).toBe(await report(fleet));
  });

  test('does not see what came after the month', async () => {
    const later: Figures = Object.fromEntries(
      Object.entries(figures).map(([name, figure]) => [
        name,
        (ms: number) => (ms >= MARCH_MS + 31 * DAY_MS ? 0.999 : figure(ms)),
      ]),
    );
    const longer = { fromMs: Date.UTC(2026, 1, 1), toMs: Date.UTC(2026, 4, 1) };
    const fleet = { devices: [device('srv')], series: new Map([['srv', seriesOf(later, longer)]]) };
    expect((await rowsOf(fleet)).map(decision)).toEqual(
      (await rowsOf(single(figures))).map(decision),
    );
  });
});

describe('the same cores in use on twice as many', () => {
  const cpu = (cores: number, used: number): Figures => ({
    ...SMALL_LOAD,
    cpu_cores: () => cores,
    cpu_used_ratio: (ms) => (office(0.5, 1)(ms) * used) / cores,
  });
  const row = async (cores: number, used: number): Promise<JsonRow | undefined> =>
    (await rowsOf(single(cpu(cores, used))))[0];

  test('need the same: what was overloaded fits, what fitted is too large', async () => {
    const [four, eight, sixteen] = await Promise.all([row(4, 3.9), row(8, 3.9), row(16, 3.9)]);
    expect([four?.verdict, eight?.verdict, sixteen?.verdict]).toEqual(['urgent', 'keep', 'reduce']);
    expect(eight?.raw_target).toBeCloseTo(four?.raw_target ?? NaN, 9);
    expect(sixteen?.raw_target).toBeCloseTo(four?.raw_target ?? NaN, 9);
    expect(four?.target).toBe(8);
    expect(sixteen?.target).toBe(8);
  });
});

describe('a file system mounted twice', () => {
  const figures = SERVERS['filling up'] ?? {};
  const twice: Figures = {
    ...figures,
    'filesystem_used_bytes|/mnt/data': figures['filesystem_used_bytes|/data'] ?? (() => NaN),
    'filesystem_size_bytes|/mnt/data': figures['filesystem_size_bytes|/data'] ?? (() => NaN),
  };

  test('is one row with both names and the same verdict', async () => {
    const before = await rowsOf(single(figures));
    const after = await rowsOf(single(twice));
    expect(after).toHaveLength(before.length);
    const disk = after.find(({ resource }) => resource === 'filesystem');
    expect(disk).toMatchObject({ item: '/data', aliases: ['/mnt/data'], verdict: 'urgent' });
  });
});

describe('more of the same', () => {
  test('a busier month never turns add into a cut', async () => {
    const rank = ['reduce', 'idle', 'keep', 'watch', 'add', 'urgent'];
    let before = -1;
    for (const share of [0.05, 0.2, 0.4, 0.6, 0.79, 0.85, 0.95, 1]) {
      const [cpu] = await rowsOf(single({ ...SMALL_LOAD, cpu_used_ratio: () => share }));
      const own = rank.indexOf(cpu?.verdict ?? '');
      expect(own).toBeGreaterThanOrEqual(before);
      before = own;
    }
  });

  test('the need grows with the load, in proportion', async () => {
    const need = async (share: number): Promise<number> =>
      (await rowsOf(single({ ...SMALL_LOAD, cpu_used_ratio: () => share })))[0]?.raw_target ?? NaN;
    expect(await need(0.3)).toBeCloseTo(3 * (await need(0.1)), 9);
  });
});

test('values of an indicator nobody asked for change nothing', async () => {
  const extra: SlotSeries[] = seriesOf({ temperature_celsius: () => 40, load1: () => 12 });
  const fleet = single(SMALL_LOAD);
  const more = { ...fleet, series: new Map([['srv', [...seriesOf(SMALL_LOAD), ...extra]]]) };
  expect(await report(more)).toBe(await report(fleet));
});
