/** The spool over segment files: every operation in turn, the ledger moved with each. */
import { Failure, messageOf } from '../../shared/errors.ts';
import type { GapReason, GapRecord } from '../../shared/protocol.ts';
import { LIMITS } from '../../shared/sample.ts';
import type { SpoolCore } from './core.ts';
import {
  acknowledged,
  appended,
  cut,
  endOf,
  gapsWith,
  isWaiting,
  liveStream,
  notWritten,
  offered,
  openLive,
  type Position,
  type Stream,
  seqOf,
  streamOf,
  undelivered,
} from './ledger.ts';
import { HEADER_BYTES, type RecordHeader } from './record.ts';
import { rewindTo } from './rewind.ts';
import { makeRoom } from './room.ts';
import { positionAfter, positionOf } from './segment-files.ts';
import type { NewBatch, Spool, SpoolBatch, SpoolOptions, SpoolStats } from './spool.ts';
import { spoolFailure } from './spool-failure.ts';
import { spoolStats } from './stats.ts';

const HOUR_MS = 3_600_000;
const KEEP_ACKED_MS = 24 * HOUR_MS;
/** More epochs than this do not wait at once: then an outage no longer opens a new one. */
const STREAMS_MAX = 64;

/** Remembered headers of streams; forgetting one costs a read. */
const FRONTS_MAX = 2 * STREAMS_MAX;

export class SegmentSpool implements Spool {
  readonly #options: Required<SpoolOptions>;
  readonly #core: SpoolCore;
  /** For the segment files. */
  readonly #maxBytes: number;
  /** Epoch → the record at its cursor, as it was handed out. */
  readonly #fronts = new Map<string, RecordHeader>();
  #newest: { readonly header: RecordHeader; readonly body: Uint8Array } | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: Required<SpoolOptions>, core: SpoolCore, maxBytes: number) {
    this.#options = options;
    this.#core = core;
    this.#maxBytes = maxBytes;
  }

  append(batch: NewBatch): Promise<void> {
    return this.#inTurn(async () => {
      const need = HEADER_BYTES + batch.body.length;
      if (batch.body.length > LIMITS.bodyBytes || need > this.#maxBytes) {
        const reason = `a batch of ${batch.body.length} bytes is more than the collector takes`;
        return this.#refuse(batch, 'oversize', new Failure('too_large', reason));
      }
      try {
        await this.#checkSpace();
        if (this.#core.files.bytes + need > this.#maxBytes) await this.#makeRoom(need);
        await this.#write(batch);
      } catch (error) {
        return this.#refuse(batch, 'disk_error', spoolFailure(error, this.#options.directory));
      }
    });
  }

  oldest(which: 'live' | 'backlog'): Promise<SpoolBatch | null> {
    return this.#inTurn(async () => {
      for (;;) {
        const stream = this.#waiting(which);
        if (stream === undefined) return null;
        const end = endOf(this.#core.ledger, stream);
        const how = { withBody: true, epoch: stream.origin.epoch };
        const found = this.#fresh(stream) ?? (await this.#core.read(stream.cursor, end, how));
        const at = found === null ? end : positionOf(found.header);
        if (found !== null && at.index === stream.cursor.index) {
          return this.#handOut(stream, found.header, found.body);
        }
        const before = this.#fronts.get(stream.sent.epoch)?.lastMs;
        const toMs = found?.header.firstMs ?? before ?? this.#core.steadyMs();
        this.#drop(stream, at, { reason: 'corrupt', fromMs: before ?? toMs, toMs });
        await this.#core.persist();
      }
    });
  }

  acknowledge(epoch: string, seq: number): Promise<void> {
    return this.#inTurn(async () => {
      const front = await this.#frontOf(epoch, seq);
      if (front === null) return;
      this.#core.ledger = acknowledged(
        this.#core.ledger,
        front.stream,
        positionAfter(front.header),
      );
      await this.#core.persistNowAndThen();
    });
  }

  rewind(epoch: string, expected: number): Promise<void> {
    return this.#inTurn(async () => {
      const stream = streamOf(this.#core.ledger, epoch);
      if (stream === undefined) return;
      const { log, directory } = this.#options;
      log.warn('the collector asks for older batches again', { directory, epoch, expected });
      if (expected >= 1 && expected < seqOf(stream, stream.cursor.index)) {
        await rewindTo(this.#core, stream, expected);
      } else {
        this.#renumber(stream);
      }
      await this.#core.persist();
    });
  }

  renumber(epoch: string): Promise<void> {
    return this.#inTurn(async () => {
      const stream = streamOf(this.#core.ledger, epoch);
      if (stream === undefined) return;
      this.#renumber(stream);
      await this.#core.persist();
    });
  }

  quarantine(epoch: string, seq: number, reason: string): Promise<void> {
    return this.#inTurn(async () => {
      const front = await this.#frontOf(epoch, seq);
      if (front === null) return;
      const { stream, header } = front;
      const { log } = this.#options;
      log.error('the collector refused a batch for good', { epoch, seq, reason });
      const end = positionAfter(header);
      const found = await this.#core.read(stream.cursor, end, { withBody: true });
      if (found !== null) {
        await this.#core.quarantine
          .keep(`refused-${epoch}-${seq}.snappy`, found.body)
          .catch((error) => log.warn('it cannot be kept', { reason: messageOf(error) }));
      }
      const { firstMs, lastMs } = header;
      this.#drop(stream, end, { reason: 'rejected', fromMs: firstMs, toMs: lastMs });
      await this.#core.persist();
    });
  }

  splitLive(): Promise<void> {
    return this.#inTurn(async () => {
      const { ledger } = this.#core;
      const live = liveStream(ledger);
      const waiting = ledger.streams.filter((stream) => isWaiting(ledger, stream));
      if (!live || !waiting.includes(live) || waiting.length >= STREAMS_MAX) return;
      this.#core.ledger = openLive(ledger, this.#core.newEpoch());
      await this.#core.persist();
    });
  }

  pendingGaps(): readonly GapRecord[] {
    return undelivered(this.#core.ledger);
  }

  enforceLimits(): Promise<void> {
    return this.#inTurn(() => this.#makeRoom(0));
  }

  stats(): SpoolStats {
    return spoolStats(this.#core, this.#fronts);
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#core.persist();
      await this.#core.files.close();
    });
  }

  /** One operation after the other, whatever became of the one before. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #write({ body, samples, firstMs, lastMs }: NewBatch): Promise<void> {
    const core = this.#core;
    const live = liveStream(core.ledger);
    if (live === undefined) throw new Error('no live epoch');
    const { epoch, base } = live.origin;
    if ((await core.files.roll(epoch)) || !core.isLiveDurable) {
      // Without its epoch in the ledger a file would be taken for a foreign one after a crash.
      if (!(await core.persist())) throw new Error('the ledger cannot be written');
    }
    const { index, issued } = core.ledger.tail;
    const place = { index, issuedBefore: issued, epoch, seq: index - base };
    await core.timed(() => core.files.append({ ...place, samples, firstMs, lastMs }, body));
    core.ledger = appended(core.ledger, samples);
    const checked = { bodyBytes: body.length, bodyCrc: 0 };
    this.#newest = { header: { ...place, samples, firstMs, lastMs, ...checked }, body };
  }

  /** In the ordinary course what was just written goes out next, and need not be read again. */
  #fresh({ cursor }: Stream): { header: RecordHeader; body: Uint8Array } | null {
    return this.#newest?.header.index === cursor.index ? this.#newest : null;
  }

  async #hasSpace(): Promise<boolean> {
    const { fs, directory, minFreeRatio } = this.#options;
    const { totalBytes, freeBytes } = await fs.space(directory);
    this.#core.diskFreeBytes = freeBytes;
    return freeBytes >= totalBytes * minFreeRatio;
  }

  async #checkSpace(): Promise<void> {
    if (await this.#hasSpace()) return;
    // What is kept only for a collector that may lose it is the first to go.
    await this.#makeRoom(0, 0);
    if (await this.#hasSpace()) return;
    const { directory, minFreeRatio } = this.#options;
    const percent = Math.round(minFreeRatio * 100);
    throw new Failure('disk_full', `less than ${percent} % is free where ${directory} is`, {
      hint: 'free some space there; samples are counted as dropped until then',
    });
  }

  async #makeRoom(need: number, keepAckedBytes = this.#maxBytes / 2): Promise<void> {
    const maxBytes = this.#maxBytes - need;
    const { maxAgeMs } = this.#options;
    const limits = { maxBytes, maxAgeMs, keepAckedBytes, keepAckedMs: KEEP_ACKED_MS };
    await makeRoom(this.#core, limits);
  }

  async #refuse(batch: NewBatch, reason: GapReason, failure: Failure): Promise<never> {
    const loss = { reason, fromMs: batch.firstMs, toMs: batch.lastMs };
    this.#core.ledger = notWritten(this.#core.ledger, batch.samples, loss);
    await this.#core.persist();
    throw failure;
  }

  async #handOut(stream: Stream, header: RecordHeader, body: Uint8Array): Promise<SpoolBatch> {
    const { ledger } = this.#core;
    this.#core.ledger = offered(ledger, stream);
    const beyond = this.#core.ledger !== ledger && header.index >= stream.reservedTo;
    const carries = this.#core.ledger.gaps.some((gap, i) => gap !== ledger.gaps[i]);
    if (beyond || carries) await this.#core.persist();
    const { epoch } = stream.sent;
    const seq = seqOf(stream, header.index);
    const { samples, firstMs, lastMs } = header;
    if (this.#fronts.size >= FRONTS_MAX) this.#fronts.clear();
    this.#fronts.set(epoch, header);
    const gaps = gapsWith(this.#core.ledger, epoch, seq);
    return { epoch, seq, body, samples, firstMs, lastMs, gaps };
  }

  #waiting(which: 'live' | 'backlog'): Stream | undefined {
    const { ledger } = this.#core;
    return ledger.streams.find(
      (stream) => (stream.end === null) === (which === 'live') && isWaiting(ledger, stream),
    );
  }

  /** The record at the cursor of `epoch`, when `seq` names it. */
  async #frontOf(epoch: string, seq: number) {
    const stream = streamOf(this.#core.ledger, epoch);
    if (!stream || seqOf(stream, stream.cursor.index) !== seq) return null;
    const known = this.#fronts.get(epoch);
    if (known?.index === stream.cursor.index) return { stream, header: known };
    const end = endOf(this.#core.ledger, stream);
    const found = await this.#core.read(stream.cursor, end, { withBody: false });
    return found?.header.index === stream.cursor.index ? { stream, header: found.header } : null;
  }

  #drop(stream: Stream, to: Position, loss: { reason: GapReason; fromMs: number; toMs: number }) {
    const newEpoch = this.#core.newEpoch();
    this.#core.ledger = cut(this.#core.ledger, {
      stream,
      from: stream.cursor,
      to,
      loss,
      newEpoch,
    });
  }

  #renumber(stream: Stream): void {
    const { cursor } = stream;
    const newEpoch = this.#core.newEpoch();
    const nothing = { stream, from: cursor, to: cursor, loss: null, newEpoch };
    this.#core.ledger = cut(this.#core.ledger, nothing);
  }
}
