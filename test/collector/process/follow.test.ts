/** Following the ledger: however it is cut, and whenever the program ends, the outcome is one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openProcess } from '../../../src/collector/process/process.ts';
import { createLog } from '../../../src/shared/log.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { CALENDARS, changeRequest, type ProcessRig, policy, processRig, WRITING } from './rig.ts';

/** What came of it, without the moments at which it was decided. */
function outcome({ room }: ProcessRig) {
  return room.problems.list({}).map(({ id, title, state }) => ({
    ...{ title, state },
    faults: room.problems.show(id).faults,
  }));
}

const event = fc.record({
  kind: fc.constantFrom('opens', 'opens', 'opens', 'quiet', 'released', 'false_alarm'),
  device: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  rule: fc.constantFrom('disk_full', 'cpu_busy'),
});

type Event = { kind: string; device: string; rule: string };

/** Writes the events into the ledger; released and false alarms are of an earlier fault. */
function write(rig: ProcessRig, events: readonly Event[], first: number): void {
  events.forEach(({ kind, device, rule }, index) => {
    const number = first + index + 1;
    if (kind === 'opens') rig.opens(number, device, { rule });
    else if (kind === 'quiet') rig.opens(number, device, { rule, quiet: true });
    else rig.entry(kind as 'released' | 'false_alarm', Math.max(1, number - 2));
  });
}

test('a restart after every look gives what looking without a restart gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(event, { maxLength: 6 }), { maxLength: 6 }),
      async (rounds) => {
        const [calm, shaken] = [await processRig(), await processRig()];
        let first = 0;
        for (const events of rounds) {
          for (const rig of [calm, shaken]) {
            write(rig, events, first);
            await rig.room.advance();
          }
          await shaken.restart();
          await shaken.room.advance();
          first += events.length;
        }
        expect(outcome(shaken)).toEqual(outcome(calm));
        await calm.room.close();
        await shaken.room.close();
      },
    ),
    { numRuns: 15 },
  );
});

test('a problem counts only faults that people were told of', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const rig = await processRig();
      write(rig, events, 0);
      await rig.room.advance();
      const counted = new Map<string, boolean>();
      events.forEach(({ kind }, index) => {
        const id = (number: number) => `F-${String(number).padStart(6, '0')}`;
        if (kind === 'opens' || kind === 'quiet') counted.set(id(index + 1), kind === 'opens');
        const earlier = id(Math.max(1, index - 1));
        if (counted.has(earlier) && kind === 'released') counted.set(earlier, true);
        if (counted.has(earlier) && kind === 'false_alarm') counted.set(earlier, false);
      });
      for (const { faults } of outcome(rig)) {
        for (const fault of faults) expect(counted.get(fault), fault).toBe(true);
      }
      await rig.room.close();
    }),
    { numRuns: 25 },
  );
});

test('a fault whose suppression lies beyond the end of a batch is not counted in between', async () => {
  const rig = await processRig();
  // 999 comments, then the opening as the thousandth entry and its suppression after it.
  for (let i = 0; i < 999; i++) rig.entry('comment', 1);
  for (const number of [10, 11, 12]) rig.opens(number, 'db-01', { quiet: true });
  await rig.room.advance();
  expect(outcome(rig)).toEqual([]);
});

test('a ledger of many batches is followed to its end in one call', async () => {
  const rig = await processRig();
  for (let i = 0; i < 3_500; i++) rig.entry('comment', 1);
  for (const number of [10, 11, 12]) rig.opens(number, 'db-01');
  await rig.room.advance();
  expect(outcome(rig)).toMatchObject([{ title: 'disk_full: db-01' }]);
});

test('a ledger that ends with a whole batch is decided at once', async () => {
  const rig = await processRig();
  for (let i = 0; i < 997; i++) rig.entry('comment', 1);
  for (const number of [10, 11, 12]) rig.opens(number, 'db-01');
  await rig.room.advance();
  expect(outcome(rig)).toHaveLength(1);
});

test('a ledger that cannot be read is read again later, and nothing is lost', async () => {
  const rig = await processRig();
  let broken = true;
  const entries = [1, 2, 3].map((number) => ({
    number,
    fault: `F-00000${number}`,
    kind: 'opened' as const,
    atMs: rig.clock.now(),
    by: 'system',
    note: '',
    detail: { rule: 'disk_full', device: 'a', phenomenon: { en: 'x', zh: '' } },
  }));
  await rig.room.close();
  const room = await openProcess({
    directory: rig.directory,
    clock: rig.clock,
    log: createLog({ write: () => {}, now: rig.clock.now }),
    policy: policy(),
    calendars: CALENDARS,
    faults: {
      ledgerAfter: async (mark) => {
        if (broken) throw new Error('the disk is gone');
        return entries.filter(({ number }) => number > mark);
      },
    },
    device: () => undefined,
    windows: { register: async () => ({ id: 'W-1', planned: true }), end: async () => {} },
  });
  await expect(room.advance()).rejects.toThrow('the disk is gone');
  broken = false;
  await Promise.all([room.advance(), room.advance()]);
  expect(room.problems.show('P-1').faults).toHaveLength(3);
  expect(room.problems.show('P-1').steps).toHaveLength(1);
  await room.close();
});

test('a new policy counts from the next fault on', async () => {
  const rig = await processRig();
  rig.opens(1, 'db-01');
  rig.opens(2, 'db-01');
  await rig.room.advance();
  expect(outcome(rig)).toEqual([]);
  const stricter = policy();
  rig.room.reload({
    ...stricter,
    problems: { ...stricter.problems, same_device: { faults: 2, within: HOUR_MS } },
    changes: {
      ...stricter.changes,
      approval: { ...stricter.changes.approval, low: { approvers: 2 } },
    },
  });
  await rig.clock.advance(1);
  rig.opens(3, 'db-01');
  await rig.room.advance();
  expect(outcome(rig)).toHaveLength(1);
  const change = await rig.room.changes.request(changeRequest(rig.clock.now() + 1), WRITING);
  const step = (kind: 'assess' | 'approve', by: string) =>
    rig.room.changes.step(change.id, { kind, by, note: 'x' }, WRITING);
  await step('assess', 'zhao');
  expect(await step('approve', 'zhao')).toMatchObject({ state: 'assessed' });
});
