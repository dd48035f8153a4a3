/** What a step needs, decided without any room: one line of the table for each rule. */
import { expect, test } from 'vitest';
import { requestMistakes, stepMistakes } from '../../../src/collector/process/change-check.ts';
import type { Change, ChangeStep } from '../../../src/collector/process/process.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { CALENDARS, changeRequest, MONDAY, policy } from './rig.ts';

const POLICY = policy().changes;
const named = (id: string, groups: readonly string[] = []) => ({ id, groups, unknown: '' });
const identify = (name: string) => named(name);
const around = (nowMs = MONDAY) => ({
  policy: POLICY,
  calendar: CALENDARS.get('office'),
  nowMs,
  identify,
});

const change = (rest: Partial<Change> = {}): Change => ({
  id: 'C-000001',
  state: 'assessed',
  ...changeRequest(MONDAY + 2 * DAY_MS),
  requestedMs: MONDAY,
  approvers: [],
  announcement: '',
  announcedMs: null,
  window: '',
  startedMs: null,
  finishedMs: null,
  result: '',
  closedMs: null,
  version: 1,
  ...rest,
});

const said = (
  kind: ChangeStep['kind'],
  rest: Partial<ChangeStep> = {},
  of: { change?: Partial<Change>; nowMs?: number } = {},
): string[] =>
  stepMistakes(
    change(of.change),
    { kind, by: 'zhao', note: 'because', ...rest },
    around(of.nowMs),
  ).map(({ field, reason }) => `${field}: ${reason}`);

test.each<ChangeStep['kind']>([
  ...(['assess', 'approve', 'reject', 'withdraw', 'comment', 'finish', 'roll_back'] as const),
  ...(['verify'] as const),
])('%s by somebody else with a note is taken', (kind) => {
  expect(said(kind)).toEqual([]);
});

test.each<ChangeStep['kind']>([
  ...(['assess', 'reject', 'withdraw', 'comment', 'roll_back', 'verify', 'close'] as const),
])('%s needs a note', (kind) => {
  expect(said(kind, { note: ' ', result: 'success' })).toEqual(['note: is missing']);
});

test.each<ChangeStep['kind']>(['approve', 'start', 'finish', 'announce'])(
  '%s needs a name and nothing that forges a line',
  (kind) => {
    const more = { announcement: 'at ten' };
    const nowMs = kind === 'start' ? MONDAY + 2 * DAY_MS : MONDAY;
    expect(said(kind, { ...more, by: '' }, { nowMs })[0]).toBe('by: is missing');
    expect(said(kind, { ...more, by: 'a\nb' }, { nowMs })[0]).toBe('by: must be one line');
    expect(said(kind, { ...more, note: '\u0007' }, { nowMs })[0]).toBe(
      'note: holds control characters',
    );
  },
);

test.each([
  ['low', 'wang', []],
  ['medium', 'zhao', []],
  ['medium', 'wang', ['by: risk medium is approved by zhao, sun, not by wang']],
  ['high', 'li.wei', ['by: li.wei requested it: somebody else must approve (changes.four_eyes)']],
] as const)('a change of %s risk, approved by %s: %j', (risk, by, expected) => {
  expect(said('approve', { by }, { change: { risk } })).toEqual(expected);
});

test('without a way back, or a way to verify, nothing is approved or begun', () => {
  expect(said('approve', {}, { change: { rollback: ' ' } })).toEqual([
    'rollback: there is no way back: assess it with one first',
  ]);
  expect(said('approve', {}, { change: { verification: '' } })).toEqual([
    'verification: the request does not say how it is verified',
  ]);
  const nowMs = MONDAY + 2 * DAY_MS;
  expect(said('start', {}, { change: { rollback: '' }, nowMs })).toEqual(['rollback: is missing']);
});

test.each([
  ['change', 0, []],
  ['emergency', 0, []],
  ['release', 0, []],
  ['release', 1, ['planned_from: is 1 working days ahead: a release is announced 2 before (R22)']],
] as const)('a %s announced %i days late: %j', (kind, late, expected) => {
  const nowMs = MONDAY + late * DAY_MS;
  expect(said('announce', { announcement: 'x' }, { change: { kind }, nowMs })).toEqual(expected);
});

test('a weekend and a holiday are no working days', () => {
  const friday = MONDAY + 4 * DAY_MS;
  const monday = { kind: 'release' as const, plannedFromMs: friday + 3 * DAY_MS };
  expect(said('announce', { announcement: 'x' }, { change: monday, nowMs: friday })).toEqual([
    'planned_from: is 1 working days ahead: a release is announced 2 before (R22)',
  ]);
  const eve = Date.parse('2026-09-30T09:00:00+08:00');
  const after = { kind: 'release' as const, plannedFromMs: eve + 8 * DAY_MS };
  expect(said('announce', { announcement: 'x' }, { change: after, nowMs: eve })[0]).toContain(
    'is 1 working days ahead',
  );
});

test('whoever approves is who they say, by id or name, and somebody else than the requester', () => {
  const people = new Map([
    ['li.wei', named('wei')],
    ['Li Wei', named('wei')],
    ['zhao', named('zhao', ['board'])],
  ]);
  const nobody = { id: '?', groups: [], unknown: 'there is no person "sun" in people.yaml' };
  const approved = (by: string, policyOf: object, rest: Partial<Change> = {}) =>
    stepMistakes(
      change(rest),
      { kind: 'approve', by, note: '' },
      {
        ...around(),
        policy: { ...POLICY, ...policyOf },
        identify: (name) => people.get(name) ?? nobody,
      },
    ).map(({ reason }) => reason);
  expect(approved('sun', {})).toEqual(['there is no person "sun" in people.yaml']);
  expect(approved('Li Wei', {})).toEqual([
    'Li Wei requested it: somebody else must approve (changes.four_eyes)',
  ]);
  expect(approved('Li Wei', { four_eyes: false })).toEqual([]);
  const board = { approval: { ...POLICY.approval, low: { approvers: 1, by: ['board'] } } };
  expect(approved('zhao', board)).toEqual([]);
  expect(approved('Li Wei', { ...board, four_eyes: false })).toEqual([
    'risk low is approved by board, not by Li Wei',
  ]);
  expect(approved('zhao', board, { approvers: ['zhao'] })).toEqual([
    'zhao has approved it already',
  ]);
  // As it was kept before names were looked up.
  expect(approved('li.wei', {}, { by: 'zhao', approvers: ['Li Wei'] })).toEqual([
    'li.wei has approved it already',
  ]);
});

test('a calendar that is gone is said, not passed over', () => {
  const release = change({ kind: 'release' });
  const step = { kind: 'announce', by: 'zhao', note: '', announcement: 'x' } as const;
  expect(stepMistakes(release, step, { ...around(), calendar: undefined })).toEqual([
    { field: 'planned_from', reason: 'the calendar office is not configured' },
  ]);
});

test('what has begun cannot be announced any more', () => {
  const nowMs = MONDAY + 2 * DAY_MS;
  expect(said('announce', { announcement: '' }, { nowMs })).toEqual([
    'announcement: is missing',
    'planned_from: has come: what was not announced before it begins is not planned (R22)',
  ]);
});

test.each([
  [-1, ['planned_from: is 2026-05-13T02:00:00.000Z: it has not come yet']],
  [0, []],
  [2 * HOUR_MS - 1, []],
  [2 * HOUR_MS, ['planned_to: is over: withdraw it and request it for another time']],
])('work that begins %i ms after the planned begin: %j', (lateMs, expected) => {
  expect(said('start', {}, { nowMs: MONDAY + 2 * DAY_MS + lateMs })).toEqual(expected);
});

test.each([
  ['verified', 'success', []],
  ['verified', undefined, ['result: is missing']],
  ['rolled_back', 'success', ['result: what was rolled back is no success']],
  ['rolled_back', 'failed', []],
] as const)('closing what is %s with %s: %j', (state, result, expected) => {
  const more = result === undefined ? {} : { result };
  expect(said('close', more, { change: { state } })).toEqual(expected);
});

test('a request that begins now is in time, one that began is not', () => {
  expect(requestMistakes(changeRequest(MONDAY), MONDAY)).toEqual([]);
  expect(requestMistakes(changeRequest(MONDAY - 1), MONDAY)).toEqual([
    { field: 'planned_from', reason: 'is in the past' },
  ]);
});
