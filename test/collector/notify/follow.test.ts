/** Reading the ledger into the outbox: batches, the mark, followers, and the wait for company. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DeskConnection, openDeskConnection } from '../../../src/collector/desk/desk.ts';
import type { Fault, LedgerEntry } from '../../../src/collector/faults/faults.ts';
import type { NotifySettings } from '../../../src/collector/notify/channel.ts';
import { faultsOf, makeFollower } from '../../../src/collector/notify/follow.ts';
import type { FaultDoor } from '../../../src/collector/notify/notify.ts';
import { Outbox } from '../../../src/collector/notify/outbox.ts';
import { recipientsOf } from '../../../src/collector/people/chain.ts';
import type { Duty } from '../../../src/collector/people/people.ts';
import type { WindowOutcome } from '../../../src/collector/quiet/quiet.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { policy } from '../people/policies.ts';
import { entryOf, faultNow, MORNING_MS } from './faults.ts';

const people = policy();
const HOLDER: Duty = {
  ...{ role: 'duty', shift: 'day', date: '2026-01-05', person: 'wang', fromMs: 0, untilMs: 1 },
  ...{ by: [], changed: false },
};

let directory: string;
let connection: DeskConnection;
let outbox: Outbox;
let ledger: LedgerEntry[];
let faults: Map<string, Fault>;
let reads: number[];
let looks: string[];
let ends: WindowOutcome[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'follow-'));
  connection = openDeskConnection(directory);
  outbox = new Outbox(connection);
  ledger = [];
  faults = new Map();
  reads = [];
  looks = [];
  ends = [];
});
afterEach(() => {
  connection.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A ledger in memory: what is read from it, and in which order, is what is tested. */
const door: FaultDoor = {
  ledgerAfter: async (mark, limit) => {
    reads.push(mark);
    return ledger.filter(({ number }) => number > mark).slice(0, limit);
  },
  open: () => [...faults.values()].filter(({ state }) => state === 'open'),
  show: async (id) => {
    looks.push(id);
    return { fault: faults.get(id) as Fault };
  },
  raise: () => Promise.reject(new Error('not here')),
  clear: () => Promise.reject(new Error('not here')),
};

const settings = {
  groupWaitMs: { 1: 0, 2: 5_000, 3: 30_000, 4: 60_000 },
  channels: new Map([
    ['chat', { name: 'chat', follow: { levels: [1, 2], locale: 'en' } }],
    ['mail', { name: 'mail', follow: null }],
  ]),
} as unknown as NotifySettings;

const follower = () =>
  makeFollower({
    ...{ outbox, clock: manualClock(MORNING_MS), log: silentLog, faults: door },
    people: {
      policy: () => people,
      whom: (level, moment) => recipientsOf(people, { level, moment }, () => [HOLDER]),
      nextDigest: (atMs) => atMs + 3_600_000,
    },
    settings: () => settings,
    windowEnds: (mark) => ends.filter(({ number }) => number > mark),
  });

function happen(kind: LedgerEntry['kind'], fault: Partial<Fault> = {}): void {
  const number = ledger.length + 1;
  const one = faultNow({ id: `F-${number}`, ...fault });
  faults.set(one.id, one);
  ledger.push(entryOf(kind, { number, fault: one.id }));
}
const planned = () => outbox.list({ limit: 2_000 }).toReversed();

test('a long ledger is read in batches to its end, and the mark is its last number', async () => {
  for (let n = 0; n < 450; n++) happen('opened');
  await follower()();
  expect(reads).toEqual([0, 200, 400, 450]);
  expect(outbox.mark()).toBe(450);
  expect(planned().filter(({ recipient }) => recipient === 'wang')).toHaveLength(450);
  // Faults that go on are looked up in memory.
  expect(looks).toEqual([]);
});

test('entries that tell nobody anything move the mark too', async () => {
  happen('comment');
  happen('eased');
  await follower()();
  expect(outbox.mark()).toBe(2);
  expect(planned()).toEqual([]);
});

test('read again after a crash, an entry plans nothing twice', async () => {
  happen('opened');
  await follower()();
  outbox.setMark(0);
  await follower()();
  expect(planned().map(({ recipient }) => recipient)).toEqual(['wang', 'channel:chat']);
});

test('calls that overlap wait for each other: the end is that of the last one', async () => {
  const follow = follower();
  happen('opened');
  const first = follow();
  happen('opened');
  await Promise.all([first, follow()]);
  expect(outbox.mark()).toBe(2);
  expect(planned().filter(({ recipient }) => recipient === 'wang')).toHaveLength(2);
});

test('a ledger that cannot be read fails the call, not the ones after it', async () => {
  const follow = follower();
  happen('opened');
  const { ledgerAfter } = door;
  Object.assign(door, { ledgerAfter: () => Promise.reject(new Error('busy')) });
  await expect(follow()).rejects.toThrow('busy');
  Object.assign(door, { ledgerAfter });
  await follow();
  expect(outbox.mark()).toBe(1);
});

test('a first notice waits for company as its level allows; others go at once', async () => {
  happen('opened', { level: 1 });
  happen('opened', { level: 3 });
  happen('promoted', { level: 2 });
  await follower()();
  const due = planned()
    .filter(({ recipient }) => recipient === 'wang')
    .map(({ step, dueMs }) => `${step} ${dueMs - MORNING_MS}`);
  expect(due).toEqual(['opened 0', 'opened 30000', 'promoted 0']);
});

test('a digest waits for its time', async () => {
  happen('opened', { level: 4 });
  await follower()();
  expect(planned()).toMatchObject([
    { digest: true, dueMs: MORNING_MS + 3_600_000, recipient: 'wang' },
  ]);
});

test('a channel follows the levels it names, in its language', async () => {
  happen('opened', { level: 2 });
  happen('opened', { level: 3 });
  await follower()();
  const chat = planned().filter(({ recipient }) => recipient === 'channel:chat');
  expect(chat).toMatchObject([{ fault: 'F-1', channel: 'chat', to: '', level: 2 }]);
});

test('every notice says why it is told', async () => {
  happen('opened');
  await follower()();
  expect(planned().map(({ reason }) => reason)).toEqual([
    'a new fault; duty',
    'a new fault; it follows',
  ]);
});

test('one fault is looked up; of many, only those that are over', async () => {
  happen('opened');
  await faultsOf([{ fault: 'F-1' }], door);
  expect(looks).toEqual(['F-1']);
  happen('opened');
  happen('recovered', { state: 'recovered', recoveredMs: MORNING_MS });
  const found = await faultsOf(ledger, door);
  expect([...found.keys()].toSorted()).toEqual(['F-1', 'F-2', 'F-3']);
  expect(looks).toEqual(['F-1', 'F-3']);
});

describe('the end of a maintenance window', () => {
  /** A fault that was kept quiet by a window, and what became of it. */
  function kept(id: string, result: WindowOutcome['result'], fault: Partial<Fault> = {}): void {
    faults.set(id, faultNow({ id, ...fault }));
    const number = ends.length + 1;
    ends.push({ number, window: 'W-1', fault: id, device: 'sw', result, atMs: MORNING_MS });
  }
  const over: Partial<Fault> = { state: 'recovered', recoveredMs: MORNING_MS };

  test('tells once of what came and went inside it', async () => {
    kept('F-1', 'recovered', over);
    await follower()();
    await follower()();
    expect(planned().map(({ step, recipient, reason }) => [step, recipient, reason])).toEqual([
      ['recovered', 'wang', 'it recovered inside its window; duty'],
      ['recovered', 'channel:chat', 'it recovered inside its window; it follows'],
    ]);
    expect(outbox.outcomeMark()).toBe(1);
  });

  test('leaves what still fails to the ledger, and what came back to its own notice', async () => {
    kept('F-1', 'still_failing');
    kept('F-2', 'recovered', { state: 'open' });
    await follower()();
    expect(planned()).toEqual([]);
    expect(outbox.outcomeMark()).toBe(2);
  });

  test('is nothing new to those who were told of the fault before it', async () => {
    happen('opened');
    const follow = follower();
    await follow();
    connection.exec("UPDATE notify_outbox SET state = 'sent', attempts = 1, sent_ms = 1");
    kept('F-1', 'recovered', over);
    await follow();
    expect(planned().filter(({ step }) => step === 'recovered')).toEqual([]);
  });
});
