/** The room over a real desk.db. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, openDesk } from '../../../src/collector/desk/desk.ts';
import { openPeople, type People } from '../../../src/collector/people/people.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { DUTY, PEOPLE, policy } from './policies.ts';

const EXAMPLE = `example: true\n${PEOPLE}`;

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
  const asked = await people.askSwap({ ...SLOT, to: 'li', note: '家里有事' }, 'night', { actor });
  expect(asked).toMatchObject({ number: 1, from: 'night', state: 'asked' });
  expect(holder('2026-01-06T02:00')).toEqual(['night']);
  const decision = { number: 1, state: 'approved', by: 'chief' } as const;
  expect(await people.decideSwap(decision, { actor })).toMatchObject({ state: 'approved' });
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
  await people.askSwap({ ...SLOT, to: 'li', note: '' }, 'night', { actor });
  await people.decideSwap({ number: 1, state: 'refused', by: 'chief' }, { actor });
  expect(holder('2026-01-06T02:00')).toEqual(['night']);
  expect(await people.swaps(10)).toMatchObject([{ state: 'refused', decidedBy: 'chief' }]);
});

test('nobody approves a swap of their own, nobody outside the group, nobody twice', async () => {
  await people.askSwap({ ...SLOT, to: 'chief', note: '' }, 'night', { actor });
  const decide = (by: string) => people.decideSwap({ number: 1, state: 'approved', by }, { actor });
  await expect(decide('chief')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(decide('li')).rejects.toMatchObject({
    code: 'forbidden',
    hint: 'ask one of leader',
  });
  await decide('leader');
  await expect(decide('leader')).rejects.toMatchObject({ code: 'conflict' });
  await expect(
    people.decideSwap({ number: 7, state: 'approved', by: 'leader' }, { actor }),
  ).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  [{ ...SLOT, date: '2026-01-03' }, 'li', 'conflict', /is over/],
  [SLOT, 'night', 'conflict', /holds .* already/],
  [SLOT, 'zhao', 'not_found', /no person/],
  [{ ...SLOT, shift: 'noon' }, 'li', 'not_found', /no shift/],
  [{ ...SLOT, role: 'cook' }, 'li', 'not_found', /no role/],
])('a swap of %j with %s is refused: %s', async (slot, to, code, message) => {
  const asked = people.askSwap({ ...slot, to, note: '' }, 'night', { actor });
  await expect(asked).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(await people.swaps(10)).toEqual([]);
  expect(await desk.auditEntries(10)).toEqual([]);
});

test('a hand-over goes to the next shift', async () => {
  const note = '核心交换机温度偏高,继续观察\nF-000012 open';
  const slot = { role: 'duty', shift: 'day', date: '2026-01-05' };
  expect(await people.handOver({ ...slot, by: 'wang', note }, { actor })).toMatchObject({
    number: 1,
    to: 'night',
    note,
  });
  expect(await people.handOvers(10)).toHaveLength(1);
  for (const bad of ['', '  ', 'a\u001b[2J', 'x'.repeat(4_001)]) {
    const made = people.handOver({ ...slot, by: 'wang', note: bad }, { actor });
    await expect(made).rejects.toMatchObject({ code: 'bad_request' });
  }
});

test('what people agreed outlives the process; who left the file gives the turn back', async () => {
  await people.askSwap({ ...SLOT, to: 'li', note: '' }, 'night', { actor });
  await people.decideSwap({ number: 1, state: 'approved', by: 'chief' }, { actor });
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
  expect(await people.importCalendar(text, { actor })).toEqual({ assigned: 0 });
  expect(people.roster('duty', ...week)).toEqual(before);
  const edited = text.replace(
    /(UID:duty\/night\/2026-01-05[\s\S]*?SUMMARY:.*?: ?)Night phone/,
    '$1li',
  );
  expect(edited).not.toBe(text);
  expect(await people.importCalendar(edited, { actor })).toEqual({ assigned: 1 });
  expect(holder('2026-01-06T02:00')).toEqual(['li']);
});

test('a calendar does not rewrite who held a shift that is over', async () => {
  const past = people.exportCalendar('duty', at('2026-01-02T00:00'), at('2026-01-03T00:00'));
  expect(await people.importCalendar(past, { actor })).toEqual({ assigned: 0 });
  const edited = past.replace(/(UID:duty\/night[\s\S]*?SUMMARY:.*?: ?)[^\r\n]+/, '$1li');
  await expect(people.importCalendar(edited, { actor })).rejects.toThrow(/is over/);
});

test('a calendar is taken whole or not at all, and every mistake is told', async () => {
  const text = people.exportCalendar('duty', at('2026-01-05T00:00'), at('2026-01-07T00:00'));
  const bad = text
    .replace('DTSTART:20260104T233000Z', 'DTSTART:20260104T220000Z')
    .replace('duty/night/2026-01-05@watchkeeper', 'birthday@example.com')
    .replace('DTEND:20260105T233000Z', 'DTEND:20260105T230000Z')
    .replace(/(duty\/day\/2026-01-06[\s\S]*?: )李工/, '$1赵工');
  const failure = await people
    .importCalendar(bad, { actor })
    .catch((error: Error) => error.message);
  expect(failure).toMatch(/was moved/);
  expect(failure).toMatch(/"birthday@example.com" names no shift/);
  expect(failure).toMatch(/no person "赵工"/);
  expect(people.onDuty('duty', at('2026-01-06T12:00'))[0]?.changed).toBe(false);
  for (const nonsense of ['', 'hello', 'BEGIN:VCALENDAR', 'x'.repeat(2_000_000)]) {
    const taken = people.importCalendar(nonsense, { actor });
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

describe('who is named', () => {
  const ask = (by: string, to = 'li') => people.askSwap({ ...SLOT, to, note: '' }, by, { actor });

  test('is found by id or name, and written down by id', async () => {
    expect(await ask('Night Phone', '李工')).toMatchObject({ askedBy: 'night', to: 'li' });
    const slot = { role: 'duty', shift: 'day', date: '2026-01-05' };
    const made = await people.handOver({ ...slot, by: '王工', note: 'nothing open' }, { actor });
    expect(made).toMatchObject({ from: 'wang' });
  });

  test('must be somebody, and the nearest name is offered', async () => {
    await expect(ask('nigth')).rejects.toMatchObject({
      code: 'not_found',
      message: 'there is no person "nigth" in people.yaml (did you mean "night"?)',
    });
    await expect(ask('administrator')).rejects.toThrow(/no person "administrator" in people.yaml$/);
    const slot = { role: 'duty', shift: 'day', date: '2026-01-05' };
    const made = people.handOver({ ...slot, by: 'nobody', note: 'x' }, { actor });
    await expect(made).rejects.toMatchObject({ code: 'not_found' });
    expect(await desk.auditEntries(10)).toEqual([]);
  });

  test('is taken at their word as long as the people file is an example', async () => {
    people.reload(policy(EXAMPLE));
    expect(people.identify('Zhao')).toEqual({ id: 'zhao', groups: [], unknown: '' });
    expect(await ask('administrator')).toMatchObject({ askedBy: 'administrator' });
    // Who is to hold a post must be somebody who can be told.
    await expect(ask('administrator', 'zhao')).rejects.toMatchObject({ code: 'not_found' });
    const decision = { number: 1, state: 'approved', by: 'administrator' } as const;
    // Whoever decides is named by the roster's own policy, example or not.
    await expect(people.decideSwap(decision, { actor })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('two people of one name are told apart by their ids', () => {
    people.reload(policy(PEOPLE.replace('name: 李工', 'name: 王工')));
    expect(people.identify('王工').unknown).toBe('"王工" is the name of several people: wang, li');
    expect(people.identify('li')).toEqual({ id: 'li', groups: [], unknown: '' });
    expect(people.identify('chief').groups).toEqual(['supervisors']);
  });
});

describe('a swap that was asked a while ago', () => {
  const approve = (number: number) =>
    people.decideSwap({ number, state: 'approved', by: 'chief' }, { actor });
  const ask = (to: string) => people.askSwap({ ...SLOT, to, note: '' }, 'night', { actor });

  test('is not approved once somebody else holds the shift', async () => {
    await ask('li');
    await ask('wang');
    await approve(1);
    await expect(approve(2)).rejects.toMatchObject({
      code: 'conflict',
      message: 'duty/night 2026-01-05 is held by li now, not by night',
    });
    expect(holder('2026-01-06T02:00')).toEqual(['li']);
    await people.decideSwap({ number: 2, state: 'refused', by: 'chief' }, { actor });
  });

  test('is not approved for somebody who has left', async () => {
    await ask('li');
    const without = PEOPLE.replace(/ {2}li: .*\n/, '');
    people.reload(policy(without, DUTY.replace('[wang, li]', '[wang]')));
    await expect(approve(1)).rejects.toMatchObject({ code: 'not_found' });
    expect(people.swap(1)).toMatchObject({ state: 'asked' });
  });

  test('is not approved once the shift is over, or is no more', async () => {
    await ask('li');
    people.reload(policy(PEOPLE, DUTY.replaceAll('night: {', 'late: {')));
    await expect(approve(1)).rejects.toMatchObject({ code: 'not_found' });
    people.reload(policy());
    const later = manualClock(at('2026-01-06T08:00'));
    await people.close();
    people = await openPeople({ directory, clock: later, policy: policy() });
    await expect(approve(1)).rejects.toThrow(/is over/);
  });
});

describe('a write that is sent twice', () => {
  const repeat = { key: 'k-1', request: 'the same' };
  const once = { actor, repeat };

  test('asks, decides, hands over and imports once', async () => {
    const ask = () => people.askSwap({ ...SLOT, to: 'li', note: '' }, 'night', once);
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect(await people.swaps(10)).toHaveLength(1);
    const decide = (version: number | null, key: string) =>
      people.decideSwap(
        { number: 1, state: 'approved', by: 'chief' },
        { actor, version, repeat: { ...repeat, key } },
      );
    await expect(decide(2, 'k-2')).rejects.toMatchObject({ code: 'stale', detail: { version: 1 } });
    const decided = await decide(1, 'k-3');
    expect(await decide(1, 'k-3')).toEqual(decided);
    const slot = { role: 'duty', shift: 'day', date: '2026-01-05' };
    const note = { ...slot, by: 'wang', note: 'nothing open' };
    const hand = () => people.handOver(note, { actor, repeat: { ...repeat, key: 'k-4' } });
    expect(await hand()).toEqual(await hand());
    expect(await people.handOvers(10)).toHaveLength(1);
  });

  test('a key of another request is refused', async () => {
    await people.askSwap({ ...SLOT, to: 'li', note: '' }, 'night', once);
    const other = { actor, repeat: { ...repeat, request: 'another' } };
    const asked = people.askSwap({ ...SLOT, to: 'wang', note: '' }, 'night', other);
    await expect(asked).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a calendar that was exported before somebody was put on a shift is stale', async () => {
    const week = [at('2026-01-05T00:00'), at('2026-01-07T00:00')] as const;
    const version = people.rosterVersion();
    const text = people.exportCalendar('duty', ...week).replace(/: 李工/, ': 二线');
    expect(await people.importCalendar(text, { actor, version })).toEqual({ assigned: 1 });
    expect(people.rosterVersion()).toBe(version + 1);
    const again = people.importCalendar(text.replace(/: 二线/, ': 王工'), { actor, version });
    await expect(again).rejects.toMatchObject({ code: 'stale' });
    await people.close();
    people = await openPeople({ directory, clock, policy: policy() });
    expect(people.rosterVersion()).toBe(version + 1);
  });
});

describe('shifts that do not follow each other to the minute', () => {
  const handTo = async (shifts: string, cover = 'always', tell = '{ role: duty }') => {
    const duty = DUTY.replace(
      /shifts:\n.*\n.*\n/,
      `cover: ${cover}\n    shifts:\n${shifts}`,
    ).replaceAll('{ role: duty }', tell);
    people.reload(policy(PEOPLE, duty));
    const slot = { role: 'duty', shift: 'day', date: '2026-01-09' };
    const made = await people.handOver({ ...slot, by: 'wang', note: 'x' }, { actor });
    return made.to;
  };

  test('overlap: both hold the post meanwhile, and the note goes to the one who comes', async () => {
    const to = await handTo(`
      day: { from: "07:30", to: "18:45", people: [wang] }
      night: { from: "18:15", to: "07:45", people: [night] }
`);
    expect(to).toBe('night');
    expect(holder('2026-01-09T18:30')).toEqual(['wang', 'night']);
    expect(holder('2026-01-10T07:40')).toEqual(['night', 'wang']);
    // Each is told once, whoever holds two posts at a time.
    expect(told(1, 'opened', '2026-01-09T18:30').map(({ person }) => person)).toEqual([
      'wang',
      'night',
    ]);
  });

  test('leave the post alone over a week-end: the note goes to who comes on Monday', async () => {
    const days = 'days: [mon, tue, wed, thu, fri]';
    const shift = `      day: { from: "08:00", to: "17:00", ${days}, people: [wang, li], turn_days: 7 }\n`;
    // A post that is not held at all times may not be the only one to be told of a fault.
    await expect(handTo(shift, 'shifts')).rejects.toThrow(/duty is not held at all times/);
    expect(await handTo(shift, 'shifts', '{ role: duty }, { group: supervisors }')).toBe('wang');
    expect(holder('2026-01-10T12:00')).toEqual([]);
    expect(told(1, 'opened', '2026-01-10T12:00').map(({ person }) => person)).toEqual([
      'chief',
      'leader',
    ]);
  });

  test('two at a time are no gap and hand over to those of the next shift', async () => {
    const to = await handTo(`
      day: { from: "07:30", to: "18:30", people: [wang] }
      field: { from: "07:30", to: "18:30", people: [li] }
      night: { from: "18:30", to: "07:30", people: [night] }
`);
    expect(to).toBe('night');
    expect(holder('2026-01-09T12:00')).toEqual(['wang', 'li']);
  });
});

test('whoever is taken out of the files while on duty is followed by the next in turn', () => {
  expect(holder('2026-01-05T12:00')).toEqual(['wang']);
  const without = PEOPLE.replace(/ {2}wang: .*\n/, '');
  expect(() => policy(without)).toThrow(/there is no person "wang"/);
  people.reload(policy(without, DUTY.replace('[wang, li]', '[li]')));
  expect(holder('2026-01-05T12:00')).toEqual(['li']);
  expect(told(1, 'opened', '2026-01-05T12:00')).toMatchObject([{ person: 'li' }]);
});
