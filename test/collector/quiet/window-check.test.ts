/** A window is refused with every mistake and its field, or taken. */
import { expect, test } from 'vitest';
import { loadCalendars } from '../../../src/collector/calendars/calendars.ts';
import { checkCalendars } from '../../../src/collector/calendars/calendars-file.ts';
import type { WindowRequest } from '../../../src/collector/quiet/quiet.ts';
import { type CronSchedule, walkOf } from '../../../src/collector/quiet/schedule.ts';
import {
  checkWindow,
  firstOverlap,
  isPlanned,
  windowMistakes,
} from '../../../src/collector/quiet/window-check.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { projectFile } from '../../support/parts.ts';
import { policyOf, request } from './rig.ts';

const NOW = Date.UTC(2026, 4, 1, 8);
const calendars = loadCalendars(projectFile('config/calendars.yaml'));
const find = (name: string) => calendars.get(name);
const around = { policy: policyOf().windows, nowMs: NOW, by: 'li.wei', find };
const walk = ({ schedule }: Pick<WindowRequest, 'schedule'>) => walkOf(schedule, find);
const nightly: CronSchedule = {
  kind: 'cron',
  cron: '0 2 * * *',
  timezone: 'UTC',
  durationMs: HOUR_MS,
  untilMs: null,
};
const told = (wrong: Partial<WindowRequest>): string[] =>
  windowMistakes(request(NOW + HOUR_MS, wrong), around).map(
    ({ field, reason }) => `${field}: ${reason}`,
  );
const once = (fromMs: number, toMs: number) => ({
  schedule: { kind: 'once' as const, fromMs: NOW + fromMs, toMs: NOW + toMs },
});

test('a good window is taken', () => {
  expect(told({})).toEqual([]);
  expect(told({ schedule: nightly })).toEqual([]);
  expect(told(once(-HOUR_MS, HOUR_MS))).toEqual([]);
});

test.each<[string, Partial<WindowRequest>]>([
  ['reason: is missing', { reason: '  ' }],
  ['approver: is missing', { approver: '' }],
  ['approver: is li.wei, who registers it', { approver: ' li.wei ' }],
  ['to: is not after from', once(2 * HOUR_MS, HOUR_MS)],
  ['to: is not after from', once(HOUR_MS, HOUR_MS)],
  ['to: is in the past', once(-2 * HOUR_MS, -HOUR_MS)],
  ['to: is in the past', once(-2 * HOUR_MS, 0)],
  ['to: makes it longer than 24 h (windows.longest)', once(0, DAY_MS + 1)],
  ['from: is more than 400 days ahead', once(401 * DAY_MS, 401 * DAY_MS + 1)],
  [
    'calendar: "nights" is not in calendars.yaml',
    { schedule: { kind: 'calendar', calendar: 'nights', untilMs: null } },
  ],
  [
    'calendar: is always open, longer than 24 h',
    { schedule: { kind: 'calendar', calendar: 'always', untilMs: null } },
  ],
  ['duration: must be longer than nothing', { schedule: { ...nightly, durationMs: 0 } }],
  ['duration: is longer than 24 h', { schedule: { ...nightly, durationMs: 2 * DAY_MS } }],
  ['until: is in the past', { schedule: { ...nightly, untilMs: NOW } }],
  ['cron: cron "every night"', { schedule: { ...nightly, cron: 'every night' } }],
  ['cron: cron "0 2 * * *"', { schedule: { ...nightly, timezone: 'Nowhere' } }],
  ['cron: "0 0 31 2 *" never comes', { schedule: { ...nightly, cron: '0 0 31 2 *' } }],
  [
    'cron: "0 2 * * *" never comes before until',
    { schedule: { ...nightly, untilMs: NOW + HOUR_MS } },
  ],
  [
    'duration: is longer than from one occurrence to the next',
    { schedule: { ...nightly, cron: '0 */2 * * *', durationMs: 3 * HOUR_MS } },
  ],
])('%s', (mistake, wrong) => {
  expect(told(wrong)).toEqual([expect.stringContaining(mistake)]);
});

const CHINA = '{ name: { en: x, zh: x }, zone: Asia/Shanghai, hours:';
const built = checkCalendars(
  parseYaml(
    `holidays: { china: { shipped: china } }
calendars:
  weekends: ${CHINA} { weekend: ["00:00-24:00"] } }
  weekday: ${CHINA} { monday: ["00:00-24:00"] } }
  holidays: ${CHINA} { monday: ["08:00-09:00"] }, holidays: china, holiday_hours: ["00:00-24:00"] }
  all_week: ${CHINA} { every_day: ["00:00-24:00"] } }
`,
    'calendars.yaml',
  ),
  'calendars.yaml',
);

test.each([
  ['weekday', []],
  [
    'weekends',
    [/^is open for 48 h without a break from 2026-05-01T16:.*longer than 24 h \(windows.longest\)/],
  ],
  ['holidays', [/^is open for \d+ h without a break/]],
  ['all_week', [/^is open for months without a break, longer than 24 h/]],
] as const)('the calendar %s is taken if none of its openings is too long', (name, reasons) => {
  const schedule = { kind: 'calendar', calendar: name, untilMs: null } as const;
  const found = windowMistakes(request(NOW, { schedule }), {
    ...around,
    find: (one) => built.get(one),
  });
  expect(found).toEqual(
    reasons.map((reason) => ({ field: 'calendar', reason: expect.stringMatching(reason) })),
  );
});

test('who approves may be who registers where the policy allows it', () => {
  const two = { ...around, policy: { ...around.policy, four_eyes: false } };
  expect(windowMistakes(request(NOW, { approver: 'li.wei' }), two)).toEqual([]);
});

test('all mistakes come in one refusal', () => {
  const bad = request(NOW, { reason: '', approver: '', ...once(-2, -1) });
  expect(() => checkWindow(bad, around)).toThrow(
    expect.objectContaining({
      code: 'bad_request',
      message: expect.stringMatching(/reason: .*; approver: .*; to: is in the past/),
    }),
  );
});

test('planned is what was registered before it begins', () => {
  expect(isPlanned(walk(request(NOW + 1)), NOW)).toBe(true);
  expect(isPlanned(walk(request(NOW)), NOW)).toBe(false);
  expect(isPlanned(walk(request(NOW - 1)), NOW)).toBe(false);
  expect(isPlanned(walk({ schedule: nightly }), NOW)).toBe(true);
  expect(isPlanned(walk({ schedule: nightly }), Date.UTC(2026, 4, 2, 2, 30))).toBe(false);
});

test('an overlap is found with the occurrence it meets', () => {
  const patch = request(Date.UTC(2026, 4, 20, 2, 30));
  expect(firstOverlap(walk(patch), walk({ schedule: nightly }), NOW)).toEqual({
    fromMs: Date.UTC(2026, 4, 20, 2),
    toMs: Date.UTC(2026, 4, 20, 3),
  });
  expect(firstOverlap(walk({ schedule: nightly }), walk(patch), NOW)?.fromMs).toBe(
    Date.UTC(2026, 4, 20, 2, 30),
  );
  const beside = request(Date.UTC(2026, 4, 20, 3));
  expect(firstOverlap(walk(beside), walk({ schedule: nightly }), NOW)).toBeNull();
});

test('whoever approves is somebody, may do so, and is not whoever registers it by another name', () => {
  const people = new Map([
    ['li.wei', { id: 'wei', groups: [], unknown: '' }],
    ['Li Wei', { id: 'wei', groups: [], unknown: '' }],
    ['zhao', { id: 'zhao', groups: ['board'], unknown: '' }],
    ['sun', { id: 'sun', groups: [], unknown: '' }],
  ]);
  const identify = (name: string) =>
    people.get(name) ?? { id: name, groups: [], unknown: `there is no person "${name}"` };
  const approved = (approver: string, policy: object = {}, rest: Partial<WindowRequest> = {}) =>
    windowMistakes(request(NOW + HOUR_MS, { approver, ...rest }), {
      ...around,
      policy: { ...around.policy, ...policy },
      identify,
    }).map(({ reason }) => reason);
  expect(approved('zhao')).toEqual([]);
  expect(approved('nobody')).toEqual(['there is no person "nobody"']);
  expect(approved('Li Wei')[0]).toMatch(/^is li\.wei, who registers it/);
  expect(approved('Li Wei', { four_eyes: false })).toEqual([]);
  const may = { approved_by: ['board'] };
  expect(approved('zhao', may)).toEqual([]);
  expect(approved('sun', may)).toEqual(['sun may not: windows are approved by board']);
  // A change has its own approval.
  expect(approved('nobody, sun', may, { origin: 'C-000001' })).toEqual([]);
});
