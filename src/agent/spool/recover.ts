/**
 * From any content of the directory to a ledger that fits it. The ledger's word counts for what
 * was acknowledged or dropped, the files' for what was written after it. What fits neither is put
 * aside, never deleted. Cost: one header per file, and the headers of the newest file.
 */
import { emptyLedger, type Ledger, type Position, reopened, type Stream } from './ledger.ts';
import type { StoredLedger } from './ledger-file.ts';
import { positionAfter, type Segment, type SegmentFiles } from './segment-files.ts';

const FOREVER: Position = Object.freeze({ index: Infinity, issued: Infinity });

function owner(ledger: Ledger, segments: readonly Segment[], i: number): Stream | undefined {
  const segment = segments[i];
  const next = segments[i + 1]?.first.index ?? Infinity;
  return ledger.streams.find(
    ({ origin, from, end }) =>
      segment !== undefined &&
      origin.epoch === segment.epoch &&
      from.index < next &&
      segment.first.index < (end?.index ?? Infinity),
  );
}

/**
 * Files of another history: of no epoch the ledger knows, or with counts that contradict it or the
 * files before. Without the newest ledger, unknown epochs after its end are ours.
 */
export function foreignSegments(
  stored: StoredLedger | null,
  segments: readonly Segment[],
): Segment[] {
  const tail = stored?.ledger.tail ?? { index: 0, issued: 0 };
  let floor = 0;
  return segments.filter(({ first }, i) => {
    const later = first.index >= tail.index;
    const agrees = later ? first.issued >= tail.issued : first.issued <= tail.issued;
    const mayBeNew = later && stored?.newest !== true;
    const known = stored !== null && owner(stored.ledger, segments, i) !== undefined;
    const sound = first.issued >= floor && agrees && (known || mayBeNew);
    if (sound) floor = first.issued;
    return !sound;
  });
}

/** The end of the log: of the ledger or of the newest file, whichever is further. */
async function findTail(ledger: Ledger, files: SegmentFiles): Promise<Ledger> {
  const last = files.all.at(-1);
  if (last === undefined) return ledger;
  let tail: Position = last.first.index > ledger.tail.index ? last.first : ledger.tail;
  let { lastSamples } = ledger;
  for (;;) {
    const { found, damages } = await files.find(tail, FOREVER, { withBody: false });
    if (found !== null) {
      tail = positionAfter(found.header);
      lastSamples = found.header.samples;
      continue;
    }
    // Bytes after the last record are one more, cut short or spoilt: as many samples as the one
    // before it, so that the loss is declared. What the ledger covers already is not guessed at.
    const { seen } = ledger;
    const fresh = last.name !== seen.name || last.bytes > seen.bytes;
    const torn = damages.some((d) => d.name === last.name && d.offset + d.bytes >= last.bytes);
    if (torn && fresh) tail = { index: tail.index + 1, issued: tail.issued + lastSamples };
    return { ...ledger, tail, lastSamples };
  }
}

/** Streams for files the ledger does not know: all of them, where there is no ledger. */
function adopt(ledger: Ledger, segments: readonly Segment[]): Ledger {
  const unknown = segments.filter((_, i) => !owner(ledger, segments, i));
  const heads = unknown.filter(({ epoch, seq, first }, i) => {
    const before = unknown[i - 1];
    return before?.epoch !== epoch || before.first.index - before.seq !== first.index - seq;
  });
  const adopted = heads.map(({ epoch, seq, first }, i): Stream => {
    const end = heads[i + 1]?.first ?? ledger.tail;
    const sent = { epoch, base: first.index - seq };
    const sentTo = end.index;
    return { origin: sent, sent, from: first, cursor: first, end, sentTo, reservedTo: sentTo };
  });
  const liveEnd = adopted[0]?.from ?? ledger.tail;
  const known = ledger.streams.map((each) =>
    each.end === null ? { ...each, end: liveEnd } : each,
  );
  return { ...ledger, streams: [...known, ...adopted] };
}

/** The ledger as it is now that the directory was read; nothing in it is live. */
export async function recover(stored: Ledger | null, files: SegmentFiles): Promise<Ledger> {
  // Without a ledger all that is gone from the directory counts as delivered: files are removed
  // only then, or with a loss that was declared. What is here is sent again.
  const first = files.all[0]?.first ?? emptyLedger.tail;
  const base = stored ?? { ...emptyLedger, acked: first.issued, tail: first };
  const ledger = adopt(await findTail(base, files), files.all);
  const streams = ledger.streams.filter(({ from, end }) => from.index < (end?.index ?? 0));
  return reopened({ ...ledger, streams, removing: [] });
}
