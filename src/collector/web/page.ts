/** Pages of a list: a cursor is `after` in the query and `next` in the answer, everywhere. */
import { z } from 'zod';

export interface Page<T, K = string> {
  readonly shown: readonly T[];
  /** What to continue after; null on the last page. */
  readonly next: K | null;
}

/** `found` is one more than is shown, which says whether there is a next page. */
export function firstOf<T, K>(
  found: readonly T[],
  limit: number,
  keyOf: (one: T) => K,
): Page<T, K> {
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return { shown, next: last === undefined ? null : keyOf(last) };
}

/** The query of a list whose items have numbers. */
export const numberedQuery = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z.coerce.number().int().min(1).optional().describe('`next` of the page before'),
};
export const nextNumber = z.int().nullable().describe('For `after`; null on the last page');
