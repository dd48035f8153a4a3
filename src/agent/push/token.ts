/** The bearer token, from a file that nobody else can read (S52). */
import { Failure } from '../../shared/errors.ts';
import { readSecretFile } from '../../shared/secret-file.ts';

const TOKEN = /^[\x21-\x7e]{8,512}$/;

/** Throws `config`: no file, readable by others, or not one token. The token is never in the text. */
export function readToken(file: string, platform: NodeJS.Platform = process.platform): string {
  const missing =
    'make a token with "collector agent add NAME" and name its file with --token-file';
  const text = readSecretFile({ file, what: 'the token file', missing }, { platform }).trim();
  if (TOKEN.test(text)) return text;
  throw new Failure('config', `the token file ${file} does not hold one token`, {
    hint: 'put the token alone in the file, on one line',
  });
}
