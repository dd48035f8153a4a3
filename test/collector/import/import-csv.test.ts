import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImportOptions, importCsv } from '../../../src/collector/import/import.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { type FakeTarget, fakeTarget, storedSamples } from './fake-target.ts';

const MAP = `time: { column: ts, unit: seconds }
device: { column: vm, prefix: "vm-" }
indicators:
  cpu_used_ratio: { column: cpu, scale: 0.01 }
  disk_busy_ratio: { column: busy, labels: { device: all } }
`;

let directory: string;
let target: FakeTarget;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'import-'));
  target = fakeTarget();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function run(csv: string | Buffer, options: Partial<ImportOptions> = {}, map = MAP) {
  return importCsv(file('usage.csv', csv), file('map.yaml', map), {
    target,
    clock: manualClock(),
    ...options,
  });
}

async function failureOf(csv: string | Buffer, map = MAP): Promise<Failure> {
  const error = await run(csv, {}, map).then(
    () => new Error('it was imported'),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
}

const T = 1_372_629_804;
const key = (name: string, device: string, rest = {}) =>
  JSON.stringify({ __name__: name, ...rest, instance: device });

test('cells become samples of the device, scaled; an empty cell is no value', async () => {
  const summary = await run(
    `vm,ts,cpu,busy,other\n4,${T},12.5,0.5,x\n5,${T},0,,y\n4,${T + 300},50,1,z\n`,
  );
  expect(Object.fromEntries(storedSamples(target))).toEqual({
    [key('cpu_used_ratio', 'vm-4')]: [
      [T * 1000, 0.125],
      [(T + 300) * 1000, 0.5],
    ],
    [key('disk_busy_ratio', 'vm-4', { device: 'all' })]: [
      [T * 1000, 0.5],
      [(T + 300) * 1000, 1],
    ],
    [key('cpu_used_ratio', 'vm-5')]: [[T * 1000, 0]],
  });
  expect(summary).toMatchObject({ rows: 3, badRows: 0, samples: 5, batches: 2, skippedBatches: 0 });
  expect(summary.agent).toMatch(/^import:[0-9a-f]{16}$/);
  expect(target.finished).toEqual([{ agent: summary.agent, devices: ['vm-4', 'vm-5'] }]);
});

test('gzip, a byte order mark and CRLF make no difference', async () => {
  const csv = `\ufeffvm,ts,cpu,busy\r\n4,${T},1,1\r\n`;
  await run(gzipSync(csv));
  expect([...storedSamples(target).keys()]).toContain(key('cpu_used_ratio', 'vm-4'));
});

test('GB18030 is read when the map says so, and told when it does not', async () => {
  // 主机 in GB18030.
  const csv = Buffer.concat([
    Buffer.from('vm,ts,cpu,busy\n'),
    Buffer.from([0xd6, 0xf7, 0xbb, 0xfa]),
    Buffer.from(`,${T},1,1\n`),
  ]);
  await run(csv, {}, `${MAP}encoding: gb18030\n`);
  expect(target.finished[0]?.devices).toEqual(['vm-主机']);
  const failure = await failureOf(csv);
  expect(failure.message).toContain('not utf-8');
  expect(failure.hint).toContain('gb18030');
});

const rows = (count: number): string =>
  Array.from({ length: count }, (_, i) => `${i % 3},${T + i * 300},${i % 100},0.5`).join('\n');

test('a broken-off import goes on where it stopped and the whole is stored once', async () => {
  const csv = `vm,ts,cpu,busy\n${rows(12_000)}\n`;
  const whole = fakeTarget();
  await run(csv, { target: whole });
  const { write } = target;
  target.write = async (body, headers) => {
    if (target.writes === 2) throw new Error('the collector was killed');
    return write(body, headers);
  };
  await expect(run(csv)).rejects.toThrow('killed');
  expect(target.finished).toEqual([]);
  target.write = write;
  const summary = await run(csv);
  expect(summary.skippedBatches).toBe(2);
  expect(summary.batches).toBeGreaterThan(3);
  expect(target.epochs).toEqual(whole.epochs);
});

test('the same file again sends nothing, another map or --again does', async () => {
  const csv = `vm,ts,cpu,busy\n${rows(10)}\n`;
  await run(csv);
  const { writes } = target;
  expect((await run(csv)).skippedBatches).toBe(3);
  expect(target.writes).toBe(writes);
  await run(csv, { again: true });
  expect(target.writes).toBe(writes * 2);
  await run(csv, {}, MAP.replace('0.01', '0.1'));
  expect(target.writes).toBe(writes * 3);
  expect(new Set(target.begun.map(({ epoch }) => epoch)).size).toBe(3);
});

test('a missing column names the map, the place and what the file has', async () => {
  const failure = await failureOf(`vm,ts,cpus,busy\n4,${T},1,1\n`);
  expect(failure.code).toBe('config');
  expect(failure.message).toMatch(/map\.yaml: indicators\.cpu_used_ratio\.column: no column "cpu"/);
  expect(failure.message).toContain('did you mean "cpus"?');
  expect(failure.hint).toContain('vm, ts, cpus, busy');
  expect(target.writes).toBe(0);
});

test.each([
  [`4,${T},abc,1`, /line 3: column cpu: "abc" is not a number/],
  [`4,${T},0x10,1`, /column cpu: "0x10" is not a number/],
  [`4,${T},1e999,1`, /column cpu: "1e999" is not a number/],
  [`4,${T},Infinity,1`, /not a number/],
  [`4,${T * 1000},1,1`, /column ts: .*is time.unit milliseconds\?/],
  [`,${T},1,1`, /column vm: the device has no name/],
  [`a\u0007b,${T},1,1`, /column vm: .*control characters/],
  [`${'x'.repeat(300)},${T},1,1`, /column vm: .*longer than 256 bytes/],
  [`4,${T},1`, /the row has 3 cells, 4 are needed/],
  [`"4,${T},1,1`, /a quote is never closed/],
])('the bad row %j is named with its place', async (row, message) => {
  const failure = await failureOf(`vm,ts,cpu,busy\n4,${T},1,1\n${row}\n`);
  expect(failure.code).toBe('malformed');
  expect(failure.message).toContain('usage.csv');
  expect(failure.message).toMatch(message);
  expect(failure.hint).toContain('--skip-bad-rows');
});

test('with skipBadRows the bad are counted and the good are stored whole', async () => {
  const csv = `vm,ts,cpu,busy\n4,${T},1,1\n4,${T + 300},2,oops\n4,no,3,1\n4,${T + 600},4,1\n`;
  const summary = await run(csv, { skipBadRows: true });
  expect(summary).toMatchObject({ rows: 4, badRows: 2, samples: 4 });
  // A row is taken whole or not at all: 2 % of the bad row is not there either.
  const cpu = storedSamples(target).get(key('cpu_used_ratio', 'vm-4'));
  expect(cpu?.map(([, value]) => value)).toEqual([0.01, 0.04]);
});

test('an empty file, a missing file and damaged gzip are each told', async () => {
  expect((await failureOf('')).message).toContain('is empty');
  const nowhere = importCsv(join(directory, 'nowhere.csv'), file('map.yaml', MAP), {
    target,
    clock: manualClock(),
  });
  await expect(nowhere).rejects.toMatchObject({ code: 'not_found' });
  const gzip = gzipSync(`vm,ts,cpu,busy\n${rows(1_000)}\n`);
  const cut = await failureOf(gzip.subarray(0, gzip.length - 100));
  expect(cut.hint).toContain('damaged or cut short');
});

test('a header alone imports nothing and is no mistake', async () => {
  expect(await run('vm,ts,cpu,busy\n')).toMatchObject({ rows: 0, samples: 0, devices: [] });
});

test('progress counts bytes of the file and ends with the rolling up', async () => {
  const seen: { bytes: number; totalBytes: number; finishing: boolean }[] = [];
  const csv = `vm,ts,cpu,busy\n${rows(9_000)}\n`;
  await run(csv, { onProgress: (progress) => void seen.push(progress) });
  expect(seen.at(-1)).toMatchObject({ finishing: true, bytes: csv.length, totalBytes: csv.length });
  expect(seen.length).toBeGreaterThanOrEqual(3);
});
