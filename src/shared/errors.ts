/**
 * Two kinds of failure. We are wrong: `bug()` throws and the process ends. The world is wrong:
 * a `Failure` with a stable code, what went wrong, how to mend it, and whether trying again helps.
 */

/** Every code, what it means and whether the same call can succeed later. Codes are never reused. */
export const FAILURES = Object.freeze({
  bad_request: { status: 400, retry: false },
  unauthorised: { status: 401, retry: false },
  forbidden: { status: 403, retry: false },
  not_found: { status: 404, retry: false },
  conflict: { status: 409, retry: false },
  stale: { status: 412, retry: false },
  too_large: { status: 413, retry: false },
  unsupported_media: { status: 415, retry: false },
  malformed: { status: 400, retry: false },
  limit_reached: { status: 422, retry: false },
  sequence_gap: { status: 409, retry: true },
  overloaded: { status: 429, retry: true },
  unavailable: { status: 503, retry: true },
  disk_full: { status: 503, retry: true },
  config: { status: 500, retry: false },
  usage: { status: 400, retry: false },
  io: { status: 500, retry: true },
  internal: { status: 500, retry: false },
});

export type FailureCode = keyof typeof FAILURES;

export class Failure extends Error {
  readonly code: FailureCode;
  /** How to mend it, one sentence for the operator. */
  readonly hint: string;
  /** Machine-readable extras, e.g. `{ expected: 12 }` of a sequence gap. No secrets. */
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(
    code: FailureCode,
    message: string,
    options: { hint?: string; cause?: unknown; detail?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.hint = options.hint ?? '';
    this.detail = Object.freeze({ ...options.detail });
  }

  get status(): number {
    return FAILURES[this.code].status;
  }

  get retry(): boolean {
    return FAILURES[this.code].retry;
  }
}

/** For states that only a mistake of ours can reach. Never returns. */
export function bug(message: string): never {
  throw new Error(`BUG: ${message}`);
}

/** The text of anything thrown, for a log line or a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One line for a terminal: the thing, the reason, the mend. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Failure)) return messageOf(error);
  return error.hint ? `${error.message}\n  mend: ${error.hint}` : error.message;
}
