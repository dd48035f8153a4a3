/** Secrets of channels: files that only their owner can read (S52), never values in YAML. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../shared/errors.ts';
import { readSecretFile as readWhole } from '../../shared/secret-file.ts';

const LONGEST = 4_096;

export const secretFile = z.string().min(1).max(500).describe('A file of mode 0600 with one line');

/** The one line of a file. Throws `config`; the content is in no message. */
export function readSecretFile(base: string, name: string): string {
  const file = resolve(base, name);
  const text = readWhole({ file, what: 'the secret file' }).trim();
  if (text.length <= LONGEST && /^\S+$/.test(text)) return text;
  throw new Failure('config', `${file} does not hold one line without spaces`);
}

/** Why the secret cannot be used, as a list for a kind's `check`. */
export function secretProblems(
  base: string,
  files: Readonly<Record<string, string | undefined>>,
): { readonly path: string; readonly reason: string }[] {
  return Object.entries(files).flatMap(([path, name]) => {
    try {
      if (name !== undefined) readSecretFile(base, name);
      return [];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const mend = error.hint === '' ? '' : `: ${error.hint}`;
      return [{ path, reason: `${error.message}${mend}` }];
    }
  });
}
