/** What requests of one run share: values, cookies, how to connect; and what they leave behind. */
import * as z from 'zod';
import { Failure, messageOf } from '../../../shared/errors.ts';
import { ipFamily } from '../kind.ts';
import type { Look } from '../look.ts';
import { ProbeFailure } from '../reasons.ts';
import { tlsFields } from '../tls-fields.ts';
import { CookieJar } from './cookies.ts';
import { type ExchangeOptions, exchange, type HttpAnswer } from './exchange.ts';
import { type Expectation, judgeAnswer } from './expect.ts';
import { makeRequest, type RequestSpec } from './request.ts';
import { readSecrets, secretsField } from './secrets.ts';
import { redact } from './template.ts';

const MOST_REDIRECTS = 10;

/** What holds for all requests of a probe. */
export function sessionFields(directory: string) {
  return {
    ip: ipFamily,
    redirects: z
      .int()
      .min(0, 'at least 0')
      .max(MOST_REDIRECTS, `at most ${MOST_REDIRECTS}`)
      .default(0)
      .describe('How many are followed'),
    tls: z.strictObject(tlsFields(directory)).optional(),
    secrets: secretsField(directory),
  };
}

interface SessionSpec {
  readonly ip?: 4 | 6 | undefined;
  readonly redirects: number;
  readonly tls?:
    | {
        readonly server_name?: string | undefined;
        readonly ca_file?: string | undefined;
        readonly verify: boolean;
      }
    | undefined;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>> | undefined;
}

const PHASES = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;

export class Session {
  /** Secrets and what was captured. */
  readonly values: Map<string, string>;
  readonly jar = new CookieJar();
  readonly #look: Look;
  readonly #options: ExchangeOptions;
  /** Where the request before ended. */
  #at: URL | null = null;
  #redirects = 0;

  constructor(spec: SessionSpec, look: Look) {
    this.values = readSecrets(spec.secrets);
    this.#look = look;
    this.#options = {
      redirects: spec.redirects,
      ip: spec.ip,
      serverName: spec.tls?.server_name,
      caFile: spec.tls?.ca_file ?? '',
      verify: spec.tls?.verify ?? true,
      jar: this.jar,
    };
  }

  /** Sends, and judges the answer. Throws `ProbeFailure`. */
  async ask(
    spec: RequestSpec & { readonly expect?: Expectation | undefined },
  ): Promise<HttpAnswer> {
    const { trace } = this.#look;
    const request = makeRequest(spec, this.values, this.#at);
    const answer = await exchange(request, this.#options, this.#look);
    this.#at = answer.url;
    this.#redirects += answer.redirects;
    trace.figure('probe_http_redirects', this.#redirects);
    trace.figure('probe_http_content_length', Number(answer.headers['content-length'] ?? -1));
    trace.figure('probe_http_uncompressed_body_length', answer.body.length);
    judgeAnswer(answer, spec.expect ?? {}, this.#look);
    return answer;
  }

  /** At the end, however it ended. */
  noteTimes(): void {
    const { trace } = this.#look;
    for (const phase of PHASES) {
      const seconds = trace.secondsOf(phase);
      if (!Number.isNaN(seconds))
        trace.figure('probe_http_duration_seconds', seconds, 'phase', phase);
    }
  }

  /** The failure without any value that was put into a request. */
  plain(error: unknown): unknown {
    if (error instanceof ProbeFailure) {
      return new ProbeFailure(error.reason, redact(error.message, this.values));
    }
    if (error instanceof Failure) return error;
    return new Error(redact(messageOf(error), this.values));
  }
}
