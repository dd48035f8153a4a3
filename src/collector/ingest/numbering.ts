/** Headers of a numbered batch (P2): its place, when it left, and the losses it declares (P3). */
import { Failure } from '../../shared/errors.ts';
import {
  type GapReason,
  type GapRecord,
  HEADER_AGENT,
  HEADER_EPOCH,
  HEADER_GAPS,
  HEADER_SENT_AT,
  HEADER_SEQ,
} from '../../shared/protocol.ts';
import type { Principal } from '../desk/desk.ts';
import type { Cursor } from '../store/store.ts';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** One value or none; a list is refused, because two readers could pick different ones. */
export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  if (!Array.isArray(value)) return value;
  throw new Failure('bad_request', `header ${name} comes more than once`);
}

const EPOCH = /^[0-9a-f]{32}$/;
const SEQ = /^[1-9][0-9]{0,14}$/;
const IMPORT = /^import:[0-9a-f]{8,64}$/;

/**
 * The place of a batch, or undefined when it is not numbered. Throws `bad_request` for half a
 * number, `forbidden` for somebody else's name.
 */
export function cursorOf(headers: Headers, principal: Principal): Cursor | undefined {
  const agent = header(headers, HEADER_AGENT);
  const epoch = header(headers, HEADER_EPOCH);
  const seq = header(headers, HEADER_SEQ);
  if (agent !== undefined) checkName(agent, principal);
  if (agent === undefined && epoch === undefined && seq === undefined) return undefined;
  if (agent === undefined || epoch === undefined || seq === undefined) {
    throw new Failure('bad_request', 'a numbered batch needs all three of its headers', {
      hint: `send ${HEADER_AGENT}, ${HEADER_EPOCH} and ${HEADER_SEQ}, or none of them`,
    });
  }
  if (!EPOCH.test(epoch)) {
    throw new Failure('bad_request', `${HEADER_EPOCH} is not 32 hexadecimal digits`);
  }
  if (!SEQ.test(seq)) throw new Failure('bad_request', `${HEADER_SEQ} is not a number from 1 up`);
  return { agent, epoch, seq: Number(seq) };
}

function checkName(agent: string, { name, kind }: Principal): void {
  if (agent === name || (kind === 'import' && IMPORT.test(agent))) return;
  throw new Failure(
    'forbidden',
    `the token of ${name} cannot send as ${JSON.stringify(agent.slice(0, 80))}`,
    { hint: 'give every agent its own token: collector agent add NAME' },
  );
}

/** Seconds the sender's clock is ahead of ours; NaN when it does not say. */
export function clockOffset(headers: Headers, nowMs: number): number {
  const sentAt = header(headers, HEADER_SENT_AT);
  if (sentAt === undefined) return Number.NaN;
  if (!/^\d{1,15}$/.test(sentAt)) {
    throw new Failure('bad_request', `${HEADER_SENT_AT} is not Unix milliseconds`);
  }
  return (Number(sentAt) - nowMs) / 1_000;
}

const MOST_GAPS = 64;
const REASONS: Readonly<Record<GapReason, true>> = Object.freeze({
  quota: true,
  too_old: true,
  rejected: true,
  cardinality: true,
  disk_error: true,
  corrupt: true,
  oversize: true,
});

/** The losses a batch declares; none without the header. Throws `bad_request`. */
export function gapsOf(headers: Headers): readonly GapRecord[] {
  const text = header(headers, HEADER_GAPS);
  if (text === undefined) return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw new Failure('bad_request', `${HEADER_GAPS} is not JSON`, { cause });
  }
  if (!Array.isArray(list) || list.length > MOST_GAPS) {
    throw new Failure('bad_request', `${HEADER_GAPS} is not a list of at most ${MOST_GAPS}`);
  }
  return list.map(gapOf);
}

function gapOf(item: unknown): GapRecord {
  const { reason, fromMs, toMs, samples } = (item ?? {}) as Partial<Record<string, unknown>>;
  const whole = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Number(value) >= 0;
  if (
    typeof reason !== 'string' ||
    !Object.hasOwn(REASONS, reason) ||
    !whole(fromMs) ||
    !whole(toMs) ||
    !whole(samples) ||
    fromMs > toMs
  ) {
    throw new Failure('bad_request', `${HEADER_GAPS} holds a record that is not a gap`);
  }
  return { reason: reason as GapReason, fromMs, toMs, samples };
}
