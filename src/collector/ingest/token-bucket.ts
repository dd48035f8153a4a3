/** So much a second, with a burst. Time comes from the caller: monotonic milliseconds. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledMs = nowMs;
  }

  /** Takes `cost` and returns 0, or takes nothing and returns the seconds until it is to be had. */
  take(nowMs: number, cost = 1): number {
    const { perSecond, burst } = this.#rate;
    const earned = ((nowMs - this.#filledMs) / 1_000) * perSecond;
    this.#tokens = Math.min(burst, this.#tokens + earned);
    this.#filledMs = nowMs;
    if (this.#tokens < cost) return (cost - this.#tokens) / perSecond;
    this.#tokens -= cost;
    return 0;
  }

  /** True when it is as full as a new one. */
  full(nowMs: number): boolean {
    const { perSecond, burst } = this.#rate;
    return this.#tokens + ((nowMs - this.#filledMs) / 1_000) * perSecond >= burst;
  }
}

/** One bucket per peer address, bounded: full buckets are forgotten first, then all of them. */
export class AddressBuckets {
  readonly #rate: Rate;
  readonly #most: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, most = 10_000) {
    this.#rate = rate;
    this.#most = most;
  }

  take(address: string, nowMs: number): number {
    let bucket = this.#buckets.get(address);
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#most) this.#makeRoom(nowMs);
      bucket = new TokenBucket(this.#rate, nowMs);
      this.#buckets.set(address, bucket);
    }
    return bucket.take(nowMs);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #makeRoom(nowMs: number): void {
    for (const [address, bucket] of this.#buckets) {
      if (bucket.full(nowMs)) this.#buckets.delete(address);
    }
    if (this.#buckets.size >= this.#most) this.#buckets.clear();
  }
}
