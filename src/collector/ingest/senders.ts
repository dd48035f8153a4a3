/** What is remembered of each sender between requests: in memory, bounded, always rebuildable. */
import { LIMITS } from '../../shared/sample.ts';
import type { Principal, TokenKind } from '../desk/desk.ts';
import type { RefusalReason } from './refusals.ts';
import { SeriesKeys } from './series-keys.ts';
import { type TemplateBudget, Templates } from './templates.ts';
import { TokenBucket } from './token-bucket.ts';

/** Why every sample of a series is refused. */
export interface KeyRefusal {
  readonly reason: RefusalReason;
  readonly why: string;
}

export interface Sender {
  readonly principal: Principal;
  readonly keys: SeriesKeys;
  readonly templates: Templates;
  /** By entry of `keys`, for those whose number is `REFUSED`. */
  readonly refused: Map<number, KeyRefusal>;
  readonly bucket: TokenBucket;
  /** Series that got a number since this sender is remembered. */
  series: number;
  readonly mostSeries: number;
  /**
   * Set when it has as many series as it may: further ones are refused without a look at them, so
   * that a flood of new series costs no more than the bytes it comes in.
   */
  full: KeyRefusal | null;
  /** When its refused samples were last logged, Unix milliseconds. */
  complainedMs: number;
}

/** Samples a request may hold; agents' batches are small, others pack many devices into one. */
export const SAMPLES_PER_REQUEST = Object.freeze({
  agent: 5_000,
  'remote-write': 50_000,
  import: 50_000,
});

/**
 * What a sender may send, in samples a second. A healthy agent sends some tens, a Prometheus some
 * thousands; the bursts let either catch up after an outage.
 */
const RATES = Object.freeze({
  agent: { perSecond: 20_000, burst: 200_000 },
  'remote-write': { perSecond: 500_000, burst: 5_000_000 },
  import: { perSecond: 500_000, burst: 5_000_000 },
});

/** Decoded bytes that are taken for one sample, and what even the smallest request costs. */
const BYTES_PER_SAMPLE = 100;
const LEAST_COST = 10;

/** What a body of `bytes` decoded costs of its sender's rate, known before it is decoded. */
export function costOf(bytes: number): number {
  return Math.max(LEAST_COST, Math.min(bytes, LIMITS.decodedBytes) / BYTES_PER_SAMPLE);
}

/** What is remembered at most; beyond, keys are forgotten and learnt anew. */
export interface SenderLimits {
  readonly keysPerSender: Readonly<Record<TokenKind, number>>;
  readonly keyBytesInAll: number;
  readonly templateBytesInAll: number;
  /** Of all its devices: one agent, gone mad or taken over, must leave room for the others. */
  readonly seriesPerAgent: number;
}

export const SENDER_LIMITS: SenderLimits = Object.freeze({
  keysPerSender: { agent: 300_000, 'remote-write': 600_000, import: 600_000 },
  keyBytesInAll: 192 * 1024 * 1024,
  templateBytesInAll: 64 * 1024 * 1024,
  seriesPerAgent: 250_000,
});

export const OVERSIZE_REFUSAL: KeyRefusal = Object.freeze({
  reason: 'cardinality',
  why: 'the labels of a series are longer than all limits allow',
});

export class Senders {
  readonly #byName = new Map<string, Sender>();
  readonly #seed: number;
  readonly #limits: SenderLimits;
  readonly #templateBudget: TemplateBudget;
  #keyBytes = 0;

  constructor(seed: number, limits = SENDER_LIMITS) {
    this.#seed = seed;
    this.#limits = limits;
    this.#templateBudget = { left: limits.templateBytesInAll };
  }

  of(principal: Principal, nowMs: number): Sender {
    const known = this.#byName.get(principal.name);
    if (known !== undefined && known.principal.kind === principal.kind) return known;
    if (known !== undefined) this.forget(known);
    const sender: Sender = {
      principal,
      keys: new SeriesKeys(this.#seed),
      templates: new Templates(this.#templateBudget),
      refused: new Map(),
      bucket: new TokenBucket(RATES[principal.kind], nowMs),
      series: 0,
      mostSeries:
        principal.kind === 'agent' ? this.#limits.seriesPerAgent : Number.POSITIVE_INFINITY,
      full: null,
      complainedMs: 0,
    };
    this.#byName.set(principal.name, sender);
    return sender;
  }

  /** Called when a request brought new keys: `addedBytes` of them. */
  grew(sender: Sender, addedBytes: number): void {
    this.#keyBytes += addedBytes;
    if (sender.keys.count > this.#limits.keysPerSender[sender.principal.kind]) this.forget(sender);
    if (this.#keyBytes > this.#limits.keyBytesInAll) this.forgetAll();
  }

  forget(sender: Sender): void {
    this.#keyBytes -= sender.keys.usedBytes;
    sender.keys.clear();
    sender.refused.clear();
    sender.series = 0;
    sender.full = null;
    sender.templates.clear();
  }

  /** Series numbers have become void, or memory is short. */
  forgetAll(): void {
    for (const sender of this.#byName.values()) this.forget(sender);
    this.#keyBytes = 0;
  }
}
