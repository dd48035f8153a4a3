import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Varbind } from '../../../src/agent/snmp/cell.ts';
import { compareOids } from '../../../src/agent/snmp/oid.ts';
import { type Session, SnmpTrouble, type Trouble } from '../../../src/agent/snmp/session.ts';
import {
  nextQuestion,
  Pace,
  takeRows,
  WALK_LIMITS,
  walkColumns,
} from '../../../src/agent/snmp/walk.ts';
import { manualClock } from '../../support/manual-clock.ts';

const END = 130;
const cell = (oid: string, value = 1): Varbind => ({ oid, type: 2, value });

/** An agent over a sorted list of OIDs, as RFC 3416 has it; `most` varbinds in one answer. */
function agent(oids: readonly string[], most = Number.POSITIVE_INFINITY) {
  const sorted = oids.toSorted(compareOids);
  const after = (oid: string): number => {
    const at = sorted.findIndex((one) => compareOids(one, oid) > 0);
    return at === -1 ? sorted.length : at;
  };
  const asked: { oids: readonly string[]; repetitions: number }[] = [];
  const session: Session = {
    hasBulk: true,
    answers: 0,
    engine: null,
    lastBytes: 0,
    get: async () => [],
    next: async (from, repetitions) => {
      asked.push({ oids: from, repetitions });
      const rows = Math.max(1, Math.min(repetitions, Math.floor(most / from.length)));
      return from.map((oid) => {
        const start = after(oid);
        return Array.from({ length: rows }, (_, i): Varbind => {
          const found = sorted[start + i];
          return found === undefined ? { oid, type: END, value: null } : cell(found);
        });
      });
    },
    cancel: () => {},
    close: () => {},
  };
  return { session, asked };
}

function options(session: Session, more: object = {}) {
  const clock = manualClock();
  return {
    session,
    clock,
    expected: () => 0,
    maxRepetitions: 64,
    noGetBulk: false,
    deadlineMs: 60_000,
    ...more,
  };
}

const indexes = fc.uniqueArray(fc.nat(1_000_000), { maxLength: 60 });

test('whatever a device holds and however little fits its answers, every row comes once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(indexes, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 70 }),
      fc.boolean(),
      fc.nat(80),
      async (columns, most, noGetBulk, expected) => {
        const names = columns.map((_, i) => `1.3.6.1.${i + 1}`);
        const oids = columns.flatMap((rows, i) => rows.map((row) => `${names[i]}.${row}`));
        const { session } = agent([...oids, '1.3.6.1.9.1'], most);
        const how = options(session, { noGetBulk, expected: () => expected });
        const walked = await walkColumns(names, how, new Pace());
        columns.forEach((rows, i) => {
          const { cells, end } = walked.get(names[i]!)!;
          expect(end).toBe('end');
          expect([...cells.keys()]).toEqual(rows.toSorted((a, b) => a - b).map(String));
        });
      },
    ),
  );
});

test('a known length is asked in one question, with its end', async () => {
  const { session, asked } = agent(Array.from({ length: 40 }, (_, i) => `1.3.6.1.1.${i + 1}`));
  await walkColumns(['1.3.6.1.1'], options(session, { expected: () => 40 }), new Pace());
  expect(asked).toEqual([{ oids: ['1.3.6.1.1'], repetitions: 41 }]);
});

test('an agent that goes round for ever is left after one turn', async () => {
  const { session } = agent([]);
  const loop: Session = {
    ...session,
    next: async (oids) => oids.map(() => [1, 2, 3, 1, 2].map((i) => cell(`1.3.6.1.1.${i}`))),
  };
  const walked = await walkColumns(['1.3.6.1.1'], options(loop), new Pace());
  const { cells, end } = walked.get('1.3.6.1.1')!;
  expect({ rows: [...cells.keys()], end }).toEqual({
    rows: ['1', '2', '3'],
    end: 'not_increasing',
  });
});

test('an agent without an end is left after 10,000 rows', async () => {
  let next = 0;
  const { session } = agent([]);
  const endless: Session = {
    ...session,
    next: async (oids, repetitions) =>
      oids.map(() => Array.from({ length: repetitions }, () => cell(`1.3.6.1.1.${++next}`))),
  };
  const walked = await walkColumns(['1.3.6.1.1'], options(endless), new Pace());
  expect(walked.get('1.3.6.1.1')?.end).toBe('too_many');
  expect(walked.get('1.3.6.1.1')?.cells.size).toBe(WALK_LIMITS.varbinds);
});

test('a slow agent is left at the deadline with what it gave', async () => {
  const clock = manualClock();
  const { session } = agent(
    Array.from({ length: 100 }, (_, i) => `1.3.6.1.1.${i + 1}`),
    10,
  );
  const slow: Session = {
    ...session,
    next: async (oids, repetitions) => {
      await clock.advance(25_000);
      return await session.next(oids, repetitions);
    },
  };
  const walked = await walkColumns(['1.3.6.1.1'], { ...options(slow), clock }, new Pace());
  expect(walked.get('1.3.6.1.1')).toMatchObject({ end: 'too_long' });
  expect(walked.get('1.3.6.1.1')?.cells.size).toBe(30);
});

function failing(session: Session, answers: readonly (Trouble | null)[]): Session {
  const left = [...answers];
  return {
    ...session,
    next: async (oids, repetitions) => {
      const trouble = left.shift() ?? null;
      if (trouble !== null) throw new SnmpTrouble(trouble, 'as told');
      return await session.next(oids, repetitions);
    },
  };
}

const TWO = ['1.3.6.1.1', '1.3.6.1.2'];
const BOTH = ['1.3.6.1.1.1', '1.3.6.1.1.2', '1.3.6.1.2.1'];

test.each<[string, (Trouble | null)[]]>([
  ['too big', ['too_big', 'too_big']],
  ['lost once', ['silent']],
  ['refused', ['refused']],
])('an answer that is %s is asked for in smaller pieces', async (_what, troubles) => {
  const { session, asked } = agent(BOTH);
  const walked = await walkColumns(TWO, options(failing(session, troubles)), new Pace());
  expect(TWO.map((column) => walked.get(column)?.cells.size)).toEqual([2, 1]);
  expect(asked[0]!.oids.length * asked[0]!.repetitions).toBeLessThan(2 * 16);
});

test('a device that stops answering is given up after three silences, keeping what was whole', async () => {
  const { session } = agent(BOTH);
  const silent = failing(session, Array(9).fill('silent'));
  const done = new Map();
  const walk = walkColumns([...TWO, '1.3.6.1.3'], options(silent), new Pace(), done);
  await expect(walk).rejects.toMatchObject({ trouble: 'silent' });
});

test('v1 says "no such name" at the end of its tree: the column is over', async () => {
  const { session } = agent([]);
  const v1 = { ...failing(session, ['no_such']), hasBulk: false };
  const walked = await walkColumns(['1.3.6.1.1'], options(v1), new Pace());
  expect(walked.get('1.3.6.1.1')).toEqual({ cells: new Map(), end: 'end' });
});

test.each<Trouble>(['stopped', 'denied'])('%s ends the walk at once', async (trouble) => {
  const { session } = agent(BOTH);
  const walk = walkColumns(TWO, options(failing(session, [trouble])), new Pace());
  await expect(walk).rejects.toMatchObject({ trouble });
});

test('questions grow and shrink with the size of answers', () => {
  const pace = new Pace();
  const usual = pace.budget;
  pace.learn(50 + 10 * 20, 10);
  expect(pace.budget).toBeGreaterThan(usual);
  pace.learn(50 + 10 * 140, 10);
  expect(pace.budget).toBe(10);
  pace.shrink(8);
  expect(pace.budget).toBe(2);
  pace.learn(10, 0);
  expect(pace.budget).toBe(2);
});

test('a question never asks more than fits, and always something', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(5_000), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 100 }),
      (rows, budget, most) => {
        const { columns, repetitions } = nextQuestion(rows, budget, most);
        expect(columns).toBeGreaterThanOrEqual(1);
        expect(columns).toBeLessThanOrEqual(rows.length);
        expect(repetitions).toBeGreaterThanOrEqual(1);
        expect(repetitions).toBeLessThanOrEqual(most);
        expect(columns * repetitions).toBeLessThanOrEqual(Math.max(budget, 1));
      },
    ),
  );
});

test('an answer without a row ends the column', () => {
  expect(takeRows({ column: '1.3', cells: new Map(), last: '' }, [])).toBe('end');
});
