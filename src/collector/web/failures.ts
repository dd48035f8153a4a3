/** Failures as answers (S42): a stable code, the mend, no stack, no path; unknown ones get an id. */
import { FAILURES, Failure, type FailureCode } from '../../shared/errors.ts';
import type { ErrorBody } from '../../shared/protocol.ts';

export function errorBody(
  code: FailureCode,
  message: string,
  options: { readonly hint?: string; readonly detail?: Readonly<Record<string, unknown>> } = {},
): string {
  const body: ErrorBody = {
    error: {
      code,
      message,
      hint: options.hint ?? '',
      ...(options.detail === undefined ? {} : { detail: options.detail }),
    },
  };
  return JSON.stringify(body);
}

export interface FailureAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** True when the cause is ours: log it with the id. */
  readonly unexpected: boolean;
}

/** Statuses that fastify and Node give to requests they refuse themselves. */
const REFUSED: Readonly<Record<number, { code: FailureCode; message: string }>> = Object.freeze({
  400: { code: 'malformed', message: 'the request cannot be read' },
  404: { code: 'not_found', message: 'there is nothing at this address' },
  408: { code: 'bad_request', message: 'the request took too long' },
  413: { code: 'too_large', message: 'the body is longer than the limit' },
  414: { code: 'too_large', message: 'the address is longer than the limit' },
  415: { code: 'unsupported_media', message: 'the body must be application/json' },
  431: { code: 'too_large', message: 'the headers are longer than the limit' },
});

/** `config` and `io` speak of files of this host; that is for the log and the local command only. */
function isPrivate(failure: Failure): boolean {
  return failure.code === 'internal' || failure.code === 'io';
}

export function refusedAnswer(status: number): FailureAnswer {
  const known = REFUSED[status] ?? { code: 'bad_request' as const, message: 'refused' };
  return {
    status,
    body: errorBody(known.code, known.message),
    headers: {},
    unexpected: false,
  };
}

/** `id` goes into the answer and the log line, so that one finds the other. */
export function failureAnswer(error: unknown, id: string): FailureAnswer {
  if (error instanceof Failure && !isPrivate(error)) {
    const headers: Record<string, string> = {};
    if (error.code === 'unauthorised') {
      headers['www-authenticate'] = 'Basic realm="watchkeeper", charset="UTF-8"';
    }
    if (error.retry && error.status >= 429) headers['retry-after'] = '5';
    const { hint, detail } = error;
    return {
      status: error.status,
      body: errorBody(error.code, error.message, { hint, detail }),
      headers,
      unexpected: false,
    };
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) return refusedAnswer(status);
  return {
    status: FAILURES.internal.status,
    body: errorBody('internal', 'something went wrong inside the collector', {
      hint: 'its log names the cause under this id',
      detail: { id },
    }),
    headers: {},
    unexpected: true,
  };
}
