/** A change's window follows its steps, whatever fails in between. */
import { expect, test } from 'vitest';
import type { Change, ChangeStep } from '../../../src/collector/process/process.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { changeRequest, type ProcessRig, processRig, WRITING } from './rig.ts';

const DISK = new Failure('io', 'disk I/O error');

/** A change that is announced, at the hour at which its work may begin. */
async function due(): Promise<ProcessRig> {
  const rig = await processRig();
  await rig.room.changes.request(changeRequest(rig.clock.now() + HOUR_MS), WRITING);
  await take(rig, 'assess', 'zhao');
  await take(rig, 'approve', 'zhao');
  await take(rig, 'announce', 'li.wei');
  await rig.clock.advance(HOUR_MS);
  return rig;
}

function take(rig: ProcessRig, kind: ChangeStep['kind'], by: string): Promise<Change> {
  const step = { kind, by, note: kind, announcement: 'slow' };
  return rig.room.changes.step('C-1', step, WRITING);
}

test('a window that cannot be opened when the work begins is opened by a later tick', async () => {
  const rig = await due();
  rig.windowTrouble = DISK;
  expect(await take(rig, 'start', 'li.wei')).toMatchObject({ state: 'implementing' });
  expect(rig.windows[0]?.opened).toBe(false);
  expect(rig.logged.join('')).toContain('the window of a change waits for the next tick');
  await expect(rig.room.advance()).rejects.toThrow('disk I/O error');
  rig.windowTrouble = null;
  await rig.room.advance();
  expect(rig.windows[0]).toMatchObject({ opened: true, ended: '' });
});

test('it is opened also by the process that starts after a crash', async () => {
  const rig = await due();
  rig.windowTrouble = DISK;
  await take(rig, 'start', 'li.wei');
  await rig.restart();
  rig.windowTrouble = null;
  await rig.room.advance();
  expect(rig.windows[0]?.opened).toBe(true);
});

test('a window that cannot be ended with the work is ended by a later tick', async () => {
  const rig = await due();
  await take(rig, 'start', 'li.wei');
  rig.windowTrouble = DISK;
  expect(await take(rig, 'finish', 'li.wei')).toMatchObject({ state: 'implemented' });
  await rig.restart();
  rig.windowTrouble = null;
  await rig.room.advance();
  expect(rig.windows[0]?.ended).toBe('C-000001: implemented');
});

test('work that was begun and finished meanwhile needs its window no more', async () => {
  const rig = await due();
  rig.windowTrouble = DISK;
  await take(rig, 'start', 'li.wei');
  await take(rig, 'finish', 'li.wei');
  rig.windowTrouble = null;
  await rig.room.advance();
  expect(rig.windows[0]).toMatchObject({ opened: false, ended: 'C-000001: implemented' });
});

test('a window whose planned time passed before it could be opened is left alone', async () => {
  const rig = await due();
  rig.windowTrouble = DISK;
  await take(rig, 'start', 'li.wei');
  await rig.clock.advance(3 * HOUR_MS);
  rig.windowTrouble = null;
  await rig.room.advance();
  expect(rig.windows).toMatchObject([{ opened: false, ended: '' }]);
});

test('a window that is refused for good is logged, and stands in the way of no other', async () => {
  const rig = await due();
  rig.windowTrouble = new Failure('bad_request', 'it overlaps W-7');
  await take(rig, 'start', 'li.wei');
  expect(rig.logged.join('')).toContain('the window of a change could not be moved');
  const lines = rig.logged.length;
  rig.windowTrouble = null;
  await rig.room.advance();
  expect(rig.logged).toHaveLength(lines);
  await take(rig, 'finish', 'li.wei');
  expect(rig.windows[0]?.ended).toBe('C-000001: implemented');
});

test('nothing is asked of windows once they are where they should be', async () => {
  const rig = await due();
  await take(rig, 'start', 'li.wei');
  rig.windowTrouble = DISK;
  await rig.room.advance();
  await rig.restart();
  await rig.room.advance();
  expect(rig.windows[0]?.opened).toBe(true);
});
