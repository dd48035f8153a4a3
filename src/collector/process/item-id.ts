/** Numbers as people say them: `P-000003` a problem, `C-000012` a change, `K-000007` a note. */
import { Failure } from '../../shared/errors.ts';

export type Letter = 'P' | 'C' | 'K';

const NOUNS: Readonly<Record<Letter, string>> = Object.freeze({
  P: 'problem',
  C: 'change',
  K: 'knowledge',
});

export function formatItemId(letter: Letter, number: number): string {
  return `${letter}-${String(number).padStart(6, '0')}`;
}

/** Also without the zeros or the letter. Throws `not_found`. */
export function parseItemId(letter: Letter, id: string): number {
  const [, said, digits] = /^(?:([A-Za-z])-)?(\d{1,12})$/.exec(id.trim()) ?? [];
  if (digits === undefined || (said ?? letter).toUpperCase() !== letter) {
    throw noSuchItem(letter, id);
  }
  return Number(digits);
}

export function noSuchItem(letter: Letter, id: string): Failure {
  const noun = NOUNS[letter];
  return new Failure('not_found', `there is no ${noun} ${JSON.stringify(id.slice(0, 40))}`, {
    hint: `numbers look like ${formatItemId(letter, 12)}; list them with: collector ${noun} list`,
  });
}
