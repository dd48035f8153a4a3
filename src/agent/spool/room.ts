/** Makes room: forgets what was kept long enough, drops what is too old or does not fit. */
import type { SpoolCore } from './core.ts';
import type { Loss } from './gaps.ts';
import { cut, endOf, type Ledger, type Position } from './ledger.ts';
import { nextSacrifice, type Range, removable, type SpoolLimits, waitingIn } from './limits.ts';
import type { RecordHeader } from './record.ts';
import { positionAfter } from './segment-files.ts';

const HEADER_ONLY = Object.freeze({ withBody: false });

interface Stretch {
  readonly to: Position;
  readonly fromMs: number;
  readonly toMs: number;
}

type Going = (header: RecordHeader) => boolean;

/** Walks the headers of [from, end) while `goes`; null when there is none. */
async function stretch(
  core: SpoolCore,
  range: { readonly from: Position; readonly end: Position },
  goes: Going,
): Promise<Stretch | null> {
  let walked: Stretch | null = null;
  for (let at = range.from; at.index < range.end.index; ) {
    const found = await core.read(at, range.end, HEADER_ONLY);
    if (found === null || !goes(found.header)) break;
    at = positionAfter(found.header);
    const fromMs: number = walked?.fromMs ?? found.header.firstMs;
    walked = { to: at, fromMs, toMs: found.header.lastMs };
  }
  return walked;
}

function take(core: SpoolCore, range: Range, loss: Loss): Ledger {
  const { stream, from, to } = range;
  return cut(core.ledger, { stream, from, to, loss, newEpoch: core.newEpoch() });
}

async function dropOld(core: SpoolCore, oldestMs: number): Promise<void> {
  for (const stream of core.ledger.streams) {
    const { cursor, sentTo } = stream;
    const end = endOf(core.ledger, stream);
    // What may be stored already is not dropped; it is delivered late, or known to be there.
    const sent = await stretch(core, { from: cursor, end }, ({ index }) => index < sentTo);
    const from = sent?.to ?? cursor;
    const old = await stretch(core, { from, end }, ({ lastMs }) => lastMs < oldestMs);
    if (old === null) continue;
    const { to, fromMs, toMs } = old;
    core.ledger = take(core, { stream, from, to }, { reason: 'too_old', fromMs, toMs });
  }
}

/** Drops the waiting records of the file that goes next; false when there is none. */
async function sacrifice(core: SpoolCore): Promise<boolean> {
  const extent = nextSacrifice(core.ledger, core.extents());
  if (extent === null) return false;
  for (const range of waitingIn(core.ledger, extent)) {
    const { from, to } = range;
    const found = await stretch(core, { from, end: to }, () => true);
    const { firstMs } = extent.segment;
    const { fromMs, toMs } = found ?? { fromMs: firstMs, toMs: firstMs };
    core.ledger = take(core, range, { reason: 'quota', fromMs, toMs });
  }
  return true;
}

export async function makeRoom(
  core: SpoolCore,
  limits: SpoolLimits & { readonly maxAgeMs: number },
): Promise<void> {
  const nowMs = core.steadyMs();
  await dropOld(core, nowMs - limits.maxAgeMs);
  for (;;) {
    const past = removable(core.ledger, core.extents(), { ...limits, nowMs });
    // Without a durable ledger no file may go, and dropping would free nothing.
    if (!(await core.remove(past)) || core.files.bytes <= limits.maxBytes) break;
    if (!(await sacrifice(core))) break;
  }
}
