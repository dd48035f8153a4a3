/**
 * What has to go, decided without touching anything. Files whose records are all acknowledged stay
 * for a day or half the quota, so that a collector restored from a backup can ask for them again
 * (G3); waiting records are dropped only for size or age, the oldest first, file by file.
 */
import { endOf, isWaiting, type Ledger, type Position, type Stream } from './ledger.ts';
import type { Segment } from './segment-files.ts';

export interface SpoolLimits {
  readonly maxBytes: number;
  readonly keepAckedMs: number;
  readonly keepAckedBytes: number;
}

/** A segment with the place where the next one begins. */
export interface Extent {
  readonly segment: Segment;
  readonly end: Position;
  /** Of the first record after it, Unix ms. */
  readonly endMs: number;
  readonly active: boolean;
}

/** Waiting records of one stream in one segment. */
export interface Range {
  readonly stream: Stream;
  readonly from: Position;
  readonly to: Position;
}

const later = (a: Position, b: Position): Position => (a.index >= b.index ? a : b);
const earlier = (a: Position, b: Position): Position => (a.index <= b.index ? a : b);

export function waitingIn(ledger: Ledger, { segment, end }: Extent): Range[] {
  return ledger.streams
    .filter((stream) => isWaiting(ledger, stream))
    .map((stream) => ({
      stream,
      from: later(stream.cursor, segment.first),
      to: earlier(endOf(ledger, stream), end),
    }))
    .filter(({ from, to }) => from.index < to.index);
}

/** True when a record of it can still be sent, or asked for again. */
export function isOwned(ledger: Ledger, { segment, end }: Extent): boolean {
  return ledger.streams.some(
    (stream) =>
      stream.origin.epoch === segment.epoch &&
      stream.from.index < end.index &&
      segment.first.index < endOf(ledger, stream).index,
  );
}

/** Files nobody waits for that are past their keeping, the oldest first. */
export function removable(
  ledger: Ledger,
  extents: readonly Extent[],
  { maxBytes, keepAckedMs, keepAckedBytes, nowMs }: SpoolLimits & { readonly nowMs: number },
): Segment[] {
  const done = extents.filter((each) => !each.active && waitingIn(ledger, each).length === 0);
  let excess = extents.reduce((sum, { segment }) => sum + segment.bytes, 0) - maxBytes;
  let kept = done.reduce((sum, { segment }) => sum + segment.bytes, 0);
  return done
    .filter((extent) => {
      const { segment, endMs } = extent;
      const past = excess > 0 || kept > keepAckedBytes || nowMs - endMs > keepAckedMs;
      const goes = past || !isOwned(ledger, extent);
      if (goes) excess -= segment.bytes;
      if (goes) kept -= segment.bytes;
      return goes;
    })
    .map(({ segment }) => segment);
}

/** What may be stored already, its receipt lost, is not dropped while that can be avoided. */
const mayBeStored = ({ stream, from }: Range): boolean => from.index < stream.sentTo;

/** The file whose waiting records go next for want of room; null when there is none. */
export function nextSacrifice(ledger: Ledger, extents: readonly Extent[]): Extent | null {
  const waiting = extents.filter((each) => !each.active && waitingIn(ledger, each).length > 0);
  const free = waiting.find((each) => !waitingIn(ledger, each).some(mayBeStored));
  return free ?? waiting[0] ?? null;
}
