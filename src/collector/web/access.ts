/**
 * Who may do what: a pure decision from the route's auth class and what the request shows.
 * Without a configured token, TCP may only read, and only under a loopback name (a page of a
 * foreign site that resolves to 127.0.0.1 has a foreign name in its Host header).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Failure } from '../../shared/errors.ts';
import type { Principal } from '../desk/desk.ts';
import type { AuthClass, Method, Scene } from './route.ts';
import type { WebSettings } from './web.ts';

export interface Credentials {
  /** The control socket, or a verb in the same process. */
  readonly local: boolean;
  readonly method: Method | 'HEAD';
  readonly authorization: string | undefined;
  readonly host: string | undefined;
  /** `sec-fetch-site` of browsers. */
  readonly fetchSite: string | undefined;
}

const LOOPBACK_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/;

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Compares digests, so neither the length nor the first wrong byte shows in the time. */
function same(presented: string | null, secret: string | null): boolean {
  if (presented === null || secret === null) return false;
  return timingSafeEqual(digest(presented), digest(secret));
}

/** The token of `Bearer TOKEN`, or of a browser's password prompt when `basic` is allowed. */
function presentedToken(header: string | undefined, basic: boolean): string | null {
  const match = /^(bearer|basic) +([\x21-\x7e]+)$/i.exec(header ?? '');
  if (match?.[2] === undefined) return null;
  if (match[1]?.toLowerCase() === 'bearer') return match[2];
  if (!basic) return null;
  const decoded = Buffer.from(match[2], 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? null : decoded.slice(colon + 1);
}

/** Who sends, by the token of an agent or of another system (auth class `ingest`). */
export function senderOf(
  { doors, headers }: Pick<Scene, 'doors' | 'headers'>,
  wanted: { readonly kind: Principal['kind']; readonly mend: string },
): Principal {
  const token = presentedToken([headers.authorization].flat()[0], false) ?? '';
  const principal = doors.desk.authenticate(token);
  const hint = `make one with: collector agent add NAME ${wanted.mend}`.trim();
  if (principal === null) {
    throw new Failure('unauthorised', 'the token is missing or not valid', { hint });
  }
  if (principal.kind === wanted.kind) return principal;
  const is = `the token of ${principal.name} is of kind ${principal.kind}`;
  throw new Failure('forbidden', `${is}, not ${wanted.kind}`, { hint });
}

const reads = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Null when allowed; otherwise why not. */
export function refuseAccess(
  auth: AuthClass,
  request: Credentials,
  settings: Pick<WebSettings, 'token' | 'metricsToken'>,
): Failure | null {
  if (request.local || auth === 'open' || auth === 'ingest') return null;
  // Browsers send the password by themselves, so a foreign page must not command (S30).
  const site = request.fetchSite ?? 'none';
  if (!reads(request.method) && site !== 'same-origin' && site !== 'none') {
    return new Failure('forbidden', 'a request from another site may not change anything');
  }
  const token = presentedToken(request.authorization, reads(request.method));
  if (same(token, settings.token)) return null;
  if (auth === 'metrics') {
    if (same(token, settings.metricsToken)) return null;
    if (settings.metricsToken !== null) return unauthorised(token);
  }
  if (settings.token !== null) return unauthorised(token);
  if (auth === 'admin') {
    return new Failure('forbidden', 'this needs the control socket or a token', {
      hint: 'use the collector command on this host, or configure web.token_file',
    });
  }
  if (!LOOPBACK_NAME.test(request.host ?? '')) {
    return new Failure('forbidden', 'without a token only localhost may be asked', {
      hint: 'ask for http://127.0.0.1:PORT, or configure web.token_file',
    });
  }
  return null;
}

function unauthorised(token: string | null): Failure {
  return new Failure(
    'unauthorised',
    token === null ? 'a token is needed' : 'the token is not valid',
    { hint: 'send the header Authorization: Bearer TOKEN with the token of web.token_file' },
  );
}
