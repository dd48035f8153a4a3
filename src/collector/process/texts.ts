/** What people write: data, never trusted. */
import { Failure } from '../../shared/errors.ts';

const LINE_LONGEST = 200;
export const TEXT_LONGEST = 20_000;

/** Control and direction characters forge log lines and terminal output; a text may have lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

export interface Mistake {
  readonly field: string;
  readonly reason: string;
}

/** One line: a title or a name. */
export function lineMistakes(field: string, text: string): readonly Mistake[] {
  if (text.trim() === '') return [{ field, reason: 'is missing' }];
  if (text.includes('\n')) return [{ field, reason: 'must be one line' }];
  return textMistakes(field, text, LINE_LONGEST);
}

/** Several lines are allowed, and nothing at all. */
export function textMistakes(
  field: string,
  text: string,
  longest = TEXT_LONGEST,
): readonly Mistake[] {
  if (text.length > longest) {
    return [{ field, reason: `has ${text.length} characters, more than ${longest}` }];
  }
  return FORBIDDEN.test(text) ? [{ field, reason: 'holds control characters' }] : [];
}

export function neededMistakes(field: string, text: string): readonly Mistake[] {
  return text.trim() === '' ? [{ field, reason: 'is missing' }] : textMistakes(field, text);
}

/** Throws `bad_request` with all of them. */
export function refuseMistakes(mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  const text = mistakes.map(({ field, reason }) => `${field}: ${reason}`).join('; ');
  throw new Failure('bad_request', text, {
    hint: 'correct the named fields',
    detail: { mistakes },
  });
}
