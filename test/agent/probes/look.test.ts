import { expect, test } from 'vitest';
import { within } from '../../../src/agent/probes/look.ts';

test('gives what the work gives', async () => {
  const { signal } = new AbortController();
  expect(await within(signal, Promise.resolve(1))).toBe(1);
  await expect(within(signal, Promise.reject(new Error('x')))).rejects.toThrow('x');
});

test('is a timeout once the time is over, however the work ends afterwards', async () => {
  const over = new AbortController();
  const gate = Promise.withResolvers<never>();
  const waiting = within(over.signal, gate.promise);
  over.abort();
  await expect(waiting).rejects.toMatchObject({ reason: 'timeout' });
  // A rejection nobody waits for must not end the process.
  gate.reject(new Error('late'));
  const late = Promise.withResolvers<never>();
  await expect(within(over.signal, late.promise)).rejects.toMatchObject({ reason: 'timeout' });
  late.reject(new Error('later'));
  await new Promise((resolve) => setImmediate(resolve));
});
