/** What the three kinds of chat robots share: the number in their answer, the length of a text. */
import type { SendResult } from '../channel.ts';
import { plainReason } from '../http-post.ts';

/** 0 is good; `passing` may be good later, as is an answer without a number (a proxy, a portal). */
export function robotResult(
  name: string,
  { code, text }: { readonly code: unknown; readonly text: unknown },
  passing: readonly number[],
): SendResult {
  if (code === 0) return { outcome: 'accepted', reason: '' };
  const reason = plainReason(`${name} ${String(code)} ${String(text ?? '')}`);
  const final = typeof code === 'number' && !passing.includes(code);
  return { outcome: final ? 'refused' : 'retry', reason };
}

/** At most so many bytes of UTF-8, cut between characters. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const bytes = Buffer.from(text).subarray(0, most - 3);
  return `${new TextDecoder().decode(bytes, { stream: true })}…`;
}
