/** A change's window over a real desk: it counts between the start of the work and its finish. */
import { expect, onTestFinished, test } from 'vitest';
import { type ChangeStep, openProcess } from '../../../src/collector/process/process.ts';
import { createLog } from '../../../src/shared/log.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { CALENDARS, changeRequest, policy, WRITING } from '../process/rig.ts';
import { ACTOR, about, fault, type QuietRig, quietRig, request } from './rig.ts';

/** A change of the webs for an hour from now, announced. */
async function announced() {
  const rig = await quietRig();
  const process = await openProcess({
    directory: rig.directory,
    clock: rig.clock,
    log: createLog({ write: () => {}, now: rig.clock.now }),
    policy: policy(),
    calendars: CALENDARS,
    faults: { ledgerAfter: async () => [] },
    device: () => undefined,
    windows: {
      register: ({ covers, fromMs, toMs, reason, approver, origin }, actor) => {
        const schedule = { kind: 'once', fromMs, toMs } as const;
        return rig.room.windows.register({ covers, schedule, reason, approver, origin }, actor);
      },
      end: async (id, { by, note }, actor) => {
        await rig.room.windows.end(id, { by, note, version: null }, actor);
      },
    },
  });
  onTestFinished(() => process.close());
  await process.changes.request(changeRequest(rig.clock.now() + HOUR_MS), WRITING);
  const take = (kind: ChangeStep['kind'], by: string) =>
    process.changes.step('C-1', { kind, by, note: kind, announcement: 'slow' }, WRITING);
  await take('assess', 'zhao');
  await take('approve', 'zhao');
  await take('announce', 'li.wei');
  return { rig, take };
}

/** Why a fault of a web is not announced now; null: it is. */
function quietNow(rig: QuietRig, rule = 'ping'): string | null {
  rig.room.begin([]);
  return rig.room.quietOf(about('web-1', { rule }))?.by ?? null;
}

test('an outage during a change that is announced and never started is announced', async () => {
  const { rig } = await announced();
  const { windows } = rig.room;
  expect(windows.list({ state: 'upcoming' })).toMatchObject([{ planned: true, openedMs: null }]);
  await rig.clock.advance(HOUR_MS + 60_000);
  expect(quietNow(rig)).toBeNull();
  expect(rig.room.state().activeWindows).toEqual([]);
  expect(windows.stateOf(windows.show('W-1'))).toBe('upcoming');
  expect(windows.spansOf('web-1', 0, rig.clock.now() + HOUR_MS)).toEqual([]);
  await rig.clock.advance(2 * HOUR_MS);
  expect(windows.stateOf(windows.show('W-1'))).toBe('past');
});

test('it is quiet from the start of the work to its finish, planned as it was announced', async () => {
  const { rig, take } = await announced();
  const plannedMs = rig.clock.now() + HOUR_MS;
  await rig.clock.advance(HOUR_MS + 60_000);
  expect(quietNow(rig)).toBeNull();
  await take('start', 'li.wei');
  expect(quietNow(rig)).toBe('W-000001');
  await rig.restart();
  expect(quietNow(rig, 'again')).toBe('W-000001');
  await rig.clock.advance(60_000);
  await take('finish', 'li.wei');
  expect(quietNow(rig, 'after')).toBeNull();
  const span = { fromMs: plannedMs + 60_000, toMs: plannedMs + 120_000 };
  expect(rig.room.windows.spansOf('web-1', 0, rig.clock.now() + HOUR_MS)).toEqual([
    { ...span, window: 'W-000001', planned: true },
  ]);
  expect((await rig.audit()).filter((line) => line.includes('W-'))).toEqual([
    'administrator window.register W-000001',
    'administrator window.open W-000001',
    'administrator window.end W-000001',
  ]);
});

test('a window that a person ended before the work stays ended when the work begins', async () => {
  const { rig, take } = await announced();
  await rig.room.windows.end('W-1', { by: 'sun', note: 'not quiet', version: null }, ACTOR);
  await rig.clock.advance(HOUR_MS);
  await take('start', 'li.wei');
  expect(quietNow(rig)).toBeNull();
  expect(rig.room.windows.list({})).toHaveLength(1);
});

test('an announcement that came to nothing can be made again', async () => {
  const rig = await quietRig();
  const soon = request(rig.clock.now() + HOUR_MS, { origin: 'C-000001' });
  await rig.room.windows.register(soon, ACTOR);
  await rig.room.windows.end('W-1', { by: 'li.wei', note: '', version: null }, ACTOR);
  expect((await rig.room.windows.register(soon, ACTOR)).id).toBe('W-000002');
  await rig.clock.advance(HOUR_MS);
  await rig.room.windows.register(soon, ACTOR);
  rig.room.begin([fault(1, 'web-1')]);
  expect(rig.room.quietOf(about('web-1'))?.by).toBe('W-000002');
  expect(await rig.room.windows.register(soon, ACTOR)).toMatchObject({ version: 2 });
});

test('work that is asked for when it has begun already is quiet at once, and not planned', async () => {
  const rig = await quietRig();
  const now = request(rig.clock.now(), { origin: 'C-000001' });
  expect(await rig.room.windows.register(now, ACTOR)).toMatchObject({
    planned: false,
    openedMs: rig.clock.now(),
  });
  expect(quietNow(rig)).toBe('W-000001');
});
