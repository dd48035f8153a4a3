/** The bearer token, from a file that nobody else can read (S52). */
import { readFileSync, statSync } from 'node:fs';
import { Failure, messageOf } from '../../shared/errors.ts';

const TOKEN = /^[\x21-\x7e]{8,512}$/;

/** Throws `config`: no file, readable by others, or not one token. The token is never in the text. */
export function readToken(file: string, platform: NodeJS.Platform = process.platform): string {
  let text: string;
  let mode: number;
  try {
    mode = statSync(file).mode & 0o777;
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new Failure('config', `the token file cannot be read: ${messageOf(cause)}`, {
      hint: 'make a token with "collector agent add NAME" and name its file with --token-file',
      cause,
    });
  }
  if (platform !== 'win32' && (mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, '0');
    throw new Failure('config', `the token file ${file} is open to others (mode ${shown})`, {
      hint: `chmod 600 ${file}`,
    });
  }
  if (TOKEN.test(text)) return text;
  throw new Failure('config', `the token file ${file} does not hold one token`, {
    hint: 'put the token alone in the file, on one line',
  });
}
