/** Reaching the collector, wherever it is, and calls that fail with the collector's own words. */
import { request as httpRequest } from 'node:http';
import { FAILURES, Failure, type FailureCode, messageOf } from '../../shared/errors.ts';
import type { ErrorBody } from '../../shared/protocol.ts';
import type { Api, ApiAnswer, ApiRequest, CliHost, Flags } from './cli.ts';

function encode({ body, headers = {} }: ApiRequest): {
  payload: Buffer | undefined;
  headers: Record<string, string>;
} {
  if (body === undefined) return { payload: undefined, headers: { ...headers } };
  if (Buffer.isBuffer(body)) return { payload: body, headers: { ...headers } };
  const payload = Buffer.from(JSON.stringify(body));
  return { payload, headers: { ...headers, 'content-type': 'application/json' } };
}

/** An API over the control socket. */
export function socketApi(socketPath: string): Api {
  return {
    window: 1,
    request: (asked) =>
      new Promise((resolve, reject) => {
        const { payload, headers } = encode(asked);
        const length = payload === undefined ? {} : { 'content-length': String(payload.length) };
        const { method, path } = asked;
        const request = httpRequest(
          { socketPath, method, path, headers: { ...headers, ...length }, agent: false },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.once('error', reject);
            answer.once('end', () =>
              resolve({
                status: answer.statusCode ?? 0,
                headers: answer.headers,
                body: Buffer.concat(chunks),
              }),
            );
          },
        );
        request.once('error', (error) =>
          reject(
            new Failure('unavailable', `the collector did not answer: ${messageOf(error)}`, {
              hint: 'is it still running? try again',
              cause: error,
            }),
          ),
        );
        request.end(payload);
      }),
    close: async () => {},
  };
}

export async function connect(
  host: CliHost,
  flags: Flags,
  options: { readonly create: boolean },
): Promise<Api> {
  const directory = host.dataDirectory(flags);
  if (await host.isClaimed(directory)) return socketApi(host.socketPath(directory));
  return host.openHere(flags, options);
}

/** Connects, does `task`, closes. Verbs that only look do not create a data directory. */
export async function withApi<T>(
  host: CliHost,
  flags: Flags & { readonly create?: boolean },
  task: (api: Api) => Promise<T>,
): Promise<T> {
  const api = await connect(host, flags, { create: flags.create ?? false });
  try {
    return await task(api);
  } finally {
    await api.close();
  }
}

function failureOf({ status, body }: ApiAnswer): Failure {
  let error: Partial<ErrorBody['error']> = {};
  try {
    error = (JSON.parse(body.toString()) as ErrorBody).error ?? {};
  } catch {
    error = {};
  }
  const code = error.code ?? '';
  const { message = `the collector answered ${status}`, hint = '' } = error;
  // Whoever types has options before them, not the parts of a request.
  const ofForm = hint.includes('/api/docs');
  return new Failure(
    Object.hasOwn(FAILURES, code) ? (code as FailureCode) : 'io',
    ofForm ? message.replace(/(^|; )(?:query|body|path) (?=\S+: )/g, '$1') : message,
    {
      hint: ofForm ? 'correct what is named; --help says what the verb takes' : hint,
      detail: { ...error.detail },
    },
  );
}

/** The answer of a call that worked; throws the collector's failure otherwise. */
export async function call(api: Api, request: ApiRequest): Promise<ApiAnswer> {
  const answer = await api.request(request);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw failureOf(answer);
}

/** `T` is what the route promises; both ends are built together. */
export async function callJson<T>(api: Api, request: ApiRequest): Promise<T> {
  const { body } = await call(api, request);
  return JSON.parse(body.toString()) as T;
}
