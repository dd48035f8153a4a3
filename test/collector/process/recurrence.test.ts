/** What recurs, and what does not. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Occurrence, recurrenceOf } from '../../../src/collector/process/recurrence.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { policy } from './rig.ts';

const POLICY = policy().problems;
let number = 0;
const at = (device: string, openedMs: number): Occurrence => ({
  fault: `F-${++number}`,
  rule: 'disk_full',
  device,
  phenomenon: '',
  openedMs,
});
const found = (list: readonly Occurrence[]) => recurrenceOf(list.at(-1)!, list, POLICY);

test('three faults of one rule on one device within a week recur', () => {
  const list = [at('a', 0), at('a', 3 * DAY_MS), at('a', 7 * DAY_MS - 1)];
  expect(found(list.slice(0, 2))).toBeNull();
  expect(found(list)).toEqual({
    reason: 'same_device',
    rule: 'disk_full',
    device: 'a',
    faults: list.map(({ fault }) => fault),
    note: '3 faults within 7 d',
  });
});

test('what lies further apart does not', () => {
  expect(found([at('a', 0), at('a', 3 * DAY_MS), at('a', 7 * DAY_MS)])).toBeNull();
});

test('other devices do not count for one device', () => {
  expect(found([at('a', 0), at('b', 2 * DAY_MS), at('a', 3 * DAY_MS)])).toBeNull();
});

test('four devices within a day recur together, before any of them alone', () => {
  const list = [at('a', 0), at('a', 1), at('a', 2), at('b', 3), at('c', 4), at('d', 5)];
  expect(found(list)).toMatchObject({
    reason: 'across_devices',
    device: '',
    note: '4 devices within 1 d',
  });
  expect(found(list)?.faults).toHaveLength(6);
  expect(found([at('a', 0), at('b', HOUR_MS), at('c', HOUR_MS), at('d', DAY_MS)])).toBeNull();
});

test('it is found exactly when counting says so', () => {
  const occurrence = fc.tuple(fc.constantFrom(...'abcde'), fc.integer({ min: 0, max: 20 * 24 }));
  fc.assert(
    fc.property(fc.array(occurrence, { minLength: 1, maxLength: 15 }), (raw) => {
      const list = raw
        .map(([device, hour]) => at(device, hour * HOUR_MS))
        .sort((a, b) => a.openedMs - b.openedMs);
      const newest = list.at(-1)!;
      const since = (ms: number) => list.filter((one) => newest.openedMs - one.openedMs < ms);
      const across = new Set(since(DAY_MS).map(({ device }) => device)).size >= 4;
      const same = since(7 * DAY_MS).filter(({ device }) => device === newest.device).length >= 3;
      const expected = across ? 'across_devices' : same ? 'same_device' : undefined;
      expect(found(list)?.reason).toBe(expected);
    }),
    { numRuns: 500 },
  );
});
