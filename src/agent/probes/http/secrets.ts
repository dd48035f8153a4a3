/** Secrets by reference: a file each, for its owner alone, read anew for every run. */
import { resolve } from 'node:path';
import * as z from 'zod';
import { Failure, messageOf } from '../../../shared/errors.ts';
import { readSecretFile } from '../../../shared/secret-file.ts';
import { ProbeFailure } from '../reasons.ts';

const SECRET_BYTES = 4_096;

/** Name → file; the value is never part of the configuration. */
export function secretsField(directory: string) {
  const file = z
    .string()
    .min(1)
    .transform((name, context) => {
      const path = resolve(directory, name);
      const complaint = fileComplaint(path);
      if (complaint === null) return path;
      context.addIssue({ code: 'custom', message: complaint });
      return z.NEVER;
    });
  return z
    .record(z.string(), z.strictObject({ file }))
    .optional()
    .describe('Name → file with the value, mode 0600');
}

function fileComplaint(file: string): string | null {
  try {
    const secret = readSecret(file);
    if (secret === '') return `${file} is empty`;
    const bytes = Buffer.byteLength(secret);
    return bytes > SECRET_BYTES ? `${file} has more than ${SECRET_BYTES} bytes` : null;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.message}: ${error.hint}`;
  }
}

const readSecret = (file: string): string =>
  readSecretFile({ file, what: 'the secret file' }).replace(/\r?\n$/, '');

type Secrets = Readonly<Record<string, { readonly file: string }>>;

/** Throws `could_not_look` when one cannot be read: that says nothing of the target. */
export function readSecrets(secrets: Secrets | undefined): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, { file }] of Object.entries(secrets ?? {})) {
    try {
      values.set(name, readSecret(file));
    } catch (error) {
      throw new ProbeFailure('could_not_look', `secret ${name}: ${messageOf(error)}`);
    }
  }
  return values;
}
