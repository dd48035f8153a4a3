import { expect, test } from 'vitest';
import { startWork } from '../../src/collector/work.ts';
import { createLog, silentLog } from '../../src/shared/log.ts';
import { manualClock } from '../support/manual-clock.ts';

test('ticks at once and then each second', async () => {
  const clock = manualClock();
  const at: number[] = [];
  const work = startWork({
    clock,
    log: silentLog,
    tick: async () => void at.push(clock.monotonic()),
    slices: [],
  });
  await clock.advance(3_500);
  expect(at).toEqual([0, 1_000, 2_000, 3_000]);
  expect(work.state().ticks).toBe(4);
  await work.stop();
});

test('after a long pause it does not catch up on missed ticks', async () => {
  const clock = manualClock();
  let ticks = 0;
  let slow = 10_000;
  const work = startWork({
    clock,
    log: silentLog,
    tick: async () => {
      ticks++;
      const delay = slow;
      slow = 0;
      if (delay > 0) await new Promise<void>((resolve) => clock.after(delay, resolve));
    },
    slices: [],
  });
  await clock.advance(10_000);
  expect(ticks).toBe(2);
  expect(work.state().tickSeconds).toBeLessThan(10);
  await clock.advance(1_000);
  expect(ticks).toBe(3);
  await work.stop();
});

test('slices run while work is waiting, with a pause after each, and stop for the tick', async () => {
  const clock = manualClock();
  const order: string[] = [];
  let waiting = 3;
  const work = startWork({
    clock,
    log: silentLog,
    tick: async () => void order.push('tick'),
    slices: [
      async () => {
        order.push('slice');
        return --waiting > 0;
      },
    ],
  });
  await clock.advance(999);
  expect(order).toEqual(['tick', 'slice', 'slice', 'slice']);
  waiting = Number.POSITIVE_INFINITY;
  await clock.advance(2_001);
  expect(order.filter((what) => what === 'tick')).toHaveLength(4);
  await work.stop();
});

test('a failing tick is counted and logged, and the next one comes', async () => {
  const clock = manualClock();
  const lines: string[] = [];
  let ticks = 0;
  const work = startWork({
    clock,
    log: createLog({ write: (line) => void lines.push(line) }),
    tick: async () => {
      ticks++;
      if (ticks === 1) throw new Error('disk on fire');
    },
    slices: [async () => Promise.reject(new Error('no care'))],
  });
  await clock.advance(1_500);
  expect(ticks).toBe(2);
  expect(work.state().failures).toBe(3);
  expect(lines.join('')).toContain('disk on fire');
  await work.stop();
});

test('stop waits for the tick under way and starts no other', async () => {
  const clock = manualClock();
  let release = (): void => {};
  let ticks = 0;
  const work = startWork({
    clock,
    log: silentLog,
    tick: () => {
      ticks++;
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    },
    slices: [],
  });
  let stopped = false;
  const stopping = work.stop().then(() => {
    stopped = true;
  });
  await clock.advance(5_000);
  expect(stopped).toBe(false);
  release();
  await stopping;
  await clock.advance(5_000);
  expect(ticks).toBe(1);
});

test('ticks that fail are told with their reason until one is whole again', async () => {
  const clock = manualClock();
  let broken = true;
  const work = startWork({
    clock,
    log: silentLog,
    tick: async () => {
      if (broken) throw new Error('the ledger refuses');
    },
    slices: [],
  });
  await clock.advance(2_500);
  expect(work.state().failing).toEqual({ ticks: 3, reason: 'the ledger refuses' });
  broken = false;
  await clock.advance(1_000);
  expect(work.state()).toMatchObject({ failing: { ticks: 0, reason: '' }, failures: 3, ticks: 4 });
  await work.stop();
});
