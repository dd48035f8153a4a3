/** Back to a number the collector asks for again: it was restored, or is a new one (G3). */
import type { SpoolCore } from './core.ts';
import { forgotten, type Ledger, type Position, rewound, type Stream, streamOf } from './ledger.ts';
import { positionOf } from './segment-files.ts';

/**
 * Everything from `expected` on, and every older epoch that is still here, waits again. What is no
 * longer here is declared as lost; then the numbers begin anew, because they must not skip.
 */
export async function rewindTo(core: SpoolCore, stream: Stream, expected: number): Promise<void> {
  const index = stream.sent.base + expected;
  const { from, cursor } = stream;
  const how = { withBody: false, index: Math.max(index, from.index), epoch: stream.origin.epoch };
  const header = (await core.read(from, cursor, how))?.header;
  const to = header ? positionOf(header) : cursor;
  core.ledger = rewound(core.ledger, stream, to);
  const back = streamOf(core.ledger, stream.sent.epoch);
  if (to.index <= index || back === undefined) return;
  core.ledger = forgotten(core.ledger, {
    stream: back,
    to,
    ...missing(core.ledger, { from, index, to, toMs: header?.firstMs ?? core.steadyMs() }),
    newEpoch: core.newEpoch(),
  });
}

/** An estimate from the batches that are left: their mean size, and their mean distance. */
function missing(
  ledger: Ledger,
  { from, index, to, toMs }: { from: Position; index: number; to: Position; toMs: number },
) {
  const batches = to.index - index;
  const known = to.index - from.index;
  const each = known > 0 ? (to.issued - from.issued) / known : ledger.lastSamples;
  return {
    samples: Math.round(each * batches),
    loss: { reason: 'too_old', fromMs: toMs, toMs } as const,
  };
}
