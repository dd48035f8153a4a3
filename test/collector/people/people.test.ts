/** The room over a real desk.db. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, openDesk } from '../../../src/collector/desk/desk.ts';
import { openPeople, type People } from '../../../src/collector/people/people.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { DUTY, PEOPLE, policy } from './policies.ts';

const actor = { who: 'administrator', from: 'socket' };
const at = (local: string): number => Date.parse(`${local}+08:00`);
const clock = manualClock(at('2026-01-05T08:00'));
let directory: string;
let desk: Desk;
let people: People;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'people-'));
  desk = await openDesk({ directory, clock, log: silentLog });
  people = await openPeople({ directory, clock, policy: policy() });
});
afterEach(async () => {
  await people.close();
  await desk.close();
  rmSync(directory, { recursive: true, force: true });
});

const holder = (local: string) => people.onDuty('duty', at(local)).map(({ person }) => person);
const told = (level: 1 | 3 | 4, moment: Parameters<People['whom']>[1], local: string) =>
  people.whom(level, moment, at(local)).map(({ person, because, digest }) => ({
    person: person.id,
    first: person.channels[0]?.channel,
    because: because.id,
    digest,
  }));

test('a chain names who is on duty, at night by telephone first', () => {
  expect(told(1, 'opened', '2026-01-05T09:00')).toEqual([
    { person: 'wang', first: 'mail', because: 'duty', digest: false },
  ]);
  expect(told(1, 'opened', '2026-01-06T02:10')).toEqual([
    { person: 'night', first: 'sms', because: 'duty', digest: false },
  ]);
});

test('a person named twice is told once; a moment without a step tells nobody', () => {
  expect(told(1, { clock: 'respond', share: 0.5 }, '2026-01-05T09:00')).toEqual([
    { person: 'second', first: 'mail', because: 'second-line', digest: false },
  ]);
  expect(told(3, { clock: 'respond', share: 0.5 }, '2026-01-05T09:00')).toEqual([]);
  expect(told(4, 'opened', '2026-01-05T09:00')[0]).toMatchObject({ digest: true });
});

const SLOT = { role: 'duty', shift: 'night', date: '2026-01-05' };

test('a swap counts once it is approved, and is in the audit trail', async () => {
  const asked = await people.askSwap({ ...SLOT, to: 'li', note: '家里有事' }, 'night', actor);
  expect(asked).toMatchObject({ number: 1, from: 'night', state: 'asked' });
  expect(holder('2026-01-06T02:00')).toEqual(['night']);
  const decision = { number: 1, state: 'approved', by: 'chief' } as const;
  expect(await people.decideSwap(decision, actor)).toMatchObject({ state: 'approved' });
  expect(holder('2026-01-06T02:00')).toEqual(['li']);
  expect(holder('2026-01-06T19:00')).toEqual(['night']);
  const trail = await desk.auditEntries(10);
  expect(trail.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
    'duty swap ask duty/night 2026-01-05',
    'duty swap approved duty/night 2026-01-05',
  ]);
  expect(await desk.verifyAudit()).toMatchObject({ ok: true, entries: 2 });
});

test('a refused swap changes nothing', async () => {
  await people.askSwap({ ...SLOT, to: 'li', note: '' }, 'night', actor);
  await people.decideSwap({ number: 1, state: 'refused', by: 'chief' }, actor);
  expect(holder('2026-01-06T02:00')).toEqual(['night']);
  expect(await people.swaps(10)).toMatchObject([{ state: 'refused', decidedBy: 'chief' }]);
});

test('nobody approves a swap of their own, nobody outside the group, nobody twice', async () => {
  await people.askSwap({ ...SLOT, to: 'chief', note: '' }, 'night', actor);
  const decide = (by: string) => people.decideSwap({ number: 1, state: 'approved', by }, actor);
  await expect(decide('chief')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(decide('li')).rejects.toMatchObject({
    code: 'forbidden',
    hint: 'ask one of leader',
  });
  await decide('leader');
  await expect(decide('leader')).rejects.toMatchObject({ code: 'conflict' });
  await expect(
    people.decideSwap({ number: 7, state: 'approved', by: 'leader' }, actor),
  ).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  [{ ...SLOT, date: '2026-01-03' }, 'li', 'conflict', /is over/],
  [SLOT, 'night', 'conflict', /holds .* already/],
  [SLOT, 'zhao', 'not_found', /no person/],
  [{ ...SLOT, shift: 'noon' }, 'li', 'not_found', /no shift/],
  [{ ...SLOT, role: 'cook' }, 'li', 'not_found', /no role/],
])('a swap of %j with %s is refused: %s', async (slot, to, code, message) => {
  const asked = people.askSwap({ ...slot, to, note: '' }, 'night', actor);
  await expect(asked).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(await people.swaps(10)).toEqual([]);
  expect(await desk.auditEntries(10)).toEqual([]);
});

test('a hand-over goes to the next shift', async () => {
  const note = '核心交换机温度偏高,继续观察\nF-000012 open';
  const slot = { role: 'duty', shift: 'day', date: '2026-01-05' };
  expect(await people.handOver({ ...slot, by: 'wang', note }, actor)).toMatchObject({
    number: 1,
    to: 'night',
    note,
  });
  expect(await people.handOvers(10)).toHaveLength(1);
  for (const bad of ['', '  ', 'a\u001b[2J', 'x'.repeat(4_001)]) {
    const made = people.handOver({ ...slot, by: 'wang', note: bad }, actor);
    await expect(made).rejects.toMatchObject({ code: 'bad_request' });
  }
});

test('what people agreed outlives the process; who left the file gives the turn back', async () => {
  await people.askSwap({ ...SLOT, to: 'li', note: '' }, 'night', actor);
  await people.decideSwap({ number: 1, state: 'approved', by: 'chief' }, actor);
  await people.close();
  people = await openPeople({ directory, clock, policy: policy() });
  expect(holder('2026-01-06T02:00')).toEqual(['li']);
  const without = PEOPLE.replace(/ {2}li: .*\n/, '');
  people.reload(policy(without, DUTY.replace('[wang, li]', '[wang]')));
  expect(holder('2026-01-06T02:00')).toEqual(['night']);
});

test('an exported calendar comes back unchanged, and with a new holder', async () => {
  const week = [at('2026-01-05T00:00'), at('2026-01-12T00:00')] as const;
  const text = people.exportCalendar('duty', ...week);
  const before = people.roster('duty', ...week);
  expect(text).toContain('BEGIN:VEVENT');
  expect(text).toContain('DTSTART:20260104T233000Z');
  expect(await people.importCalendar(text, actor)).toEqual({ assigned: 0 });
  expect(people.roster('duty', ...week)).toEqual(before);
  const edited = text.replace(
    /(UID:duty\/night\/2026-01-05[\s\S]*?SUMMARY:.*?: ?)Night phone/,
    '$1li',
  );
  expect(edited).not.toBe(text);
  expect(await people.importCalendar(edited, actor)).toEqual({ assigned: 1 });
  expect(holder('2026-01-06T02:00')).toEqual(['li']);
});

test('a calendar does not rewrite who held a shift that is over', async () => {
  const past = people.exportCalendar('duty', at('2026-01-02T00:00'), at('2026-01-03T00:00'));
  expect(await people.importCalendar(past, actor)).toEqual({ assigned: 0 });
  const edited = past.replace(/(UID:duty\/night[\s\S]*?SUMMARY:.*?: ?)[^\r\n]+/, '$1li');
  await expect(people.importCalendar(edited, actor)).rejects.toThrow(/is over/);
});

test('a calendar is taken whole or not at all, and every mistake is told', async () => {
  const text = people.exportCalendar('duty', at('2026-01-05T00:00'), at('2026-01-07T00:00'));
  const bad = text
    .replace('DTSTART:20260104T233000Z', 'DTSTART:20260104T220000Z')
    .replace('duty/night/2026-01-05@watchkeeper', 'birthday@example.com')
    .replace(/(duty\/day\/2026-01-06[\s\S]*?: )李工/, '$1赵工');
  const failure = await people.importCalendar(bad, actor).catch((error: Error) => error.message);
  expect(failure).toMatch(/was moved/);
  expect(failure).toMatch(/"birthday@example.com" names no shift/);
  expect(failure).toMatch(/no person "赵工"/);
  expect(people.onDuty('duty', at('2026-01-06T12:00'))[0]?.changed).toBe(false);
  for (const nonsense of ['', 'hello', 'BEGIN:VCALENDAR', 'x'.repeat(2_000_000)]) {
    const taken = people.importCalendar(nonsense, actor);
    await expect(taken).rejects.toMatchObject({
      code: expect.stringMatching(/bad_request|too_large/),
    });
  }
});

test('a roster is asked for at most 92 days', () => {
  expect(() => people.roster('duty', 0, 93 * 86_400_000)).toThrow(/92 days/);
  expect(() => people.roster('duty', 10, 10)).toThrow(/92 days/);
});

test('the digest is due at its time of day', () => {
  expect(people.nextDigest(at('2026-01-05T08:00'))).toBe(at('2026-01-06T08:00'));
});
