/**
 * Disks that never were, filled by writes that really happened. No public trace of disk space per
 * server exists, so the shape of each disk is one of nine archetypes and its unrest is the daily
 * write volume of a recorded machine, redrawn in weeks. Seeded: the same cases every time.
 */
import { seededRandom } from '../../src/collector/reports/figures/seeded-random.ts';

export const ARCHETYPES = [
  'flat',
  'linear',
  'accelerating',
  'step',
  'sawtooth',
  'cleanup',
  'saturating',
  'noisy',
  'weekly',
] as const;
export type Archetype = (typeof ARCHETYPES)[number];

export const HISTORY_DAYS = 180;
export const FUTURE_DAYS = 90;

export interface DiskCase {
  readonly name: string;
  readonly archetype: Archetype;
  /** Daily maximum as share of the size: history, then what came. */
  readonly history: Float64Array;
  readonly future: Float64Array;
}

interface Draw {
  readonly random: () => number;
  /** Uniform in [from, to). */
  readonly between: (from: number, to: number) => number;
  /** Relative write volume per day, mean 1. */
  readonly writes: Float64Array;
  /** Days after the history until a plain line would be full, log-uniform. */
  readonly daysToFull: number;
}

const DAYS = HISTORY_DAYS + FUTURE_DAYS;

export function diskCases(
  writes: ReadonlyMap<string, Float64Array>,
  draws: number,
): readonly DiskCase[] {
  const cases: DiskCase[] = [];
  for (const [machine, volumes] of writes) {
    for (const archetype of ARCHETYPES) {
      for (let draw = 0; draw < draws; draw++) {
        cases.push(diskCase(`${machine} ${archetype} ${draw}`, archetype, volumes));
      }
    }
  }
  return cases;
}

function diskCase(name: string, archetype: Archetype, volumes: Float64Array): DiskCase {
  const random = seededRandom(name);
  const between = (from: number, to: number): number => from + (to - from) * random();
  const draw: Draw = {
    random,
    between,
    writes: redrawn(volumes, random),
    daysToFull: 15 * (700 / 15) ** random(),
  };
  const values = SHAPES[archetype](draw).map((value) => Math.min(1, Math.max(0.01, value)));
  return {
    name,
    archetype,
    history: values.slice(0, HISTORY_DAYS),
    future: values.slice(HISTORY_DAYS),
  };
}

/** Weeks of the recording in random order, scaled to a mean of 1; bursts of one day at most ×8. */
function redrawn(volumes: Float64Array, random: () => number): Float64Array {
  const drawn = new Float64Array(DAYS);
  for (let day = 0; day < DAYS; day += 7) {
    const start = Math.floor(random() * Math.max(1, volumes.length - 7));
    for (let i = 0; i < 7 && day + i < DAYS; i++) drawn[day + i] = volumes[start + i] ?? 0;
  }
  const mean = drawn.reduce((sum, value) => sum + value, 0) / DAYS || 1;
  return drawn.map((value) => Math.min(8, value / mean));
}

/** A running sum of `rate(day) · writes`, from `start`. */
function grown(start: number, writes: Float64Array, rate: (day: number) => number): Float64Array {
  let level = start;
  return writes.map((write, day) => (level += rate(day) * write));
}

/** The plain line: full `daysToFull` days after the history. */
function line(draw: Draw): { values: Float64Array; rate: number } {
  const start = draw.between(0.05, 0.5);
  const rate = (1 - start) / (HISTORY_DAYS + draw.daysToFull);
  return { values: grown(start, draw.writes, () => rate), rate };
}

const SHAPES: Readonly<Record<Archetype, (draw: Draw) => Float64Array>> = Object.freeze({
  flat: ({ between, writes }) => {
    const level = between(0.2, 0.95);
    const unrest = between(0.0005, 0.005);
    return writes.map((write) => level + unrest * (write - 1));
  },
  linear: (draw) => line(draw).values,
  accelerating: (draw) => {
    const { between, writes, daysToFull } = draw;
    const start = between(0.05, 0.5);
    const doubling = between(45, 120);
    const rate = (day: number): number => 2 ** (day / doubling);
    const total = (doubling / Math.LN2) * (2 ** ((HISTORY_DAYS + daysToFull) / doubling) - 1);
    return grown(start, writes, (day) => ((1 - start) / total) * rate(day));
  },
  step: (draw) => {
    const jumps = new Map<number, number>();
    const count = draw.random() < 0.5 ? 1 : 2;
    for (let i = 0; i < count; i++) {
      jumps.set(Math.floor(draw.between(20, 165)), draw.between(0.08, 0.2));
    }
    const sum = [...jumps.values()].reduce((total, jump) => total + jump, 0);
    const start = draw.between(0.05, 0.4);
    const rate = (1 - start - sum) / (HISTORY_DAYS + draw.daysToFull);
    let added = 0;
    return grown(start, draw.writes, () => rate).map((value, day) => {
      added += jumps.get(day) ?? 0;
      return value + added;
    });
  },
  sawtooth: (draw) => {
    const period = [7, 14, 30][Math.floor(draw.random() * 3)] ?? 7;
    const height = draw.between(0.05, 0.2);
    const { values } = line(draw);
    return values.map((value, day) => value - height + (height * (day % period)) / (period - 1));
  },
  cleanup: (draw) => {
    const { between } = draw;
    const day = Math.floor(between(60, 165));
    const rate = between(0.0005, 0.006);
    const end = between(0.5, 0.95);
    const freed = between(0.2, 0.5);
    const values = grown(0, draw.writes, () => rate);
    const offset = end - (values[HISTORY_DAYS - 1] ?? 0);
    return values.map((value, i) => value + offset + (i < day ? freed : 0));
  },
  saturating: ({ between, writes }) => {
    const ceiling = between(0.6, 0.97);
    const days = between(20, 70);
    const start = between(0.02, 0.2);
    return writes.map(
      (write, day) => start + (ceiling - start) * (1 - Math.exp(-day / days)) + 0.002 * (write - 1),
    );
  },
  noisy: (draw) => {
    const swing = draw.between(0.005, 0.03);
    let noise = 0;
    return line(draw).values.map((value) => {
      noise = 0.7 * noise + swing * draw.between(-1, 1);
      return value + noise;
    });
  },
  weekly: (draw) => {
    const { values, rate } = line(draw);
    const height = draw.between(0.01, 0.05) + 2 * rate;
    return values.map((value, day) => value - (day % 7 >= 5 ? height : 0));
  },
});
