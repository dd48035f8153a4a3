import { describe, expect, test } from 'vitest';
import { repeat, sleep, systemClock } from '../../src/shared/clock.ts';
import { manualClock } from '../support/manual-clock.ts';

describe('the system clock', () => {
  test('tells the wall time and a time that never goes back', () => {
    const wall = Date.now();
    expect(Math.abs(systemClock.now() - wall)).toBeLessThan(60_000);
    const first = systemClock.monotonic();
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(first);
  });

  test('a timer runs its task once; a cancelled one never', async () => {
    const ran: string[] = [];
    systemClock.after(1, () => ran.push('cancelled')).cancel();
    await new Promise<void>((resolve) => {
      // Keeps the process alive, which the timers of the clock do not.
      const alive = setInterval(() => {}, 1_000);
      systemClock.after(2, () => {
        ran.push('done');
        clearInterval(alive);
        resolve();
      });
    });
    expect(ran).toEqual(['done']);
  });

  test('chance is in [0, 1) and does not repeat; tokens are hex of the asked length', () => {
    const drawn = Array.from({ length: 100 }, () => systemClock.random());
    expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(90);
    expect(systemClock.randomHex(16)).toMatch(/^[0-9a-f]{32}$/);
    expect(systemClock.randomHex(16)).not.toBe(systemClock.randomHex(16));
  });
});

test('sleep takes the time of its clock', async () => {
  const clock = manualClock();
  let awake = false;
  void sleep(clock, 1_000).then(() => {
    awake = true;
  });
  await clock.advance(999);
  expect(awake).toBe(false);
  await clock.advance(1);
  expect(awake).toBe(true);
});

describe('repeat', () => {
  test('runs once per period, not at once', async () => {
    const clock = manualClock();
    let runs = 0;
    const repeating = repeat(clock, 100, () => void runs++);
    expect(runs).toBe(0);
    await clock.advance(350);
    expect(runs).toBe(3);
    await repeating.stop();
  });

  test('a period begins when the task before has ended', async () => {
    const clock = manualClock();
    const starts: number[] = [];
    const repeating = repeat(clock, 100, async () => {
      starts.push(clock.monotonic());
      await sleep(clock, 250);
    });
    await clock.advance(1_000);
    expect(starts).toEqual([100, 450, 800]);
    const stopping = repeating.stop();
    await clock.advance(250);
    await stopping;
  });

  test('stop waits for the task under way, and nothing runs after it', async () => {
    const clock = manualClock();
    let ended = 0;
    const repeating = repeat(clock, 100, async () => {
      await sleep(clock, 50);
      ended++;
    });
    await clock.advance(120);
    let stopped = false;
    const stopping = repeating.stop().then(() => {
      stopped = true;
    });
    await clock.advance(20);
    expect([ended, stopped]).toEqual([0, false]);
    await clock.advance(10);
    await stopping;
    await clock.advance(1_000);
    expect([ended, clock.pending()]).toEqual([1, 0]);
  });

  test('stopped before its first run it never runs', async () => {
    const clock = manualClock();
    let runs = 0;
    await repeat(clock, 100, () => void runs++).stop();
    await clock.advance(1_000);
    expect(runs).toBe(0);
  });
});
