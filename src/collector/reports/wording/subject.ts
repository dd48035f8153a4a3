/** What a sentence is about, and its numbers. */
import type { ResourceRow } from '../document.ts';
import type { ReportPolicy } from '../policy.ts';

export interface Subject {
  readonly row: ResourceRow;
  /** `YYYY-MM` of the report. */
  readonly month: string;
  readonly policy: ReportPolicy;
}

const GIB = 1024 ** 3;

/** The decision's evidence by name; NaN for what it does not hold. */
export function figuresOf({ row }: Subject): (name: string) => number {
  return (name) => row.decision.evidence[name] ?? NaN;
}

/** The smallest size the rules would allow, in the row's unit. */
export function wantedSize({ row }: Subject): number {
  const { evidence: e } = row.decision;
  return row.resource === 'memory' ? (e.cut_to_gib ?? NaN) * GIB : (e.cut_to ?? NaN);
}

/** Most memory in use over the deciding periods, bytes. */
export function mostUsedBytes({ row }: Subject): number {
  return (row.decision.evidence.used_max_gib ?? NaN) * GIB;
}

/** `2026-04` after `2026-03`: when the next report comes. */
export function nextMonth({ month }: Subject): string {
  return Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString();
}

/** The need came down to the size after more than one whole month. */
export const severalMonths = ({ row }: Subject): boolean => row.months.length > 1;
