/**
 * Files with secrets: only their owner may read them (S52). What systemd hands to a service by
 * LoadCredential= or LoadCredentialEncrypted= is as private although its mode says 0440: it belongs to
 * root, an access list lets in the user of the service alone, and the group's bits show the mask of
 * that list.
 */
import { closeSync, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { Failure, messageOf } from './errors.ts';

export interface SecretFileRules {
  readonly platform: NodeJS.Platform;
  /** Where systemd puts the credentials of services; root alone can make files there. */
  readonly credentials: string;
}

const RULES: SecretFileRules = Object.freeze({
  platform: process.platform,
  credentials: '/run/credentials/',
});

const GROUP_AND_OTHERS = 0o077;
const OTHERS = 0o007;

/** `what` as in "the token file"; `missing` is the mend where there is no such file. */
export interface SecretFile {
  readonly file: string;
  readonly what: string;
  readonly missing?: string;
}

/** The whole text. Throws `config`: unreadable, or open to others. No content is in any message. */
export function readSecretFile(
  { file, what, missing }: SecretFile,
  rules: Partial<SecretFileRules> = {},
): string {
  let text: string;
  let mode: number;
  try {
    const opened = openSync(file, 'r');
    try {
      mode = fstatSync(opened).mode & 0o777;
      text = readFileSync(opened, 'utf8');
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    const hint = mendOf(cause, file, missing);
    throw new Failure('config', `${what} cannot be read: ${messageOf(cause)}`, { hint, cause });
  }
  if (isPrivate(file, mode, { ...RULES, ...rules })) return text;
  const shown = mode.toString(8).padStart(4, '0');
  throw new Failure('config', `${what} ${file} is open to others (mode ${shown})`, {
    hint: `chmod 600 ${file}`,
  });
}

function isPrivate(file: string, mode: number, rules: SecretFileRules): boolean {
  if (rules.platform === 'win32' || (mode & GROUP_AND_OTHERS) === 0) return true;
  return (mode & OTHERS) === 0 && realpathSync(file).startsWith(rules.credentials);
}

function mendOf(cause: unknown, file: string, missing: string | undefined): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  if (code === 'ENOENT') return missing ?? 'write the path of a file that is there';
  if (code === 'EISDIR') return `${file} is a folder: name the file in it`;
  if (code === 'EACCES')
    return `make it the property of the user who runs this: chown USER ${file}`;
  return missing ?? 'name a file that this user can read';
}
