/**
 * A small fleet with one device per story: every verdict and most reasons appear once. Figures are
 * made from the time and a seeded random, so goldens do not move.
 */
import type { SlotSeries } from '../../../../src/collector/indicators/indicators.ts';
import { seededRandom } from '../../../../src/collector/reports/figures/seeded-random.ts';
import type { ReportDevice, ReportFault } from '../../../../src/collector/reports/reports.ts';
import { DAY_MS, HOUR_MS } from '../../../../src/shared/units.ts';
import { fakeHistory, series } from './fake-history.ts';

const GIB = 1024 ** 3;
/** China keeps one offset: local time is UTC + 8 h. */
const SHANGHAI_MS = 8 * HOUR_MS;

export const FLEET_MONTH = '2026-03';
export const FLEET_ZONE = 'Asia/Shanghai';
export const FLEET_SPAN = {
  fromMs: Date.UTC(2025, 8, 1) - SHANGHAI_MS,
  toMs: Date.UTC(2026, 3, 1) - SHANGHAI_MS,
};
const MONTH_MS = Date.UTC(2026, 2, 1) - SHANGHAI_MS;

interface Story {
  readonly kind?: string;
  readonly status?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly facts?: Readonly<Record<string, string>>;
  /** Cores, and load as a share 0–1 by hour of the day. */
  readonly cores?: number | ((ms: number) => number);
  readonly load?: (ms: number, random: () => number) => number;
  readonly steal?: number;
  readonly memoryGib?: number;
  readonly memory?: (ms: number, random: () => number) => number;
  readonly disks?: Readonly<
    Record<string, { readonly gib: number; readonly used: (day: number) => number }>
  >;
  readonly links?: Readonly<
    Record<
      string,
      { readonly megabits: number; readonly share: (ms: number, random: () => number) => number }
    >
  >;
  readonly databases?: Readonly<
    Record<string, { readonly gib: number; readonly used: (day: number) => number }>
  >;
  /** Nothing is collected outside these stretches. */
  readonly collected?: (ms: number) => boolean;
}

const hourOf = (ms: number): number => Math.floor(((ms + SHANGHAI_MS) % DAY_MS) / HOUR_MS);
const weekday = (ms: number): boolean => {
  const day = (Math.floor((ms + SHANGHAI_MS) / DAY_MS) + 4) % 7;
  return day >= 1 && day <= 5;
};
/** `low` at night, `high` in office hours, with a little noise. */
const office =
  (low: number, high: number, noise = 0.02) =>
  (ms: number, random: () => number): number => {
    const busy = weekday(ms) && hourOf(ms) >= 8 && hourOf(ms) < 18;
    return Math.max(0, (busy ? high : low) + noise * (random() - 0.5));
  };
const steady = (share: number, noise = 0.01) => office(share, share, noise);
/** A slow, repeatable unrest between -1 and 1. */
const unrest = (day: number): number =>
  Math.sin(Math.floor(day) * 1.9) * Math.cos(Math.floor(day) * 0.37);
const system = { gib: 100, used: (day: number) => 0.41 + 0.002 * Math.sin(day) };

export const STORIES: Readonly<Record<string, Story>> = {
  'app-01': {
    labels: { business: '综合办公', importance: '核心', address: '10.1.2.11', owner: '张伟' },
    cores: 4,
    load: office(0.55, 0.99, 0.04),
    memoryGib: 16,
    memory: office(0.5, 0.62),
    disks: {
      '/': system,
      '/data': { gib: 500, used: (day) => Math.min(1, 0.49 + 0.00195 * day + 0.012 * unrest(day)) },
    },
    links: { eth0: { megabits: 1000, share: office(0.02, 0.1) } },
  },
  'app-02': {
    labels: { business: '综合办公', address: '10.1.2.12' },
    cores: 8,
    load: (ms, random) => (weekday(ms) && hourOf(ms) === 9 ? 0.93 : office(0.2, 0.45)(ms, random)),
    memoryGib: 32,
    memory: steady(0.71),
    disks: { '/': system },
    links: { eth0: { megabits: 1000, share: office(0.02, 0.06) } },
  },
  'db-01': {
    labels: { business: '办案系统', importance: '核心', type: 'physical', address: '10.1.3.5' },
    cores: 32,
    load: office(0.1, 0.45),
    memoryGib: 128,
    memory: steady(0.38),
    disks: { '/u01': { gib: 1000, used: (day) => 0.6 + 0.0012 * day + 0.006 * unrest(day) } },
    databases: { orcl: { gib: 800, used: (day) => 0.55 + 0.0009 * day } },
  },
  'web-01': {
    labels: { business: '门户网站', address: '10.1.4.20' },
    cores: 8,
    load: office(0.04, 0.14),
    memoryGib: 15.6,
    memory: office(0.2, 0.28),
    disks: { '/': system, '/bind': system },
  },
  'old-01': {
    cores: 1,
    load: steady(0.01, 0.004),
    memoryGib: 2,
    memory: steady(0.4),
    links: { eth0: { megabits: 1000, share: () => 0.000005 } },
  },
  'batch-01': {
    labels: { business: '办案系统' },
    cores: 4,
    load: (ms, random) =>
      Math.floor(ms / DAY_MS) % 9 === 0 && hourOf(ms) === 2 ? 0.97 : steady(0.4)(ms, random),
    memoryGib: 8,
    memory: steady(0.7),
  },
  'steal-01': { cores: 2, load: steady(0.9), steal: 0.12, memoryGib: 4, memory: steady(0.8) },
  'new-01': {
    cores: 4,
    load: steady(0.1),
    memoryGib: 8,
    memory: steady(0.3),
    collected: (ms) => ms >= MONTH_MS + 21 * DAY_MS,
  },
  'gap-01': {
    cores: 8,
    load: steady(0.1),
    memoryGib: 16,
    memory: steady(0.3),
    collected: (ms) => ms < MONTH_MS + 9 * DAY_MS || ms >= MONTH_MS + 13 * DAY_MS,
  },
  'resized-01': {
    cores: (ms) => (ms < MONTH_MS + 15 * DAY_MS ? 2 : 8),
    load: (ms) => (ms < MONTH_MS + 15 * DAY_MS ? 0.7 : 0.2),
    memoryGib: 16,
    memory: steady(0.7),
  },
  'log-01': {
    labels: { business: '安全审计' },
    cores: 2,
    load: steady(0.3),
    memoryGib: 8,
    memory: (ms) => 0.45 + 0.003 * ((ms - FLEET_SPAN.fromMs) / DAY_MS - 150),
    disks: {
      '/': system,
      '/var/log': { gib: 200, used: (day) => 0.928 + 0.0004 * Math.sin(day * 1.7) },
      '/archive': { gib: 900, used: (day) => 0.13 + 0.0001 * Math.sin(day) },
    },
  },
  'demo-01': {
    status: 'demo',
    cores: 4,
    load: office(0.2, 0.5),
    memoryGib: 8,
    memory: steady(0.6),
  },
  'quiet-01': { kind: 'server' },
  'sw-core-01': {
    kind: 'network',
    labels: { address: '10.1.0.1' },
    links: {
      'Gi1/0/1': { megabits: 1000, share: office(0.1, 0.78) },
      'Gi1/0/2': { megabits: 100, share: steady(0.03) },
      'Te1/1/1': { megabits: 0, share: steady(0.2) },
    },
  },
};

function seriesOf(name: string, story: Story): SlotSeries[] {
  const random = seededRandom(name);
  const seen = story.collected ?? (() => true);
  const only = (figure: (ms: number) => number) => (ms: number) => (seen(ms) ? figure(ms) : NaN);
  const all: SlotSeries[] = [];
  const put = (
    indicator: SlotSeries['indicator'],
    figure: (ms: number) => number,
    item = '',
  ): void => {
    all.push(series(indicator, FLEET_SPAN, only(figure), item));
  };
  const { cores, load, steal, memoryGib, memory } = story;
  if (cores !== undefined && load) {
    put('cpu_used_ratio', (ms) => Math.min(1, load(ms, random)));
    put('cpu_cores', typeof cores === 'number' ? () => cores : cores);
    if (steal !== undefined) put('cpu_steal_ratio', () => steal);
  }
  if (memoryGib !== undefined && memory) {
    put('memory_size_bytes', () => memoryGib * GIB);
    put('memory_used_bytes', (ms) => memory(ms, random) * memoryGib * GIB);
    put('swap_used_bytes', () => 0);
    put('oom_kills_total', () => 0);
  }
  const dayOf = (ms: number): number => (ms - FLEET_SPAN.fromMs) / DAY_MS;
  for (const [mount, { gib, used }] of Object.entries(story.disks ?? {})) {
    put('filesystem_size_bytes', () => gib * GIB, mount);
    put('filesystem_used_bytes', (ms) => used(dayOf(ms)) * gib * GIB, mount);
    put('filesystem_inodes_used_ratio', () => 0.04, mount);
  }
  for (const [database, { gib, used }] of Object.entries(story.databases ?? {})) {
    put('database_limit_bytes', () => gib * GIB, database);
    put('database_used_bytes', (ms) => used(dayOf(ms)) * gib * GIB, database);
  }
  for (const [port, { megabits, share }] of Object.entries(story.links ?? {})) {
    const speed = megabits * 125_000;
    const basis = speed || 125_000_000;
    if (speed > 0) put('network_speed_bytes_per_second', () => speed, port);
    put('network_receive_bytes_per_second', (ms) => share(ms, random) * basis, port);
    put('network_transmit_bytes_per_second', (ms) => share(ms, random) * basis * 0.4, port);
  }
  return all;
}

export function fleetDevices(): readonly ReportDevice[] {
  return Object.entries(STORIES).map(([name, story]) => ({
    name,
    kind: story.kind ?? 'server',
    status: story.status ?? 'live',
    labels: story.labels ?? {},
    facts: story.facts ?? {},
  }));
}

let cached: ReadonlyMap<string, readonly SlotSeries[]> | undefined;

export function fleetSeries(): ReadonlyMap<string, readonly SlotSeries[]> {
  cached ??= new Map(Object.entries(STORIES).map(([name, story]) => [name, seriesOf(name, story)]));
  return cached;
}

export const FLEET_FAULTS: readonly ReportFault[] = [
  {
    id: 'F-000012',
    device: 'app-01',
    level: 2,
    phenomenon: { en: 'CPU use above 90 % for 10 minutes', zh: 'CPU 使用率高于 90% 达 10 分钟' },
    beganMs: MONTH_MS + 3 * DAY_MS + 9 * HOUR_MS,
    recoveredMs: MONTH_MS + 3 * DAY_MS + 11 * HOUR_MS,
  },
  {
    id: 'F-000015',
    device: 'log-01',
    level: 3,
    phenomenon: { en: 'disk /var/log above 90 %', zh: '磁盘 /var/log 高于 90%' },
    beganMs: MONTH_MS + 8 * DAY_MS,
    recoveredMs: null,
  },
];

export function fleetReaders() {
  return {
    devices: async () => fleetDevices(),
    history: fakeHistory(fleetSeries()),
    faults: async () => FLEET_FAULTS,
  };
}
