/** Tokens by their hash: looked up by a part of it, then compared whole in constant time. */
import type { Principal } from './desk.ts';
import { sameHash } from './token.ts';

export interface Token {
  /** Hexadecimal SHA-256. */
  readonly hash: string;
  readonly principal: Principal;
  /** Unix milliseconds from which on it no longer counts; null: until rotated or revoked. */
  readonly expiresMs: number | null;
}

const INDEX_DIGITS = 16;

export class TokenIndex {
  readonly #byPart = new Map<string, readonly Token[]>();

  add(token: Token): void {
    const part = token.hash.slice(0, INDEX_DIGITS);
    this.#byPart.set(part, [...(this.#byPart.get(part) ?? []), token]);
  }

  /** Whose token has this hash and counts at `nowMs`; null for nobody's. */
  find(hash: string, nowMs: number): Principal | null {
    const candidates = this.#byPart.get(hash.slice(0, INDEX_DIGITS));
    if (candidates === undefined) return null;
    for (const { hash: kept, principal, expiresMs } of candidates) {
      if (sameHash(kept, hash) && (expiresMs === null || nowMs < expiresMs)) return principal;
    }
    return null;
  }

  /** Tokens of `principal` count no longer than `untilMs`. */
  expire(principal: Principal, untilMs: number): void {
    this.#replace(principal, (token) => ({
      ...token,
      expiresMs: Math.min(token.expiresMs ?? untilMs, untilMs),
    }));
  }

  drop(principal: Principal): void {
    this.#replace(principal, () => null);
  }

  #replace(principal: Principal, change: (token: Token) => Token | null): void {
    for (const [part, tokens] of this.#byPart) {
      if (!tokens.some((token) => token.principal === principal)) continue;
      const kept = tokens
        .map((token) => (token.principal === principal ? change(token) : token))
        .filter((token) => token !== null);
      if (kept.length === 0) this.#byPart.delete(part);
      else this.#byPart.set(part, kept);
    }
  }
}
