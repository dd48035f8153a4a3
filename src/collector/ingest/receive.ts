/**
 * One write request, in the order things happen: admitted → read → stored → told. Everything up to
 * the store's `append` is synchronous, so numbers that were looked up cannot go stale in between.
 */
import type { Clock } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { GapRecord } from '../../shared/protocol.ts';
import { LIMITS } from '../../shared/sample.ts';
import { DAY_MS } from '../../shared/units.ts';
import type { Desk, Principal } from '../desk/desk.ts';
import type { Cursor, Receipt, Store } from '../store/store.ts';
import { type Admission, Gate } from './admission.ts';
import { failed, partial, receipt } from './answer.ts';
import { factsOf, kindOf, reportedLabelsOf } from './facts.ts';
import type {
  Ingest,
  IngestCounters,
  IngestOptions,
  IngestRequest,
  IngestResponse,
} from './ingest.ts';
import { clockOffset, cursorOf, gapsOf, type Headers } from './numbering.ts';
import { ownershipBy } from './ownership.ts';
import { BodyReader, type Reading } from './reading.ts';
import type { Refusals } from './refusals.ts';
import { SENDER_LIMITS, type Sender, Senders } from './senders.ts';
import { declaredLength } from './snappy.ts';
import { Tally } from './tally.ts';
import { timeRule } from './time-rule.ts';

/** Samples handed to the store and not committed yet; beyond, senders are asked to wait. */
const IN_FLIGHT = 1_000_000;
const RETENTION_MS = 30 * DAY_MS;
/** A sender that has samples refused is logged once in this long. */
const COMPLAINT_MS = 60_000;

class Receiver implements Ingest {
  readonly #store: Store;
  readonly #desk: Desk;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #retentionMs: number;
  readonly #gate: Gate;
  readonly #reader: BodyReader;
  readonly #tally = new Tally();
  #inFlight = 0;

  constructor({ store, desk, clock, log, ...limits }: IngestOptions) {
    this.#store = store;
    this.#desk = desk;
    this.#clock = clock;
    this.#log = log;
    this.#retentionMs = limits.retentionMs ?? RETENTION_MS;
    const senders = new Senders(Number.parseInt(clock.randomHex(4), 16) | 0, {
      ...SENDER_LIMITS,
      ...(limits.seriesPerAgent === undefined ? {} : { seriesPerAgent: limits.seriesPerAgent }),
    });
    const bodyBytes = limits.bodyBytes ?? LIMITS.bodyBytes;
    this.#gate = new Gate({ desk, senders, clock, bodyBytes });
    this.#reader = new BodyReader(store, senders, ownershipBy(desk));
  }

  precheck(headers: Headers, from: string): IngestResponse | null {
    try {
      this.#gate.admit(headers, from);
      return null;
    } catch (error) {
      return this.#tally.answered(this.#refusal(error));
    }
  }

  async receive(request: IngestRequest): Promise<IngestResponse> {
    try {
      const admission = this.#gate.admit(request.headers, request.from);
      return this.#tally.answered(await this.#take(request, admission));
    } catch (error) {
      return this.#tally.answered(this.#refusal(error));
    }
  }

  counters(): IngestCounters {
    const { templateHits, templateMisses } = this.#reader;
    return { ...this.#tally.counters(), templateHits, templateMisses };
  }

  async #take(request: IngestRequest, admission: Admission): Promise<IngestResponse> {
    const { sender, version } = admission;
    const { principal } = sender;
    this.#gate.checkLength(request.body.length);
    this.#gate.slowDown(sender, declaredLength(request.body));
    const nowMs = this.#clock.now();
    let batch: Batch;
    let reading: Reading;
    try {
      batch = readBatch(request.headers, admission, nowMs);
      const rule = timeRule(principal.kind, nowMs, this.#retentionMs);
      reading = this.#reader.read(request.body, { sender, version, rule });
    } catch (error) {
      if (error instanceof Failure && error.code === 'forbidden') {
        await this.#audit(principal, request.from, error);
      }
      throw error;
    }
    const { samples, refusals } = reading;
    const stored = await this.#append(reading, principal, batch);
    this.#desk.heard(principal.name, nowMs, batch.offsetSeconds);
    if (stored === 'duplicate') this.#tally.duplicate();
    else this.#learn(reading, principal, nowMs);
    const written = { version, samples };
    if (refusals === null) return receipt(batch.cursor, written, nowMs);
    this.#complain(sender, refusals, nowMs);
    // A numbered batch has declared them (P3): it is settled, and must not be sent again.
    if (batch.cursor !== undefined) return receipt(batch.cursor, written, nowMs);
    return partial(refusals, written, nowMs);
  }

  /** Resolves when committed. Throws what the store throws, and `sequence_gap`. */
  async #append(reading: Reading, principal: Principal, batch: Batch): Promise<Receipt['kind']> {
    const { layout, times, values, samples, refusals } = reading;
    const { cursor } = batch;
    const gaps =
      cursor === undefined || refusals === null
        ? batch.gaps
        : [...batch.gaps, ...refusals.asGaps()];
    if (samples === 0 && cursor === undefined && gaps.length === 0) return 'stored';
    if (this.#inFlight > 0 && this.#inFlight + samples > IN_FLIGHT) {
      throw new Failure('overloaded', 'too many samples are waiting to be committed');
    }
    this.#inFlight += samples;
    try {
      const answer = await this.#store.append({
        sender: principal.name,
        shape: layout.shape,
        times,
        values,
        gaps,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (answer.kind !== 'gap') return answer.kind;
      throw new Failure('sequence_gap', `batch ${answer.expected} is expected`, {
        hint: 'send it first, or declare what is missing as a gap',
        detail: { expected: answer.expected },
      });
    } finally {
      this.#inFlight -= samples;
    }
  }

  /** What the desk should know of the devices, now that their samples are stored. */
  #learn(reading: Reading, { name, kind }: Principal, nowMs: number): void {
    this.#tally.stored(reading);
    const status = kind === 'import' ? 'imported' : 'live';
    for (const device of reading.layout.devices) this.#desk.sawDevice(device, name, nowMs, status);
    for (const { number, labels } of reading.fresh) {
      const facts = factsOf(labels);
      const device = this.#store.deviceOf(number);
      if (facts !== null) this.#desk.setFacts(device, facts);
      const reported = reportedLabelsOf(labels);
      if (reported !== null) this.#desk.setReportedLabels(device, reported);
      const deviceKind = kindOf(labels);
      if (deviceKind !== null && this.#desk.device(device)?.kind === 'unknown') {
        this.#desk.setKind(device, deviceKind);
      }
    }
  }

  #complain(sender: Sender, refusals: Refusals, nowMs: number): void {
    if (nowMs - sender.complainedMs < COMPLAINT_MS) return;
    sender.complainedMs = nowMs;
    this.#log.warn('samples refused', {
      sender: sender.principal.name,
      samples: refusals.samples,
      ...refusals.byReason(),
      first: refusals.first,
    });
  }

  async #audit({ name }: Principal, from: string, failure: Failure): Promise<void> {
    const detail = { reason: failure.message };
    try {
      await this.#desk.audit({ who: name, from }, 'ingest.write', name, 'refused', detail);
    } catch (error) {
      this.#log.error('audit failed', { error: messageOf(error) });
    }
  }

  #refusal(error: unknown): IngestResponse {
    if (error instanceof Failure) return failed(error, this.#clock);
    this.#log.error('write request failed', { error: messageOf(error) });
    const failure = new Failure('internal', 'the request could not be handled', {
      hint: 'the collector has logged the reason; the request will be accepted once it is mended',
    });
    return failed(failure, this.#clock);
  }
}

interface Batch {
  readonly cursor: Cursor | undefined;
  readonly gaps: readonly GapRecord[];
  readonly offsetSeconds: number;
}

function readBatch(headers: Headers, { sender }: Admission, nowMs: number): Batch {
  return {
    cursor: cursorOf(headers, sender.principal),
    gaps: gapsOf(headers),
    offsetSeconds: clockOffset(headers, nowMs),
  };
}

export function createIngest(options: IngestOptions): Ingest {
  return new Receiver(options);
}
