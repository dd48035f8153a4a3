/**
 * Random verdicts, commands, time and restarts against a model that is only a list of facts. The
 * ledger must say the same, be the same after each restart, and be rebuilt to the same faults.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Severity, Verdict } from '../../../src/collector/evaluate/evaluate.ts';
import { openDatabase } from '../../../src/collector/faults/database.ts';
import {
  type FaultCommand,
  type Faults,
  loadLevels,
  openFaults,
} from '../../../src/collector/faults/faults.ts';
import { FaultTables } from '../../../src/collector/faults/tables.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { projectFile } from '../../support/parts.ts';
import { context, RECORD } from './context.ts';
import { breached, ok, START_MS, unknown } from './verdicts.ts';

/** Without promotion: the model knows nothing of clocks (clock-walk.test.ts does). */
const shipped = loadLevels(projectFile('config/levels.yaml'));
const policies = Object.fromEntries(
  Object.entries(shipped.policies).map(([name, policy]) => [
    name,
    { ...policy, promote_when_missed: [] },
  ]),
);
const levels = { ...shipped, policies };
const MINUTE_MS = 60_000;
const ITEMS = ['/', '/data'] as const;

type Act =
  | { readonly do: 'judge'; readonly verdicts: readonly Judged[] }
  | { readonly do: 'command'; readonly kind: FaultCommand['kind']; readonly fault: number }
  | { readonly do: 'wait'; readonly minutes: number }
  | { readonly do: 'restart' };

interface Judged {
  readonly item: string;
  readonly state: 'warning' | 'critical' | 'ok' | 'unknown';
}

const judged = fc.record({
  item: fc.constantFrom(...ITEMS),
  state: fc.constantFrom('warning', 'critical', 'ok', 'unknown'),
}) as fc.Arbitrary<Judged>;
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(judged, { maxLength: 4 })
      .map((verdicts) => ({ do: 'judge', verdicts }) as const),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      kind: fc.constantFrom('responded', 'arrived', 'repaired', 'comment', 'closed'),
      fault: fc.integer({ min: 1, max: 4 }),
    }) as fc.Arbitrary<Act>,
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(1, 14, 15, 16, 45, 60)
      .map((minutes) => ({ do: 'wait', minutes }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' } as const) },
);

function verdictOf({ item, state }: Judged): Verdict {
  if (state === 'ok') return ok({ item });
  return state === 'unknown' ? unknown({ item }) : breached(state, { item });
}

/** What the product promises, in the fewest words: no ledger, no transitions, no SQL. */
class Model {
  readonly faults: {
    item: string;
    severity: Severity;
    over: 'no' | 'recovered' | 'closed';
    recoveredMs: number;
    step: number;
    repairedMs: number;
  }[] = [];

  judge({ item, state }: Judged, nowMs: number): void {
    const newest = this.faults.findLast((fault) => fault.item === item);
    const goesOn = newest?.over === 'no';
    if (state === 'unknown') return;
    if (state === 'ok') {
      if (goesOn) Object.assign(newest, { over: 'recovered', recoveredMs: nowMs });
    } else if (goesOn) {
      // Worse after a repair needs an answer again.
      const relapsed = newest.step === 3 && state === 'critical' && newest.severity === 'warning';
      Object.assign(newest, { severity: state, step: relapsed ? 0 : newest.step });
    } else if (newest?.over === 'recovered' && nowMs - newest.recoveredMs <= 15 * MINUTE_MS) {
      Object.assign(newest, { over: 'no', severity: state, step: 0 });
    } else {
      const fresh = { over: 'no', recoveredMs: 0, step: 0, repairedMs: 0 } as const;
      this.faults.push({ item, severity: state, ...fresh });
    }
  }

  /**
   * Warnings are level 3 here and close after an hour; critical ones wait for a person. What still
   * fails half an hour after its repair needs an answer again.
   */
  pass(nowMs: number): void {
    for (const fault of this.faults) {
      const repaired = fault.over === 'no' && fault.step === 3;
      if (repaired && nowMs - fault.repairedMs >= 30 * MINUTE_MS) fault.step = 0;
      const due = fault.over === 'recovered' && nowMs - fault.recoveredMs >= 60 * MINUTE_MS;
      if (due && fault.severity === 'warning') fault.over = 'closed';
    }
  }

  /** True when the step is possible. */
  command(kind: FaultCommand['kind'], number: number, nowMs: number): boolean {
    const fault = this.faults[number - 1];
    if (fault === undefined) return false;
    if (kind === 'comment') return true;
    if (kind === 'closed') {
      const possible = fault.over !== 'closed';
      fault.over = 'closed';
      return possible;
    }
    const step = ['responded', 'arrived', 'repaired'].indexOf(kind) + 1;
    if (fault.over !== 'no' || step <= fault.step) return false;
    fault.step = step;
    if (step === 3) fault.repairedMs = nowMs;
    return true;
  }
}

const STEP_STATES = ['open', 'responded', 'arrived', 'repaired'] as const;

async function compare(faults: Faults, model: Model): Promise<void> {
  const listed = (await faults.list({ limit: 1_000 })).toReversed();
  expect(listed.map(({ item, severity, state }) => [item, severity, state])).toEqual(
    model.faults.map(({ item, severity, over, step }) => [
      item,
      severity,
      over === 'no' ? STEP_STATES[step] : over,
    ]),
  );
  const goingOn = listed.filter(({ state }) => state !== 'recovered' && state !== 'closed');
  expect(faults.open().toReversed()).toEqual(goingOn);
}

async function tick(faults: Faults, verdicts: readonly Verdict[]): Promise<void> {
  await faults.apply(verdicts, context());
  await faults.advance(context());
}

async function play(acts: readonly Act[], directory: string, clock: ManualClock): Promise<void> {
  const open = (): Promise<Faults> => openFaults({ directory, clock, log: silentLog, levels });
  const model = new Model();
  let faults = await open();
  for (const one of acts) {
    if (one.do === 'judge') {
      const verdicts = one.verdicts.map(verdictOf);
      await tick(faults, verdicts);
      for (const verdict of one.verdicts) model.judge(verdict, clock.now());
      model.pass(clock.now());
      // The last word of each item once more: it must write nothing.
      const last = [...new Map(verdicts.map((verdict) => [verdict.item, verdict])).values()];
      expect(await faults.apply(last, context())).toEqual([]);
    } else if (one.do === 'command') {
      const possible = model.command(one.kind, one.fault, clock.now());
      const said = { by: 'Ann', note: 'because', record: RECORD };
      const command = { fault: `F-${one.fault}`, kind: one.kind, ...said };
      const done = await faults.command(command).then(
        () => true,
        (error) => !(error instanceof Failure),
      );
      expect(done).toBe(possible);
    } else if (one.do === 'wait') {
      clock.jump(one.minutes * MINUTE_MS);
      await tick(faults, []);
      model.pass(clock.now());
    } else {
      await faults.close();
      faults = await open();
    }
    await compare(faults, model);
  }
  await faults.close();
  checkRebuild(directory);
}

/** The table of faults, made anew from the ledger alone, is what it was. */
function checkRebuild(directory: string): void {
  const connection = openDatabase(directory);
  const tables = new FaultTables(connection);
  const dump = (): unknown => connection.prepare('SELECT * FROM fault_snapshot').all();
  const before = dump();
  expect(tables.behind()).toBe(false);
  tables.rebuild();
  expect(dump()).toEqual(before);
  const numbers = tables.entriesAfter(0, 1e6).map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  tables.close();
}

it('says the same as the model, whatever comes, across restarts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
      const directory = mkdtempSync(join(tmpdir(), 'faults-'));
      try {
        await play(acts, directory, manualClock(START_MS));
      } finally {
        rmSync(directory, { recursive: true });
      }
    }),
    { numRuns: 100 },
  );
});
