/** Losses on their way to the collector. Few at any time: what follows each other is one. */
import type { GapReason, GapRecord } from '../../shared/protocol.ts';

export interface Loss {
  readonly reason: GapReason;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A loss, and the batch that carries it to the collector. */
export interface BoundGap extends GapRecord {
  readonly epoch: string;
  readonly seq: number;
}

/** Not yet on its way with a batch. */
export const UNBOUND = Object.freeze({ epoch: '', seq: 0 });
/** More would not fit a request header; from there on losses of one reason become one gap. */
export const GAPS_MAX = 24;
/** Losses of one reason that follow each other within this time are one gap. */
const GAP_JOIN_MS = 5 * 60_000;

/** With one more loss, joined to one of its kind that has not left yet where that makes sense. */
export function withGap(gaps: readonly BoundGap[], samples: number, loss: Loss): BoundGap[] {
  const free = gaps.filter((gap) => gap.seq === 0);
  const near = (g: BoundGap): boolean =>
    loss.fromMs - g.toMs <= GAP_JOIN_MS && g.fromMs - loss.toMs <= GAP_JOIN_MS;
  const joined = free.findLast(
    (gap) => gap.reason === loss.reason && (near(gap) || free.length >= GAPS_MAX),
  );
  const gap: BoundGap = {
    ...UNBOUND,
    reason: loss.reason,
    fromMs: Math.min(loss.fromMs, joined?.fromMs ?? Infinity),
    toMs: Math.max(loss.toMs, joined?.toMs ?? -Infinity),
    samples: samples + (joined?.samples ?? 0),
  };
  return [...gaps.filter((each) => each !== joined), gap];
}

/** As the collector takes it: whole milliseconds in order, whatever a clock did in between. */
export const plainGap = ({ reason, fromMs, toMs, samples }: BoundGap): GapRecord =>
  Object.freeze({
    reason,
    fromMs: Math.max(0, Math.floor(Math.min(fromMs, toMs))),
    toMs: Math.max(0, Math.ceil(Math.max(fromMs, toMs))),
    samples,
  });
