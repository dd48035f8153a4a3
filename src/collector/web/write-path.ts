/**
 * `POST /api/v1/write`, answered before any routing: this is the request that comes thousands of
 * times a second, and a router, hooks and reply objects would cost more than ingest itself.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WRITE_PATH } from '../../shared/protocol.ts';
import type { Ingest, IngestResponse } from '../ingest/ingest.ts';
import { errorBody } from './failures.ts';
import { SECURITY_HEADER_LIST } from './headers.ts';

export function isWrite(request: IncomingMessage): boolean {
  return request.method === 'POST' && request.url === WRITE_PATH;
}

const JSON_TYPE = ['content-type', 'application/json; charset=utf-8'];

function answer(response: ServerResponse, result: IngestResponse, close: boolean): void {
  if (response.headersSent || response.destroyed) return;
  const head = [...SECURITY_HEADER_LIST];
  for (const name in result.headers) head.push(name, result.headers[name] ?? '');
  if (close) head.push('connection', 'close');
  if (result.body === '') {
    response.writeHead(result.status, head).end();
    return;
  }
  if (result.headers['content-type'] === undefined) head.push(...JSON_TYPE);
  head.push('content-length', String(Buffer.byteLength(result.body)));
  response.writeHead(result.status, head).end(result.body);
}

const TOO_LARGE: IngestResponse = Object.freeze({
  status: 413,
  headers: {},
  body: errorBody('too_large', 'the body is longer than the limit', {
    hint: 'send smaller batches',
  }),
});

/** Reads at most `bodyBytes`, then hands over to ingest. Slow bodies end by the server's timeout. */
export function handleWrite(
  ingest: Ingest,
  bodyBytes: number,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  const { request, response } = exchange;
  const from = request.socket.remoteAddress ?? 'socket';
  const refusal = ingest.precheck(request.headers, from);
  if (refusal !== null) {
    // The body is not read: an honest sender comes back on a new connection.
    answer(response, refusal, true);
    return;
  }
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > bodyBytes) {
      request.removeAllListeners('data');
      request.removeAllListeners('end');
      answer(response, TOO_LARGE, true);
      request.resume();
      return;
    }
    if (first === undefined) first = chunk;
    else if (chunks === undefined) chunks = [first, chunk];
    else chunks.push(chunk);
  });
  request.on('end', () => {
    const body = chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks, size);
    ingest.receive({ headers: request.headers, body, from }).then(
      (result) => answer(response, result, false),
      // `receive` never rejects; if it does, the sender must not take silence for a receipt.
      () => response.destroy(),
    );
  });
  request.on('error', () => {});
}
