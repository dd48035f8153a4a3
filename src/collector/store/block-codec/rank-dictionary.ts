import type { Numbers } from './byte-planes.ts';
import { scratchDoubles, scratchWords } from './scratch.ts';

/** The distinct numbers of a column, sorted, and every number's rank among them. */

export interface Ranked {
  readonly values: Float64Array;
  readonly ranks: Uint32Array;
}

const HIGH = 2 ** 32;
/** Places in `scratch.ts`, apart from those of `int-column.ts`. */
const KEYS = 3;
const SLOTS = 3;
const RANK_OF = 4;
const RANKS = 5;
/** Ranks take at most two planes. */
const MOST = 65_536;

/**
 * Null when more than half of the numbers are distinct: the dictionary would cost more than it
 * saves. Up to three results, told apart by `slot`, are good at a time.
 */
export function rankNumbers({ low, high }: Numbers, slot: number): Ranked | null {
  const limit = Math.min(MOST, low.length >>> 1);
  const mask = tableSize(limit) - 1;
  // Open addressing: a slot holds the index of a distinct number plus one, 0 when it is free.
  const slots = scratchWords(SLOTS, mask + 1).fill(0);
  const keys = scratchDoubles(KEYS, limit);
  const ranks = scratchWords(RANKS + slot, low.length);
  let distinct = 0;
  for (let i = 0; i < low.length; i++) {
    const key = high === null ? (low[i] ?? 0) : (high[i] ?? 0) * HIGH + (low[i] ?? 0);
    let slot = hash(key) & mask;
    let found = slots[slot] ?? 0;
    while (found !== 0 && keys[found - 1] !== key) {
      slot = (slot + 1) & mask;
      found = slots[slot] ?? 0;
    }
    if (found === 0) {
      if (distinct === limit) return null;
      keys[distinct++] = key;
      slots[slot] = found = distinct;
    }
    ranks[i] = found - 1;
  }
  const values = keys.slice(0, distinct).sort();
  const rankOf = scratchWords(RANK_OF, distinct);
  for (let rank = 0; rank < distinct; rank++) {
    let slot = hash(values[rank] ?? 0) & mask;
    while (keys[(slots[slot] ?? 0) - 1] !== values[rank]) slot = (slot + 1) & mask;
    rankOf[(slots[slot] ?? 0) - 1] = rank;
  }
  for (let i = 0; i < ranks.length; i++) ranks[i] = rankOf[ranks[i] ?? 0] ?? 0;
  return { values, ranks };
}

function tableSize(entries: number): number {
  let size = 16;
  while (size < entries * 2) size *= 2;
  return size;
}

function hash(key: number): number {
  const low = key >>> 0;
  const mixed = Math.imul(low ^ Math.imul((key - low) / HIGH, 0x85ebca6b), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
