/** What the headers of a write say: who, once or again, on which version. */
import { Failure } from '../../../shared/errors.ts';
import type { Actor } from '../../desk/desk.ts';
import type { Writing } from '../../faults/faults.ts';
import type { Scene } from '../route.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** Throws `bad_request`. */
export function writingOf(headers: Scene['headers'], actor: Actor): Writing {
  const key = single(headers['idempotency-key']);
  const match = single(headers['if-match']);
  return {
    actor,
    ...(key === undefined ? {} : { key }),
    ...(match === undefined || match === '*' ? {} : { expected: versionOf(match) }),
  };
}

function versionOf(match: string): number {
  const digits = /^(?:W\/)?"(\d{1,15})"$/.exec(match.trim())?.[1];
  if (digits !== undefined) return Number(digits);
  throw new Failure('bad_request', `If-Match ${match.slice(0, 40)} is not the ETag of a fault`, {
    hint: 'send the ETag that GET /api/v1/faults/F-000123 gave, such as "42"',
  });
}
