/** Secrets by reference: a file each, for its owner alone, read anew for every run. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../../../shared/errors.ts';
import { ProbeFailure } from '../reasons.ts';

const SECRET_BYTES = 4_096;
const OTHERS = 0o077;

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

function fileComplaint(path: string): string | null {
  try {
    const { mode, size } = statSync(path);
    if ((mode & OTHERS) !== 0) return `${path} can be read by others: chmod 600 it`;
    if (size > SECRET_BYTES) return `${path} has more than ${SECRET_BYTES} bytes`;
    return readSecret(path) === '' ? `${path} is empty` : null;
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}

const readSecret = (path: string): string => readFileSync(path, 'utf8').replace(/\r?\n$/, '');

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
