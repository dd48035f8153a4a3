/** Sealing: the oldest journal rows of a device become one compressed block. */
import { ALL_TIME, assemble } from './assemble.ts';
import { BlockEncoder, type Column, type Effort } from './block-codec/device-block.ts';
import type { Blocks } from './blocks.ts';
import type { DeviceState, RowList } from './device-state.ts';
import type { DictionaryTable } from './dictionary-table.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Journal } from './journal.ts';
import { Pace } from './pace.ts';

/** A device with so many samples in the journal is sealed; its block holds about as many. */
export const SAMPLES_PER_BLOCK = 32_768;
/** A device is sealed after this long in any case, so that the journal can be pruned. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

export interface SealRooms {
  readonly journal: Journal;
  readonly blocks: Blocks;
  readonly devices: DictionaryTable;
  readonly commit: GroupCommit;
}

/** Why a device is sealed now; null when it is not. */
export function dueForSeal(
  { rows, waitingSinceMs }: Pick<DeviceState, 'rows' | 'waitingSinceMs'>,
  monotonicMs: number,
): 'samples' | 'age' | null {
  if (rows.sampleCount >= SAMPLES_PER_BLOCK) return 'samples';
  if (rows.ids.length > 0 && monotonicMs - waitingSinceMs >= LONGEST_WAIT_MS) return 'age';
  return null;
}

/** How many of the oldest rows make one block. */
export function rowsOfBlock({ samples }: Pick<RowList, 'samples'>): number {
  let total = 0;
  let count = 0;
  while (count < samples.length && total < SAMPLES_PER_BLOCK) total += samples[count++] ?? 0;
  return count;
}

/** Seals one block of a device that has rows. Samples that arrive meanwhile stay in the journal. */
export async function seal(device: DeviceState, rooms: SealRooms): Promise<void> {
  const { journal, blocks, devices, commit } = rooms;
  const count = rowsOfBlock(device.rows);
  const ids = device.rows.ids.slice(0, count);
  const lastId = ids.at(-1);
  if (lastId === undefined) return;
  const columns = await assemble({ blocks: [], rows: journal.payloads(ids) }, ALL_TIME);
  const block = columns.length === 0 ? null : await encodeBlock(columns, 'quick');
  await commit.write(() => {
    if (block !== null) blocks.insert(device, { level: 0, ...block });
    devices.saveHead(device, lastId);
  });
  device.sealedRow = lastId;
  journal.sealed(device, count);
}

export interface EncodedBlock {
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: number;
  readonly payload: Uint8Array;
}

/** `columns` must not be empty, nor any of them. In turns. */
export async function encodeBlock(
  columns: readonly Column[],
  effort: Effort,
): Promise<EncodedBlock> {
  const encoder = new BlockEncoder(effort);
  const pace = new Pace();
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  let samples = 0;
  for (const column of columns) {
    const { times } = column;
    encoder.add(column);
    fromMs = Math.min(fromMs, times[0] ?? fromMs);
    toMs = Math.max(toMs, times[times.length - 1] ?? toMs);
    samples += times.length;
    if (pace.spend(times.length)) await pace.breathe();
  }
  return { fromMs, toMs, samples, payload: await encoder.finish() };
}
