/** Whom a chain names: each person once, by the channels of the hour. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recipientsOf } from '../../../src/collector/people/chain.ts';
import type { Duty, Moment } from '../../../src/collector/people/people.ts';
import { DUTY, PEOPLE, policy } from './policies.ts';

const duty = (person: string, by: string[] = []): Duty => ({
  ...{ role: 'duty', shift: 'day', date: '2026-01-05', person, fromMs: 0, untilMs: 1, by },
  changed: false,
});
const names = (
  chainPolicy: ReturnType<typeof policy>,
  { level = 1 as 1 | 2 | 3 | 4, moment = 'opened' as Moment },
  holders: readonly Duty[] = [duty('wang')],
) =>
  recipientsOf(chainPolicy, { level, moment }, () => holders).map(({ person, because, digest }) => {
    return `${person.id} ${because.kind}:${because.id}${digest ? ' digest' : ''}`;
  });

const shipped = policy();

test('a role is whoever holds it, also two at a time', () => {
  expect(names(shipped, {}, [duty('wang'), duty('li')])).toEqual([
    'wang role:duty',
    'li role:duty',
  ]);
});

test('a post that nobody holds, and one who left, are nobody', () => {
  expect(names(shipped, {}, [])).toEqual([]);
  expect(names(shipped, {}, [duty('gone')])).toEqual([]);
});

test('a group is all its members; who is named twice is told once, by the first reason', () => {
  expect(names(shipped, { moment: { clock: 'respond', share: 0.8 } })).toEqual([
    'chief group:supervisors',
    'leader group:supervisors',
  ]);
  expect(names(shipped, { moment: { clock: 'respond', share: 0.5 } })).toEqual([
    'second group:second-line',
  ]);
});

test('told at once wins over the digest, in whatever order they stand', () => {
  const steps =
    '[{ at: opened, tell: [{ role: duty }], digest: true }, { at: opened, tell: [{ person: wang }] }]';
  const both = policy(
    PEOPLE,
    DUTY.replace('[{ at: opened, tell: [{ role: duty }], digest: true }]', steps),
  );
  expect(names(both, { level: 4 })).toEqual(['wang person:wang']);
  expect(names(shipped, { level: 4 })).toEqual(['wang role:duty digest']);
});

test('the channels of the shift go first, the others keep their order', () => {
  const [{ person } = { person: null }] = recipientsOf(
    shipped,
    { level: 1, moment: 'opened' },
    () => [duty('wang', ['sms'])],
  );
  expect(person?.channels.map(({ channel }) => channel)).toEqual(['sms', 'mail']);
  const [{ person: same } = { person: null }] = recipientsOf(
    shipped,
    { level: 1, moment: 'opened' },
    () => [duty('wang', ['pigeon'])],
  );
  expect(same?.channels.map(({ channel }) => channel)).toEqual(['mail', 'sms']);
});

test('at any moment of any level nobody is named twice, and everybody has a channel', () => {
  const moment = fc.oneof(
    fc.constant('opened' as const),
    fc.record({
      clock: fc.constantFrom('respond' as const, 'arrive' as const, 'repair' as const),
      share: fc.constantFrom(0.5 as const, 0.8 as const, 1 as const),
    }),
  );
  const level = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const);
  const holders = fc.array(fc.constantFrom('wang', 'li', 'night', 'second', 'chief'));
  fc.assert(
    fc.property(level, moment, holders, (one, at, people) => {
      const found = recipientsOf(shipped, { level: one, moment: at }, () =>
        people.map((id) => duty(id)),
      );
      expect(new Set(found.map(({ person }) => person.id)).size).toBe(found.length);
      for (const { person } of found) expect(person.channels.length).toBeGreaterThan(0);
    }),
  );
});
