/** A file a verb leaves in a directory of the user's choice; the directory is made, not its parents. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf } from '../../shared/errors.ts';

/** Returns its path. Throws `io`. */
export function saveFile(directory: string, name: string, content: Buffer | string): string {
  const path = join(directory, name);
  try {
    if (!existsSync(directory)) mkdirSync(directory);
    writeFileSync(path, content);
  } catch (error) {
    throw new Failure('io', `cannot write ${path}: ${messageOf(error)}`, {
      hint: 'give a directory this user may write to with --out',
      cause: error,
    });
  }
  return path;
}
