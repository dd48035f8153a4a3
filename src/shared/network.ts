/** IP addresses and networks as numbers: written forms, membership, addresses inside addresses. */
import { isIPv4, isIPv6 } from 'node:net';

export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface Network {
  readonly bits: 32 | 128;
  readonly base: bigint;
  /** How many leading bits are fixed. */
  readonly prefix: number;
}

/** `10.0.0.0/8`, `fd00::/8`, or an address alone; null for anything else. Host bits are ignored. */
export function parseNetwork(text: string): Network | null {
  const [address = '', length, ...more] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed === null || more.length > 0) return null;
  const { bits } = parsed;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return null;
  const rest = BigInt(bits - prefix);
  return { bits, prefix, base: (parsed.value >> rest) << rest };
}

export function contains(network: Network | null, address: Address | null): boolean {
  if (network === null || address?.bits !== network.bits) return false;
  const rest = BigInt(network.bits - network.prefix);
  return address.value >> rest === network.base >> rest;
}

/** True when `inner` is a part of `outer`, or all of it. */
export function inside(inner: Network | null, outer: Network | null): boolean {
  if (inner === null || outer === null || inner.bits !== outer.bits) return false;
  const rest = BigInt(outer.bits - outer.prefix);
  return inner.prefix >= outer.prefix && inner.base >> rest === outer.base >> rest;
}

/** One spelling per address; an IPv4 address mapped into IPv6 is the IPv4 one. Null for no address. */
export function canonicalAddress(text: string): string | null {
  const parsed = parseAddress(text);
  if (parsed === null) return null;
  const { bits, value } = parsed;
  if (bits === 32) return formatV4(value);
  return value >> 32n === 0xffffn ? formatV4(value & 0xffffffffn) : formatV6(value);
}

/**
 * The IPv4 address that an IPv6 one leads to: NAT64 (RFC 6052), 6to4 (RFC 3056), and the old
 * IPv4-compatible form. Null for none.
 */
export function embeddedAddress(text: string): string | null {
  const parsed = parseAddress(text);
  if (parsed === null || parsed.bits === 32) return null;
  const { value } = parsed;
  const last = value & 0xffffffffn;
  if (value >> 32n === 0x0064ff9bn << 64n) return formatV4(last);
  if (value >> 112n === 0x2002n) return formatV4((value >> 80n) & 0xffffffffn);
  return value >> 32n === 0n && value > 1n ? formatV4(last) : null;
}

/** Null for what is no address; a zone is left out. */
export function parseAddress(text: string): Address | null {
  if (isIPv4(text)) return { bits: 32, value: valueOfV4(text) };
  const address = text.replace(/%.*$/s, '');
  return isIPv6(address) ? { bits: 128, value: valueOfV6(address) } : null;
}

const valueOfV4 = (text: string): bigint =>
  text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);

/** `text` is a valid IPv6 address, perhaps with a `::` or a dotted tail. */
function valueOfV6(text: string): bigint {
  const plain = text.replace(/\d+\.\d+\.\d+\.\d+$/, (tail) => {
    const value = valueOfV4(tail);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce(
    (value, group) => (value << 16n) | BigInt(`0x${group}`),
    0n,
  );
}

export const formatAddress = ({ bits, value }: Address): string =>
  bits === 32 ? formatV4(value) : formatV6(value);

const formatV4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');

/** RFC 5952: lower case, the longest run of zero groups as `::`. */
function formatV6(value: bigint): string {
  const text = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  ).join(':');
  let longest = { at: 0, length: 0 };
  for (const { 0: run, index } of text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)) {
    if (run.length > longest.length) longest = { at: index, length: run.length };
  }
  if (longest.length === 0) return text;
  const before = text.slice(0, longest.at).replace(/:$/, '');
  return `${before}::${text.slice(longest.at + longest.length).replace(/^:/, '')}`;
}
