/** What people do to faults, and what is refused. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultCommand } from '../../../src/collector/faults/faults.ts';
import { RECORD } from './context.ts';
import { Room } from './room.ts';
import { breached, ok, START_MS } from './verdicts.ts';

const MINUTE_MS = 60_000;
let room: Room;
beforeEach(async () => {
  room = new Room();
  await room.open();
});
afterEach(() => room.close());

describe('the life of a grave fault', () => {
  it('asks for cause, measures and result before it is over, recovered or not', async () => {
    await room.tick(breached('critical'));
    await room.do('responded');
    await room.do('arrived');
    await room.do('repaired', { record: { measures: RECORD.measures } });
    expect(await room.tick(ok())).toEqual(['1 recovered']);
    room.wait(10_000);
    expect(await room.tick()).toEqual([]);
    await expect(room.do('closed')).rejects.toMatchObject({
      code: 'bad_request',
      message: 'F-000001 is level 2: causeClass, cause, result missing',
      detail: { missing: ['causeClass', 'cause', 'result'] },
    });
    await room.do('verified', { record: { result: RECORD.result } });
    await room.do('comment', { record: { causeClass: 'capacity', cause: RECORD.cause } });
    await room.do('closed');
    expect(await room.fault()).toMatchObject({ state: 'closed', record: RECORD, owner: '王芳' });
  });

  it('of levels 3 and 4 asks for nothing, and closes by itself', async () => {
    await room.tick(breached());
    await room.tick(ok());
    await room.do('closed', { note: '' });
    expect(await room.fault()).toMatchObject({ state: 'closed', record: { cause: '' } });
  });

  it('may turn out to be a false alarm, if somebody says why', async () => {
    await room.tick(breached('critical'));
    await expect(room.do('false_alarm', { note: ' ' })).rejects.toMatchObject({
      code: 'bad_request',
    });
    await room.do('false_alarm', { note: 'the sensor is broken' });
    expect(await room.fault()).toMatchObject({ state: 'closed', falseAlarm: true });
  });

  it('is not verified while its figures are outside the limit', async () => {
    await room.tick(breached());
    await room.do('repaired');
    await expect(room.do('verified')).rejects.toMatchObject({
      code: 'conflict',
      message: 'F-000001: its figures are still outside the limit',
    });
    await room.tick(ok());
    await room.do('verified');
    expect(await room.tick(breached())).toEqual(['1 reopened']);
  });

  it('knows the cause classes of the levels file only', async () => {
    await room.tick(breached());
    await expect(room.do('comment', { record: { causeClass: 'gremlins' } })).rejects.toMatchObject({
      message: 'there is no cause class "gremlins"',
    });
  });
});

describe('when it happened', () => {
  it('may be earlier than now: the clocks go by it', async () => {
    await room.tick(breached());
    room.wait(25);
    await room.tick();
    await room.do('responded', { whenMs: START_MS + 5 * MINUTE_MS });
    expect((await room.fault()).clocks[0]).toMatchObject({ state: 'met' });
    expect(await room.fault()).toMatchObject({ respondedMs: START_MS + 5 * MINUTE_MS });
  });

  it.each<[string, number, RegExp]>([
    ['the future', 26, /later than now/],
    ['before the fault', -61, /before the fault began/],
    ['before the response', 4, /before somebody responded/],
  ])('cannot be %s', async (_, minute, message) => {
    await room.tick(breached());
    room.wait(25);
    await room.do('responded', { whenMs: START_MS + 5 * MINUTE_MS });
    await expect(room.do('arrived', { whenMs: START_MS + minute * MINUTE_MS })).rejects.toThrow(
      message,
    );
  });

  it('is corrected with a reason, in an order that can be true', async () => {
    await room.tick(breached());
    room.wait(25);
    await room.do('responded');
    const correct = (correction: FaultCommand['correction'], note = 'phone log') =>
      room.do('corrected', { note, ...(correction && { correction }) });
    await expect(correct({ respondedMs: START_MS }, '')).rejects.toThrow(/needs a note/);
    await expect(correct(undefined)).rejects.toThrow(/corrects nothing/);
    await expect(correct({ respondedMs: START_MS - 1 })).rejects.toThrow(
      /response cannot have happened before the start of the clocks/,
    );
    await expect(correct({ startMs: START_MS + 26 * MINUTE_MS })).rejects.toThrow(/later than now/);
    await expect(correct({ beganMs: START_MS + MINUTE_MS })).rejects.toThrow(
      /start of the clocks cannot have happened before the beginning/,
    );
    const excluded = { fromMs: START_MS + 2, toMs: START_MS + 1, reason: 'agreed' as const };
    await expect(correct({ excluded })).rejects.toThrow(/excluded cannot have happened before/);
    await correct({ respondedMs: START_MS + 10 * MINUTE_MS });
    expect((await room.fault()).clocks[0]?.state).toBe('met');
  });
});

describe('a pause', () => {
  beforeEach(() => room.tick(breached()));

  it('has a reason that the policy allows, a person, a beginning and an end', async () => {
    await expect(room.do('paused')).rejects.toMatchObject({
      code: 'bad_request',
      hint: 'the policy four_level allows: force_majeure, waiting_for_user, waiting_for_parts, agreed',
    });
    await room.do('paused', { reason: 'waiting_for_user' });
    expect((await room.fault()).paused).toEqual({
      fromMs: START_MS,
      toMs: null,
      reason: 'waiting_for_user',
      by: '王芳',
    });
    await expect(room.do('paused', { reason: 'agreed' })).rejects.toMatchObject({
      code: 'conflict',
    });
    room.wait(600);
    expect(await room.tick()).toEqual([]);
    await room.do('resumed');
    await expect(room.do('resumed')).rejects.toMatchObject({ code: 'conflict' });
    expect((await room.fault()).clocks[0]?.deadlineMs).toBe(START_MS + 620 * MINUTE_MS);
  });

  it('of field equipment is force majeure or none', async () => {
    room.context = { ...room.context, policyOf: () => 'field_equipment' };
    await room.tick(breached('warning', { device: 'cam' }));
    const onCamera = { fault: 'F-000002' };
    await expect(
      room.do('paused', { ...onCamera, reason: 'waiting_for_parts' }),
    ).rejects.toMatchObject({ message: 'waiting_for_parts does not stop these clocks' });
    await room.do('paused', { ...onCamera, reason: 'force_majeure' });
  });
});

describe('a level', () => {
  it('is changed by a person with a reason, and a verdict does not lower it again', async () => {
    await room.tick(breached('critical'));
    await expect(room.do('levelled', { level: 2 })).rejects.toThrow(/is level 2 already/);
    await expect(room.do('levelled', { level: 1, note: '' })).rejects.toThrow(/needs a note/);
    await room.do('levelled', { level: 1 });
    expect(await room.tick(breached('warning'))).toEqual(['1 eased']);
    expect(await room.fault()).toMatchObject({ level: 1, severity: 'warning' });
  });

  it('that a person lowered is raised by what is worse', async () => {
    await room.tick(breached());
    await room.do('levelled', { level: 4 });
    expect((await room.fault()).clocks.map(({ state }) => state)).toEqual(['none', 'none', 'none']);
    await room.tick(breached('critical'));
    expect(await room.fault()).toMatchObject({ level: 2 });
  });
});

describe('writes of the API', () => {
  const actor = { who: 'wang', from: '10.0.0.7' };
  beforeEach(() => room.tick(breached()));

  it('are audited in the same transaction', async () => {
    await room.do('responded', {}, { actor });
    await room.raise({}, { actor });
    await expect(room.do('responded', {}, { actor })).rejects.toThrow();
    const entries = await room.desk.auditEntries(10);
    expect(entries.map(({ who, action, subject }) => [who, action, subject])).toEqual([
      ['wang', 'fault responded', 'F-000001'],
      ['wang', 'fault open', '报表系统'],
    ]);
    expect(await room.desk.verifyAudit()).toMatchObject({ ok: true });
  });

  it('are refused when somebody wrote since the writer looked', async () => {
    const { last } = await room.fault();
    await room.do('comment', {}, { expected: last });
    await expect(room.do('comment', {}, { expected: last })).rejects.toMatchObject({
      code: 'stale',
      status: 412,
      detail: { version: last + 1 },
    });
  });

  it('with a key are done once, also over a restart', async () => {
    const first = await room.do('responded', {}, { key: 'k1', actor });
    expect(await room.do('responded', {}, { key: 'k1', actor })).toEqual(first);
    await room.restart();
    expect(await room.do('responded', {}, { key: 'k1', actor })).toEqual(first);
    await expect(room.do('arrived', {}, { key: 'k1', actor })).rejects.toMatchObject({
      code: 'conflict',
    });
    const opened = await room.raise({}, { key: 'k2', actor });
    const again = await room.raise({}, { key: 'k2', actor });
    expect(again.fault.id).toBe(opened.fault.id);
    expect(room.faults.open()).toHaveLength(2);
  });

  it('that fail leave nothing: no entry, no audit, no kept answer', async () => {
    await expect(room.do('resumed', {}, { key: 'k3', actor })).rejects.toThrow();
    expect(await room.desk.auditEntries(10)).toEqual([]);
    await room.do('paused', { reason: 'agreed' });
    await room.do('resumed', {}, { key: 'k3', actor });
    expect(room.faults.open()[0]?.paused).toBeNull();
  });
});
