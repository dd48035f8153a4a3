/**
 * Informs: we are authoritative, so our own clock says whether a message is of now (RFC 3414, 3.2,
 * 7a). Our engine lives as long as the process; the next one has another id, so what was sent to an
 * earlier one is never taken. Within the window the digests of what was heard are remembered: a
 * sender that missed our answer sends the same again, and so does somebody who recorded it.
 */

/** RFC 3414, 3.2, 7a. */
const WINDOW_SECONDS = 150;
/** Digests that are remembered; beyond, an inform is taken but not verified. */
const HEARD_MAX = 100_000;
const BOOTS = 1;

export interface EngineTimes {
  readonly engineBoots: number;
  readonly engineTime: number;
}

export interface InformSecurity {
  readonly msgAuthoritativeEngineID: Buffer;
  readonly msgAuthoritativeEngineBoots: number;
  readonly msgAuthoritativeEngineTime: number;
  readonly msgAuthenticationParameters: Buffer;
}

export type InformVerdict = 'verified' | 'unverified' | 'repeated' | 'not_in_window' | 'not_ours';

export class OwnEngine {
  readonly #id: Buffer;
  /** Digests → the second from which the window refuses them anyway, oldest first. */
  readonly #heard = new Map<string, number>();

  constructor(id: Buffer) {
    this.#id = id;
  }

  /** `nowMs` of a clock that never goes back. Never 0, which asks a sender to look again. */
  times(nowMs: number): EngineTimes {
    return { engineBoots: BOOTS, engineTime: 1 + Math.floor(nowMs / 1_000) };
  }

  judge(security: InformSecurity | undefined, nowMs: number): InformVerdict {
    if (security === undefined || !this.#id.equals(security.msgAuthoritativeEngineID)) {
      return 'not_ours';
    }
    const { msgAuthoritativeEngineBoots: boots, msgAuthoritativeEngineTime: said } = security;
    const seconds = this.times(nowMs).engineTime;
    if (boots !== BOOTS || Math.abs(said - seconds) > WINDOW_SECONDS) return 'not_in_window';
    this.#forget(seconds);
    const digest = security.msgAuthenticationParameters.toString('hex');
    if (this.#heard.has(digest)) return 'repeated';
    if (this.#heard.size >= HEARD_MAX) return 'unverified';
    // A message may be ahead by a window: it is valid for two of them.
    this.#heard.set(digest, seconds + 2 * WINDOW_SECONDS + 1);
    return 'verified';
  }

  #forget(seconds: number): void {
    for (const [digest, until] of this.#heard) {
      if (until > seconds) return;
      this.#heard.delete(digest);
    }
  }
}
