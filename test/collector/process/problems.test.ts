/** Problems: proposed by recurrence or opened by people, solved, and back again (R18). */
import { expect, test } from 'vitest';
import type { ProblemStep } from '../../../src/collector/process/process.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { days, type ProcessRig, processRig, WRITING } from './rig.ts';

/** Faults of one device a day apart, told of. */
async function recurring(rig: ProcessRig, numbers: readonly number[], device = 'db-01') {
  for (const number of numbers) {
    rig.opens(number, device);
    await rig.clock.advance(HOUR_MS);
  }
  await rig.room.advance();
}

const step = (kind: ProblemStep['kind'], rest: Partial<ProblemStep> = {}): ProblemStep => ({
  kind,
  by: 'wang',
  note: '',
  ...rest,
});

/** A problem that is being verified. */
async function solved(rig: ProcessRig) {
  await recurring(rig, [1, 2, 3]);
  const { problems } = rig.room;
  await problems.step('P-1', step('investigate'), WRITING);
  await problems.step('P-1', step('root_cause', { text: 'logs are never rotated' }), WRITING);
  await problems.step('P-1', step('solve', { text: 'logrotate' }), WRITING);
  return problems.step('P-1', step('verify'), WRITING);
}

test('the third fault of a rule on a device proposes a problem with all three', async () => {
  const rig = await processRig();
  await recurring(rig, [1, 2]);
  expect(rig.room.problems.list({})).toEqual([]);
  await recurring(rig, [3]);
  const { item, faults, steps, possible } = rig.room.problems.show('P-000001');
  expect(item).toMatchObject({
    state: 'proposed',
    title: 'disk_full: db-01',
    rule: 'disk_full',
    device: 'db-01',
    phenomenon: 'disk_full on db-01',
    origin: 'recurrence',
  });
  expect(faults).toEqual(['F-000001', 'F-000002', 'F-000003']);
  expect(steps).toMatchObject([{ kind: 'propose', by: 'system', note: '3 faults within 7 d' }]);
  expect(possible).toEqual(['investigate', 'reject', 'comment']);
  expect(await rig.audit()).toEqual(['problem.propose P-000001']);
});

test('one more fault joins the problem instead of making another', async () => {
  const rig = await processRig();
  await recurring(rig, [1, 2, 3, 4]);
  await recurring(rig, [5]);
  expect(rig.room.problems.list({})).toHaveLength(1);
  expect(rig.room.problems.show('P-1').faults).toHaveLength(5);
  expect(rig.room.problems.list({ fault: 'F-000005' }).map(({ id }) => id)).toEqual(['P-000001']);
  expect(rig.room.problems.list({ fault: 'F-000009' })).toEqual([]);
});

test('symptoms, false alarms, people’s reports and excepted rules do not count', async () => {
  const rig = await processRig();
  for (const number of [1, 2, 3]) rig.opens(number, 'db-01', { quiet: true });
  for (const number of [4, 5, 6]) rig.opens(number, 'db-01', { rule: 'noisy' });
  for (const number of [7, 8, 9]) {
    rig.entry('opened', number, { rule: 'reported', device: 'db-01', origin: 'person' });
  }
  rig.opens(10, 'db-01');
  rig.opens(11, 'db-01');
  rig.opens(12, 'db-01');
  rig.entry('false_alarm', 11);
  await rig.room.advance();
  expect(rig.room.problems.list({})).toEqual([]);
});

test('a symptom that turns out to be a fault of its own counts from then on', async () => {
  const rig = await processRig();
  rig.opens(1, 'db-01');
  rig.opens(2, 'db-01');
  rig.opens(3, 'db-01', { quiet: true });
  await rig.room.advance();
  expect(rig.room.problems.list({})).toEqual([]);
  rig.entry('released', 3);
  await rig.room.advance();
  expect(rig.room.problems.show('P-1').faults).toHaveLength(3);
});

test('one rule on many devices is one problem, however many faults it has', async () => {
  const rig = await processRig();
  for (let number = 1; number <= 2_500; number++) rig.opens(number, `host-${number}`);
  await rig.room.advance();
  const [problem, ...others] = rig.room.problems.list({});
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ device: '', title: 'disk_full: on several devices' });
  const { faults, steps } = rig.room.problems.show('P-1');
  expect([faults.length, steps.length]).toEqual([2_500, 1]);
  rig.opens(3_000, 'host-1');
  await rig.room.advance();
  expect(rig.room.problems.list({})).toHaveLength(1);
});

test('from investigation to the quiet time, each step with its person and text', async () => {
  const rig = await processRig();
  const problem = await solved(rig);
  expect(problem).toMatchObject({
    state: 'verifying',
    rootCause: 'logs are never rotated',
    solution: 'logrotate',
    quietUntilMs: rig.clock.now() + days(30),
    version: 5,
  });
  const { steps } = rig.room.problems.show('P-1');
  expect(steps.map(({ kind, by }) => `${kind} ${by}`)).toEqual([
    'propose system',
    'investigate wang',
    'root_cause wang',
    'solve wang',
    'verify wang',
  ]);
  expect(steps[2]?.detail).toEqual({ text: 'logs are never rotated' });
});

test('it is closed only after the quiet time', async () => {
  const rig = await processRig();
  await solved(rig);
  const close = () => rig.room.problems.step('P-1', step('close'), WRITING);
  await expect(close()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('must not recur until'),
  });
  await rig.clock.advance(days(30));
  expect(await close()).toMatchObject({ state: 'closed', closedMs: rig.clock.now() });
});

test('a fault in the quiet time sends it back to investigation', async () => {
  const rig = await processRig();
  await solved(rig);
  await rig.clock.advance(days(10));
  await recurring(rig, [9]);
  expect(rig.room.problems.show('P-1').item).toMatchObject({
    state: 'investigating',
    recurred: 1,
    quietUntilMs: null,
  });
  expect(rig.room.problems.show('P-1').steps.at(-1)).toMatchObject({
    kind: 'recurred',
    detail: { faults: ['F-000009'] },
  });
});

test('a closed problem is opened again when it recurs, but not years later', async () => {
  const rig = await processRig();
  await solved(rig);
  await rig.clock.advance(days(30));
  await rig.room.problems.step('P-1', step('close'), WRITING);
  await rig.clock.advance(days(80));
  await recurring(rig, [9]);
  expect(rig.room.problems.show('P-1').item.state).toBe('investigating');

  const later = await processRig();
  await solved(later);
  await later.clock.advance(days(30));
  await later.room.problems.step('P-1', step('close'), WRITING);
  await later.clock.advance(days(91));
  await recurring(later, [9]);
  expect(later.room.problems.show('P-1').item.state).toBe('closed');
  await recurring(later, [10, 11]);
  expect(later.room.problems.list({ state: 'proposed' }).map(({ id }) => id)).toEqual(['P-000002']);
});

test('a person opens a problem for a hidden danger, already under investigation', async () => {
  const rig = await processRig();
  const request = {
    title: 'UPS batteries are old',
    rule: '',
    device: '',
    phenomenon: 'seen on the round',
    by: 'wang',
    faults: ['F-000007'],
  };
  const problem = await rig.room.problems.open(request, WRITING);
  expect(problem).toMatchObject({ id: 'P-000001', state: 'investigating', origin: 'person' });
  expect(rig.room.problems.show('P-1').faults).toEqual(['F-000007']);
  const bad = { ...request, title: '', by: 'a\nb', phenomenon: '\u202e' };
  await expect(rig.room.problems.open(bad, WRITING)).rejects.toThrow(
    'title: is missing; by: must be one line; phenomenon: holds control characters',
  );
});

test.each<[string, ProblemStep]>([
  ['text: is missing', step('root_cause')],
  ['note: is missing', step('reject')],
  ['note: is missing', step('comment', { note: ' ' })],
  ['by: is missing', step('root_cause', { by: '', text: 'x' })],
])('%s', async (message, wrong) => {
  const rig = await processRig();
  await recurring(rig, [1, 2, 3]);
  await rig.room.problems.step('P-1', step('investigate'), WRITING);
  await expect(rig.room.problems.step('P-1', wrong, WRITING)).rejects.toThrow(message);
  expect(rig.room.problems.show('P-1').item.version).toBe(2);
});

test('who has not seen the newest version changes nothing; the same key twice is one step', async () => {
  const rig = await processRig();
  await recurring(rig, [1, 2, 3]);
  const { problems } = rig.room;
  const stale = { ...WRITING, version: 9 };
  await expect(problems.step('P-1', step('investigate'), stale)).rejects.toMatchObject({
    code: 'stale',
  });
  const keyed = { ...WRITING, version: 1, repeat: { key: 'k', request: 'investigate' } };
  const first = await problems.step('P-1', step('investigate'), keyed);
  expect(await problems.step('P-1', step('investigate'), keyed)).toEqual(first);
  expect(problems.show('P-1').steps).toHaveLength(2);
});

test('a restart at any moment neither loses nor repeats what the ledger said', async () => {
  const rig = await processRig();
  await recurring(rig, [1, 2]);
  await rig.restart();
  await recurring(rig, [3]);
  await rig.restart();
  await rig.room.advance();
  expect(rig.room.problems.list({})).toHaveLength(1);
  expect(rig.room.problems.show('P-1').steps).toHaveLength(1);
});

test('what is not there is named', async () => {
  const rig = await processRig();
  expect(() => rig.room.problems.show('P-7')).toThrow('there is no problem "P-7"');
  expect(() => rig.room.problems.show('C-1')).toThrow('there is no problem "C-1"');
  expect(() => rig.room.problems.show('one')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('collector problem list') }),
  );
});

test('a long list is read page by page', async () => {
  const rig = await processRig();
  const request = { title: 'x', rule: '', device: '', phenomenon: '', by: 'w', faults: [] };
  for (let i = 0; i < 5; i++) await rig.room.problems.open(request, WRITING);
  const page = rig.room.problems.list({ limit: 2 });
  expect(page.map(({ id }) => id)).toEqual(['P-000005', 'P-000004']);
  const next = rig.room.problems.list({ limit: 10, after: 4 });
  expect(next.map(({ id }) => id)).toEqual(['P-000003', 'P-000002', 'P-000001']);
});
