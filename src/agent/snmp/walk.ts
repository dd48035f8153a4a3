/**
 * Walks table columns side by side: several columns and as many rows in one question as one
 * datagram of ordinary size can answer, learned from the answers themselves. A column ends where
 * its tree ends, where OIDs stop increasing (a faulty agent would go round for ever), or at a limit.
 */
import type { Clock } from '../../shared/clock.ts';
import { type Cell, cellOf, isAbsent, type Varbind } from './cell.ts';
import { compareOids, suffixOf } from './oid.ts';
import { type Session, SnmpTrouble, type Trouble, troubleOf } from './session.ts';

/** A column's cells by row index (instance suffix), in the device's order. */
export type Column = ReadonlyMap<string, Cell>;

/** Why a walk of a column was over. `end`: there is no more. */
export type WalkEnd = 'end' | 'not_increasing' | 'too_many' | 'too_long' | 'failed';

export interface WalkedColumn {
  readonly cells: Column;
  readonly end: WalkEnd;
}

export interface WalkOptions {
  readonly session: Session;
  readonly clock: Clock;
  /** How many rows a column had last time; 0 for unknown. */
  readonly expected: (column: string) => number;
  /** Most rows of a column asked at once. */
  readonly maxRepetitions: number;
  readonly noGetBulk: boolean;
  /** By `clock.monotonic`. */
  readonly deadlineMs: number;
}

export const WALK_LIMITS = Object.freeze({ varbinds: 10_000, milliseconds: 60_000 });

/** What an Ethernet frame holds, less IP, UDP and SNMP headers. */
const ANSWER_BYTES = 1_400;
/** Until the first answer says more: an OID of 15 arcs and a short value. */
const USUAL_VARBIND_BYTES = 32;
const FIRST_REPETITIONS = 16;
/** Of unknown length, or with GETNEXT: columns asked side by side. */
const COLUMNS_AT_ONCE = 12;
const HEADER_BYTES = 50;
/**
 * Questions without an answer in a row: the second is a small one, in case the first answer was too
 * large to arrive; after it the asked columns are given up; after one more the device is.
 */
const SILENCES_MAX = 2;

interface Open {
  readonly column: string;
  readonly cells: Map<string, Cell>;
  last: string;
}

/** How large questions may be; kept for a device from one walk to the next. */
export class Pace {
  varbindBytes = USUAL_VARBIND_BYTES;
  /** Shrinks when an answer was too big or did not come. */
  varbinds = Number.POSITIVE_INFINITY;

  learn(bytes: number, varbinds: number): void {
    if (varbinds === 0 || bytes <= HEADER_BYTES) return;
    const now = (bytes - HEADER_BYTES) / varbinds;
    // Grows at once, shrinks slowly: text columns are longer than counters.
    this.varbindBytes = now > this.varbindBytes ? now : this.varbindBytes * 0.7 + now * 0.3;
  }

  shrink(asked: number): void {
    this.varbinds = Math.max(1, Math.floor(asked / 4));
  }

  get budget(): number {
    const fitting = Math.floor(ANSWER_BYTES / this.varbindBytes);
    return Math.max(1, Math.min(fitting, this.varbinds));
  }
}

/** How many rows of how many of the open columns are asked next. */
export function nextQuestion(
  rowsLeft: readonly number[],
  budget: number,
  maxRepetitions: number,
): { readonly columns: number; readonly repetitions: number } {
  const first = rowsLeft[0] ?? 0;
  const wanted = first > 0 ? first : FIRST_REPETITIONS;
  const repetitions = Math.max(1, Math.min(wanted, budget, maxRepetitions));
  const room = Math.max(1, Math.floor(budget / repetitions));
  return { columns: Math.min(room, rowsLeft.length, COLUMNS_AT_ONCE), repetitions };
}

/** Takes what was answered for one column: null while there may be more. Changes `open`. */
export function takeRows(open: Open, answered: readonly Varbind[]): WalkEnd | null {
  if (answered.length === 0) return 'end';
  for (const varbind of answered) {
    const index = isAbsent(varbind) ? null : suffixOf(varbind.oid, open.column);
    if (index === null) return 'end';
    if (open.last !== '' && compareOids(index, open.last) <= 0) return 'not_increasing';
    open.last = index;
    open.cells.set(index, cellOf(varbind));
    if (open.cells.size >= WALK_LIMITS.varbinds) return 'too_many';
  }
  return null;
}

/**
 * Walks `columns`. Rejects when the device stopped answering or the walk was stopped; then the
 * columns that were over are in `done`.
 */
export async function walkColumns(
  columns: readonly string[],
  options: WalkOptions,
  pace: Pace,
  done: Map<string, WalkedColumn> = new Map(),
): Promise<ReadonlyMap<string, WalkedColumn>> {
  let open: Open[] = columns.map((column) => ({ column, cells: new Map(), last: '' }));
  let silences = 0;
  while (open.length > 0) {
    if (options.clock.monotonic() >= options.deadlineMs) {
      for (const { column, cells } of open) done.set(column, { cells, end: 'too_long' });
      break;
    }
    const question = questionFor(open, options, pace);
    const asked = open.slice(0, question.columns);
    const outcome = await ask(asked, question.repetitions, options, pace);
    silences = outcome === 'silent' ? silences + 1 : 0;
    if (silences > SILENCES_MAX) throw new SnmpTrouble('silent', 'it stopped answering');
    const size = asked.length * question.repetitions;
    if (typeof outcome === 'string' && size > 1 && silences < SILENCES_MAX) {
      pace.shrink(size);
      continue;
    }
    asked.forEach((column, i) => {
      const rows = typeof outcome === 'string' ? null : (outcome[i] ?? []);
      const end = rows === null ? failedEnd(outcome) : takeRows(column, rows);
      if (end !== null) done.set(column.column, { cells: column.cells, end });
    });
    open = open.filter(({ column }) => !done.has(column));
  }
  return done;
}

/** v1 says at the end of its tree that there is no such name. */
const failedEnd = (outcome: unknown): WalkEnd => (outcome === 'no_such' ? 'end' : 'failed');

function questionFor(open: readonly Open[], options: WalkOptions, pace: Pace) {
  const { session, expected, maxRepetitions } = options;
  // An error of v1 concerns the whole question: columns are asked one by one.
  if (!session.hasBulk) return { columns: 1, repetitions: 1 };
  const { budget } = pace;
  if (options.noGetBulk) return { columns: Math.min(COLUMNS_AT_ONCE, budget), repetitions: 1 };
  const rowsLeft = open.map(({ column, cells }) => {
    const rows = expected(column);
    // One more than there were, to see the end in the same answer.
    return rows === 0 ? 0 : Math.max(1, rows + 1 - cells.size);
  });
  return nextQuestion(rowsLeft, budget, maxRepetitions);
}

/** One question: the answer, or the trouble with it. Throws what concerns the whole device. */
async function ask(
  asked: readonly Open[],
  repetitions: number,
  { session }: WalkOptions,
  pace: Pace,
): Promise<readonly (readonly Varbind[])[] | Trouble> {
  const oids = asked.map(({ column, last }) => (last === '' ? column : `${column}.${last}`));
  try {
    const answer = await session.next(oids, repetitions);
    const got = answer.reduce((sum, rows) => sum + rows.length, 0);
    pace.learn(session.lastBytes, got);
    return answer;
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === null || trouble === 'stopped' || trouble === 'denied') throw error;
    return trouble;
  }
}
