/** The part `traps` of `agent.yaml`, the file of its credentials, and the known traps. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { bytes, checkConfig, duration, jsonSchema, readYaml } from '../../shared/config.ts';
import { Failure } from '../../shared/errors.ts';
import { parseRange } from './gate.ts';
import { readKnownTraps, shippedKnownTraps } from './known.ts';
import type { Credential, TrapSettings } from './traps.ts';

const DEFAULTS = Object.freeze({
  listen: '0.0.0.0:1162',
  rates: { perSecond: 20, burst: 200, allPerSecond: 500, allBurst: 5_000 },
  repeatMs: 60_000,
  queueBytes: 16 * 1024 * 1024,
});

const LISTEN = /^(\[[0-9a-fA-F:.]+\]|\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;
const listen = z
  .string()
  .refine((text) => LISTEN.test(text) && Number(LISTEN.exec(text)?.[2]) <= 65_535, {
    error: 'write it as 0.0.0.0:1162 or [::]:1162',
  });
const range = z.string().refine((text) => parseRange(text) !== null, {
  error: 'write an address or a range, for example 192.0.2.0/24',
});
const path = z.string().min(1);
const rate = z.number().positive().max(100_000);

const part = z.strictObject({
  listen: listen.optional().describe('UDP address of the receiver'),
  sources: z.array(range).min(1).max(1_000).describe('Who may send'),
  relays: z.array(range).max(100).optional().describe('Who may name another origin of a trap'),
  credentials: path.describe('File with communities and users, mode 0600'),
  known: path.optional().describe('Known traps; default: the shipped file'),
  unverified: z
    .enum(['inform', 'open', 'close'])
    .optional()
    .describe(
      'What v1 and v2c traps may do with faults; default open: also end what only they opened',
    ),
  rate: z
    .strictObject({
      per_source: rate.optional().describe('Traps a second'),
      burst: rate.optional(),
      all: rate.optional().describe('Traps a second, of all sources'),
      all_burst: rate.optional(),
    })
    .optional(),
  repeat_within: duration.optional().describe('Equal traps so close together are one event'),
  queue_size: bytes.optional().describe('Of events that wait for the collector'),
});

/** Under the key it has in the file, so that problems are named with their whole path. */
export const trapsSchema = z.strictObject({ traps: part });

const secret = z.string().min(1).max(256);
const key = z.string().min(8, 'keys have at least 8 characters').max(256);
const user = z
  .strictObject({
    name: z.string().min(1).max(32),
    auth: z.enum(['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512']).optional(),
    auth_key: key.optional(),
    privacy: z.enum(['aes', 'aes256b', 'aes256r']).optional(),
    privacy_key: key.optional(),
  })
  .refine(({ auth, auth_key }) => (auth === undefined) === (auth_key === undefined), {
    error: 'auth and auth_key belong together',
  })
  .refine(({ privacy, privacy_key }) => (privacy === undefined) === (privacy_key === undefined), {
    error: 'privacy and privacy_key belong together',
  })
  .refine(({ auth, privacy }) => privacy === undefined || auth !== undefined, {
    error: 'privacy needs auth',
  });
export const credentialsSchema = z
  .strictObject({ communities: z.array(secret).optional(), users: z.array(user).optional() })
  .refine(({ communities = [], users = [] }) => communities.length + users.length > 0, {
    error: 'name at least one community or user',
  });

/** `written` is what stands under `traps`. Throws `config` with every problem of a file. */
export function trapSettings(written: unknown, file: string): TrapSettings {
  const { traps } = checkConfig(trapsSchema, { traps: written }, file);
  const beside = (name: string): string => resolve(dirname(resolve(file)), name);
  const { rate: limits = {}, known } = traps;
  const [, host = '', port = ''] = LISTEN.exec(traps.listen ?? DEFAULTS.listen) ?? [];
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    sources: traps.sources,
    relays: traps.relays ?? [],
    credentials: readCredentials(beside(traps.credentials)),
    unverifiedMay: traps.unverified ?? 'open',
    rates: {
      perSecond: limits.per_source ?? DEFAULTS.rates.perSecond,
      burst: limits.burst ?? DEFAULTS.rates.burst,
      allPerSecond: limits.all ?? DEFAULTS.rates.allPerSecond,
      allBurst: limits.all_burst ?? DEFAULTS.rates.allBurst,
    },
    repeatMs: traps.repeat_within ?? DEFAULTS.repeatMs,
    queueBytes: traps.queue_size ?? DEFAULTS.queueBytes,
    known: readKnownTraps(known === undefined ? shippedKnownTraps(import.meta.url) : beside(known)),
  };
}

/** Throws `config`: unreadable, open to others, or wrong; no secret is in the text. */
export function readCredentials(
  file: string,
  platform: NodeJS.Platform = process.platform,
): readonly Credential[] {
  const written = readYaml(file);
  const mode = statSync(file).mode & 0o777;
  if (platform !== 'win32' && (mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, '0');
    throw new Failure('config', `the credentials file ${file} is open to others (mode ${shown})`, {
      hint: `chmod 600 ${file}`,
    });
  }
  const { communities = [], users = [] } = checkConfig(credentialsSchema, written, file);
  return [
    ...communities.map((community) => ({ community })),
    ...users.map(({ name, auth, auth_key, privacy, privacy_key }) => ({
      user: name,
      auth,
      authKey: auth_key,
      privacy,
      privacyKey: privacy_key,
    })),
  ];
}

export function trapsJsonSchema(): unknown {
  return jsonSchema(part);
}
