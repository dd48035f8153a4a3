/** What probes over TLS may say about certificates. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../../shared/errors.ts';
import { host } from './kind.ts';

export function tlsFields(directory: string) {
  return {
    server_name: host.optional().describe('Name to ask for and to find; default: the host'),
    ca_file: authorityFile(directory).optional().describe('Own authority (PEM) to trust as well'),
    verify: z.boolean().default(true).describe('false: days left are told, nothing is judged'),
  };
}

function authorityFile(directory: string) {
  return z
    .string()
    .min(1)
    .transform((name, context) => {
      const file = resolve(directory, name);
      try {
        if (readFileSync(file, 'utf8').includes('-----BEGIN CERTIFICATE-----')) return file;
        context.addIssue({ code: 'custom', message: `${file} holds no certificate in PEM form` });
      } catch (error) {
        context.addIssue({ code: 'custom', message: `cannot be read: ${messageOf(error)}` });
      }
      return z.NEVER;
    });
}
