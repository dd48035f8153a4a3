/**
 * What a route is. One table of these gives validation, OpenAPI and the auth class: a route
 * without a class does not compile.
 */
import { z } from 'zod';
import { formatPath } from '../../shared/config.ts';
import { problemsOf } from '../../shared/config-problems.ts';
import { Failure } from '../../shared/errors.ts';
import type { Actor } from '../desk/desk.ts';
import type { WebDoors, WebSettings } from './web.ts';

/**
 * - `open`: anybody who reaches the port (health, style sheet).
 * - `ingest`: ingest itself checks the sender's token.
 * - `metrics`: Prometheus; the metrics token or the main token.
 * - `read`: the main token.
 * - `admin`: the control socket or the main token; never an open TCP port.
 */
export type AuthClass = 'open' | 'ingest' | 'metrics' | 'read' | 'admin';
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A body that is not JSON, or an answer that needs its own status or headers. */
export interface Reply {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export class ReplyBody implements Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;

  constructor(reply: Reply) {
    this.status = reply.status ?? 200;
    this.type = reply.type;
    this.body = reply.body;
    this.headers = reply.headers ?? {};
  }
}

export interface Scene {
  readonly doors: WebDoors;
  readonly settings: WebSettings;
  readonly actor: Actor;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The table itself, for its own documentation. */
  readonly routes: readonly Route[];
}

export interface Input<P, Q, B> extends Scene {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: Method;
  /** `/api/v1/devices/:name` */
  readonly path: string;
  readonly auth: AuthClass;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** `raw`: the handler gets the body's bytes (ingest only). */
  readonly raw?: boolean;
  /** Media type of a raw body; default that of remote write. */
  readonly bodyType?: string;
  /** Largest raw body; the limit of writes where it is not given. */
  readonly bodyBytes?: number;
  /** Shape of the JSON answer, or its media type when it is not JSON. */
  readonly answer: z.ZodType | string;
  /** An object becomes JSON, `ReplyBody` goes out as it is. */
  readonly handle: (input: Input<z.infer<P>, z.infer<Q>, z.infer<B>>) => unknown | Promise<unknown>;
}

/** Params, query and body as they arrived. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly auth: AuthClass;
  readonly summary: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | null;
  readonly raw: boolean;
  readonly bodyType: string;
  readonly bodyBytes: number | null;
  readonly answer: z.ZodType | string;
  /** Validates, then handles. Throws `bad_request` naming every wrong field. */
  run(raw: RawInput, scene: Scene): Promise<unknown>;
}

const NOTHING = z.strictObject({});

/** Throws `bad_request` with every mistake. */
function checked<T extends z.ZodType>(schema: T, value: unknown, place: string): z.infer<T> {
  const given = value ?? {};
  const result = schema.safeParse(given);
  if (result.success) return result.data as z.infer<T>;
  const reasons = problemsOf(schema, given).map(({ path, reason }) => {
    const where = formatPath(path);
    return where === '' ? `${place}: ${reason}` : `${place} ${where}: ${reason}`;
  });
  throw new Failure('bad_request', reasons.join('; '), {
    hint: 'correct what is named; every field is described at /api/docs',
  });
}

export function defineRoute<
  P extends z.ZodType = typeof NOTHING,
  Q extends z.ZodType = typeof NOTHING,
  B extends z.ZodType = typeof NOTHING,
>(spec: RouteSpec<P, Q, B>): Route {
  const params = spec.params ?? NOTHING;
  const query = spec.query ?? NOTHING;
  return Object.freeze({
    method: spec.method,
    path: spec.path,
    auth: spec.auth,
    summary: spec.summary,
    params,
    query,
    body: spec.body ?? null,
    raw: spec.raw ?? false,
    bodyType: spec.bodyType ?? 'application/x-protobuf',
    bodyBytes: spec.bodyBytes ?? null,
    answer: spec.answer,
    run: async (raw: RawInput, scene: Scene) =>
      spec.handle({
        ...scene,
        params: checked(params, raw.params, 'path') as z.infer<P>,
        query: checked(query, raw.query, 'query') as z.infer<Q>,
        body: (spec.raw ? raw.body : checked(spec.body ?? NOTHING, raw.body, 'body')) as z.infer<B>,
      }),
  });
}
