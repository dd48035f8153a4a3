/** Random people at work: whatever they try, an item is what its steps say. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHANGE_LIFE, PROBLEM_LIFE } from '../../../src/collector/process/life.ts';
import type { ChangeStep, ProblemStep } from '../../../src/collector/process/process.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { changeRequest, days, processRig, WRITING } from './rig.ts';

type Life = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Every step leads from the state before it along the table; comments stay. */
function expectWalk(life: Life, steps: readonly { kind: string; state: string }[]): void {
  steps.forEach(({ kind, state }, index) => {
    const before = steps[index - 1];
    if (before === undefined || kind === 'comment') return;
    const next = life[before.state]?.[kind];
    // Half of the approvals leave a change where it was.
    const waits = kind === 'approve' && state === 'assessed';
    expect(waits || next === state, `${before.state} ${kind} ${state}`).toBe(true);
  });
}

const people = fc.constantFrom('li.wei', 'zhao', 'sun', 'wang');

const changeStep = fc.record({
  kind: fc.constantFrom<ChangeStep['kind'][]>(
    ...(['assess', 'approve', 'announce', 'start', 'finish', 'verify', 'close'] as const),
    ...(['reject', 'roll_back', 'withdraw', 'comment', 'approve', 'announce'] as const),
  ),
  by: people,
  note: fc.constantFrom('', 'because'),
  announcement: fc.constantFrom('', 'at ten'),
  result: fc.constantFrom('success' as const, 'failed' as const),
});

test('a change is what its steps say, and none of the rules is ever broken', async () => {
  const attempt = fc.record({
    step: changeStep,
    laterMs: fc.constantFrom(0, 0, 0, HOUR_MS),
    stale: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempt, { minLength: 10, maxLength: 60 }),
      fc.constantFrom('low' as const, 'high' as const),
      async (attempts, risk) => {
        const rig = await processRig();
        const request = changeRequest(rig.clock.now() + 3 * HOUR_MS, { risk });
        await rig.room.changes.request(request, WRITING);
        for (const { step, laterMs, stale } of attempts) {
          await rig.clock.advance(laterMs);
          const { version } = rig.room.changes.show('C-1').item;
          const seen = { ...WRITING, version: stale ? version + 1 : version };
          const before = rig.room.changes.show('C-1');
          try {
            const after = await rig.room.changes.step('C-1', step, seen);
            expect(stale).toBe(false);
            expect(after.version).toBe(version + 1);
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
            expect(rig.room.changes.show('C-1')).toEqual(before);
          }
        }
        const { item, steps } = rig.room.changes.show('C-1');
        expect(item.version).toBe(steps.length);
        expect(item.state).toBe(steps.at(-1)?.state);
        expectWalk(CHANGE_LIFE as Life, steps);
        expect(item.approvers).not.toContain(item.by);
        expect(new Set(item.approvers).size).toBe(item.approvers.length);
        const begun = steps.find(({ kind }) => kind === 'start');
        if (begun !== undefined) {
          expect(item.approvers.length).toBeGreaterThanOrEqual(risk === 'high' ? 2 : 1);
          expect(item.announcedMs).toBeLessThan(item.plannedFromMs);
          expect(begun.atMs).toBeGreaterThanOrEqual(item.plannedFromMs);
          expect(begun.atMs).toBeLessThan(item.plannedToMs);
          expect(rig.windows).toHaveLength(1);
        }
        if (item.announcedMs === null) expect(rig.windows).toEqual([]);
        await rig.room.close();
      },
    ),
    { numRuns: 25 },
  );
});

const problemStep = fc.record({
  kind: fc.constantFrom<ProblemStep['kind'][]>(
    ...(['investigate', 'root_cause', 'solve', 'verify', 'close', 'reject', 'comment'] as const),
  ),
  by: people,
  note: fc.constantFrom('', 'because'),
  text: fc.constantFrom('', 'the cause'),
});

test('a problem is what its steps say, and is never closed before its quiet time', async () => {
  const attempt = fc.record({
    step: problemStep,
    laterMs: fc.constantFrom(0, days(1), days(31)),
    fails: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 10, maxLength: 60 }), async (attempts) => {
      const rig = await processRig();
      let number = 0;
      for (let i = 0; i < 3; i++) rig.opens(++number, 'db-01');
      await rig.room.advance();
      for (const { step, laterMs, fails } of attempts) {
        await rig.clock.advance(laterMs);
        if (fails) {
          rig.opens(++number, 'db-01');
          await rig.room.advance();
        }
        const before = rig.room.problems.show('P-1').item;
        const closing = step.kind === 'close' && before.state === 'verifying';
        const may = rig.clock.now() >= (before.quietUntilMs ?? Number.POSITIVE_INFINITY);
        try {
          await rig.room.problems.step('P-1', step, WRITING);
          if (closing) expect(may).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect(rig.room.problems.show('P-1').item).toEqual(before);
          if (closing) expect(may).toBe(false);
        }
      }
      const { item, steps } = rig.room.problems.show('P-1');
      expect(item.version).toBe(steps.length);
      expect(item.state).toBe(steps.at(-1)?.state);
      expect(item.recurred).toBe(steps.filter(({ kind }) => kind === 'recurred').length);
      expectWalk(PROBLEM_LIFE as Life, steps);
      await rig.room.close();
    }),
    { numRuns: 25 },
  );
});
