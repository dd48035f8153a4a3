/** Guards of a write, from its headers: done once however often it is sent, on the version seen. */
import { Failure } from '../../shared/errors.ts';
import type { Actor, RepeatKey } from '../desk/desk.ts';
import { ReplyBody, type Scene } from './route.ts';

export interface Guard {
  readonly actor: Actor;
  /** From `Idempotency-Key`. */
  readonly repeat: RepeatKey | null;
  /** From `If-Match`; null: whatever it is now. */
  readonly version: number | null;
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** `request`: what makes this request another than the next. Throws `bad_request`. */
export function guardOf({ headers, actor }: Scene, request: unknown): Guard {
  const key = single(headers['idempotency-key']);
  const match = single(headers['if-match'])?.trim();
  const repeat = key === undefined ? null : { key, request: { by: actor.who, request } };
  return {
    actor,
    repeat,
    version: match === undefined || match === '*' ? null : versionOf(match),
  };
}

function versionOf(match: string): number {
  const digits = /^(?:W\/)?"(\d{1,15})"$/.exec(match)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new Failure('bad_request', `If-Match ${match.slice(0, 40)} is not an ETag of this API`, {
    hint: 'send the ETag that came with the answer you looked at, such as "4"',
  });
}

/** JSON with the version as its ETag, to be sent back in `If-Match`. */
export function tagged(version: number, body: object): ReplyBody {
  return new ReplyBody({
    type: 'application/json; charset=utf-8',
    headers: { etag: `"${version}"` },
    body: JSON.stringify(body),
  });
}

export interface Page<T> {
  readonly shown: readonly T[];
  /** The id to continue after; null on the last page. */
  readonly next: string | null;
}

/** `list` is asked for one more than is shown, which says whether there is a next page. */
export function pageOf<T extends { readonly id: string }>(
  limit: number,
  list: (limit: number) => readonly T[],
): Page<T> {
  const found = list(limit + 1);
  const shown = found.slice(0, limit);
  return { shown, next: found.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

/** The number in an id such as `W-000012`; the route's schema has checked its form. */
export function numberIn(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1));
}
