/** Credentials by name, from a file of their own that nobody else may read (S21). */
import { statSync } from 'node:fs';
import * as z from 'zod';
import { checkConfig, readYaml } from '../../shared/config.ts';
import { Failure } from '../../shared/errors.ts';
import {
  AUTH_PROTOCOLS,
  authProtocol,
  type Credential,
  PRIV_PROTOCOLS,
  privProtocol,
} from './protocols.ts';

const names = (table: Readonly<Record<string, number>>): string => Object.keys(table).join(', ');

const authentication = z.string().transform((text, context) => {
  const protocol = authProtocol(text);
  if (protocol !== null) return protocol;
  context.addIssue({ code: 'custom', message: `one of ${names(AUTH_PROTOCOLS)}` });
  return z.NEVER;
});
const privacy = z.string().transform((text, context) => {
  const protocol = privProtocol(text);
  if (protocol !== null) return protocol;
  context.addIssue({ code: 'custom', message: `one of ${names(PRIV_PROTOCOLS)}` });
  return z.NEVER;
});

/** RFC 3414 wants passwords of eight characters at least. */
const KEY_MIN = 8;
const key = z.string().min(KEY_MIN, `at least ${KEY_MIN} characters`).max(256);

const community = z.strictObject({
  version: z.enum(['1', '2c']),
  community: z.string().min(1).max(255),
  allow_clear_text: z.literal(true, {
    error: 'SNMP v1 and v2c send community and figures in clear: write true to allow it',
  }),
});
const user = z
  .strictObject({
    version: z.literal('3').optional(),
    user: z.string().min(1).max(32),
    auth: z.strictObject({ protocol: authentication, key }).optional(),
    priv: z.strictObject({ protocol: privacy, key }).optional(),
    context: z.string().max(255).optional(),
  })
  .refine(({ auth, priv }) => priv === undefined || auth !== undefined, {
    error: 'priv needs auth',
  });

/** YAML reads an unquoted version as a number. */
const versioned = z.preprocess((written) => {
  if (typeof written !== 'object' || written === null || !('version' in written)) return written;
  return typeof written.version === 'number'
    ? { ...written, version: String(written.version) }
    : written;
}, z.unknown());

const credential = versioned.transform((written, context) => {
  const isCommunity =
    typeof written === 'object' &&
    written !== null &&
    ('community' in written || ('version' in written && written.version !== '3'));
  const result = (isCommunity ? community : user).safeParse(written);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    context.addIssue({ code: 'custom', path, message });
  }
  return z.NEVER;
});

export const credentialsSchema = z.strictObject({
  credentials: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]*$/i), credential),
});

function resolved(read: z.infer<typeof credential>): Credential {
  if ('community' in read) return { version: read.version, community: read.community };
  const { auth, priv, context = '' } = read;
  return {
    version: '3',
    user: read.user,
    context,
    ...(auth === undefined ? {} : { auth }),
    ...(priv === undefined ? {} : { priv }),
  };
}

/** Throws `config`: not there, open to others, or wrong. No secret is in any text. */
export function readCredentials(
  file: string,
  platform: NodeJS.Platform = process.platform,
): ReadonlyMap<string, Credential> {
  const written = readYaml(file);
  const mode = statSync(file).mode & 0o777;
  if (platform !== 'win32' && (mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, '0');
    throw new Failure('config', `the credentials file ${file} is open to others (mode ${shown})`, {
      hint: `chmod 600 ${file}`,
    });
  }
  const { credentials } = checkConfig(credentialsSchema, written, file);
  return new Map(Object.entries(credentials).map(([name, read]) => [name, resolved(read)]));
}

/** Why a credential should not stay as it is, or null. */
export function complaintAbout(credential: Credential): string | null {
  if (credential.version !== '3') {
    return `SNMP v${credential.version} sends community and figures in clear; use v3 with auth and priv`;
  }
  if (credential.auth === undefined)
    return 'SNMP v3 without auth believes anybody; add auth and priv';
  if (credential.priv === undefined) return 'SNMP v3 without priv sends figures in clear; add priv';
  return null;
}
