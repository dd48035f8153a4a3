/** The spool in figures, for people and for `watchkeeper_agent_*` series. */
import type { SpoolCore } from './core.ts';
import {
  endOf,
  issuedSamples,
  isWaiting,
  type Stream,
  seqOf,
  undelivered,
  waitingSamples,
} from './ledger.ts';
import type { RecordHeader } from './record.ts';
import type { EpochState, SpoolStats } from './spool.ts';

/** Time of the oldest waiting record, as far as it is known without reading. */
function oldestMs(core: SpoolCore, stream: Stream, front: RecordHeader | undefined): number {
  if (front?.index === stream.cursor.index) return front.firstMs;
  const segment = core.files.all.findLast(({ first }) => first.index <= stream.cursor.index);
  return segment?.firstMs ?? 0;
}

export function spoolStats(core: SpoolCore, fronts: ReadonlyMap<string, RecordHeader>): SpoolStats {
  const { ledger } = core;
  const waiting = ledger.streams.filter((stream) => isWaiting(ledger, stream));
  const state = (stream: Stream): EpochState => ({
    epoch: stream.sent.epoch,
    nextSeq: seqOf(stream, stream.cursor.index),
    lastSeq: seqOf(stream, endOf(ledger, stream).index) - 1,
    live: stream.end === null,
  });
  const [oldest] = waiting;
  return {
    batches: waiting.reduce((n, s) => n + endOf(ledger, s).index - s.cursor.index, 0),
    samples: waitingSamples(ledger),
    bytes: core.files.bytes,
    oldestMs: oldest ? oldestMs(core, oldest, fronts.get(oldest.sent.epoch)) : 0,
    issuedSamples: issuedSamples(ledger),
    ackedSamples: ledger.acked,
    dropped: { ...ledger.dropped },
    quarantinedFiles: core.quarantine.files,
    fsyncSeconds: core.fsyncSeconds,
    fsyncErrors: core.fsyncErrors,
    gapRecords: undelivered(ledger).length,
    diskFreeBytes: core.diskFreeBytes,
    epochs: ledger.streams
      .filter((stream) => stream.end === null || waiting.includes(stream))
      .map(state),
  };
}
