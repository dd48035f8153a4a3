/** The outbox over a real desk.db. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DeskConnection, openDeskConnection } from '../../../src/collector/desk/desk.ts';
import { Outbox } from '../../../src/collector/notify/outbox.ts';
import type { Planned } from '../../../src/collector/notify/outbox-rows.ts';

let directory: string;
let connection: DeskConnection;
let outbox: Outbox;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'outbox-'));
  connection = openDeskConnection(directory);
  outbox = new Outbox(connection);
});
afterEach(() => {
  connection.close();
  rmSync(directory, { recursive: true, force: true });
});

function planned(more: Partial<Planned> = {}): Planned {
  return {
    ...{ fault: 'F-000001', entry: 1, step: 'opened', recipient: 'wang', locale: 'zh-CN' },
    address: { channel: 'mail', to: 'wang@example.com' },
    others: [{ channel: 'sms', to: '13800000001' }],
    ...{ level: 1, digest: false, reason: 'a new fault; duty', plannedMs: 1_000, dueMs: 1_000 },
    facts: { step: 'opened', by: 'system', note: '', detail: { value: 3 } },
    ...more,
  };
}

const bundle = {
  ...{ recipient: 'wang', to: 'wang@example.com', digest: false, level: 1 as const },
};
const waiting = (nowMs = 1_000, most = 100) => outbox.waiting('mail', bundle, { nowMs, most });
const states = () => outbox.list({ limit: 100 }).map(({ state }) => state);

test('the mark begins at nothing and is kept', () => {
  expect(outbox.mark()).toBe(0);
  outbox.setMark(17);
  outbox.setMark(42);
  expect(new Outbox(connection).mark()).toBe(42);
});

test('a notice and the mark are one transaction: both or neither', () => {
  const half = (): void =>
    outbox.write(() => {
      outbox.plan(planned());
      outbox.setMark(1);
      throw new Error('the disk is full');
    });
  expect(half).toThrow('the disk is full');
  expect(outbox.mark()).toBe(0);
  expect(states()).toEqual([]);
});

test('the same entry, step, recipient and channel is planned once', () => {
  outbox.plan(planned());
  outbox.plan(planned({ reason: 'read again' }));
  expect(states()).toEqual(['pending']);
  outbox.plan(planned({ entry: 2 }));
  outbox.plan(planned({ step: 'clock' }));
  outbox.plan(planned({ recipient: 'li' }));
  outbox.plan(planned({ address: { channel: 'sms', to: '' } }));
  expect(states()).toHaveLength(5);
});

test('what waits comes back whole', () => {
  const one = planned();
  outbox.plan(one);
  expect(waiting()).toEqual([{ ...one, number: 1, attempts: 0 }]);
});

describe('a notice that moves', () => {
  const second = { channel: 'mail', to: 'home@example.com' };
  const to = { address: second, others: [], reason: 'mail: no', dueMs: 2_000 };
  test('to another address of the same channel waits there, in a message of its own', () => {
    outbox.plan(planned());
    outbox.move(waiting()[0]!, to);
    expect(states()).toEqual(['pending', 'moved']);
    expect(outbox.bundles('mail', 2_000)).toMatchObject([{ to: 'home@example.com' }]);
    expect(waiting(2_000)).toEqual([]);
    const there = outbox.waiting('mail', { ...bundle, to: second.to }, { nowMs: 2_000, most: 9 });
    expect(there).toMatchObject([{ address: second, others: [], reason: 'mail: no' }]);
  });
  test('back to an address that was tried before waits there again', () => {
    outbox.plan(planned());
    const [first] = waiting();
    outbox.move(first!, to);
    const there = outbox.waiting('mail', { ...bundle, to: second.to }, { nowMs: 2_000, most: 9 });
    outbox.move(there[0]!, { ...to, address: first!.address, dueMs: 3_000 });
    expect(states()).toEqual(['moved', 'pending']);
    expect(waiting(3_000)).toMatchObject([{ number: 1, dueMs: 3_000, others: [] }]);
  });
  test('to itself goes on waiting', () => {
    outbox.plan(planned());
    outbox.move(waiting()[0]!, { ...to, address: planned().address });
    expect(states()).toEqual(['pending']);
  });
});

test('a database of the time before addresses were part of the key keeps its rows', () => {
  outbox.plan(planned());
  outbox.setMark(7);
  const sql = "SELECT sql FROM sqlite_master WHERE name = 'notify_outbox'";
  const now = String(connection.prepare(sql).pluck().get());
  const before = now.replace('channel, address)', 'channel)').replace('notify_outbox', 'older');
  connection.exec(`${before}; INSERT INTO older SELECT * FROM notify_outbox;
    DROP TABLE notify_outbox; ALTER TABLE older RENAME TO notify_outbox`);
  const opened = new Outbox(connection);
  expect(opened.mark()).toBe(7);
  expect(opened.list({ limit: 9 })).toMatchObject([{ number: 1, state: 'pending' }]);
  opened.plan(planned({ address: { channel: 'mail', to: 'home@example.com' } }));
  expect(opened.list({ limit: 9 })).toHaveLength(2);
  expect(new Outbox(connection).list({ limit: 9 })).toHaveLength(2);
});

describe('what goes out together', () => {
  test('is what is due, and what only waits for company', () => {
    outbox.plan(planned({ dueMs: 1_000 }));
    outbox.plan(planned({ entry: 2, dueMs: 30_000 }));
    expect(waiting(1_000).map(({ entry }) => entry)).toEqual([1, 2]);
  });
  test('but not what was put off, nor the digest', () => {
    outbox.plan(planned());
    outbox.plan(planned({ entry: 2 }));
    outbox.plan(planned({ entry: 3, digest: true, dueMs: 500 }));
    outbox.claim([1]);
    outbox.putOff(1, 60_000, 'mail: busy');
    expect(waiting(1_000).map(({ entry }) => entry)).toEqual([2]);
    expect(waiting(60_000).map(({ entry }) => entry)).toEqual([1, 2]);
    const digest = outbox.waiting('mail', { ...bundle, digest: true }, { nowMs: 500, most: 9 });
    expect(digest.map(({ entry }) => entry)).toEqual([3]);
  });
  test('the gravest first, and no more than asked for', () => {
    outbox.plan(planned({ level: 3 }));
    outbox.plan(planned({ entry: 2, level: 1 }));
    outbox.plan(planned({ entry: 3, level: 2 }));
    expect(waiting(1_000, 2).map(({ level }) => level)).toEqual([1, 2]);
  });
});

test('channels and bundles are those with something due, the gravest first', () => {
  outbox.plan(planned({ level: 3 }));
  outbox.plan(planned({ recipient: 'li', level: 2 }));
  outbox.plan(planned({ entry: 2, address: { channel: 'sms', to: '' }, dueMs: 9_000 }));
  outbox.plan(planned({ entry: 3, digest: true, level: 4 }));
  expect(outbox.dueChannels(1_000)).toEqual(['mail']);
  expect(outbox.dueChannels(9_000).toSorted()).toEqual(['mail', 'sms']);
  expect(outbox.bundles('mail', 1_000)).toEqual([
    { recipient: 'li', to: 'wang@example.com', digest: false, level: 2 },
    { recipient: 'wang', to: 'wang@example.com', digest: false, level: 3 },
    { recipient: 'wang', to: 'wang@example.com', digest: true, level: 4 },
  ]);
});

describe('who was told', () => {
  const names = (fault = 'F-000001') => outbox.told(fault).map(({ recipient }) => recipient);
  test('is who got a notice, not for whom one waits', () => {
    outbox.plan(planned());
    outbox.plan(planned({ recipient: 'li' }));
    expect(names()).toEqual([]);
    outbox.settle(1, 'sent', { atMs: 2_000, message: 'm' });
    expect(names()).toEqual(['wang']);
    expect(names('F-000002')).toEqual([]);
  });
  test('and who may have got one: an attempt whose end nobody knows', () => {
    outbox.plan(planned());
    outbox.claim([1]);
    expect(outbox.told('F-000001')).toEqual([
      {
        recipient: 'wang',
        locale: 'zh-CN',
        channels: [
          { channel: 'mail', to: 'wang@example.com' },
          { channel: 'sms', to: '13800000001' },
        ],
        digest: false,
      },
    ]);
  });
  test('each once, at once before by digest', () => {
    outbox.plan(planned({ digest: true }));
    outbox.plan(planned({ entry: 2 }));
    outbox.settle(2, 'sent', { atMs: 1, message: 'm' });
    expect(outbox.told('F-000001')).toMatchObject([{ recipient: 'wang', digest: false }]);
  });
  test('whoever hears of it by digest hears of its end by digest', () => {
    outbox.plan(planned({ digest: true }));
    expect(outbox.told('F-000001')).toMatchObject([{ recipient: 'wang', digest: true }]);
  });
});

test('the recovery was told when it is the newest that was not dropped', () => {
  expect(outbox.recoveryTold('F-000001')).toBe(false);
  outbox.plan(planned());
  outbox.plan(planned({ entry: 2, step: 'recovered' }));
  expect(outbox.recoveryTold('F-000001')).toBe(true);
  outbox.plan(planned({ entry: 3, step: 'reopened' }));
  expect(outbox.recoveryTold('F-000001')).toBe(false);
  outbox.drop('F-000001', ['reopened'], 'it is over');
  expect(outbox.recoveryTold('F-000001')).toBe(true);
});

test('dropping takes only what waits, of that fault and those steps, and keeps the digest', () => {
  outbox.plan(planned());
  outbox.plan(planned({ entry: 2, step: 'clock' }));
  outbox.plan(planned({ entry: 3, step: 'recovered' }));
  outbox.plan(planned({ entry: 4, digest: true }));
  outbox.plan(planned({ entry: 5, fault: 'F-000002' }));
  outbox.plan(planned({ entry: 6 }));
  outbox.settle(6, 'sent', { atMs: 1, message: 'm' });
  outbox.drop('F-000001', ['opened', 'clock'], 'somebody responded');
  expect(states().toReversed()).toEqual([
    'dropped',
    'dropped',
    'pending',
    'pending',
    'pending',
    'sent',
  ]);
  expect(outbox.list({ state: 'dropped', limit: 9 })[0]?.reason).toBe('somebody responded');
});

test('messages are counted, not the notices in them, and only those of the time', () => {
  for (const entry of [1, 2, 3, 4]) outbox.plan(planned({ entry }));
  outbox.settle(1, 'sent', { atMs: 1_000, message: 'a' });
  outbox.settle(2, 'sent', { atMs: 5_000, message: 'b' });
  outbox.settle(3, 'sent', { atMs: 5_000, message: 'b' });
  outbox.settle(4, 'sent', { atMs: 6_000, message: 'c' });
  expect(outbox.messagesSince('wang', 'mail', 1_000)).toBe(2);
  expect(outbox.messagesSince('wang', 'mail', 0)).toBe(3);
  expect(outbox.messagesSince('wang', 'sms', 0)).toBe(0);
  expect(outbox.lastSentMs('mail')).toBe(6_000);
  expect(outbox.lastSentMs('sms')).toBeNull();
});

test('the backlog is what is due, and how much of it is old', () => {
  outbox.plan(planned({ plannedMs: 0 }));
  outbox.plan(planned({ entry: 2, plannedMs: 900 }));
  outbox.plan(planned({ entry: 3, digest: true, dueMs: 99_000, plannedMs: 0 }));
  expect(outbox.backlog(1_000, 500)).toEqual({ due: 2, old: 1 });
  expect(outbox.pendingOf('mail')).toBe(3);
});

test('what was tried and put off is still backlog', () => {
  outbox.plan(planned({ plannedMs: 100 }));
  outbox.claim([1]);
  outbox.putOff(1, 99_000, 'sms: no such number');
  expect(outbox.backlog(1_000, 500)).toEqual({ due: 1, old: 1 });
  expect(outbox.backlog(99, 500)).toEqual({ due: 0, old: 0 });
});

test('settled notices are deleted after their time, a few at once, never what waits or goes on', () => {
  for (const entry of [1, 2, 3, 4]) outbox.plan(planned({ entry, plannedMs: entry }));
  outbox.plan(planned({ entry: 5, plannedMs: 1, fault: 'F-000009' }));
  outbox.plan(planned({ entry: 6, plannedMs: 900 }));
  for (const number of [1, 2, 3, 5, 6]) outbox.settle(number, 'sent', { atMs: 1, message: 'm' });
  const left = () => outbox.list({ limit: 9 }).map(({ entry }) => entry);
  expect(outbox.prune(500, 2, ['F-000009'])).toBe(2);
  expect(left()).toEqual([6, 5, 4, 3]);
  expect(outbox.prune(500, 2, ['F-000009'])).toBe(1);
  expect(outbox.prune(500, 2, ['F-000009'])).toBe(0);
  expect(left()).toEqual([6, 5, 4]);
  expect(outbox.prune(500, 2, [])).toBe(1);
});

test('the list is newest first, by fault, state and page', () => {
  for (const entry of [1, 2, 3])
    outbox.plan(planned({ entry, fault: `F-00000${(entry % 2) + 1}` }));
  const numbers = (filter: object) =>
    outbox.list({ limit: 10, ...filter }).map(({ number }) => number);
  expect(numbers({})).toEqual([3, 2, 1]);
  expect(numbers({ fault: 'F-000002' })).toEqual([3, 1]);
  expect(numbers({ after: 3, limit: 1 })).toEqual([2]);
  expect(numbers({ state: 'sent' })).toEqual([]);
});
