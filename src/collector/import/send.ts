/** Batches → the collector, in order; the next are made while the first are under way. */
import { type Clock, sleep } from '../../shared/clock.ts';
import { FAILURES, Failure, type FailureCode } from '../../shared/errors.ts';
import {
  type ErrorBody,
  HEADER_AGENT,
  HEADER_EPOCH,
  HEADER_RECEIPT,
  HEADER_SEQ,
} from '../../shared/protocol.ts';
import type { Batch } from './device-buffer.ts';
import type { ImportOptions, ImportSummary, ImportTarget, WriteAnswer } from './import.ts';
import { storedSnappy } from './stored-snappy.ts';

/** Counts of one run; readers of files fill it, the sender reports it. */
export interface Tally {
  bytes: number;
  totalBytes: number;
  rows: number;
  badRows: number;
}

export interface Identity {
  /** Hex, at least 32 digits. */
  readonly hash: string;
  /** Devices to mark as demo. */
  readonly demo?: readonly string[];
}

/** Waiting for a collector that is overloaded or short of disk; then the import gives up. */
const ATTEMPTS = 30;
const LONGEST_WAIT_SECONDS = 10;

interface Sender {
  readonly target: ImportTarget;
  readonly clock: Clock;
  readonly headers: Readonly<Record<string, string>>;
}

function failureOf(answer: WriteAnswer, seq: number): Failure {
  let error: ErrorBody['error'] | undefined;
  try {
    error = (JSON.parse(answer.body) as ErrorBody).error;
  } catch {
    error = undefined;
  }
  const code = error?.code ?? '';
  return new Failure(
    Object.hasOwn(FAILURES, code) ? (code as FailureCode) : 'io',
    `batch ${seq} was refused with ${answer.status}: ${error?.message ?? 'no reason given'}`,
    { hint: error?.hint || 'the log of the collector may say more' },
  );
}

interface Turn {
  readonly seq: number;
  /** The batch before it, when that is still under way. */
  readonly before: Promise<void> | undefined;
}

async function send(
  { target, clock, headers }: Sender,
  batch: Batch,
  { seq, before }: Turn,
): Promise<void> {
  const body = storedSnappy(batch.body);
  for (let attempt = 1; ; attempt++) {
    const answer = await target.write(body, { ...headers, [HEADER_SEQ]: String(seq) });
    const receipt = answer.headers[HEADER_RECEIPT] !== undefined;
    if (receipt && answer.status >= 200 && answer.status < 300) return;
    const failure = failureOf(answer, seq);
    if (failure.code === 'sequence_gap' && before !== undefined && attempt < ATTEMPTS) {
      // It overtook the batch before it, or that one was told to wait.
      await before;
      continue;
    }
    const wait = answer.status === 429 || answer.status === 503;
    if (!wait || attempt >= ATTEMPTS) throw failure;
    const seconds = Number(answer.headers['retry-after'] ?? 1);
    const bounded = Math.min(Number.isFinite(seconds) ? seconds : 1, LONGEST_WAIT_SECONDS);
    await sleep(clock, bounded * 1_000);
  }
}

export async function sendBatches(
  { hash, demo = [] }: Identity,
  options: ImportOptions,
  batches: (tally: Tally) => AsyncIterable<Batch>,
): Promise<ImportSummary> {
  const { target, clock, again, onProgress } = options;
  const agent = `import:${hash.slice(0, 16)}`;
  const epoch = again ? clock.randomHex(16) : hash.slice(0, 32);
  const { token, stored } = await target.begin({ agent, epoch, demo });
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    [HEADER_AGENT]: agent,
    [HEADER_EPOCH]: epoch,
  };
  const tally: Tally = { bytes: 0, totalBytes: 0, rows: 0, badRows: 0 };
  const devices = new Set<string>();
  let seq = 0;
  let samples = 0;
  const underWay: Promise<void>[] = [];
  for await (const batch of batches(tally)) {
    seq++;
    samples += batch.samples;
    devices.add(batch.device);
    onProgress?.({ ...tally, finishing: false });
    if (seq <= stored) continue;
    if (underWay.length >= target.window) await underWay.shift();
    const sent = send({ target, clock, headers }, batch, { seq, before: underWay.at(-1) });
    // A refusal is noticed at a later `await`; until then it must not count as unhandled.
    sent.catch(() => {});
    underWay.push(sent);
  }
  for (const sent of underWay) await sent;
  onProgress?.({ ...tally, finishing: true });
  const { refused_samples: refusedSamples } = await target.finish({
    agent,
    devices: [...devices],
  });
  const { rows, badRows } = tally;
  return {
    ...{ agent, rows, badRows, samples, refusedSamples, batches: seq },
    skippedBatches: Math.min(stored, seq),
    devices: [...devices],
  };
}
