/** Whatever a table says arrives, once, under the right name: the import against a plain reading. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { importCsv, importMapJsonSchema } from '../../../src/collector/import/import.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { fakeTarget, storedSamples } from './fake-target.ts';

const directory = mkdtempSync(join(tmpdir(), 'whole-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const START = Date.UTC(2025, 0, 1) / 1000;
const MAP = `time: { column: when, unit: seconds }
device: { column: who }
indicators:
  load1: { column: load }
  uptime_seconds: { column: up, scale: 60 }
  filesystem_used_bytes:
    - { column: root, scale: 1024, labels: { mountpoint: / } }
    - { column: data, scale: 1024, labels: { mountpoint: /data } }
`;
const mapFile = join(directory, 'map.yaml');
writeFileSync(mapFile, MAP);

type Cell = number | null;
interface Row {
  readonly who: string;
  readonly at: number;
  readonly cells: readonly [Cell, Cell, Cell, Cell];
}

// A table cannot tell -0 from 0.
const number = fc.double({ noNaN: true, min: -1e9, max: 1e9 }).map((value) => value + 0);
const cell = fc.option(number, { nil: null, freq: 8 });
const who = fc.constantFrom('web', '数据库 1', 'a,b', 'say "hi"', "it's", 'x');
const row: fc.Arbitrary<Row> = fc.record({
  who,
  at: fc.nat(100_000),
  cells: fc.tuple(cell, cell, cell, cell),
});

const quoted = (text: string): string =>
  /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

function csvOf(rows: readonly Row[], order: readonly number[]): string {
  const names = ['who', 'when', 'load', 'up', 'root', 'data', 'ignored'];
  const line = (cells: readonly string[]): string => order.map((i) => cells[i]).join(',');
  const lines = rows.map(({ who: name, at, cells }) =>
    line([
      quoted(name),
      String(START + at),
      ...cells.map((value) => (value === null ? '' : String(value))),
      'x',
    ]),
  );
  return `${[line(names), ...lines].join('\n')}\n`;
}

/** What should be stored, read in the plainest way. */
function expected(rows: readonly Row[]): Map<string, [number, number][]> {
  const columns: [Record<string, string>, number][] = [
    [{ __name__: 'load1' }, 1],
    [{ __name__: 'uptime_seconds' }, 60],
    [{ __name__: 'filesystem_used_bytes', mountpoint: '/' }, 1024],
    [{ __name__: 'filesystem_used_bytes', mountpoint: '/data' }, 1024],
  ];
  const all = new Map<string, [number, number][]>();
  for (const { who: name, at, cells } of rows) {
    cells.forEach((value, i) => {
      const [labels, scale] = columns[i] ?? [{}, 1];
      if (value === null) return;
      const key = JSON.stringify(
        Object.fromEntries(Object.entries({ ...labels, instance: name }).sort()),
      );
      all.set(key, [...(all.get(key) ?? []), [(START + at) * 1000, value * scale]]);
    });
  }
  return all;
}

test('any table, in any order of columns, plain or compressed, cut anywhere', async () => {
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 });
  const rows = fc.array(row, { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(rows, order, fc.boolean(), async (table, columns, compress) => {
      const file = join(directory, 'table.csv');
      const text = csvOf(table, columns);
      writeFileSync(file, compress ? gzipSync(text) : text);
      const target = fakeTarget();
      const summary = await importCsv(file, mapFile, { target, clock: manualClock() });
      const stored = storedSamples(target);
      expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(expected(table)));
      expect(summary).toMatchObject({ rows: table.length, badRows: 0 });
      const count = [...stored.values()].reduce((sum, samples) => sum + samples.length, 0);
      expect(summary.samples).toBe(count);
    }),
    { numRuns: 60 },
  );
});

test('broken off after any batch and taken up again it is the same as in one go', async () => {
  const file = join(directory, 'long.csv');
  const names = ['a', 'b', 'c'];
  const table = Array.from({ length: 9_000 }, (_, i): Row => {
    return { who: names[i % 3] ?? '', at: i, cells: [i, i, i, i] };
  });
  writeFileSync(file, csvOf(table, [0, 1, 2, 3, 4, 5, 6]));
  const whole = fakeTarget();
  const { batches } = await importCsv(file, mapFile, { target: whole, clock: manualClock() });
  for (let stop = 1; stop < batches; stop++) {
    const target = fakeTarget();
    const { write } = target;
    target.write = async (body, headers) => {
      if (target.writes >= stop) throw new Error('cut');
      return write(body, headers);
    };
    const cut = importCsv(file, mapFile, { target, clock: manualClock() });
    await expect(cut).rejects.toThrow('cut');
    target.write = write;
    const rest = await importCsv(file, mapFile, { target, clock: manualClock() });
    expect(rest.skippedBatches).toBe(stop);
    expect(target.epochs).toEqual(whole.epochs);
  }
  expect(batches).toBeGreaterThan(5);
});

test('the map has a schema that editors can use', () => {
  expect(importMapJsonSchema()).toMatchObject({
    type: 'object',
    required: ['time', 'device', 'indicators'],
    additionalProperties: false,
  });
});
