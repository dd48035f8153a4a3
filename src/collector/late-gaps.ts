/** The gaps that are waited for: kept over a restart, taken when their data has come. */
import { HOUR_MS } from '../shared/units.ts';
import type { Gap } from './desk/desk.ts';
import type { LateDoors } from './late.ts';

/** A sender that is always late must not keep the others' history waiting. */
const SETTLING_MOST_MS = 6 * HOUR_MS;
interface Open extends Gap {
  /** What the store said of its hours; data may have come when it is another one than at first. */
  first: string;
  last: string;
  changedMs: number;
  /** When its samples were last looked for. */
  checkedMs: number;
}

/**
 * Gaps in memory and in the file. One is forgotten only when what was found in it is in the ledger:
 * judged again after a crash, it finds the same, which the ledger knows already.
 */
export class GapBook {
  readonly open: Open[] = [];
  judged: Gap[] = [];
  readonly #doors: LateDoors;
  #unsaved: Gap[] = [];

  constructor(doors: LateDoors) {
    this.#doors = doors;
    // What came of their data before the restart is not known: it is looked for once all is calm.
    const owed = doors.gaps.all();
    if (owed.length === 0) return;
    const { lateSamples } = doors.store.stats();
    for (const gap of owed) this.#begin(gap, { first: '', lateSamples });
  }

  /** `lateSamples`: how many the store has taken out of order. */
  add(gap: Gap, lateSamples: number): void {
    if (this.open.some(({ device, toMs }) => device === gap.device && toMs === gap.toMs)) return;
    this.#begin(gap, { first: null, lateSamples });
    this.#unsaved.push(gap);
  }

  /** What cannot be written now is written by a later tick. */
  save(): void {
    if (this.#unsaved.length === 0) return;
    try {
      this.#doors.gaps.keep(this.#unsaved);
      this.#unsaved = [];
    } catch {
      // The disk is full or broken: whoever writes samples says so.
    }
  }

  take(gap: Open): void {
    this.open.splice(this.open.indexOf(gap), 1);
    this.judged.push(gap);
  }

  forgetJudged(): void {
    this.#doors.gaps.drop(this.judged);
    this.judged = [];
  }

  /** `first`: what the store said when the gap was seen; null: as it says now. */
  #begin(gap: Gap, seen: { readonly first: string | null; readonly lateSamples: number }): void {
    const { store, clock } = this.#doors;
    const last = signatureOf(store, gap, seen.lateSamples);
    const nowMs = clock.now();
    const times = { changedMs: nowMs, checkedMs: nowMs };
    this.open.push({ ...gap, first: seen.first ?? last, last, ...times });
  }
}

/** How far a look back goes: from here on, then so many times further. */
const BACK_FIRST_MS = HOUR_MS;
const BACK_TIMES = 6;

/** Silences that ended with a device's newest sample: nobody may have seen that yet. */
export async function lookBack(book: GapBook, doors: LateDoors, steps: number): Promise<void> {
  const { store, clock, labelsOf } = doors;
  const { lateSamples } = store.stats();
  for (const device of store.devices()) {
    if (labelsOf(device) === null) continue;
    const toMs = store.newest(device);
    const fromMs = await silenceBefore(doors, device, toMs);
    if (fromMs === null) continue;
    // One that is always so slow was not silent.
    const before = await newestIn(store, device, [2 * fromMs - toMs, fromMs]);
    const stepMs = fromMs - (before ?? Number.NEGATIVE_INFINITY);
    if (toMs - fromMs <= steps * stepMs) continue;
    book.add({ device, fromMs, toMs, stepMs, sinceMs: clock.now() }, lateSamples);
  }
  book.save();
}

/** The newest sample before the silence that ended with the device's newest; null: no silence. */
async function silenceBefore(
  { store, policy }: LateDoors,
  device: string,
  newestMs: number,
): Promise<number | null> {
  const { silent, wait } = policy();
  if ((await newestIn(store, device, [newestMs - silent, newestMs])) !== null) return null;
  let toMs = newestMs - silent;
  for (let backMs = BACK_FIRST_MS; ; backMs *= BACK_TIMES) {
    const fromMs = Math.max(newestMs - backMs, newestMs - wait);
    const before = await newestIn(store, device, [fromMs, toMs]);
    if (before !== null || fromMs === newestMs - wait) return before;
    toMs = fromMs;
  }
}

async function newestIn(
  store: LateDoors['store'],
  device: string,
  [fromMs, toMs]: readonly [number, number],
): Promise<number | null> {
  const windows = await store.read(device, fromMs, toMs);
  const newest = Math.max(...windows.map(({ times }) => times.at(-1) ?? 0));
  return newest > 0 ? newest : null;
}

/** Takes out the first gap whose data has come and stopped coming, and those that wait in vain. */
export async function takeSettled(
  book: GapBook,
  { store, clock, policy }: LateDoors,
): Promise<Gap | undefined> {
  const nowMs = clock.now();
  const { settled, wait } = policy();
  const { lateSamples } = store.stats();
  for (const gap of [...book.open]) {
    const now = signatureOf(store, gap, lateSamples);
    if (now !== gap.last) Object.assign(gap, { last: now, changedMs: nowMs });
    const calm = nowMs - gap.changedMs >= settled || nowMs - gap.sinceMs >= SETTLING_MOST_MS;
    const due = gap.last !== gap.first && calm && nowMs - gap.checkedMs >= settled;
    const ready = due && (await isFilled(store, gap));
    // What settled was another's backlog: this one's is still to come.
    if (due) Object.assign(gap, { first: now, checkedMs: nowMs });
    if (!ready && nowMs - gap.sinceMs < wait) continue;
    book.take(gap);
    if (ready) return gap;
  }
  return undefined;
}

/** True when samples of the device itself lie in the gap, not only at its edges. */
async function isFilled(
  store: LateDoors['store'],
  { device, fromMs, toMs, stepMs }: Gap,
): Promise<boolean> {
  const windows = await store.read(device, fromMs + stepMs, toMs - stepMs);
  return windows.some(({ times }) => times.length > 0);
}

/**
 * What the store says of the hours of a gap. The hour that still went on when the gap ended changes
 * with every live sample: there only what came out of order counts, of whatever device.
 */
function signatureOf(
  store: LateDoors['store'],
  { device, fromMs, toMs }: Pick<Gap, 'device' | 'fromMs' | 'toMs'>,
  lateSamples: number,
): string {
  const liveHour = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  const hours = store
    .pendingHours(device)
    .filter(({ hourMs }) => hourMs + HOUR_MS > fromMs && hourMs < liveHour)
    .map(({ hourMs, revision = 0 }) => `${hourMs}:${revision}`);
  return `${hours.join(' ')} ${lateSamples}`;
}
