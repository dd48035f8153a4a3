import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpu } from '../../../src/agent/sources/cpu.ts';
import { hostOf, linesOf, put } from './fixture-host.ts';

test('an older kernel without guest and steal times gives the modes it has', async () => {
  const host = hostOf({ 'proc/stat': 'cpu  4 3 2 1\ncpu0 4 3 2 1\nbtime 1\n' });
  expect(await linesOf(host, cpu)).toEqual([
    'node_cpu_seconds_total{cpu="0",mode="user"} 0.04',
    'node_cpu_seconds_total{cpu="0",mode="nice"} 0.03',
    'node_cpu_seconds_total{cpu="0",mode="system"} 0.02',
    'node_cpu_seconds_total{cpu="0",mode="idle"} 0.01',
  ]);
});

test('cores that are offline leave a gap in the numbers', async () => {
  const host = hostOf({ 'proc/stat': 'cpu  1 1 1 1\ncpu0 1 1 1 1\ncpu7 1 1 1 1\nintr 5\n' });
  const lines = await linesOf(host, cpu);
  expect(lines.map((line) => /cpu="(\d+)"/.exec(line)?.[1])).toEqual([
    ...['0', '0', '0', '0'],
    ...['7', '7', '7', '7'],
  ]);
});

test('a counter that starts again is passed on as it is', async () => {
  const host = hostOf({ 'proc/stat': 'cpu  9\ncpu0 900000\n' });
  expect(await linesOf(host, cpu)).toEqual(['node_cpu_seconds_total{cpu="0",mode="user"} 9000']);
  put(host.root, 'proc/stat', 'cpu  9\ncpu0 100\n');
  expect(await linesOf(host, cpu)).toEqual(['node_cpu_seconds_total{cpu="0",mode="user"} 1']);
});

test('ticks of any size become seconds to the hundredth', async () => {
  const host = hostOf({});
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: 0n, max: 2n ** 63n }), async (ticks) => {
      put(host.root, 'proc/stat', `cpu  0\ncpu0 ${ticks}\n`);
      const [line] = await linesOf(host, cpu);
      expect(Number(line?.split(' ')[1])).toBe(Number(ticks) / 100);
    }),
    { numRuns: 50 },
  );
});
