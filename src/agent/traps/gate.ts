/**
 * Who may send, and how much: decided from the source address alone, before a byte is decoded
 * (S22). Everything refused is counted; every table has an end.
 */
import { BlockList, isIP } from 'node:net';
import type { TrapRates } from './traps.ts';

/** Sources with a bucket of their own; the others share one. */
const SOURCES_MAX = 4_096;
const SWEEP_MS = 1_000;
/** Addresses outside the list that are counted by name. */
const UNLISTED_MAX = 64;

export type Admission = 'taken' | 'unlisted' | 'rate' | 'rate_all';

interface Bucket {
  tokens: number;
  atMs: number;
}

/** IPv4 addresses as they are written, also when they came over an IPv6 socket. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
}

/** `192.0.2.0/24`, `2001:db8::/32` or a single address; null when it is none. */
export function parseRange(text: string): { address: string; prefix: number } | null {
  const match = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match?.[1] ?? '';
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  const prefix = match?.[2] === undefined ? bits : Number(match[2]);
  return bits === 0 || prefix > bits ? null : { address, prefix };
}

/** Whether an address is in one of the ranges. */
export function rangeTest(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of ranges) {
    const range = parseRange(text);
    if (range === null) continue;
    list.addSubnet(range.address, range.prefix, isIP(range.address) === 6 ? 'ipv6' : 'ipv4');
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

export class Gate {
  readonly #isListed: (address: string) => boolean;
  readonly #rates: TrapRates;
  readonly #buckets = new Map<string, Bucket>();
  readonly #all: Bucket;
  readonly #others: Bucket;
  #unlisted = new Map<string, number>();
  #sweptMs = Number.NEGATIVE_INFINITY;

  constructor(sources: readonly string[], rates: TrapRates) {
    this.#isListed = rangeTest(sources);
    this.#rates = rates;
    this.#all = { tokens: rates.allBurst, atMs: 0 };
    this.#others = { tokens: rates.burst, atMs: 0 };
  }

  /** `nowMs` of a clock that never goes back. */
  admit(address: string, nowMs: number): Admission {
    if (!this.#isListed(address)) {
      this.#countUnlisted(address);
      return 'unlisted';
    }
    const { perSecond, burst, allPerSecond, allBurst } = this.#rates;
    if (!take(this.#bucketOf(address, nowMs), nowMs, { perSecond, burst })) return 'rate';
    const all = { perSecond: allPerSecond, burst: allBurst };
    return take(this.#all, nowMs, all) ? 'taken' : 'rate_all';
  }

  /** Unlisted addresses since the last call. */
  takeUnlisted(): Readonly<Record<string, number>> {
    const table = Object.fromEntries(this.#unlisted);
    this.#unlisted = new Map();
    return table;
  }

  #bucketOf(address: string, nowMs: number): Bucket {
    const known = this.#buckets.get(address);
    if (known !== undefined) return known;
    if (this.#buckets.size >= SOURCES_MAX) this.#forgetFull(nowMs);
    if (this.#buckets.size >= SOURCES_MAX) return this.#others;
    const bucket = { tokens: this.#rates.burst, atMs: nowMs };
    this.#buckets.set(address, bucket);
    return bucket;
  }

  /** A bucket that would be full again says no more than none. Looked for once a second. */
  #forgetFull(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_MS) return;
    this.#sweptMs = nowMs;
    const { perSecond, burst } = this.#rates;
    for (const [address, { tokens, atMs }] of this.#buckets) {
      if (tokens + ((nowMs - atMs) / 1_000) * perSecond >= burst) this.#buckets.delete(address);
    }
  }

  #countUnlisted(address: string): void {
    const isNew = !this.#unlisted.has(address);
    const name = isNew && this.#unlisted.size >= UNLISTED_MAX ? 'others' : address;
    this.#unlisted.set(name, (this.#unlisted.get(name) ?? 0) + 1);
  }
}

function take(bucket: Bucket, nowMs: number, rate: { perSecond: number; burst: number }): boolean {
  const passed = Math.max(0, nowMs - bucket.atMs) / 1_000;
  bucket.tokens = Math.min(rate.burst, bucket.tokens + passed * rate.perSecond);
  bucket.atMs = nowMs;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}
