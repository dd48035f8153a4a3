/** Guards of a write, from its headers: done once however often it is sent, on the version seen. */
import { Failure } from '../../shared/errors.ts';
import type { Actor, RepeatKey } from '../desk/desk.ts';
import { firstOf, type Page } from './page.ts';
import { ReplyBody, type Scene } from './route.ts';

export interface Guard {
  readonly actor: Actor;
  /** From `Idempotency-Key`. */
  readonly repeat: RepeatKey | null;
  /** From `If-Match`; null: whatever it is now. */
  readonly version: number | null;
}

/** `request`: what makes this request another than the next. Throws `bad_request`. */
export function guardOf({ headers, actor }: Scene, request: unknown): Guard {
  const { key, version } = preconditionsOf(headers);
  const repeat = key === null ? null : { key, request: { by: actor.who, request } };
  return { actor, repeat, version };
}

export interface Preconditions {
  /** From `Idempotency-Key`. */
  readonly key: string | null;
  /** From `If-Match`; null: whatever it is now. */
  readonly version: number | null;
}

/** Throws `bad_request`. */
export function preconditionsOf(headers: Scene['headers']): Preconditions {
  const single = (name: string): string | null => [headers[name]].flat()[0] ?? null;
  const match = single('if-match')?.trim() ?? '*';
  return { key: single('idempotency-key'), version: match === '*' ? null : versionOf(match) };
}

function versionOf(match: string): number {
  const digits = /^(?:W\/)?"(\d{1,15})"$/.exec(match)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new Failure('bad_request', `If-Match ${match.slice(0, 40)} is not an ETag of this API`, {
    hint: 'send the ETag that came with the answer you looked at, such as "4"',
  });
}

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** JSON with the version as its ETag, to be sent back in `If-Match`. */
export function tagged(version: number, body: object): ReplyBody {
  return new ReplyBody({
    type: 'application/json; charset=utf-8',
    headers: { etag: etagOf(version) },
    body: JSON.stringify(body),
  });
}

/** `list` is asked for one more than is shown, which says whether there is a next page. */
export function pageOf<T extends { readonly id: string }>(
  limit: number,
  list: (limit: number) => readonly T[],
): Page<T> {
  return firstOf(list(limit + 1), limit, ({ id }) => id);
}

/** The number in an id such as `W-000012`; the route's schema has checked its form. */
export function numberIn(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1));
}
