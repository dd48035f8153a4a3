/**
 * Requests over node:http, or node:https when the address says so: that module alone costs 6 MB
 * of memory, so it is loaded when it is needed.
 */
import { readFileSync } from 'node:fs';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Failure, messageOf } from '../../shared/errors.ts';
import { WRITE_PATH } from '../../shared/protocol.ts';
import type { Endpoint, HttpTransportOptions, PushAnswer, PushRequest, Transport } from './push.ts';
import { readToken } from './token.ts';

const TIMEOUT_MS = 30_000;
/** Our answers are far shorter; of a proxy's page the beginning is enough. */
const ANSWER_BYTES_MAX = 64 * 1024;
/** One for live data, one for the backlog. */
const CONNECTIONS = 2;

const REMOTE_WRITE: Endpoint = Object.freeze({
  path: WRITE_PATH,
  headers: Object.freeze({
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
  }),
});

function urlOf(collector: string, path: string): URL {
  const url = URL.parse(collector);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === '') {
    return new URL(url.pathname.replace(/\/*$/, path), url);
  }
  throw new Failure('config', `"${collector}" is not the address of a collector`, {
    hint: 'write it as http://host:8420 or https://host:8420, without a user name',
  });
}

function connector(url: URL, caFile: string) {
  const keep = { keepAlive: true, maxSockets: CONNECTIONS };
  if (url.protocol === 'http:') return { call: request, connections: new Agent(keep) };
  const https = process.getBuiltinModule('node:https');
  const ca = caFile === '' ? {} : { ca: readAuthorities(caFile) };
  return { call: https.request, connections: new https.Agent({ ...keep, ...ca }) };
}

/** The system's authorities and the one of the file. */
function readAuthorities(caFile: string): string[] {
  const { rootCertificates } = process.getBuiltinModule('node:tls');
  try {
    return [...rootCertificates, readFileSync(caFile, 'utf8')];
  } catch (cause) {
    throw new Failure('config', `the CA file cannot be read: ${messageOf(cause)}`, {
      hint: 'give a readable PEM file as ca_file',
      cause,
    });
  }
}

/** Resolves when the answer is complete, or long enough. */
function readAnswer(response: IncomingMessage): Promise<PushAnswer> {
  return new Promise((resolve, reject) => {
    let body = '';
    const finish = (): void => {
      const headers: Record<string, string | undefined> = {};
      for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value);
      resolve({ status: response.statusCode ?? 0, headers, body });
    };
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      body += text;
      if (body.length <= ANSWER_BYTES_MAX) return;
      finish();
      response.destroy();
    });
    response.on('end', finish);
    response.on('error', reject);
    response.on('close', () => reject(new Error('the answer was cut off')));
  });
}

export function httpTransport(options: HttpTransportOptions): Transport {
  const { clock, tokenFile, caFile, userAgent, timeoutMs = TIMEOUT_MS } = options;
  const { endpoint = REMOTE_WRITE } = options;
  const url = urlOf(options.collector, endpoint.path);
  const { call, connections } = connector(url, caFile);
  const underWay = new Set<ClientRequest>();

  const attempt = async ({ headers, body }: PushRequest): Promise<PushAnswer> => {
    const own = {
      authorization: `Bearer ${readToken(tokenFile)}`,
      'content-length': String(body.length),
      'user-agent': userAgent,
    };
    const outgoing = call(url, {
      method: 'POST',
      agent: connections,
      headers: { ...own, ...endpoint.headers, ...headers },
    });
    let late: Error | undefined;
    const deadline = clock.after(timeoutMs, () => {
      late = new Error(`no answer within ${timeoutMs / 1000} s`);
      outgoing.destroy(late);
    });
    underWay.add(outgoing);
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on('response', resolve);
        outgoing.on('error', reject);
        outgoing.end(body);
      });
      return await readAnswer(response);
    } catch (error) {
      throw late ?? error;
    } finally {
      deadline.cancel();
      underWay.delete(outgoing);
    }
  };

  return {
    send: async (sent) => {
      try {
        return await attempt(sent);
      } catch (error) {
        if (error instanceof Failure) throw error;
        throw new Failure('unavailable', `${url.origin}: ${reasonOf(error)}`, {
          hint: 'check that the collector runs and that this host reaches its address and port',
          cause: error,
        });
      }
    },
    close: () => {
      for (const outgoing of underWay) outgoing.destroy(new Error('the agent is stopping'));
      connections.destroy();
    },
  };
}

/** A connection to several addresses fails with several reasons; the text of the whole is empty. */
function reasonOf(error: unknown): string {
  const all = error instanceof AggregateError ? error.errors : [error];
  return all.map(messageOf).join('; ');
}
