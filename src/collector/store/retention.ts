/**
 * Retention, counted back from each device's newest sample, so that imported history stays: raw
 * blocks, 5-minute rollups and daily histograms each have their term. Whole blocks go, a bounded
 * number at a time, and never one whose rollups are still to be written.
 */
import { DAY_MS } from '../../shared/units.ts';
import type { BlockFacts, Blocks } from './blocks.ts';
import type { DeviceState } from './device-state.ts';
import type { GroupCommit } from './group-commit.ts';
import type { PendingHours } from './pending-hours.ts';
import type { Rollups } from './rollups.ts';
import type { StoreSettings } from './store.ts';

/** Blocks, or days of rollups, per transaction. */
const PER_STEP = 64;

export type Terms = Pick<StoreSettings, 'rawMs' | 'rollupMs' | 'histogramMs'>;

export interface RetentionRooms {
  readonly terms: Terms;
  readonly blocks: Blocks;
  readonly rollups: Rollups;
  readonly hours: PendingHours;
  readonly commit: GroupCommit;
}

/** Retention looks at a device once per day of its own time. */
export function dueForRetention({ newestMs, retainedDayMs }: DeviceState): boolean {
  return dayOf(newestMs) !== retainedDayMs;
}

/** Blocks of which every sample is past its term. */
export function pastTerm(blocks: readonly BlockFacts[], beforeMs: number): BlockFacts[] {
  return blocks.filter(({ toMs }) => toMs < beforeMs).slice(0, PER_STEP);
}

/** One step; true when it dropped something. When nothing is left, the device is done for the day. */
export async function retain(
  device: DeviceState,
  nowMs: number,
  { terms, blocks, rollups, hours, commit }: RetentionRooms,
): Promise<boolean> {
  // A clock gone wild at a sender must not date everything else out of its term.
  const newestMs = Math.min(device.newestMs, nowMs + DAY_MS);
  const rawBeforeMs = Math.min(newestMs - terms.rawMs, hours.oldest(device));
  const old = pastTerm(blocks.list(device), rawBeforeMs);
  const limits = {
    rollupsBeforeMs: newestMs - terms.rollupMs,
    histogramsBeforeMs: newestMs - terms.histogramMs,
  };
  if (old.length === 0 && !rollups.hasPastTerm(device, limits)) {
    device.retainedDayMs = dayOf(device.newestMs);
    return false;
  }
  await commit.write(() => {
    blocks.delete(old);
    rollups.prune(device, limits, PER_STEP);
  });
  return true;
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}
