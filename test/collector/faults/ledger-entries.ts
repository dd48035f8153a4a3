/** A fault built from entries, without a database, for tests of its clocks. */

import { type Book, clocksOf } from '../../../src/collector/faults/clocks.ts';
import type {
  FaultClock,
  LedgerEntry,
  LedgerKind,
  Level,
} from '../../../src/collector/faults/faults.ts';
import { loadLevels } from '../../../src/collector/faults/faults.ts';
import { type Case, fold } from '../../../src/collector/faults/life.ts';
import { type Terms, termsOf } from '../../../src/collector/faults/limits.ts';
import { projectFile } from '../../support/parts.ts';

export const LEVELS = loadLevels(projectFile('config/levels.yaml'));

/** The shipped policies. */
export function bookOf(policy: string): Book {
  const raw = LEVELS.policies[policy];
  if (raw === undefined) throw new Error(`no policy ${policy}`);
  return { terms: termsOf(policy, raw), calendars: LEVELS.calendars };
}

export function entryOf(
  number: number,
  kind: LedgerKind,
  rest: Partial<LedgerEntry> & { readonly atMs: number },
): LedgerEntry {
  return { number, fault: 'F-000001', kind, by: 'system', note: '', detail: {}, ...rest };
}

export function openedEntry(level: Level, atMs: number, terms: Partial<Terms> = {}): LedgerEntry {
  return entryOf(1, 'opened', {
    atMs,
    detail: {
      ...{ device: 'web-1', rule: 'disk_full', indicator: 'x', item: '', beganMs: atMs },
      ...{ layer: 'default', severity: 'critical', urgency: 'high', impact: 'high', level },
      ...{ phenomenon: { en: 'Down', zh: '中断' }, value: null, limit: null },
      ...{ policy: terms.policy ?? 'four_level', terms: 'key', startMs: atMs },
    },
  });
}

/** Everything that happened, one after the other. */
export function caseOf(...entries: readonly LedgerEntry[]): Case {
  let one: Case | undefined;
  for (const entry of entries) one = fold(one, entry);
  if (one === undefined) throw new Error('no entries');
  return one;
}

export function clockOf(one: Case, clock: FaultClock['clock'], book: Book): FaultClock {
  const found = clocksOf(one.sheet, book).find((each) => each.clock === clock);
  if (found === undefined) throw new Error(`no clock ${clock}`);
  return found;
}
