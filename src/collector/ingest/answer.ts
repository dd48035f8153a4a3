/**
 * Ingest's answers. Each carries our mark, so that no proxy's answer is taken for ours: a receipt,
 * or an error with one of our codes (P7).
 */
import type { Clock } from '../../shared/clock.ts';
import type { Failure } from '../../shared/errors.ts';
import { type ErrorBody, HEADER_RECEIPT, HEADER_TIME } from '../../shared/protocol.ts';
import type { Cursor } from '../store/store.ts';
import type { IngestResponse } from './ingest.ts';
import type { WriteVersion } from './media.ts';
import type { Refusals } from './refusals.ts';

/** What a 2.0 sender is told was stored; native histograms and exemplars never are. */
export interface Written {
  readonly version: WriteVersion;
  readonly samples: number;
}

function writtenHeaders(headers: Record<string, string>, { version, samples }: Written): void {
  if (version === 1) return;
  headers['x-prometheus-remote-write-samples-written'] = String(samples);
  headers['x-prometheus-remote-write-histograms-written'] = '0';
  headers['x-prometheus-remote-write-exemplars-written'] = '0';
}

/** The same for a batch stored now and for one stored before. */
export function receipt(
  cursor: Cursor | undefined,
  written: Written,
  nowMs: number,
): IngestResponse {
  const headers: Record<string, string> = {
    [HEADER_RECEIPT]: cursor === undefined ? 'stored' : `${cursor.epoch}/${cursor.seq}`,
    [HEADER_TIME]: String(nowMs),
  };
  writtenHeaders(headers, written);
  return { status: 204, headers, body: '' };
}

/** Some of a request that is not numbered was refused: the rest is stored, the sender is told. */
export function partial(refusals: Refusals, written: Written, nowMs: number): IngestResponse {
  const { samples, first } = refusals;
  const error = {
    code: 'bad_request',
    message: `${samples} samples were refused, ${written.samples} stored: ${first}`,
    hint: 'mend what is named; the stored ones need not be sent again',
    detail: { refused: refusals.byReason(), written: written.samples },
  };
  const headers = errorHeaders(nowMs);
  writtenHeaders(headers, written);
  return { status: 400, headers, body: JSON.stringify({ error } satisfies ErrorBody) };
}

/** Whoever is asked to come back later is told when, each a little differently. */
export function failed(failure: Failure, clock: Clock): IngestResponse {
  const { code, message, hint, detail, status } = failure;
  const headers = errorHeaders(clock.now());
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  if (status === 429 || status === 503) {
    const seconds = Math.max(Number(detail.retryAfterSeconds ?? 0), 2 + 4 * clock.random());
    headers['retry-after'] = String(Math.ceil(seconds));
  }
  return { status, headers, body: JSON.stringify({ error: { code, message, hint, detail } }) };
}

function errorHeaders(nowMs: number): Record<string, string> {
  return { 'content-type': 'application/json; charset=utf-8', [HEADER_TIME]: String(nowMs) };
}
