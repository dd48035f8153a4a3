/** Many faults at once: the first are told one by one, the rest together. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StormWatch } from '../../../src/collector/quiet/storm.ts';
import { policyOf } from './rig.ts';

const POLICY = policyOf().storm;

/** A watch of three openings a minute; asks as the tick does. */
function stage(startMs = 1_000_000) {
  const watch = new StormWatch(POLICY);
  let nowMs = startMs;
  watch.begin(nowMs);
  return {
    watch,
    ask: (...keys: string[]) => keys.map((key) => watch.of(key)?.by ?? 'told'),
    later: (ms: number) => {
      nowMs += ms;
      watch.begin(nowMs);
    },
  };
}

test('as many as the policy says are told, the others are held under one storm', () => {
  const { watch, ask } = stage();
  const answers = ask('a', 'b', 'c', 'd', 'e');
  expect(answers.slice(0, 3)).toEqual(['told', 'told', 'told']);
  expect(answers[3]).toMatch(/^S-\d{8}T\d{6}$/);
  expect(answers[4]).toBe(answers[3]);
  expect(watch.now()).toMatchObject({ id: answers[3], faults: 2 });
});

test('asking again changes nothing', () => {
  const { ask } = stage();
  const first = ask('a', 'b', 'c', 'd');
  expect(ask('a', 'b', 'c', 'd')).toEqual(first);
});

test('few faults in each minute are no storm', () => {
  const { ask, later } = stage();
  for (let minute = 0; minute < 10; minute++) {
    expect(ask(`a${minute}`, `b${minute}`, `c${minute}`)).toEqual(['told', 'told', 'told']);
    later(60_000);
  }
});

test('when it is calm all are let go at once, and do not make the next storm', () => {
  const { watch, ask, later } = stage();
  const held = ['d', 'e', 'f', 'g', 'h'];
  ask('a', 'b', 'c', ...held);
  later(59_000);
  expect(ask('d')).not.toEqual(['told']);
  later(1_000);
  expect(ask(...held)).toEqual(held.map(() => 'told'));
  expect(watch.now()).toBeNull();
  expect(ask('x', 'y', 'z')).toEqual(['told', 'told', 'told']);
});

test('new faults prolong it, but nobody waits longer than the longest time', () => {
  const { ask, later } = stage();
  ask('a', 'b', 'c', 'first');
  for (let second = 0; second < 179; second++) {
    later(1_000);
    expect(ask('first', `more-${second}`)).not.toContain('told');
  }
  later(1_000);
  expect(ask('first')).toEqual(['told']);
});

test('every fault is told within the longest time of being held', () => {
  const arrival = fc.record({ afterMs: fc.integer({ min: 0, max: 30_000 }), key: fc.nat(200) });
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
      const { ask, later } = stage();
      const waiting = new Map<string, number>();
      let nowMs = 0;
      const tick = (ms: number) => {
        nowMs += ms;
        later(ms);
        for (const [key, sinceMs] of waiting) {
          if (ask(key)[0] === 'told') waiting.delete(key);
          else expect(nowMs - sinceMs).toBeLessThan(POLICY.longest);
        }
      };
      for (const [index, { afterMs }] of arrivals.entries()) {
        tick(afterMs);
        const key = `fault-${index}`;
        if (ask(key)[0] !== 'told') waiting.set(key, nowMs);
      }
      for (let i = 0; i < 10; i++) tick(30_000);
      expect(waiting.size).toBe(0);
    }),
  );
});

test('a clock that was set back ends the storm instead of prolonging it', () => {
  const { ask, later } = stage(10_000_000);
  ask('a', 'b', 'c', 'd');
  later(-9_000_000);
  expect(ask('d')).toEqual(['told']);
  expect(ask('x', 'y', 'z')).toEqual(['told', 'told', 'told']);
});
