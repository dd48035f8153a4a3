/**
 * Merging: neighbouring small blocks of a device become one larger block, packed more thoroughly,
 * so that the number of blocks and the bytes per sample stay low. Levels are like digits: eight
 * blocks of one level make one of the next, until a block is large enough to stay as it is.
 */
import { ALL_TIME, assemble } from './assemble.ts';
import { type BlockFacts, type Blocks, DAMAGED } from './blocks.ts';
import type { DeviceState } from './device-state.ts';
import type { GroupCommit } from './group-commit.ts';
import { encodeBlock } from './seal.ts';

const BLOCKS_PER_MERGE = 8;
/** A block of so many samples is not merged any more. */
const LARGE = 131_072;
/** A merge takes no more than this at once. */
const MOST_SAMPLES = 2 * LARGE;

export interface MergeLimits {
  /** A merged block may span this much time, because retention drops whole blocks. */
  readonly longestMs: number;
  /** Merge any small neighbours, not only eight of a level: nothing more is expected soon. */
  readonly eager: boolean;
}

export interface CompactRooms {
  readonly blocks: Blocks;
  readonly commit: GroupCommit;
}

/** The oldest neighbours that should become one block; empty when there are none. */
export function chooseMerge(
  blocks: readonly BlockFacts[],
  { longestMs, eager }: MergeLimits,
): readonly BlockFacts[] {
  let run: BlockFacts[] = [];
  for (const block of blocks) {
    if (!fits(run, block, { longestMs, eager })) {
      if (eager && run.length > 1) return run;
      run = [];
    }
    if (block.samples < LARGE && block.level !== DAMAGED) run.push(block);
    if (!eager && run.length === BLOCKS_PER_MERGE) return run;
  }
  return eager && run.length > 1 ? run : [];
}

function fits(run: readonly BlockFacts[], block: BlockFacts, limits: MergeLimits): boolean {
  if (block.samples >= LARGE || block.level === DAMAGED) return false;
  const all = [...run, block];
  const fromMs = Math.min(...all.map((other) => other.fromMs));
  const toMs = Math.max(...all.map((other) => other.toMs));
  const samples = all.reduce((sum, other) => sum + other.samples, 0);
  if (toMs - fromMs > limits.longestMs) return false;
  return limits.eager ? samples <= MOST_SAMPLES : run.every(({ level }) => level === block.level);
}

/** Merges once, where there is something to merge; true when it did. In turns. */
export async function compact(
  device: DeviceState,
  limits: MergeLimits,
  { blocks, commit }: CompactRooms,
): Promise<boolean> {
  const run = chooseMerge(blocks.list(device), limits);
  if (run.length === 0) return false;
  const payloads: Uint8Array[] = [];
  for (const { id } of run) {
    const payload = blocks.payload(device, id);
    if (payload === null) {
      await commit.write(() => blocks.markDamaged(id));
      return true;
    }
    payloads.push(payload);
  }
  const columns = await assemble({ blocks: payloads, rows: [] }, ALL_TIME);
  const block = await encodeBlock(columns, 'thorough');
  const level = Math.max(...run.map((old) => old.level)) + 1;
  await commit.write(() => blocks.merge(device, run, { level, ...block }));
  return true;
}
