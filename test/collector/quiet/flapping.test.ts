/** Flapping against a brute-force walk through the same history. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FlapPolicy, flapOf } from '../../../src/collector/quiet/flapping.ts';

const MINUTE = 60_000;
const POLICY: FlapPolicy = { changes: 5, within: 30 * MINUTE, steady: 30 * MINUTE };
const minutes = (...list: number[]): number[] => list.map((minute) => minute * MINUTE);

test.each([
  ['no history', [], 0, 'steady', 'few_changes'],
  ['four changes', [1, 2, 3, 4], 5, 'steady', 'few_changes'],
  ['the fifth change', [1, 2, 3, 4, 5], 5, 'flapping', 'many_changes'],
  ['five changes over an hour', [0, 15, 30, 45, 60], 60, 'steady', 'few_changes'],
  ['quiet, but not for long enough', [1, 2, 3, 4, 5], 34, 'flapping', 'not_steady_yet'],
  ['steady for the whole time', [1, 2, 3, 4, 5], 35, 'steady', 'steady_again'],
  ['one change before it was steady', [1, 2, 3, 4, 5, 34], 60, 'flapping', 'not_steady_yet'],
  ['flapping anew', [1, 2, 3, 4, 5, 50, 51, 52, 53, 54], 55, 'flapping', 'many_changes'],
  ['few changes after it was steady', [1, 2, 3, 4, 5, 50, 51], 52, 'steady', 'steady_again'],
] as const)('%s', (_name, history, now, state, reason) => {
  expect(flapOf(minutes(...history), POLICY, now * MINUTE)).toMatchObject({ state, reason });
});

test('it says since when, and how many changes there were', () => {
  expect(flapOf(minutes(1, 2, 3, 4, 5, 6), POLICY, 7 * MINUTE)).toEqual({
    state: 'flapping',
    sinceMs: 5 * MINUTE,
    changes: 6,
    reason: 'many_changes',
  });
  const steady = flapOf(minutes(1, 2, 3, 4, 5), POLICY, 90 * MINUTE);
  expect(steady).toMatchObject({ sinceMs: 35 * MINUTE, changes: 0 });
});

/** Minute by minute: flapping begins with enough changes in reach, ends after a quiet span. */
function walked(changes: readonly number[], nowMinute: number): 'steady' | 'flapping' {
  let flapping = false;
  let counted: number[] = [];
  for (let minute = 0; minute <= nowMinute; minute++) {
    const newest = counted.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (flapping && minute - newest >= 30) {
      flapping = false;
      counted = [];
    }
    if (!changes.includes(minute)) continue;
    counted.push(minute);
    if (counted.filter((one) => minute - one <= 30).length >= 5) flapping = true;
  }
  return flapping ? 'flapping' : 'steady';
}

test('the answer is that of a walk through every minute', () => {
  const history = fc
    .uniqueArray(fc.integer({ min: 0, max: 240 }), { maxLength: 40 })
    .map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 300 }), (list, after) => {
      const now = Math.max(list.at(-1) ?? 0, after);
      const flap = flapOf(minutes(...list), POLICY, now * MINUTE);
      expect(flap.state).toBe(walked(list, now));
    }),
    { numRuns: 2_000 },
  );
});

test('between two changes it begins or ends at most once: one notice each', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(gaps, (list) => {
      let at = 0;
      const history = list.map((gap) => {
        at += gap;
        return at;
      });
      for (const [index, change] of history.entries()) {
        const until = history[index + 1] ?? change + 61;
        const states: string[] = [];
        for (let now = change; now < until; now++) {
          const { state } = flapOf(minutes(...history.slice(0, index + 1)), POLICY, now * MINUTE);
          if (states.at(-1) !== state) states.push(state);
        }
        expect(['steady', 'flapping', 'flapping,steady']).toContain(states.join());
      }
    }),
    { numRuns: 200 },
  );
});
