import { expect, test } from 'vitest';
import { hourlyMaxima, makePastCache } from '../../src/collector/past.ts';
import { HOUR_MS, SLOT_MS } from '../../src/shared/units.ts';
import { manualClock } from '../support/manual-clock.ts';

const START = Date.UTC(2026, 0, 5, 8);

function series(max: readonly number[], item = '/') {
  return {
    indicator: 'filesystem_used_bytes' as const,
    item,
    startMs: START,
    max: Float64Array.from(max),
    mean: Float64Array.from(max),
    last: Float64Array.from(max),
  };
}

test('a point an hour, its maximum, and none for an hour without values', () => {
  const values = new Array(36).fill(Number.NaN);
  values[0] = 5;
  values[3] = 9;
  values[4] = 7;
  values[30] = 2;
  const { times, values: maxima } = hourlyMaxima(series(values));
  expect([...maxima]).toEqual([9, 2]);
  expect([...times]).toEqual([START, START + 30 * SLOT_MS]);
});

test('what is asked for is fetched later, kept for an hour, then fetched anew', async () => {
  const clock = manualClock(START);
  let fetches = 0;
  const cache = makePastCache(
    {
      slots: async () => {
        fetches++;
        return [series([fetches], '/'), series([99], '/other')];
      },
    },
    clock,
  );
  expect(cache.past('web', 'filesystem_used_bytes', '/')).toBeNull();
  expect(cache.past('web', 'filesystem_used_bytes', '/')).toBeNull();
  expect(await cache.fetchOne()).toBe(false);
  expect(await cache.fetchOne()).toBe(false);
  expect(fetches).toBe(1);
  expect([...(cache.past('web', 'filesystem_used_bytes', '/')?.values ?? [])]).toEqual([1]);
  expect(await cache.fetchOne()).toBe(false);
  expect(fetches).toBe(1);
  await clock.advance(HOUR_MS);
  expect([...(cache.past('web', 'filesystem_used_bytes', '/')?.values ?? [])]).toEqual([1]);
  await cache.fetchOne();
  expect([...(cache.past('web', 'filesystem_used_bytes', '/')?.values ?? [])]).toEqual([2]);
});

test('fetches one at a time and says when more are waiting', async () => {
  const cache = makePastCache({ slots: async () => [] }, manualClock(START));
  for (const item of ['/', '/var', '/srv']) cache.past('web', 'filesystem_used_bytes', item);
  expect(await cache.fetchOne()).toBe(true);
  expect(await cache.fetchOne()).toBe(true);
  expect(await cache.fetchOne()).toBe(false);
  // An item without history is remembered as such and not asked for again at once.
  cache.past('web', 'filesystem_used_bytes', '/');
  expect(cache.past('web', 'filesystem_used_bytes', '/')).toBeNull();
});
