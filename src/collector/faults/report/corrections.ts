/** What a correction changed: from what, as far as the ledger before it says, to what. Pure. */
import type { LedgerEntry } from '../fault.ts';
import type { Correction } from '../faults.ts';

type Moment = Exclude<keyof Correction, 'excluded'>;

export interface Corrected {
  readonly what: Moment;
  readonly fromMs: number | null;
  readonly toMs: number;
}

/** The entry that says first when something was. */
const SAID_BY: Readonly<Record<Moment, readonly LedgerEntry['kind'][]>> = Object.freeze({
  beganMs: ['opened', 'late'],
  startMs: ['opened', 'released'],
  respondedMs: ['responded'],
  arrivedMs: ['arrived'],
  repairedMs: ['repaired'],
});

export function correctedBy(
  { detail }: LedgerEntry,
  before: readonly LedgerEntry[],
): readonly Corrected[] {
  const { excluded: _, ...moments } = (detail.correction ?? {}) as Correction;
  return (Object.entries(moments) as [Moment, number][]).map(([what, toMs]) => {
    const said = before.toReversed().map((entry) => momentIn(entry, what));
    return { what, fromMs: said.find((ms) => ms !== null) ?? null, toMs };
  });
}

function momentIn({ kind, atMs, detail }: LedgerEntry, what: Moment): number | null {
  const correction = (detail.correction ?? {}) as Correction;
  if (kind === 'corrected') return correction[what] ?? null;
  if (!SAID_BY[what].includes(kind)) return null;
  const moment = what === 'beganMs' ? detail.beganMs : (detail.whenMs ?? atMs);
  return typeof moment === 'number' ? moment : null;
}
