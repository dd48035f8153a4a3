import { expect, test } from 'vitest';
import { pressure } from '../../../src/agent/sources/pressure.ts';
import { hostOf, linesOf } from './fixture-host.ts';

test('a kernel without pressure figures: nothing, and the doctor knows why', async () => {
  const host = hostOf({ 'proc/stat': '' });
  expect(await linesOf(host, pressure)).toEqual([]);
  expect(pressure.missing(host)).toEqual({
    reason: expect.stringContaining('pressure'),
    mend: expect.stringContaining('psi=1'),
  });
});

test('with the figures there is nothing missing', () => {
  expect(pressure.missing(hostOf({ 'proc/pressure/cpu': 'some total=1' }))).toBeNull();
});

test('lines of a future kernel are passed over', async () => {
  const host = hostOf({
    'proc/pressure/cpu': 'some avg10=0.00 total=2500000\nnone avg10=0.00 total=1\n',
    'proc/pressure/irq': 'full avg10=0.00 total=1\n',
  });
  expect(await linesOf(host, pressure)).toEqual(['node_pressure_cpu_waiting_seconds_total 2.5']);
});

test.each(['', 'some avg10=0.00', 'some total=soon\n'])('%j fails the source', async (text) => {
  await expect(linesOf(hostOf({ 'proc/pressure/io': text }), pressure)).rejects.toThrow();
});
