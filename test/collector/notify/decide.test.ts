/** What one ledger entry leads to: a table of kinds and states, and rules that hold for all. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fault, FaultState, LedgerKind, Quiet } from '../../../src/collector/faults/faults.ts';
import {
  type Addressee,
  decide,
  pointless,
  type Situation,
  stale,
} from '../../../src/collector/notify/decide.ts';
import type { Step } from '../../../src/collector/notify/notify.ts';
import type { Moment, Recipient } from '../../../src/collector/people/people.ts';
import { policy } from '../people/policies.ts';
import { entryOf, faultNow, MORNING_MS } from './faults.ts';

const people = policy().people;
const recipient = (id: string, digest = false): Recipient => ({
  person: people.get(id)!,
  because: { kind: 'role', id: 'duty' },
  digest,
});
const told = (id: string, digest = false): Addressee => ({
  ...{ id, locale: 'zh-CN', why: 'told before', digest },
  channels: [{ channel: 'mail', to: '' }],
});
const chat: Addressee = { ...told('channel:chat'), why: 'it follows' };

function situation(fault: Partial<Fault> = {}, more: Partial<Situation> = {}): Situation {
  const name = (moment: Moment): string =>
    moment === 'opened' ? 'opened' : `${moment.clock} ${moment.share}`;
  const chain: Record<string, Recipient[]> = {
    opened: [recipient('wang')],
    'respond 0.5': [recipient('second')],
    'respond 1': [recipient('chief')],
    'arrive 1': [recipient('leader')],
  };
  return {
    fault: faultNow(fault),
    told: [],
    recoveryTold: false,
    whom: (_level, moment) => chain[name(moment)] ?? [],
    followers: () => [chat],
    progress: ['responded', 'repaired'],
    ...more,
  };
}

const who = (
  kind: LedgerKind,
  about: Situation,
  detail: Record<string, unknown> = {},
  by = 'system',
) => decide(entryOf(kind, { detail, by }), about);
const ids = (kind: LedgerKind, about: Situation, detail?: Record<string, unknown>, by?: string) =>
  who(kind, about, detail, by).tell.map(({ id }) => id);

const SUPPRESSED: Partial<Fault> = {
  state: 'suppressed',
  quiet: { why: 'dependency', by: 'F-000002', note: 'behind sw-2' } satisfies Quiet,
};
const OVER: Partial<Fault> = { state: 'recovered', recoveredMs: MORNING_MS };
const ANSWERED: Partial<Fault> = { state: 'responded', respondedMs: MORNING_MS };

describe('a new fault', () => {
  test('is told to the first of the chain and to channels that follow', () => {
    expect(ids('opened', situation())).toEqual(['wang', 'channel:chat']);
  });
  test.each<[string, Partial<Fault>, RegExp]>([
    ['suppressed', SUPPRESSED, /suppressed: behind sw-2/],
    ['over', OVER, /it is over/],
    ['answered', ANSWERED, /somebody responded/],
    ['closed', { state: 'closed', closedMs: 1 }, /it is over/],
    ['coming and going', { flapping: true }, /comes and goes/],
  ])('that is %s by now is told to nobody', (_what, fault, reason) => {
    const { tell, reason: why } = who('opened', situation(fault));
    expect(tell).toEqual([]);
    expect(why).toMatch(reason);
  });
  test('goes into the digest where the chain says so', () => {
    const about = situation({}, { whom: () => [recipient('wang', true)], followers: () => [] });
    expect(who('opened', about).tell).toMatchObject([{ id: 'wang', digest: true }]);
  });
});

describe('the clocks', () => {
  const clock = (name: string, share: number) => ({ clock: name, share });
  test('tell whom the chain names for that share', () => {
    expect(ids('clock', situation(), clock('respond', 0.5))).toEqual(['second']);
    expect(ids('clock', situation(), clock('respond', 1))).toEqual(['chief', 'channel:chat']);
    expect(ids('clock', situation(), clock('respond', 0.8))).toEqual([]);
  });
  test.each<[string, Partial<Fault>, string, boolean]>([
    ['respond', ANSWERED, 'stops on response', false],
    ['arrive', ANSWERED, 'goes on after a response: escalation resumes', true],
    ['arrive', { ...ANSWERED, state: 'arrived', arrivedMs: 1 }, 'stops on arrival', false],
    ['respond', { state: 'arrived', arrivedMs: 1 }, 'stops when somebody is on site', false],
    ['arrive', { state: 'repaired', repairedMs: 1 }, 'stops on repair', false],
    ['respond', OVER, 'stops with the fault', false],
    ['respond', SUPPRESSED, 'does not speak of a suppressed fault', false],
  ])('%s %j %s', (name, fault, _what, tells) => {
    expect(ids('clock', situation(fault), clock(name, 1)).length > 0).toBe(tells);
  });
});

describe('an answer', () => {
  test('ends what waits, and is told to those who were told, but not to who gave it', () => {
    const about = situation(ANSWERED, { told: [told('wang'), told('second')] });
    const decision = who('responded', about, {}, 'wang');
    expect(decision.tell.map(({ id }) => id)).toEqual(['second']);
    expect(decision.drop).toEqual(expect.arrayContaining(['opened', 'clock', 'promoted']));
    expect(decision.drop).not.toContain('responded');
  });
  test('is no news where the policy does not name the step', () => {
    const about = situation(
      { ...ANSWERED, state: 'arrived', arrivedMs: 1 },
      { told: [told('wang')] },
    );
    expect(ids('arrived', about)).toEqual([]);
  });
});

describe('a recovery', () => {
  test('goes only to those who were told', () => {
    expect(ids('recovered', situation(OVER))).toEqual([]);
    expect(ids('recovered', situation(OVER, { told: [told('wang')] }))).toEqual(['wang']);
    expect(who('recovered', situation(OVER)).reason).toBe('nobody had been told');
  });
  test('is not told when it came back, or while it comes and goes', () => {
    const about = { told: [told('wang')] };
    expect(ids('recovered', situation({}, about))).toEqual([]);
    expect(ids('recovered', situation({ ...OVER, flapping: true }, about))).toEqual([]);
  });
  test('of a suppressed fault reaches who knew of it before', () => {
    const quiet = { ...OVER, quiet: SUPPRESSED.quiet! };
    expect(ids('recovered', situation(quiet, { told: [told('wang')] }))).toEqual(['wang']);
  });
  test('closed afterwards is no second notice; closed without one is', () => {
    const closed: Partial<Fault> = { state: 'closed', closedMs: 1 };
    const about = { told: [told('wang')] };
    expect(ids('closed', situation({ ...closed, recoveredMs: 1 }, about))).toEqual([]);
    expect(ids('closed', situation(closed, about))).toEqual(['wang']);
    expect(ids('false_alarm', situation(closed, about))).toEqual(['wang']);
  });
});

describe('flapping', () => {
  test('is one notice', () => {
    const about = situation({
      flapping: true,
      quiet: { why: 'flapping', by: 'F-000001', note: '' },
    });
    expect(ids('flapping', about)).toEqual(['wang', 'channel:chat']);
    expect(ids('reopened', about)).toEqual([]);
  });
  test('that ends well is the recovery, once', () => {
    const about = { told: [told('wang')] };
    expect(who('steadied', situation(OVER, about))).toMatchObject({ step: 'recovered' });
    expect(ids('steadied', situation(OVER, { ...about, recoveryTold: true }))).toEqual([]);
  });
  test('that ends badly calls again', () => {
    expect(who('steadied', situation()).step).toBe('steadied');
    expect(ids('steadied', situation())).toContain('wang');
  });
  test('does not hide that a limit is missed, nor a higher level', () => {
    const about = situation({ flapping: true });
    expect(ids('clock', about, { clock: 'respond', share: 1 })).toEqual(['chief', 'channel:chat']);
    expect(ids('promoted', about)).toEqual(['wang', 'channel:chat']);
    expect(ids('reopened', about)).toEqual([]);
    expect(ids('clock', situation({ flapping: true, ...OVER }), { clock: 'respond' })).toEqual([]);
    const shut = situation({ flapping: true, ...SUPPRESSED });
    expect(ids('clock', shut, { clock: 'respond', share: 1 })).toEqual([]);
  });
  test('leaves a missed limit that waits to be told', () => {
    const { drop } = who('flapping', situation({ flapping: true }));
    expect(drop).toContain('reopened');
    expect(drop).not.toContain('clock');
    expect(drop).not.toContain('promoted');
  });
  test('that ends badly reaches whom the clocks had reached, but not by a clock that stopped', () => {
    const [respond, arrive, repair] = faultNow().clocks;
    const clocks = [{ ...respond!, told: 0.8 as const }, { ...arrive!, told: 1 as const }, repair!];
    expect(ids('steadied', situation({ clocks }))).toEqual([
      'wang',
      'channel:chat',
      'second',
      'leader',
    ]);
    expect(ids('steadied', situation({ clocks, ...ANSWERED }))).toEqual(['channel:chat', 'leader']);
    expect(ids('steadied', situation({ clocks, flapping: true }))).toEqual([]);
  });
});

describe('a fault that was quiet', () => {
  test('is told when it is released, also to who heard of it before the window', () => {
    expect(ids('released', situation({}, { told: [told('chief')] }))).toEqual([
      'wang',
      'chief',
      'channel:chat',
    ]);
  });
  test('takes what waits with it when it becomes quiet', () => {
    expect(who('suppressed', situation(SUPPRESSED))).toMatchObject({
      tell: [],
      drop: expect.arrayContaining(['opened', 'clock']),
    });
  });
  test('is told once more when it becomes part of another', () => {
    expect(ids('merged', situation(SUPPRESSED, { told: [told('wang')] }))).toEqual(['wang']);
  });
});

test('a higher level calls the first of its chain too, and at once', () => {
  const about = situation({}, { told: [told('chief'), told('wang', true)] });
  const { tell } = who('promoted', about, { level: 1 });
  expect(tell.map(({ id, digest }) => `${id} ${digest}`)).toEqual([
    'wang false',
    'chief false',
    'channel:chat false',
  ]);
});

test('whoever is at work is not interrupted by strangers: only those who know hear of it', () => {
  expect(ids('worsened', situation(ANSWERED, { told: [told('chief')] }))).toEqual([
    'chief',
    'channel:chat',
  ]);
});

test('late data is one summary', () => {
  expect(ids('late', situation({ late: true, state: 'closed' }))).toEqual([]);
  expect(ids('late_summary', situation({ late: true, state: 'closed' }))).toEqual([
    'wang',
    'channel:chat',
  ]);
});

test.each<LedgerKind>([
  'eased',
  'verified',
  'paused',
  'resumed',
  'linked',
  'comment',
  'attached',
  'corrected',
])('%s is kept in the ledger and told to nobody', (kind) => {
  const decision = who(kind, situation({}, { told: [told('wang')] }));
  expect(decision).toMatchObject({ tell: [], drop: [] });
  expect(decision.reason).not.toBe('');
});

const KINDS: readonly LedgerKind[] = [
  ...(['opened', 'suppressed', 'released', 'worsened', 'eased', 'clock', 'promoted'] as const),
  ...(['levelled', 'paused', 'resumed', 'recovered', 'reopened', 'flapping', 'steadied'] as const),
  ...(['responded', 'arrived', 'repaired', 'verified', 'closed', 'false_alarm', 'merged'] as const),
  ...(['linked', 'split', 'comment', 'attached', 'corrected', 'late'] as const),
];
const STATES: readonly FaultState[] = [
  ...(['open', 'responded', 'arrived', 'repaired', 'recovered', 'verified', 'closed'] as const),
];
const CALLS: readonly Step[] = [
  'opened',
  'reopened',
  'released',
  'worsened',
  'clock',
  'promoted',
  'steadied',
];

const anything = fc.record({
  kind: fc.constantFrom(...KINDS),
  state: fc.constantFrom(...STATES),
  quiet: fc.boolean(),
  flapping: fc.boolean(),
  share: fc.constantFrom(0.5, 0.8, 1),
  clock: fc.constantFrom('respond', 'arrive', 'repair'),
  told: fc.uniqueArray(fc.constantFrom('wang', 'li', 'second', 'chief')),
});

test('whatever happens: nobody twice, nobody called for what is over or quiet, always a reason', () => {
  fc.assert(
    fc.property(anything, ({ kind, state, quiet, flapping, share, clock, told: names }) => {
      const over = ['recovered', 'verified', 'closed'].includes(state);
      const fault = faultNow({
        state,
        flapping,
        quiet: quiet ? { why: 'window', by: 'w', note: 'works' } : null,
        respondedMs: state === 'open' ? null : 1,
        arrivedMs: ['arrived', 'repaired'].includes(state) ? 1 : null,
        repairedMs: state === 'repaired' ? 1 : null,
        recoveredMs: over ? 1 : null,
      });
      const about = situation({}, { fault, told: names.map((name) => told(name)) });
      const decision = who(kind, about, { clock, share });
      const people = decision.tell.map(({ id }) => id);
      expect(new Set(people).size).toBe(people.length);
      expect(decision.reason).not.toBe('');
      if (CALLS.includes(decision.step) && people.length > 0) {
        expect(over).toBe(false);
        expect(quiet && !flapping).toBe(false);
        expect(pointless(decision.step, fault, { clock, share })).toBeNull();
      }
      if (decision.step === 'recovered') for (const id of people) expect(names).toContain(id);
      // What is dropped is never the step that is told now.
      if (people.length > 0) expect(decision.drop).not.toContain(decision.step);
    }),
    { numRuns: 1_000 },
  );
});

test('old news is dropped; a call and a recovery are never too old', () => {
  const DAY = 86_400_000;
  expect(stale('closed', DAY, DAY)).toBe('it is no news any more');
  expect(stale('closed', DAY - 1, DAY)).toBeNull();
  for (const step of [...CALLS, 'recovered', 'flapping'] as const)
    expect(stale(step, 9 * DAY, DAY)).toBeNull();
});
