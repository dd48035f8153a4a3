/**
 * One HTTP request and its answer, redirects included. Every request resolves, checks and connects
 * anew (S19); the answer has a cap, is never decompressed, and whatever authenticates stays with
 * the origin it was meant for (S20). No proxy, whatever the environment says.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { hostOfUrl, urlComplaint } from '../../../shared/address-policy.ts';
import { messageOf } from '../../../shared/errors.ts';
import { connectPlace } from '../connect.ts';
import { type Look, within } from '../look.ts';
import { ProbeFailure } from '../reasons.ts';
import { handshake, verifyPeer } from '../secure.ts';
import type { CookieJar } from './cookies.ts';

/** S20. */
export const BODY_BYTES = 1024 * 1024;

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly url: URL;
  readonly status: number;
  readonly version: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly redirects: number;
}

export interface ExchangeOptions {
  /** How many redirects are followed. */
  readonly redirects: number;
  readonly ip: 4 | 6 | undefined;
  readonly serverName: string | undefined;
  readonly caFile: string;
  readonly verify: boolean;
  readonly jar: CookieJar;
}

export async function exchange(
  first: HttpRequest,
  options: ExchangeOptions,
  look: Look,
): Promise<HttpAnswer> {
  let request = first;
  for (let redirects = 0; ; redirects++) {
    const answer = await send(request, options, look);
    const { location } = answer.headers;
    const isRedirect = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined;
    if (!isRedirect || options.redirects === 0) return { ...answer, redirects };
    if (redirects === options.redirects) {
      throw new ProbeFailure('too_many_redirects', `more than ${redirects} redirects`);
    }
    request = redirected(request, answer.status, location);
  }
}

/** The request after a redirect. Another origin gets no header and no body of ours. */
export function redirected(from: HttpRequest, status: number, location: string): HttpRequest {
  if (!URL.canParse(location, from.url)) {
    throw new ProbeFailure('redirect_not_allowed', 'the redirect leads to no URL');
  }
  const url = new URL(location, from.url);
  const complaint = urlComplaint(url.href);
  if (complaint !== null) {
    throw new ProbeFailure('redirect_not_allowed', `the redirect's address ${complaint}`);
  }
  if (from.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new ProbeFailure('redirect_not_allowed', 'the redirect leads from https to http');
  }
  const isSameOrigin = url.origin === from.url.origin;
  const becomesGet = status === 303 || (status < 303 && from.method === 'POST') || !isSameOrigin;
  const method = becomesGet && from.method !== 'HEAD' ? 'GET' : from.method;
  if (!isSameOrigin) return { method, url, headers: {}, body: '' };
  if (!becomesGet) return { ...from, url };
  const { 'content-type': _type, ...headers } = from.headers;
  return { method, url, headers, body: '' };
}

async function send(
  request: HttpRequest,
  options: ExchangeOptions,
  look: Look,
): Promise<Omit<HttpAnswer, 'redirects'>> {
  const { trace, signal, clock } = look;
  const { url } = request;
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const plain = await connectPlace({ host: hostOfUrl(url), port, ip: options.ip }, look);
  try {
    const socket = isSecure ? await secured(plain, url, { options, look }) : plain;
    trace.figure('probe_http_ssl', isSecure ? 1 : 0);
    const response = await trace
      .phase('processing', () =>
        within(signal, answerTo(request, { socket, cookies: options.jar.header(url) })),
      )
      .catch((error) => Promise.reject(httpFailure(error)));
    const { statusCode: status = 0, httpVersion: version } = response;
    trace.figure('probe_http_status_code', status);
    trace.figure('probe_http_version', Number(version));
    options.jar.store(url, response.headers['set-cookie'] ?? [], clock.now());
    const body = await trace
      .phase('transfer', () => within(signal, bodyOf(response, request.method)))
      .catch((error) => Promise.reject(httpFailure(error)));
    return { url, status, version, headers: headersOf(response), body };
  } finally {
    plain.destroy();
  }
}

interface Around {
  readonly options: ExchangeOptions;
  readonly look: Look;
}

/** Judged before anything is said over it: a stranger must not get to see a token. */
async function secured(plain: Socket, url: URL, { options, look }: Around): Promise<Socket> {
  const serverName = options.serverName ?? hostOfUrl(url).replace(/\.$/, '');
  const secure = await handshake(plain, { serverName, caFile: options.caFile }, look);
  if (options.verify) verifyPeer(secure, serverName, look);
  return secure;
}

interface Line {
  readonly socket: Socket;
  readonly cookies: string;
}

function answerTo(
  { method, url, headers, body }: HttpRequest,
  { socket, cookies }: Line,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const hasBody = bytes.length > 0 || method === 'POST' || method === 'PUT' || method === 'PATCH';
    const sent = httpRequest({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      setHost: false,
      headers: {
        host: url.host,
        'user-agent': 'watchkeeper-probe',
        accept: '*/*',
        'accept-encoding': 'identity',
        connection: 'close',
        ...(hasBody ? { 'content-length': String(bytes.length) } : {}),
        ...(cookies === '' ? {} : { cookie: cookies }),
        ...headers,
      },
    });
    sent.once('response', resolve);
    sent.on('error', reject);
    sent.end(hasBody ? bytes : undefined);
  });
}

async function bodyOf(response: IncomingMessage, method: string): Promise<Buffer> {
  // Its headers speak of a body that is not sent.
  if (method === 'HEAD') return Buffer.alloc(0);
  const tooLarge = (): ProbeFailure =>
    new ProbeFailure('too_large', `the body has more than ${BODY_BYTES} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > BODY_BYTES) throw tooLarge();
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') {
    throw new ProbeFailure('encoded', 'the body is compressed although that was not offered');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Header text is taken from answers; a line of it goes into messages, so it is one line. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    plain[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return plain;
}

function httpFailure(error: unknown): unknown {
  if (error instanceof ProbeFailure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = code === 'ECONNRESET' || code === 'EPIPE' ? 'closed' : 'http_failed';
  return new ProbeFailure(reason, messageOf(error));
}
