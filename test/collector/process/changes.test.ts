/** Changes and releases: assessed, approved, announced in time, carried out inside their window. */
import { expect, test } from 'vitest';
import type { ChangeRequest, ChangeStep } from '../../../src/collector/process/process.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { changeRequest, days, type ProcessRig, processRig, WRITING } from './rig.ts';

const step = (
  kind: ChangeStep['kind'],
  by: string,
  rest: Partial<ChangeStep> = {},
): ChangeStep => ({
  kind,
  by,
  note: `${kind} by ${by}`,
  ...rest,
});
const announcement = 'Wednesday 10:00 to 12:00, the shop answers slowly, call 8100';

/** A change requested for `inMs` from now, led as far as `until`. */
async function led(
  rig: ProcessRig,
  until: ChangeStep['kind'] | 'request',
  { inMs = HOUR_MS, ...rest }: Partial<ChangeRequest> & { inMs?: number } = {},
) {
  const { changes } = rig.room;
  let change = await changes.request(changeRequest(rig.clock.now() + inMs, rest), WRITING);
  const steps = [
    step('assess', 'zhao'),
    step('approve', 'zhao'),
    step('announce', 'li.wei', { announcement }),
    step('start', 'li.wei'),
    step('finish', 'li.wei'),
    step('verify', 'wang'),
    step('close', 'zhao', { result: 'success' }),
  ];
  if (until === 'request') return change;
  for (const one of steps) {
    if (one.kind === 'start') await rig.clock.advance(inMs);
    change = await changes.step(change.id, one, WRITING);
    if (one.kind === until) break;
  }
  return change;
}

test('from request to report, each step with its person, its time and an audit entry', async () => {
  const rig = await processRig();
  const begun = rig.clock.now();
  const change = await led(rig, 'close');
  expect(change).toMatchObject({
    id: 'C-000001',
    state: 'closed',
    approvers: ['zhao'],
    announcement,
    window: 'W-1',
    announcedMs: begun,
    startedMs: begun + HOUR_MS,
    result: 'success',
    version: 8,
  });
  const { steps, possible } = rig.room.changes.show('C-1');
  expect(steps.map(({ kind, state }) => `${kind}: ${state}`)).toEqual([
    'request: requested',
    'assess: assessed',
    'approve: approved',
    'announce: announced',
    'start: implementing',
    'finish: implemented',
    'verify: verified',
    'close: closed',
  ]);
  expect(possible).toEqual(['comment']);
  expect((await rig.audit()).map((line) => line.split(' ')[0])).toEqual(
    steps.map(({ kind }) => `change.${kind}`),
  );
});

test('the window is registered with the announcement, before it begins, and ends with the work', async () => {
  const rig = await processRig();
  const { plannedFromMs, plannedToMs } = await led(rig, 'announce');
  expect(rig.windows).toEqual([
    {
      id: 'W-1',
      covers: { devices: ['web-*'] },
      fromMs: plannedFromMs,
      toMs: plannedToMs,
      reason: 'C-000001 New kernel on the web servers',
      approver: 'zhao',
      origin: 'C-000001',
      opened: false,
      ended: '',
    },
  ]);
  await rig.clock.advance(HOUR_MS);
  expect(rig.windows[0]?.opened).toBe(false);
  await rig.room.changes.step('C-1', step('start', 'li.wei'), WRITING);
  expect(rig.windows[0]?.opened).toBe(true);
  await rig.room.changes.step('C-1', step('finish', 'li.wei'), WRITING);
  expect(rig.windows).toHaveLength(1);
  expect(rig.windows[0]?.ended).toBe('C-000001: implemented');
});

test('work that outlasts its window is finished all the same', async () => {
  const rig = await processRig();
  await led(rig, 'start');
  await rig.clock.advance(3 * HOUR_MS);
  const change = await rig.room.changes.step('C-1', step('finish', 'li.wei'), WRITING);
  expect(change.state).toBe('implemented');
  expect(rig.windows[0]?.ended).toBe('');
});

test('a change that is given up gives its window back', async () => {
  const rig = await processRig();
  await led(rig, 'announce');
  await rig.room.changes.step('C-1', step('withdraw', 'li.wei'), WRITING);
  expect(rig.windows[0]?.ended).toBe('C-000001: withdrawn');
});

test('a change that is withdrawn while it is announced leaves no window behind', async () => {
  const rig = await processRig();
  await led(rig, 'approve');
  const announcing = rig.room.changes.step(
    'C-1',
    step('announce', 'li.wei', { announcement }),
    WRITING,
  );
  await rig.room.changes.step('C-1', step('withdraw', 'zhao'), WRITING);
  await expect(announcing).rejects.toMatchObject({ code: 'stale' });
  expect(rig.windows.map(({ ended }) => ended)).toEqual(['C-000001: withdrawn']);
});

test('of two announcements at once one is taken, and its window stays', async () => {
  const rig = await processRig();
  await led(rig, 'approve');
  const announce = () =>
    rig.room.changes.step('C-1', step('announce', 'li.wei', { announcement }), WRITING);
  const answers = await Promise.allSettled([announce(), announce()]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(rig.windows.map(({ ended }) => ended)).toEqual(['']);
});

test.each<[string, Partial<ChangeRequest>]>([
  ['title: is missing', { title: ' ' }],
  ['title: must be one line', { title: 'a\nb' }],
  ['content: is missing', { content: '' }],
  ['purpose: is missing', { purpose: '' }],
  ['risk_text: is missing', { riskText: '' }],
  ['planned_to: is not after planned_from', { plannedToMs: 0 }],
  ['planned_from: is in the past', { plannedFromMs: 1_000 }],
  ['rollback: holds control characters', { rollback: '\u001b[2J' }],
  ['content: has 20001 characters', { content: 'x'.repeat(20_001) }],
])('a request is refused: %s', async (message, wrong) => {
  const rig = await processRig();
  const request = changeRequest(rig.clock.now() + HOUR_MS, wrong);
  await expect(rig.room.changes.request(request, WRITING)).rejects.toThrow(message);
  expect(rig.room.changes.list({})).toEqual([]);
});

test('whoever requests it cannot approve it, and nobody approves twice', async () => {
  const rig = await processRig();
  await led(rig, 'assess', { risk: 'high' });
  const approve = (by: string) => rig.room.changes.step('C-1', step('approve', by), WRITING);
  await expect(approve('li.wei')).rejects.toThrow('by: li.wei requested it');
  expect(await approve('zhao')).toMatchObject({ state: 'assessed', approvers: ['zhao'] });
  await expect(approve('zhao')).rejects.toThrow('by: zhao has approved it already');
  expect(await approve('sun')).toMatchObject({ state: 'approved', approvers: ['zhao', 'sun'] });
});

test('only those whom the policy names approve a risk', async () => {
  const rig = await processRig();
  await led(rig, 'assess', { risk: 'medium' });
  await expect(rig.room.changes.step('C-1', step('approve', 'wang'), WRITING)).rejects.toThrow(
    'by: risk medium is approved by zhao, sun, not by wang',
  );
});

test('without a way back nothing is approved; the assessment can add it', async () => {
  const rig = await processRig();
  await led(rig, 'assess', { rollback: '', verification: '' });
  const approve = () => rig.room.changes.step('C-1', step('approve', 'zhao'), WRITING);
  await expect(approve()).rejects.toThrow(/rollback: .*; verification: /);
  const second = await rig.room.changes.request(
    changeRequest(rig.clock.now() + HOUR_MS, { rollback: '' }),
    WRITING,
  );
  const assess = step('assess', 'zhao', { rollback: 'restore the snapshot', risk: 'high' });
  expect(await rig.room.changes.step(second.id, assess, WRITING)).toMatchObject({
    rollback: 'restore the snapshot',
    risk: 'high',
  });
});

test('a new assessment makes earlier approvals void', async () => {
  const rig = await processRig();
  await led(rig, 'assess', { risk: 'high' });
  await rig.room.changes.step('C-1', step('approve', 'zhao'), WRITING);
  const again = await rig.room.changes.step('C-1', step('assess', 'sun'), WRITING);
  expect(again).toMatchObject({ state: 'assessed', approvers: [] });
});

test('a release is announced two working days before, or refused with the count (R22)', async () => {
  const rig = await processRig();
  // It is Monday 10:00: Tuesday is one working day ahead, Wednesday two.
  await led(rig, 'approve', { kind: 'release', inMs: days(1) });
  await led(rig, 'approve', { kind: 'release', inMs: days(2) });
  const announce = (id: string) =>
    rig.room.changes.step(id, step('announce', 'li.wei', { announcement }), WRITING);
  await expect(announce('C-1')).rejects.toMatchObject({
    code: 'bad_request',
    message: 'planned_from: is 1 working days ahead: a release is announced 2 before (R22)',
  });
  expect(rig.windows).toEqual([]);
  expect(await announce('C-2')).toMatchObject({ state: 'announced' });
});

test('an announcement says something, and comes before the work', async () => {
  const rig = await processRig();
  await led(rig, 'approve');
  const announce = (text: string) =>
    rig.room.changes.step('C-1', step('announce', 'li.wei', { announcement: text }), WRITING);
  await expect(announce(' ')).rejects.toThrow('announcement: is missing');
  await rig.clock.advance(HOUR_MS);
  await expect(announce('now')).rejects.toThrow('planned_from: has come');
});

test('work begins inside its time and not otherwise', async () => {
  const rig = await processRig();
  await led(rig, 'announce');
  const start = () => rig.room.changes.step('C-1', step('start', 'li.wei'), WRITING);
  await expect(start()).rejects.toThrow('planned_from: is 2026-05-11T03:00:00.000Z');
  await rig.clock.advance(3 * HOUR_MS);
  await expect(start()).rejects.toThrow('planned_to: is over');
});

test('what was rolled back is no success', async () => {
  const rig = await processRig();
  await led(rig, 'start');
  await rig.room.changes.step('C-1', step('roll_back', 'li.wei'), WRITING);
  const close = (result?: 'success' | 'failed') =>
    rig.room.changes.step('C-1', step('close', 'zhao', result ? { result } : {}), WRITING);
  await expect(close('success')).rejects.toThrow('what was rolled back is no success');
  await expect(close()).rejects.toThrow('result: is missing');
  expect(await close('failed')).toMatchObject({ state: 'closed', result: 'failed' });
});

test('a fault inside the change or shortly after it, on its devices, is linked', async () => {
  const rig = await processRig();
  rig.devices = [{ name: 'web-01', labels: {} }];
  await led(rig, 'announce');
  rig.opens(1, 'web-01', { rule: 'before' });
  await rig.clock.advance(HOUR_MS);
  await rig.room.changes.step('C-1', step('start', 'li.wei'), WRITING);
  rig.opens(2, 'web-01', { rule: 'inside' });
  rig.opens(3, 'db-01', { rule: 'elsewhere' });
  rig.opens(4, 'web-02', { rule: 'quiet', quiet: true });
  await rig.room.advance();
  await rig.clock.advance(HOUR_MS);
  await rig.room.changes.step('C-1', step('finish', 'li.wei'), WRITING);
  rig.entry('released', 4);
  await rig.clock.advance(4 * HOUR_MS);
  rig.opens(5, 'web-01', { rule: 'after' });
  await rig.clock.advance(1);
  rig.opens(6, 'web-01', { rule: 'later' });
  await rig.room.advance();
  const { faults, steps } = rig.room.changes.show('C-1');
  expect(faults).toEqual(['F-000002', 'F-000004', 'F-000005']);
  expect(steps.filter(({ kind }) => kind === 'fault').map(({ note }) => note)).toEqual([
    '1 began during the change',
    '2 began shortly after the change',
  ]);
  expect(rig.room.changes.list({ fault: 'F-000002' }).map(({ id }) => id)).toEqual(['C-000001']);
});

test('a request that is sent twice is one change, a step that is sent twice one step', async () => {
  const rig = await processRig();
  const request = changeRequest(rig.clock.now() + HOUR_MS);
  const keyed = (key: string) => ({ ...WRITING, repeat: { key, request: key } });
  const first = await rig.room.changes.request(request, keyed('a'));
  expect(await rig.room.changes.request(request, keyed('a'))).toEqual(first);
  await rig.room.changes.step('C-1', step('assess', 'zhao'), WRITING);
  await rig.room.changes.step('C-1', step('approve', 'zhao'), WRITING);
  const announce = step('announce', 'li.wei', { announcement });
  const told = await rig.room.changes.step('C-1', announce, keyed('b'));
  expect(await rig.room.changes.step('C-1', announce, keyed('b'))).toEqual(told);
  expect(rig.windows).toHaveLength(1);
  expect(rig.room.changes.show('C-1').steps).toHaveLength(4);
});

test('who has not seen the newest version changes nothing', async () => {
  const rig = await processRig();
  await led(rig, 'request');
  const stale = { ...WRITING, version: 2 };
  await expect(rig.room.changes.step('C-1', step('assess', 'zhao'), stale)).rejects.toMatchObject({
    code: 'stale',
    detail: { version: 1 },
  });
});

test('the steps cannot be rewritten, not even behind the room’s back', async () => {
  const rig = await processRig();
  await led(rig, 'request');
  const { default: Database } = await import('better-sqlite3');
  const file = new Database(`${rig.directory}/desk.db`);
  expect(() => file.exec("UPDATE process_steps SET by = 'nobody'")).toThrow('append-only');
  expect(() => file.exec('DELETE FROM process_steps')).toThrow('append-only');
  file.close();
});
