/**
 * Outgoing HTTP of channels (S38): https unless the entry says otherwise, checked addresses (S19),
 * no redirects, ten seconds, a small answer, no connection kept. What goes wrong is a result.
 */
import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { checkedAddresses, hostOfUrl, urlComplaint } from '../../shared/address-policy.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { ChannelDoors, SendResult } from './channel.ts';

const TIMEOUT_MS = 10_000;
const ANSWER_MOST_BYTES = 64 * 1024;
/** What the other side said is shown to operators, in one short line. */
const REASON_LONGEST = 200;

export interface Outgoing {
  readonly url: string;
  readonly plainHttp: boolean;
  readonly method?: 'POST' | 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Why the URL may not be used, or null. Pure. */
export function outgoingComplaint(url: string, plainHttp: boolean): string | null {
  const complaint = urlComplaint(url);
  if (complaint !== null) return complaint;
  if (new URL(url).protocol === 'http:' && !plainHttp) {
    return 'is not https: use https, or write plain_http: true beside it';
  }
  return null;
}

/** The answer, or why there is none. */
export async function exchange(
  outgoing: Outgoing,
  doors: Pick<ChannelDoors, 'clock' | 'policy' | 'resolve'>,
): Promise<Answered | SendResult> {
  const complaint = outgoingComplaint(outgoing.url, outgoing.plainHttp);
  if (complaint !== null) return { outcome: 'refused', reason: `the URL ${complaint}` };
  const url = new URL(outgoing.url);
  try {
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    const { policy, resolve } = doors;
    const [address] = await checkedAddresses(hostOfUrl(url), { policy, resolve, port });
    return await send(url, { outgoing, address: address ?? '', doors });
  } catch (error) {
    const final = error instanceof Failure && !error.retry;
    return { outcome: final ? 'refused' : 'retry', reason: plainReason(messageOf(error)) };
  }
}

interface Sending {
  readonly outgoing: Outgoing;
  readonly address: string;
  readonly doors: Pick<ChannelDoors, 'clock'>;
}

function send(url: URL, { outgoing, address, doors }: Sending): Promise<Answered> {
  const { method = 'POST', headers = {}, body } = outgoing;
  const family = isIPv6(address) ? 6 : 4;
  // The connection goes to the address that was checked, whatever the name resolves to by now.
  const lookup: LookupFunction = (_host, options, callback) => {
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options: RequestOptions = {
    method,
    lookup,
    agent: false,
    headers: { 'user-agent': 'watchkeeper', ...headers, ...length },
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options);
    const timer = doors.clock.after(TIMEOUT_MS, () => {
      request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`));
    });
    const end = (finish: () => void): void => {
      timer.cancel();
      finish();
    };
    request.once('error', (error) => end(() => reject(error)));
    request.once('response', (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_MOST_BYTES) request.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      answer.once('error', (error) => end(() => reject(error)));
      answer.once('end', () =>
        end(() =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        ),
      );
    });
    request.end(body);
  });
}

/** A status as a result; null when it was 2xx and the body decides. Pure. */
export function judgeStatus({ status, body }: Answered): SendResult | null {
  if (status >= 200 && status < 300) return null;
  const reason = `answered ${status} ${plainReason(body)}`.trim();
  if (status >= 300 && status < 400) return { outcome: 'refused', reason: `${reason}: redirected` };
  const passing = status >= 500 || status === 408 || status === 425 || status === 429;
  return { outcome: passing ? 'retry' : 'refused', reason };
}

export function plainReason(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ')
    .trim()
    .slice(0, REASON_LONGEST);
}

/** Sends JSON and reads the answer with `judge`; 2xx without `judge` is accepted. */
export async function postJson(
  outgoing: Omit<Outgoing, 'body'> & { readonly json: unknown },
  doors: Pick<ChannelDoors, 'clock' | 'policy' | 'resolve'>,
  judge: (body: unknown) => SendResult = () => ({ outcome: 'accepted', reason: '' }),
): Promise<SendResult> {
  const { json, ...rest } = outgoing;
  const headers = { 'content-type': 'application/json; charset=utf-8', ...rest.headers };
  const answer = await exchange({ ...rest, headers, body: JSON.stringify(json) }, doors);
  if ('outcome' in answer) return answer;
  const refusal = judgeStatus(answer);
  if (refusal !== null) return refusal;
  try {
    return judge(answer.body === '' ? {} : JSON.parse(answer.body));
  } catch {
    return judge({});
  }
}
