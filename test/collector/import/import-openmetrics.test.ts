import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importOpenMetrics } from '../../../src/collector/import/import.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { type FakeTarget, fakeTarget, storedSamples } from './fake-target.ts';

let directory: string;
let target: FakeTarget;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'import-'));
  target = fakeTarget();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function run(text: string | Buffer, device?: string, skipBadRows = false) {
  const file = join(directory, 'dump.om');
  writeFileSync(file, text);
  return importOpenMetrics(file, device, { target, clock: manualClock(), skipBadRows });
}

const DUMP = `# TYPE node_load1 gauge
node_load1{instance="web",job="node"} 1.5 1700000000.000
node_load1{instance="web",job="node"} 2 1700000015.5
node_load1{instance="db",job="node"} NaN 1700000000
node_filesystem_size_bytes{instance="web",mountpoint="/a b,{}\\""} 100 1700000000
# EOF
`;

test('series keep their names and labels, times are seconds in the file', async () => {
  const summary = await run(DUMP);
  expect(Object.fromEntries(storedSamples(target))).toEqual({
    '{"__name__":"node_load1","instance":"web","job":"node"}': [
      [1_700_000_000_000, 1.5],
      [1_700_000_015_500, 2],
    ],
    '{"__name__":"node_filesystem_size_bytes","instance":"web","mountpoint":"/a b,{}\\""}': [
      [1_700_000_000_000, 100],
    ],
  });
  expect(summary).toMatchObject({ rows: 4, samples: 3, devices: ['web'] });
});

test('compressed and repeated it is the same import', async () => {
  await run(DUMP);
  const { writes } = target;
  expect((await run(DUMP)).skippedBatches).toBe(1);
  expect(target.writes).toBe(writes);
  await run(gzipSync(DUMP));
  expect(storedSamples(target).size).toBe(2);
});

test('series without instance belong to the device that is named', async () => {
  const text = 'node_load1 3 1700000000\n# EOF\n';
  await expect(run(text)).rejects.toMatchObject({ hint: expect.stringContaining('--device NAME') });
  await run(text, 'old-server');
  expect([...storedSamples(target).keys()]).toEqual([
    '{"__name__":"node_load1","instance":"old-server"}',
  ]);
});

test.each([
  ['node_load1{instance="a"} 1\n# EOF\n', /dump\.om: line 1: the sample has no time/],
  ['\nnode_load1{instance="a"} one 1700000000\n# EOF\n', /line 2: "one" is not a number/],
  ['node_load1{instance="a} 1 1700000000\n# EOF\n', /line 1: the label list has no closing/],
  ['node_load1{instance="a"} 1 1700000000\n', /cut short/],
  ['node_load1{instance="a\u202eb"} 1 1700000000\n# EOF\n', /control characters/],
])('%j is refused with its line', async (text, message) => {
  const failure = await run(text).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'malformed', message: expect.stringMatching(message) });
});

test('bad lines can be counted and skipped', async () => {
  const text = DUMP.replace(' 2 ', ' two ');
  expect(await run(text, undefined, true)).toMatchObject({ badRows: 1, samples: 2 });
});
