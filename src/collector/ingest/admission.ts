/** Who sends, and may this body be read at all: everything that headers can tell. */
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import type { Desk } from '../desk/desk.ts';
import { checkEncoding, type WriteVersion, writeVersion } from './media.ts';
import { type Headers, header } from './numbering.ts';
import { costOf, type Sender, type Senders } from './senders.ts';
import { AddressBuckets } from './token-bucket.ts';

export interface Admission {
  readonly sender: Sender;
  readonly version: WriteVersion;
}

/** Wrong tokens per address; whoever has a right one is not slowed by them. */
const WRONG_TOKENS = { perSecond: 1, burst: 20 };
/** A request's body may take 30 s to arrive; its token is looked at again after this long. */
const REMEMBERED_MS = 1_000;

export class Gate {
  readonly #desk: Pick<Desk, 'authenticate'>;
  readonly #senders: Senders;
  readonly #clock: Clock;
  readonly #bodyBytes: number;
  readonly #wrongTokens = new AddressBuckets(WRONG_TOKENS);
  /** `precheck` and `receive` of one request usually follow each other at once. */
  #last: { headers: Headers; admission: Admission; atMs: number } | null = null;

  constructor(options: GateOptions) {
    this.#desk = options.desk;
    this.#senders = options.senders;
    this.#clock = options.clock;
    this.#bodyBytes = options.bodyBytes;
  }

  /** Throws `unauthorised`, `overloaded`, `unsupported_media`, `too_large`, `bad_request`. */
  admit(headers: Headers, from: string): Admission {
    const nowMs = this.#clock.monotonic();
    const last = this.#last;
    if (last !== null && last.headers === headers && nowMs - last.atMs < REMEMBERED_MS) {
      return last.admission;
    }
    const sender = this.#authenticate(headers, from, nowMs);
    checkEncoding(header(headers, 'content-encoding'));
    const version = writeVersion(header(headers, 'content-type'));
    this.checkLength(Number(header(headers, 'content-length') ?? 0));
    const admission = { sender, version };
    this.#last = { headers, admission, atMs: nowMs };
    return admission;
  }

  /** Throws `too_large`; of what is declared as well as of what arrived. */
  checkLength(bytes: number): void {
    if (bytes <= this.#bodyBytes) return;
    throw new Failure('too_large', `the body is ${bytes} bytes, above ${this.#bodyBytes}`, {
      hint: 'send smaller batches',
    });
  }

  /** Takes a body of `decodedBytes` from what the sender may send. Throws `overloaded`. */
  slowDown({ bucket, principal }: Sender, decodedBytes: number): void {
    const retryAfterSeconds = bucket.take(this.#clock.monotonic(), costOf(decodedBytes));
    if (retryAfterSeconds === 0) return;
    throw new Failure('overloaded', `${principal.name} sends more than it may`, {
      hint: 'send less often; what is waiting will be taken later',
      detail: { retryAfterSeconds },
    });
  }

  #authenticate(headers: Headers, from: string, nowMs: number): Sender {
    const presented = header(headers, 'authorization') ?? '';
    const token = /^bearer /i.test(presented) ? presented.slice(7) : '';
    const principal = this.#desk.authenticate(token);
    if (principal !== null) return this.#senders.of(principal, nowMs);
    if (this.#wrongTokens.take(from, nowMs) > 0) {
      throw new Failure('overloaded', 'too many requests with a wrong token from this address');
    }
    throw new Failure(
      'unauthorised',
      token === '' ? 'no token' : 'the token is unknown or revoked',
      { hint: 'send Authorization: Bearer TOKEN; make one with: collector agent add NAME' },
    );
  }
}

export interface GateOptions {
  readonly desk: Pick<Desk, 'authenticate'>;
  readonly senders: Senders;
  readonly clock: Clock;
  readonly bodyBytes: number;
}
