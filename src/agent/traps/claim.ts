/**
 * What a datagram says of its sender before anything of it is verified (RFC 1157, 1901, 3412, 3414):
 * enough to say why it was refused. Never throws.
 */
import { type Element, elementAt } from '../../shared/ber.ts';

export interface Claim {
  readonly version: 1 | 2 | 3;
  /** Of v1 and v2c. */
  readonly community: string;
  /** Of v3. */
  readonly user: string;
  /** Of v3, as RFC 3411 counts: 1 nothing, 2 authentication, 3 privacy too. */
  readonly level: number;
}

const OCTETS = 0x04;
const SEQUENCE = 0x30;
const VERSIONS: Readonly<Record<number, Claim['version']>> = Object.freeze({ 0: 1, 1: 2, 3: 3 });

/** The elements inside one, until its end or until one does not fit. */
function partsOf(datagram: Buffer, { start, end }: Element): readonly Element[] {
  const parts: Element[] = [];
  for (let at = start; at < end; ) {
    const part = elementAt(datagram, at);
    if (part === null || part.end > end) break;
    parts.push(part);
    at = part.end;
  }
  return parts;
}

const textOf = (datagram: Buffer, part: Element | undefined): string =>
  part?.tag === OCTETS ? datagram.toString('utf8', part.start, part.end) : '';

/** Null when the datagram is no SNMP message. */
export function claimOf(datagram: Buffer): Claim | null {
  const whole = elementAt(datagram, 0);
  if (whole?.tag !== SEQUENCE) return null;
  const [number, second, security] = partsOf(datagram, whole);
  const version = number === undefined ? undefined : VERSIONS[datagram[number.start] ?? -1];
  if (version === undefined || second === undefined) return null;
  if (version !== 3) return { version, community: textOf(datagram, second), user: '', level: 1 };
  const [, , flags] = partsOf(datagram, second);
  const bits = (flags === undefined ? 0 : datagram[flags.start]) ?? 0;
  const inner = security === undefined ? null : elementAt(datagram, security.start);
  const [, , , user] = inner === null ? [] : partsOf(datagram, inner);
  const level = (bits & 1) === 0 ? 1 : (bits & 2) === 0 ? 2 : 3;
  return { version, community: '', user: textOf(datagram, user), level };
}
