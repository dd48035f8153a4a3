/**
 * Writes the rollups of pending hours, one device and day at a time. Which samples came in since is
 * told by the hours' revisions, so nothing that arrives meanwhile is taken for done.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.ts';
import { DAY_MS, HOUR_MS } from '../../shared/units.ts';
import type { PendingHour, RollupDay, Store } from '../store/store.ts';
import { encodeDay } from './day-blob.ts';
import { decodeHistograms, encodeHistograms, histogramsOf } from './day-histograms.ts';
import { figuresOfDay } from './device-day.ts';
import { countOf } from './histogram.ts';
import { SLOTS_PER_DAY, type SlotRange } from './slot-stats.ts';
import { staleSlots } from './stale-slots.ts';

/** How long after its end an hour is taken: most of what is under way has arrived by then. */
const SETTLE_MS = 2 * 60_000;
/** Computing for longer at a stretch would be felt by ingest. */
const TURN_MS = 20;

export interface RollUpOptions {
  readonly nowMs?: number;
  readonly budgetMs: number;
}

export type RollUp = (options: RollUpOptions) => Promise<boolean>;

interface DeviceDay {
  readonly device: string;
  readonly dayMs: number;
}

export function createRollUp(store: Store, clock: Clock): RollUp {
  /** Kept from call to call: an import leaves more pending hours than one should list each time. */
  let queue: DeviceDay[] = [];
  let running: Promise<boolean> | null = null;

  const work = async ({ nowMs, budgetMs }: RollUpOptions): Promise<boolean> => {
    const startMs = clock.monotonic();
    const isDue = ({ hourMs }: PendingHour): boolean =>
      nowMs === undefined || hourMs + HOUR_MS + SETTLE_MS <= nowMs;
    if (queue.length === 0) queue = deviceDays(store.pendingHours().filter(isDue));
    while (queue.length > 0) {
      await rollTurn(isDue);
      if (clock.monotonic() - startMs >= budgetMs) break;
      await setImmediate();
    }
    return queue.length > 0;
  };

  /** As much as fits one turn of the event loop, so that one commit carries the writes of many devices. */
  const rollTurn = async (isDue: (hour: PendingHour) => boolean): Promise<void> => {
    const startMs = clock.monotonic();
    const writes: Promise<void>[] = [];
    const devices = new Set<string>();
    try {
      for (let next = queue[0]; next !== undefined; next = queue[0]) {
        // A day needs what its neighbour wrote.
        if (devices.has(next.device)) break;
        devices.add(next.device);
        queue.shift();
        for (const write of await rollDay(store, next, isDue)) writes.push(write());
        if (clock.monotonic() - startMs >= TURN_MS) break;
      }
    } finally {
      await Promise.all(writes);
    }
  };

  return (options) => {
    running ??= work(options).finally(() => {
      running = null;
    });
    return running;
  };
}

function deviceDays(hours: readonly PendingHour[]): DeviceDay[] {
  const days = new Map<string, DeviceDay>();
  for (const { device, hourMs } of hours) {
    const dayMs = dayOf(hourMs);
    days.set(`${dayMs} ${device}`, { device, dayMs });
  }
  return [...days.values()];
}

const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS) * DAY_MS;

/** Computes one day, and what of its neighbours changed with it; returns the writes to start. */
async function rollDay(
  store: Store,
  { device, dayMs }: DeviceDay,
  isDue: (hour: PendingHour) => boolean,
): Promise<(() => Promise<void>)[]> {
  const pending = store.pendingHours(device);
  const due = pending.filter((hour) => dayOf(hour.hourMs) === dayMs && isDue(hour));
  if (due.length === 0) return [];
  const hours = due.map(({ hourMs }) => hourMs);
  const later = pending.filter((hour) => !due.includes(hour)).map(({ hourMs }) => hourMs);
  const stored = await store.rollups(device, dayMs - DAY_MS, dayMs + 2 * DAY_MS);
  const writes: (() => Promise<void>)[] = [];
  for (const day of [dayMs - DAY_MS, dayMs + DAY_MS, dayMs]) {
    const before = stored.find((known) => known.dayMs === day);
    const stale = staleSlots(day, { hours, later });
    if (stale.length === 0) continue;
    const now = await rolledUp(store, { device, dayMs: day, stale, before });
    if (day === dayMs) writes.push(() => store.writeRollup(now, hours, revisionsOf(due)));
    else if (!isSame(before, now)) writes.push(() => store.writeRollup(now, []));
  }
  return writes;
}

interface RollRequest extends DeviceDay {
  readonly stale: readonly SlotRange[];
  readonly before: RollupDay | undefined;
}

async function rolledUp(store: Store, request: RollRequest): Promise<RollupDay> {
  const { before, dayMs } = request;
  if (before === undefined || before.rollups.length > 0) return computed(store, request);
  // Slots that retention took, or that were damaged: only the raw samples can make them again.
  const stale = [{ startMs: dayMs, slots: SLOTS_PER_DAY }];
  const anew = await computed(store, { ...request, stale });
  return countSlots(anew) < countSlots(before) ? before : anew;
}

async function computed(store: Store, request: RollRequest): Promise<RollupDay> {
  const { device, dayMs, stale, before } = request;
  const rollups = before?.rollups ?? new Uint8Array();
  const figures = await figuresOfDay(store, { device, dayMs, rollups, stale });
  return {
    device,
    dayMs,
    rollups: encodeDay(figures),
    histograms: encodeHistograms(histogramsOf(dayMs, figures)),
  };
}

function countSlots({ dayMs, histograms }: RollupDay): number {
  return decodeHistograms(dayMs, histograms).reduce((sum, day) => sum + countOf(day), 0);
}

function isSame(before: RollupDay | undefined, now: RollupDay): boolean {
  const known = before?.rollups ?? encodeDay([]);
  return Buffer.compare(known, now.rollups) === 0;
}

function revisionsOf(hours: readonly PendingHour[]): number[] | undefined {
  const revisions = hours.map(({ revision }) => revision);
  return revisions.every((revision) => revision !== undefined) ? revisions : undefined;
}
