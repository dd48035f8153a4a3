/** Credentials by name, from a file of their own that nobody else may read (S21). */
import * as z from 'zod';
import { checkConfig, configFailure, jsonSchema, parseYaml } from '../../shared/config.ts';
import { problemsOf } from '../../shared/config-problems.ts';
import { readSecretFile } from '../../shared/secret-file.ts';
import {
  AUTH_PROTOCOLS,
  authProtocol,
  type Credential,
  KEY_MIN,
  PRIV_PROTOCOLS,
  privProtocol,
} from './protocols.ts';

/** One of the names of `table`, in any of its spellings. */
function protocol<P extends string>(table: object, named: (text: string) => P | null) {
  const allowed = `one of ${Object.keys(table).join(', ')}`;
  return z
    .string()
    .transform((text, context) => {
      const found = named(text);
      if (found !== null) return found;
      context.addIssue({ code: 'custom', message: `"${text}" is not ${allowed}` });
      return z.NEVER;
    })
    .describe(allowed);
}
const authentication = protocol(AUTH_PROTOCOLS, authProtocol);
const privacy = protocol(PRIV_PROTOCOLS, privProtocol);

const key = z.string().min(KEY_MIN, `at least ${KEY_MIN} characters`).max(256);

const community = z.strictObject({
  version: z.enum(['1', '2c']),
  community: z.string().min(1).max(255),
  allow_clear_text: z.literal(true).describe('Yes, it goes over the network in clear'),
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
    error: 'priv needs auth: add auth: { protocol, key }',
  });

/** YAML reads an unquoted version as a number. */
const versioned = z.preprocess((written) => {
  if (typeof written !== 'object' || written === null || !('version' in written)) return written;
  return typeof written.version === 'number'
    ? { ...written, version: String(written.version) }
    : written;
}, z.unknown());

const VERSIONS: readonly string[] = ['1', '2c', '3'];
/** Values that no message may show. */
const SECRETS: readonly PropertyKey[] = ['key', 'community'];
const IN_CLEAR =
  'SNMP v1 and v2c send community and figures in clear: write allow_clear_text: true to allow it';

const credential = versioned.transform((written, context) => {
  const given = typeof written === 'object' && written !== null ? written : {};
  const { version } = given as { version?: unknown };
  const isCommunity = version === undefined ? 'community' in given : version !== '3';
  const report = (path: readonly PropertyKey[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  if (version !== undefined && !VERSIONS.includes(String(version))) {
    report(['version'], `${JSON.stringify(version)} is not one of ${VERSIONS.join(', ')}`);
    return z.NEVER;
  }
  if (version === undefined && !isCommunity && !('user' in given)) {
    report([], 'names neither a user (SNMP v3) nor a version and community (v1, v2c)');
    return z.NEVER;
  }
  const schema = isCommunity ? community : user;
  for (const { path, reason } of problemsOf(schema, written)) {
    const isShown = SECRETS.includes(path.at(-1) ?? '') && reason.startsWith('must be');
    if (path[0] === 'allow_clear_text') report([], IN_CLEAR);
    else report(path, isShown ? 'must be text: put it in quotes' : reason);
  }
  const result = schema.safeParse(written);
  return result.success ? result.data : z.NEVER;
});

const credentialName = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/i, 'write letters, digits, - and _');
export const credentialsSchema = z.strictObject({
  credentials: z.record(credentialName, credential),
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

const MISSING = 'copy config/snmp-credentials.example.yaml there, and chmod 600 it';
/** What traps were checked with had a form of its own once. */
const OLD_TRAP_FORM =
  'communities and users stand under "credentials:" now, each with a name that traps.credentials lists (docs/snmp.md, "Traps")';

/** Throws `config`: not there, open to others, or wrong. No secret is in any text. */
export function readCredentials(
  file: string,
  platform: NodeJS.Platform = process.platform,
): ReadonlyMap<string, Credential> {
  const text = readSecretFile(
    { file, what: 'the credentials file', missing: MISSING },
    { platform },
  );
  const written = parseYaml(text, file);
  if (typeof written === 'object' && written !== null) {
    const reason = OLD_TRAP_FORM;
    if ('communities' in written || 'users' in written) {
      throw configFailure([{ file, path: '', reason }]);
    }
  }
  const { credentials } = checkConfig(credentialsSchema, written, file);
  return new Map(Object.entries(credentials).map(([name, read]) => [name, resolved(read)]));
}

/** For editors: a version that YAML reads as a number is not in it. */
export function credentialsJsonSchema(): unknown {
  return jsonSchema(
    z.strictObject({ credentials: z.record(credentialName, z.union([user, community])) }),
  );
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
