/**
 * The spool's ledger: which part of its one log is acknowledged, waiting or dropped, and which
 * losses the collector has not heard of. Every function is pure and keeps the invariant
 *
 *   issued = acked + waiting + dropped
 *
 * by moving positions of the log, never by counting twice. The log runs over all epochs; a stream
 * is the part of it that goes out under one epoch.
 */
import { bug } from '../../shared/errors.ts';
import type { GapReason, GapRecord } from '../../shared/protocol.ts';
import { type BoundGap, type Loss, plainGap, UNBOUND, withGap } from './gaps.ts';

/** A place between two records: the next record's index, and the samples of all before it. */
export interface Position {
  readonly index: number;
  readonly issued: number;
}

/** The record with `index` has the number index − base of the epoch. */
export interface Numbering {
  readonly epoch: string;
  readonly base: number;
}

export interface Stream {
  /** As written in the records; shows which files belong to it. */
  readonly origin: Numbering;
  /** As sent: another one after numbers were skipped. */
  readonly sent: Numbering;
  /** from ≤ cursor ≤ end; acknowledged up to the cursor, waiting from there. */
  readonly from: Position;
  readonly cursor: Position;
  /** Null for the live stream: it ends at the tail. */
  readonly end: Position | null;
  /** Records before this index may have been sent, and so may be stored already. */
  readonly sentTo: number;
  /** `sentTo` may move up to here before the ledger has to be written; after a crash it did. */
  readonly reservedTo: number;
}

export interface Ledger {
  readonly tail: Position;
  /** Samples that could not be written at all; they are in `dropped`, not in the log. */
  readonly unlogged: number;
  readonly acked: number;
  readonly dropped: Readonly<Partial<Record<GapReason, number>>>;
  /** Kept as long as the batch that carried them may be asked for again. */
  readonly gaps: readonly BoundGap[];
  /** In order of the log; the last one is live. */
  readonly streams: readonly Stream[];
  /** Of the newest record: the estimate for one that cannot be read. */
  readonly lastSamples: number;
  /** How far into which file `tail` reaches; bytes after it are news. */
  readonly seen: { readonly name: string; readonly bytes: number };
  /** Files about to be deleted: after a crash in between, the rest of them is. */
  readonly removing: readonly string[];
}

/** Gaps that were delivered and are kept nevertheless. */
const DELIVERED_GAPS_MAX = 100;
/** Batches of an epoch that may be sent before the ledger must be written again. */
const RESERVED_SENDS = 16;

export const emptyLedger: Ledger = Object.freeze({
  tail: Object.freeze({ index: 1, issued: 0 }),
  unlogged: 0,
  acked: 0,
  dropped: Object.freeze({}),
  gaps: Object.freeze([]),
  streams: Object.freeze([]),
  lastSamples: 0,
  seen: Object.freeze({ name: '', bytes: 0 }),
  removing: Object.freeze([]),
});

export const endOf = (ledger: Ledger, stream: Stream): Position => stream.end ?? ledger.tail;
export const isWaiting = (ledger: Ledger, stream: Stream): boolean =>
  stream.cursor.index < endOf(ledger, stream).index;
export const seqOf = (stream: Stream, index: number): number => index - stream.sent.base;

export const issuedSamples = (ledger: Ledger): number => ledger.tail.issued + ledger.unlogged;
export const waitingSamples = (ledger: Ledger): number =>
  ledger.streams.reduce((sum, s) => sum + endOf(ledger, s).issued - s.cursor.issued, 0);
export const droppedSamples = (ledger: Ledger): number =>
  Object.values(ledger.dropped).reduce((sum, samples) => sum + samples, 0);

export function liveStream(ledger: Ledger): Stream | undefined {
  const last = ledger.streams.at(-1);
  return last?.end === null ? last : undefined;
}

export function streamOf(ledger: Ledger, epoch: string): Stream | undefined {
  return ledger.streams.find((stream) => stream.sent.epoch === epoch);
}

const replace = (ledger: Ledger, old: Stream, ...by: readonly Stream[]): Ledger => ({
  ...ledger,
  streams: ledger.streams.flatMap((stream) => (stream === old ? by : [stream])),
});

/** A stream of which nothing was sent yet: its first record is number 1. */
export function freshStream(epoch: string, from: Position, end: Position | null): Stream {
  const numbering = { epoch, base: from.index - 1 };
  const { index } = from;
  return {
    origin: numbering,
    sent: numbering,
    from,
    cursor: from,
    end,
    sentTo: index,
    reservedTo: index,
  };
}

/** The live stream, if any, ends here; what comes next is live under `epoch`. */
export function openLive(ledger: Ledger, epoch: string): Ledger {
  const closed = ledger.streams
    .map((stream) => (stream.end === null ? { ...stream, end: ledger.tail } : stream))
    .filter((stream) => stream.from.index < endOf(ledger, stream).index);
  return { ...ledger, streams: [...closed, freshStream(epoch, ledger.tail, null)] };
}

export function appended(ledger: Ledger, samples: number): Ledger {
  const { index, issued } = ledger.tail;
  return {
    ...ledger,
    tail: { index: index + 1, issued: issued + samples },
    lastSamples: samples,
  };
}

function withLoss(ledger: Ledger, samples: number, loss: Loss): Ledger {
  if (samples === 0) return ledger;
  const dropped = { ...ledger.dropped };
  dropped[loss.reason] = (dropped[loss.reason] ?? 0) + samples;
  return { ...ledger, dropped, gaps: withGap(ledger.gaps, samples, loss) };
}

/** A batch that could not be written. */
export function notWritten(ledger: Ledger, samples: number, loss: Loss): Ledger {
  return withLoss({ ...ledger, unlogged: ledger.unlogged + samples }, samples, loss);
}

/** The record at the stream's cursor is stored; `next` is the place after it. */
export function acknowledged(ledger: Ledger, stream: Stream, next: Position): Ledger {
  const acked = ledger.acked + next.issued - stream.cursor.issued;
  return { ...replace(ledger, stream, { ...stream, cursor: next }), acked };
}

export interface Cut {
  readonly stream: Stream;
  /** cursor ≤ from ≤ to ≤ end. */
  readonly from: Position;
  readonly to: Position;
  /** Null: nothing is lost, only the numbers begin anew. */
  readonly loss: Loss | null;
  /** For what follows the cut, should its numbers have to begin anew. */
  readonly newEpoch: string;
}

/**
 * Takes [from, to) out of a stream. Numbers must not skip, so what follows goes on under a new
 * epoch, except where none of the stream's numbers was ever used.
 */
export function cut(ledger: Ledger, { stream, from, to, loss, newEpoch }: Cut): Ledger {
  const end = endOf(ledger, stream);
  if (from.index < stream.cursor.index || to.index < from.index || to.index > end.index) {
    bug(`cut ${from.index}–${to.index} outside ${stream.cursor.index}–${end.index}`);
  }
  const unused = stream.sentTo <= stream.from.index && from.index === stream.from.index;
  const head = { ...stream, end: from };
  const epoch = unused ? stream.sent.epoch : newEpoch;
  const rest = { ...freshStream(epoch, to, stream.end), origin: stream.origin };
  const parts: Stream[] = [];
  if (head.from.index < head.end.index) parts.push(head);
  if (stream.end === null || to.index < end.index) parts.push(rest);
  const gaps = ledger.gaps.map((gap) =>
    isCarried(gap, stream, from) ? gap : unbound(gap, stream),
  );
  const kept = { ...replace(ledger, stream, ...parts), gaps };
  return loss === null ? kept : withLoss(kept, to.issued - from.issued, loss);
}

/** Gaps whose batch will not go out under its old number travel with another one. */
const unbound = (gap: BoundGap, stream: Stream): BoundGap =>
  gap.epoch === stream.sent.epoch ? { ...gap, ...UNBOUND } : gap;
const isCarried = (gap: BoundGap, stream: Stream, end: Position): boolean =>
  gap.epoch === stream.sent.epoch && gap.seq + stream.sent.base < end.index;

/**
 * The batch at the stream's cursor is about to be sent. When it certainly never was, it carries
 * every gap that has no carrier yet: a repetition would be answered "duplicate", its gaps unread.
 */
export function offered(ledger: Ledger, stream: Stream): Ledger {
  const { index } = stream.cursor;
  if (index < stream.sentTo) return ledger;
  const carrier = { epoch: stream.sent.epoch, seq: seqOf(stream, index) };
  const gaps = ledger.gaps.map((gap) => (gap.seq === 0 ? { ...gap, ...carrier } : gap));
  const sentTo = index + 1;
  const reservedTo = index < stream.reservedTo ? stream.reservedTo : index + RESERVED_SENDS;
  return { ...replace(ledger, stream, { ...stream, sentTo, reservedTo }), gaps };
}

/** After a restart: what was sent since the ledger was written is unknown, so all may have been. */
export function reopened(ledger: Ledger): Ledger {
  const streams = ledger.streams.map((stream) => {
    const sentTo = Math.min(stream.reservedTo, endOf(ledger, stream).index);
    return { ...stream, sentTo, reservedTo: sentTo };
  });
  return { ...ledger, streams };
}

export function gapsWith(ledger: Ledger, epoch: string, seq: number): readonly GapRecord[] {
  return ledger.gaps.filter((gap) => gap.epoch === epoch && gap.seq === seq).map(plainGap);
}

function isDelivered(ledger: Ledger, gap: BoundGap): boolean {
  if (gap.seq === 0) return false;
  const stream = streamOf(ledger, gap.epoch);
  return !stream || gap.seq + stream.sent.base < stream.cursor.index;
}

/** Losses the collector has not confirmed to know. */
export function undelivered(ledger: Ledger): readonly GapRecord[] {
  return ledger.gaps.filter((gap) => !isDelivered(ledger, gap)).map(plainGap);
}

/** Back to `to`, which the collector no longer has; whatever is older is in doubt as well. */
export function rewound(ledger: Ledger, stream: Stream, to: Position): Ledger {
  let acked = ledger.acked;
  const place = ledger.streams.indexOf(stream);
  const streams = ledger.streams.map((each, i) => {
    if (i > place) return each;
    const cursor = i === place ? to : each.from;
    acked -= each.cursor.issued - cursor.issued;
    return { ...each, cursor };
  });
  return { ...ledger, acked, streams };
}

/**
 * `samples` of a stream were acknowledged, are asked for again and are no longer here: now a loss.
 * What is left of it, from `to` on, gets new numbers.
 */
export function forgotten(
  ledger: Ledger,
  { stream, to, samples, loss, newEpoch }: Omit<Cut, 'from'> & { samples: number; loss: Loss },
): Ledger {
  const lost = Math.min(samples, ledger.acked);
  const rest = { ...freshStream(newEpoch, to, stream.end), origin: stream.origin };
  const gaps = ledger.gaps.map((gap) => unbound(gap, stream));
  return withLoss(
    { ...replace(ledger, stream, rest), gaps, acked: ledger.acked - lost },
    lost,
    loss,
  );
}

/** Without streams of which neither a waiting record nor a file is left, nor their gaps. */
export function pruned(ledger: Ledger, oldestIndexOnDisk: number): Ledger {
  const streams = ledger.streams.filter(
    ({ from, cursor, end }) =>
      end === null ||
      (from.index < end.index && (cursor.index < end.index || end.index > oldestIndexOnDisk)),
  );
  const delivered = ledger.gaps.filter((gap) => isDelivered(ledger, gap));
  const old = new Set(delivered.slice(0, Math.max(0, delivered.length - DELIVERED_GAPS_MAX)));
  const known = (gap: BoundGap): boolean =>
    gap.seq === 0 || streams.some((stream) => stream.sent.epoch === gap.epoch);
  return { ...ledger, streams, gaps: ledger.gaps.filter((g) => known(g) && !old.has(g)) };
}
