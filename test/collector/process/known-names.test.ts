/** What problems and notes name must be there; the nearest name is offered. */
import { expect, test } from 'vitest';
import type { KnownThings } from '../../../src/collector/process/process.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { type ProcessRig, processRig, WRITING } from './rig.ts';

const NAMES: KnownThings = {
  devices: () => ['web-1', 'web-2', 'core-switch'],
  rules: () => ['cpu_busy', 'disk_full'],
  fault: async (id) => {
    const number = Number(id.slice(2));
    if (number <= 7) return `F-${String(number).padStart(6, '0')}`;
    throw new Failure('not_found', `there is no fault "${id}"`);
  },
};

async function rigOf(): Promise<ProcessRig> {
  const rig = await processRig({ names: NAMES });
  rig.devices = NAMES.devices().map((name) => ({ name, labels: {} }));
  return rig;
}

const problem = (rest: object = {}) => ({
  ...{ title: 't', rule: '', device: '', phenomenon: '', by: 'wang', faults: [] as string[] },
  ...rest,
});
const note = (rest: object = {}) => ({
  ...{ title: 't', symptom: 's', cause: '', solution: 'c' },
  ...{ rules: [] as string[], kinds: [] as string[], words: [] as string[] },
  ...rest,
});

test.each([
  [{ device: 'web1' }, 'device: there is no device "web1" (did you mean "web-1"?)'],
  [{ device: 'printer' }, 'device: there is no device "printer"'],
  [
    { rule: 'cpu_bussy' },
    'rule: there is no rule "cpu_bussy", and no fault of it so far (did you mean "cpu_busy"?)',
  ],
  [{ faults: ['F-000003', 'F-99'] }, 'faults: there is no fault "F-99"'],
  [
    { device: 'x', faults: ['F-8'] },
    'device: there is no device "x"; faults: there is no fault "F-8"',
  ],
])('a problem of %j is refused: %s', async (wrong, message) => {
  const rig = await rigOf();
  const opened = rig.room.problems.open(problem(wrong), WRITING);
  await expect(opened).rejects.toMatchObject({ code: 'bad_request', message });
  expect(rig.room.problems.list({})).toEqual([]);
});

test('a problem keeps the full numbers of its faults, each once', async () => {
  const rig = await rigOf();
  const right = problem({ device: 'web-1', rule: 'cpu_busy', faults: ['F-3', 'F-000003', 'F-7'] });
  const { id } = await rig.room.problems.open(right, WRITING);
  expect(rig.room.problems.show(id).faults).toEqual(['F-000003', 'F-000007']);
  expect(rig.room.problems.list({ fault: 'F-000003' })).toHaveLength(1);
});

test('a rule that only traps open is known once it opened a fault', async () => {
  const rig = await rigOf();
  const open = () => rig.room.problems.open(problem({ rule: 'fan_failed' }), WRITING);
  await expect(open()).rejects.toThrow(/no rule "fan_failed", and no fault of it so far$/);
  rig.opens(1, 'core-switch', { rule: 'fan_failed' });
  await rig.room.advance();
  expect(await open()).toMatchObject({ rule: 'fan_failed' });
});

test('a request that was taken is answered again after its device has gone', async () => {
  const rig = await rigOf();
  const writing = { ...WRITING, repeat: { key: 'k', request: 'same' } };
  const first = await rig.room.problems.open(problem({ device: 'web-2' }), writing);
  rig.devices = [];
  expect(await rig.room.problems.open(problem({ device: 'web-2' }), writing)).toEqual(first);
});

test.each([
  [{ rules: ['disk_ful'] }, /rules: there is no rule "disk_ful".*did you mean "disk_full"/],
  [{ kinds: ['sever'] }, /kinds: there is no kind of device "sever" \(did you mean "server"\?\)/],
])('a note on %j is refused', async (wrong, message) => {
  const rig = await rigOf();
  const written = rig.room.knowledge.write(note(wrong), 'wang', WRITING);
  await expect(written).rejects.toMatchObject({
    code: 'bad_request',
    message: expect.stringMatching(message),
  });
  expect(rig.room.knowledge.list({})).toEqual([]);
});

test('a note keeps a rule that has gone since, and takes no other that is none', async () => {
  const names = { ...NAMES, rules: () => rules };
  let rules = ['cpu_busy', 'disk_full'];
  const rig = await processRig({ names });
  const { knowledge } = rig.room;
  const { id } = await knowledge.write(note({ rules: ['cpu_busy'] }), 'wang', WRITING);
  rules = ['disk_full'];
  const again = note({ rules: ['cpu_busy', 'disk_full'], kinds: ['server'] });
  expect(await knowledge.rewrite(id, again, 'wang', WRITING)).toMatchObject({ version: 2 });
  const wrong = knowledge.rewrite(id, note({ rules: ['disk_ful'] }), 'wang', WRITING);
  await expect(wrong).rejects.toMatchObject({ code: 'bad_request' });
});
