/** Windows at work while the file refuses writes, policies change and devices come and go. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { checkCalendars } from '../../../src/collector/calendars/calendars-file.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { ACTOR, about, fault, policyOf, quietRig, request } from './rig.ts';

const MINUTE = 60_000;

/** A room whose window over the webs is open, with one fault inside. */
async function open() {
  const rig = await quietRig();
  await rig.room.windows.register(request(rig.clock.now() + MINUTE), ACTOR);
  await rig.clock.advance(MINUTE);
  rig.room.begin([]);
  expect(rig.room.quietOf(about('web-1'))?.by).toBe('W-000001');
  return rig;
}

const results = (rig: Awaited<ReturnType<typeof quietRig>>) =>
  rig.room.windows.outcomesAfter(0, 10).map(({ fault: id, result }) => `${id} ${result}`);

test('while the file cannot be written the quiet goes on, and what was missed is made up for', async () => {
  const rig = await open();
  const other = new Database(join(rig.directory, 'desk.db'));
  other.exec(`CREATE TRIGGER refuse_kept BEFORE INSERT ON quiet_kept
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
  rig.room.begin([fault(1, 'web-1')]);
  expect(rig.room.quietOf(about('web-1', { fault: 'F-000001' }))?.by).toBe('W-000001');
  expect(rig.logged.join()).toContain('window outcomes could not be written');
  other.exec('DROP TRIGGER refuse_kept');
  other.close();
  rig.room.begin([fault(1, 'web-1')]);
  await rig.clock.advance(HOUR_MS);
  rig.room.begin([]);
  expect(results(rig)).toEqual(['F-000001 recovered']);
});

test('an end that could not be told is told at the next tick', async () => {
  const rig = await open();
  rig.room.begin([fault(1, 'web-1')]);
  const other = new Database(join(rig.directory, 'desk.db'));
  other.exec(`CREATE TRIGGER refuse_outcome BEFORE INSERT ON quiet_outcomes
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
  await rig.clock.advance(HOUR_MS);
  rig.room.begin([fault(1, 'web-1')]);
  expect(results(rig)).toEqual([]);
  other.exec('DROP TRIGGER refuse_outcome');
  other.close();
  rig.room.begin([fault(1, 'web-1')]);
  rig.room.begin([fault(1, 'web-1')]);
  expect(results(rig)).toEqual(['F-000001 still_failing']);
});

test('a device that gets the label during the window is covered from then on', async () => {
  const rig = await quietRig();
  const covers = { labels: { site: 'n' } };
  await rig.room.windows.register(request(rig.clock.now() + MINUTE, { covers }), ACTOR);
  await rig.clock.advance(MINUTE);
  rig.devices = [{ name: 'nas', labels: {} }];
  rig.room.begin([]);
  expect(rig.room.quietOf(about('nas'))).toBeNull();
  rig.devices = [{ name: 'nas', labels: { site: 'n' } }];
  rig.room.begin([]);
  expect(rig.room.quietOf(about('nas'))?.by).toBe('W-000001');
});

test('a clock that is set back looks at the windows anew', async () => {
  const rig = await open();
  rig.clock.jump(-30 * MINUTE);
  rig.room.begin([]);
  expect(rig.room.quietOf(about('web-1'))).toBeNull();
  rig.clock.jump(30 * MINUTE);
  rig.room.begin([]);
  expect(rig.room.quietOf(about('web-1', { rule: 'other' }))?.by).toBe('W-000001');
});

test('a fault that fails twice in one window is told once', async () => {
  const rig = await open();
  rig.room.begin([fault(1, 'web-1')]);
  rig.room.begin([]);
  expect(rig.room.quietOf(about('web-1', { fault: 'F-000001' }))?.by).toBe('W-000001');
  rig.room.begin([fault(1, 'web-1')]);
  await rig.clock.advance(HOUR_MS);
  rig.room.begin([fault(1, 'web-1')]);
  expect(results(rig)).toEqual(['F-000001 still_failing']);
});

test('the limits of windows follow a reload, windows that are registered stay', async () => {
  const rig = await open();
  const base = policyOf();
  rig.room.reload({ ...base, windows: { ...base.windows, longest: MINUTE, four_eyes: false } });
  const later = request(rig.clock.now() + 5 * HOUR_MS, { approver: ACTOR.who });
  await expect(rig.room.windows.register(later, ACTOR)).rejects.toThrow(
    'to: makes it longer than 0.02 h',
  );
  rig.room.begin([]);
  expect(rig.room.quietOf(about('web-1', { rule: 'x' }))?.by).toBe('W-000001');
});

test('a calendar that a reload changes ends the open window at its new time', async () => {
  const until = (end: string) =>
    checkCalendars(
      parseYaml(
        `calendars: { nights: { name: { en: x, zh: x }, zone: UTC, hours: {
          every_day: ["00:00-${end}"] } } }`,
        'calendars.yaml',
      ),
      'calendars.yaml',
    );
  let calendars = until('20:00');
  const rig = await quietRig({ findCalendar: (name) => calendars.get(name) });
  rig.clock.jump(Date.parse('2026-05-11T01:00Z') - rig.clock.now());
  const schedule = { kind: 'calendar', calendar: 'nights', untilMs: null } as const;
  await rig.room.windows.register(request(0, { schedule }), ACTOR);
  rig.room.begin([]);
  expect(rig.room.quietOf(about('web-1'))?.by).toBe('W-000001');
  calendars = until('02:00');
  rig.room.reload(policyOf());
  rig.room.begin([]);
  expect(rig.room.quietOf(about('web-1', { rule: 'x' }))?.by).toBe('W-000001');
  await rig.clock.advance(HOUR_MS);
  rig.room.begin([]);
  expect(rig.room.quietOf(about('web-1', { rule: 'y' }))).toBeNull();
});

test('what is over for long is removed step by step, and numbers go on rising', async () => {
  const rig = await open();
  rig.room.begin([fault(1, 'web-1')]);
  await rig.clock.advance(HOUR_MS);
  rig.room.begin([fault(1, 'web-1')]);
  const other = new Database(join(rig.directory, 'desk.db'));
  const add = other.prepare(
    "INSERT INTO quiet_outcomes (window, fault, device, result, at_ms) VALUES ('W', 'F', 'd', 'r', ?)",
  );
  other.transaction(() => {
    for (let number = 2; number <= 700; number++) add.run(rig.clock.now());
  })();
  const count = () => Number(other.prepare('SELECT count(*) FROM quiet_outcomes').pluck().get());
  const weekly = {
    ...({ kind: 'cron', cron: '0 2 * * 6', timezone: 'UTC', durationMs: HOUR_MS } as const),
    untilMs: null,
  };
  const { windows } = rig.room;
  await windows.register(request(0, { schedule: weekly, covers: { devices: ['db'] } }), ACTOR);
  await windows.register(request(rig.clock.now()), ACTOR);
  rig.clock.jump(400 * DAY_MS);
  rig.room.begin([]);
  expect(windows.list({})).toHaveLength(3);
  expect(count()).toBe(700);
  rig.clock.jump(2 * HOUR_MS);
  rig.room.begin([]);
  // What recurs stays, and so does the newest.
  expect(windows.list({}).map(({ id }) => id)).toEqual(['W-000003', 'W-000002']);
  expect(count()).toBe(200);
  rig.room.begin([]);
  expect(windows.outcomesAfter(0, 10)).toMatchObject([{ number: 700 }]);
  other.close();
  const again = await rig.restart();
  expect(again.windows.list({}).map(({ id }) => id)).toEqual(['W-000003', 'W-000002']);
  expect((await again.windows.register(request(rig.clock.now()), ACTOR)).id).toBe('W-000004');
});

test('a storm’s size follows a reload', async () => {
  const rig = await quietRig();
  const base = policyOf();
  rig.room.reload({ ...base, storm: { ...base.storm, openings: 2 } });
  rig.room.begin([]);
  const answers = ['a', 'b', 'c'].map((name) => rig.room.quietOf(about(name))?.why ?? 'told');
  expect(answers).toEqual(['told', 'told', 'held']);
  expect(rig.room.flapOf([])).toMatchObject({ state: 'steady', reason: 'few_changes' });
});
