/**
 * What the child and its parent say to each other: one JSON value per line. The parent takes
 * nothing on trust: the child has read strangers' bytes.
 */

import { plainText } from '../../shared/device-event.ts';

/** Longest line the parent accepts: a whole datagram in base64, with room to spare. */
const LINE_BYTES = 256 * 1024;

/** A varbind: numbers, addresses and OIDs as text; octets as text where they are, else as hex. */
export interface Varbind {
  readonly oid: string;
  readonly value: string;
}

/** A trap that passed every check, of whatever version. */
export interface Trap {
  readonly version: 1 | 2 | 3;
  readonly from: string;
  readonly verified: boolean;
  readonly inform: boolean;
  /** As in SNMPv2, also for v1 (RFC 3584, 3.1). */
  readonly oid: string;
  /** What a relay says: agent-addr of v1, snmpTrapAddress; '' for nothing. */
  readonly agentAddress: string;
  readonly varbinds: readonly Varbind[];
}

/**
 * What does not fit the credentials: the community; the user, who is in none; a level below the
 * user's; what authentication, or privacy, is made with.
 */
export const REFUSALS = ['community', 'user', 'level', 'auth', 'priv'] as const;

/** A trap whose sender did not prove who it is. No community and no key is in it. */
export interface Refusal {
  readonly from: string;
  readonly version: 1 | 2 | 3;
  /** Of v3. */
  readonly user: string;
  readonly why: (typeof REFUSALS)[number];
}

/** Datagrams that were not taken, since the last report. */
export interface Counts {
  readonly received: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly unlisted: Readonly<Record<string, number>>;
}

export type Frame =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Before it is decoded, so that what ends the child is known. */
  | { readonly kind: 'input'; readonly raw: string }
  | { readonly kind: 'trap'; readonly trap: Trap }
  /** The input was decoded and refused; null where it is no matter of credentials. */
  | { readonly kind: 'refused'; readonly refusal: Refusal | null }
  /** The decoder threw; it goes on with the next one. */
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'counts'; readonly counts: Counts };

export function writeFrame(frame: Frame): string {
  return `${JSON.stringify(frame)}\n`;
}

/** Null for what is not a frame. */
export function readFrame(line: string): Frame | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  switch (value.kind) {
    case 'ready':
      return isCount(value.port) ? { kind: 'ready', port: value.port } : null;
    case 'failed':
    case 'broken':
      return { kind: value.kind, reason: plainText(String(value.reason), 200) };
    case 'input':
      return typeof value.raw === 'string' ? { kind: 'input', raw: value.raw } : null;
    case 'refused':
      return { kind: 'refused', refusal: refusalOf(value.refusal) };
    case 'trap':
      return isTrap(value.trap) ? { kind: 'trap', trap: value.trap } : null;
    case 'counts':
      return isCounts(value.counts) ? { kind: 'counts', counts: value.counts } : null;
    default:
      return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isTable = (value: unknown): value is Record<string, number> =>
  isRecord(value) && Object.keys(value).length <= 1_000 && Object.values(value).every(isCount);

function isCounts(value: unknown): value is Counts {
  if (!isRecord(value) || !isCount(value.received)) return false;
  return isTable(value.dropped) && isTable(value.unlisted);
}

function refusalOf(value: unknown): Refusal | null {
  if (!isRecord(value)) return null;
  const why = REFUSALS.find((one) => one === value.why);
  const { version, from, user } = value;
  if (why === undefined || typeof from !== 'string' || typeof user !== 'string') return null;
  if (version !== 1 && version !== 2 && version !== 3) return null;
  return { version, why, from: plainText(from, 64), user: plainText(user, 32) };
}

const OID = /^\d{1,10}(\.\d{1,10}){0,127}$/;

function isTrap(value: unknown): value is Trap {
  if (!isRecord(value)) return false;
  const { version, from, verified, inform, oid, agentAddress, varbinds } = value;
  return (
    (version === 1 || version === 2 || version === 3) &&
    typeof from === 'string' &&
    typeof verified === 'boolean' &&
    typeof inform === 'boolean' &&
    typeof oid === 'string' &&
    OID.test(oid) &&
    typeof agentAddress === 'string' &&
    Array.isArray(varbinds) &&
    varbinds.every(isVarbind)
  );
}

function isVarbind(value: unknown): value is Varbind {
  return (
    isRecord(value) &&
    typeof value.oid === 'string' &&
    OID.test(value.oid) &&
    typeof value.value === 'string'
  );
}

/** Lines of a stream that comes in pieces; a line that is too long is left out. */
export class Lines {
  readonly #take: (line: string) => void;
  #rest = '';
  #isSkipping = false;

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  push(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const line of parts) {
      if (!this.#isSkipping && line.length <= LINE_BYTES) this.#take(line);
      this.#isSkipping = false;
    }
    if (this.#rest.length <= LINE_BYTES) return;
    this.#rest = '';
    this.#isSkipping = true;
  }
}
