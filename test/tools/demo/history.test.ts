import { expect, test } from 'vitest';
import { INDICATORS, isIndicatorName } from '../../../src/shared/indicator.ts';
import { checkLabels, labelsKey } from '../../../src/shared/sample.ts';
import { DAY_MS, HOUR_MS, SLOT_MS } from '../../../src/shared/units.ts';
import { CHARACTERS } from '../../../tools/demo/character.ts';
import { demoSamples, figuresOf } from '../../../tools/demo/history.ts';
import { noise, smoothNoise } from '../../../tools/demo/noise.ts';

const END = Date.UTC(2026, 0, 5);
const WINDOW = { startMs: END - 62 * DAY_MS, endMs: END };

const character = (name: string) => CHARACTERS.find((one) => one.name === name)!;

/** All values of one figure through the window. */
function values(server: string, indicator: string, item = ''): number[] {
  const figure = figuresOf(character(server), WINDOW, 1).find(
    ({ labels }) =>
      labels.__name__ === indicator && (item === '' || Object.values(labels).includes(item)),
  );
  const all: number[] = [];
  for (let t = WINDOW.startMs; t <= END; t += SLOT_MS) all.push(figure?.at(t) ?? Number.NaN);
  return all;
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

test('a dozen servers, each marked as demo by name', () => {
  expect(CHARACTERS).toHaveLength(12);
  expect(new Set(CHARACTERS.map(({ name }) => name)).size).toBe(12);
  for (const { name } of CHARACTERS) expect(name).toMatch(/^demo-/);
});

test('every sample is one of an indicator or a fact, marked as demo, within its limits', () => {
  const window = { startMs: END - 2 * HOUR_MS, endMs: END };
  const seen = new Set<string>();
  for (const { labels, value, timeMs } of demoSamples(CHARACTERS, window, 1)) {
    checkLabels(labels);
    expect(labels.demo).toBe('true');
    const name = labels.__name__ ?? '';
    expect(Number.isFinite(value), name).toBe(true);
    expect(value).toBeGreaterThanOrEqual(0);
    expect(timeMs % SLOT_MS).toBe(0);
    if (isIndicatorName(name)) {
      const { unit, item } = INDICATORS[name];
      if (unit === 'ratio') expect(value).toBeLessThanOrEqual(1);
      if (item !== null) expect(labels[item]).toBeDefined();
    } else {
      expect(['node_uname_info', 'node_os_info']).toContain(name);
    }
    const key = `${labelsKey(labels)} ${timeMs}`;
    expect(seen.has(key)).toBe(false);
    seen.add(key);
  }
  expect(seen.size).toBeGreaterThan(12 * 14 * 24);
});

test('the same window gives the same history, another seed another one', () => {
  const window = { startMs: END - HOUR_MS, endMs: END };
  const run = (seed: number) =>
    JSON.stringify([...demoSamples(CHARACTERS.slice(0, 2), window, seed)]);
  expect(run(1)).toBe(run(1));
  expect(run(1)).not.toBe(run(2));
});

test('each server leads the life it is there for', () => {
  const busy = values('demo-app-01', 'cpu_used_ratio');
  expect(mean(busy)).toBeGreaterThan(0.88);
  const idle = values('demo-old-01', 'cpu_used_ratio');
  expect(Math.max(...idle)).toBeLessThan(0.02);
  const nightly = values('demo-batch-01', 'cpu_used_ratio');
  expect(mean(nightly)).toBeLessThan(0.25);
  expect(Math.max(...nightly)).toBeGreaterThan(0.9);
  const memory = values('demo-cache-01', 'memory_used_bytes').map((used) => used / 2 ** 35);
  expect(memory.at(-1)).toBeGreaterThan(0.94);
  expect(memory.at(0)).toBeLessThan(0.86);
});

test('the filling disk fills, the cleaned one is cleaned and never full', () => {
  const filling = values('demo-file-01', 'filesystem_used_bytes', '/srv/files');
  expect(filling.at(-1)! / (2_000 * 2 ** 30)).toBeCloseTo(0.965, 2);
  expect(filling.at(-1)! - filling.at(-1 - 288 * 7)!).toBeGreaterThan(7 * 12 * 2 ** 30);
  const cleaned = values('demo-mail-01', 'filesystem_used_bytes', '/var/log');
  const drops = cleaned.filter((used, i) => i > 0 && used < cleaned[i - 1]! - 5 * 2 ** 30);
  expect(drops.length).toBeGreaterThanOrEqual(8);
  expect(Math.max(...cleaned)).toBeLessThan(45 * 2 ** 30);
});

test('noise is even, bounded and has no memory', () => {
  const steps = Array.from({ length: 10_000 }, (_, i) => noise('x', i));
  expect(Math.abs(mean(steps))).toBeLessThan(0.03);
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...steps)).toBeLessThan(1);
  const pairs = mean(steps.slice(1).map((value, i) => value * steps[i]!));
  expect(Math.abs(pairs)).toBeLessThan(0.03);
  expect(noise('x', 7)).not.toBe(noise('y', 7));
});

test('smooth noise passes through its steps without a jump', () => {
  expect(smoothNoise('x', 7)).toBeCloseTo(noise('x', 7), 12);
  for (let at = 0; at < 50; at += 0.01) {
    expect(Math.abs(smoothNoise('x', at + 0.01) - smoothNoise('x', at))).toBeLessThan(0.04);
  }
});
