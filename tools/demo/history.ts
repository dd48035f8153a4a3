/**
 * The figures of a demo server through time: a pure function of seed, character and window, so the
 * same window always gives the same history. Series carry the indicators' own names.
 */
import type { IndicatorName } from '../../src/shared/indicator.ts';
import { type Labels, makeLabels, type Sample } from '../../src/shared/sample.ts';
import { DAY_MS, HOUR_MS, SLOT_MS } from '../../src/shared/units.ts';
import type { Character, Filesystem } from './character.ts';
import { noise, smoothNoise } from './noise.ts';

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

const GIB = 1024 ** 3;
/** The demo's people live in China. */
const LOCAL_OFFSET_MS = 8 * HOUR_MS;
const BYTES_PER_MEGABIT = 1e6 / 8;

/** Local hour of day (with fraction) and whether it is a day off. */
function localTime(timeMs: number): { readonly hour: number; readonly dayOff: boolean } {
  const local = timeMs + LOCAL_OFFSET_MS;
  // Day 0 was a Thursday.
  const weekday = (Math.floor(local / DAY_MS) + 4) % 7;
  return { hour: (local % DAY_MS) / HOUR_MS, dayOff: weekday === 0 || weekday === 6 };
}

/** 0 at night, 1 in the late morning and the afternoon, a dip at noon. */
function activity(hour: number): number {
  if (hour < 6 || hour > 22) return 0;
  const day = Math.sin(((hour - 6) / 16) * Math.PI);
  const noon = 0.25 * Math.exp(-((hour - 12.5) ** 2) / 0.8);
  return Math.max(0, day - noon);
}

const between = (low: number, high: number, share: number): number => low + (high - low) * share;
const clamp = (value: number, most = 1): number => Math.min(most, Math.max(0, value));

function cpuRatio(character: Character, timeMs: number, key: string): number {
  const { hour, dayOff } = localTime(timeMs);
  const { cpu, job } = character;
  const height = dayOff ? cpu.dayOff : cpu.day;
  const base = between(cpu.night, height, activity(hour));
  const atWork = job !== null && hour >= job.from && hour < job.to ? job.cpu : 0;
  const level = Math.max(base, atWork);
  const swing =
    0.14 * smoothNoise(`${key} cpu`, timeMs / HOUR_MS) + 0.06 * noise(`${key} cpu`, timeMs);
  return clamp(level * (1 + swing * (1 - level)), 0.998);
}

function usedBytes(fs: Filesystem, timeMs: number, { endMs }: Window, key: string): number {
  const size = fs.sizeGib * GIB;
  const perMs = (fs.gibPerDay * GIB) / DAY_MS;
  const wobble = 0.002 * size * smoothNoise(`${key} ${fs.mountpoint}`, timeMs / (6 * HOUR_MS));
  if (fs.cleanedDays === 0)
    return clamp(fs.endRatio * size - (endMs - timeMs) * perMs + wobble, size);
  const cycleMs = fs.cleanedDays * DAY_MS;
  const into = (timeMs + LOCAL_OFFSET_MS) % cycleMs;
  return clamp(fs.endRatio * size + (into - cycleMs / 2) * perMs + wobble, size);
}

interface Figure {
  readonly labels: Labels;
  readonly at: (timeMs: number) => number;
}

/** All series of one server. */
export function figuresOf(character: Character, window: Window, seed: number): readonly Figure[] {
  const key = `${seed} ${character.name}`;
  const { startMs, endMs } = window;
  const figure = (
    name: IndicatorName,
    at: (timeMs: number) => number,
    item: Readonly<Record<string, string>> = {},
  ): Figure => ({
    labels: makeLabels([
      ['__name__', name],
      ['instance', character.name],
      ['demo', 'true'],
      ...Object.entries(item),
    ]),
    at,
  });
  const busy = (timeMs: number): number => activity(localTime(timeMs).hour);
  const flow = (share: number, salt: string) => (timeMs: number) => {
    const peak = character.network.peakMbps * BYTES_PER_MEGABIT * share;
    const swing = 1 + 0.2 * smoothNoise(`${key} ${salt}`, timeMs / HOUR_MS);
    return peak * between(0.06, 1, busy(timeMs)) * swing;
  };
  const memorySize = character.memoryGib * GIB;
  const memoryShare = (timeMs: number): number => {
    const share = (timeMs - startMs) / Math.max(1, endMs - startMs);
    const swing = 0.015 * smoothNoise(`${key} memory`, timeMs / HOUR_MS);
    return clamp(between(character.memory.begin, character.memory.end, share) + swing, 0.995);
  };
  const cpu = (timeMs: number): number => cpuRatio(character, timeMs, key);
  const diskBusy = (timeMs: number): number => {
    const swing = 0.1 * noise(`${key} disk`, timeMs);
    return clamp(character.diskBusy * between(0.2, 1, busy(timeMs)) * (1 + swing));
  };
  return [
    figure('cpu_used_ratio', cpu),
    figure('cpu_cores', () => character.cores),
    figure('load1', (timeMs) => cpu(timeMs) * character.cores * 1.1),
    figure('memory_used_bytes', (timeMs) => Math.round(memoryShare(timeMs) * memorySize)),
    figure('memory_size_bytes', () => memorySize),
    ...character.filesystems.flatMap((fs) => [
      figure('filesystem_used_bytes', (timeMs) => Math.round(usedBytes(fs, timeMs, window, key)), {
        mountpoint: fs.mountpoint,
      }),
      figure('filesystem_size_bytes', () => fs.sizeGib * GIB, { mountpoint: fs.mountpoint }),
    ]),
    figure('disk_busy_ratio', diskBusy, { device: 'sda' }),
    figure('disk_read_bytes_per_second', (t) => diskBusy(t) * 9e7, { device: 'sda' }),
    figure('disk_written_bytes_per_second', (t) => diskBusy(t) * 5e7, { device: 'sda' }),
    figure('network_receive_bytes_per_second', flow(0.4, 'in'), { interface: 'eth0' }),
    figure('network_transmit_bytes_per_second', flow(1, 'out'), { interface: 'eth0' }),
    figure('network_speed_bytes_per_second', () => character.network.linkMbps * BYTES_PER_MEGABIT, {
      interface: 'eth0',
    }),
    figure('uptime_seconds', (timeMs) => (timeMs - startMs + 40 * DAY_MS) / 1_000),
  ];
}

/** What the ledger learns of the server. */
function infoOf({ name, os }: Character): readonly Labels[] {
  const info = (metric: string, facts: Readonly<Record<string, string>>): Labels =>
    makeLabels([
      ['__name__', metric],
      ['instance', name],
      ['demo', 'true'],
      ...Object.entries(facts),
    ]);
  return [
    info('node_uname_info', { nodename: name, machine: 'x86_64', sysname: 'Linux' }),
    info('node_os_info', { pretty_name: os }),
  ];
}

/** Server by server, so that each fills its own batches. */
export function* demoSamples(
  characters: readonly Character[],
  window: Window,
  seed: number,
): Generator<Sample> {
  const first = Math.ceil(window.startMs / SLOT_MS) * SLOT_MS;
  for (const character of characters) {
    const figures = figuresOf(character, window, seed);
    const info = infoOf(character);
    for (let timeMs = first; timeMs <= window.endMs; timeMs += SLOT_MS) {
      for (const { labels, at } of figures) yield { labels, timeMs, value: at(timeMs) };
      if (timeMs % DAY_MS === 0 || timeMs === first) {
        for (const labels of info) yield { labels, timeMs, value: 1 };
      }
    }
  }
}
