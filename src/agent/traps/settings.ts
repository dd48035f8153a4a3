/** The part `traps` of `agent.yaml`, the credentials it names, and the known traps. */
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import {
  bytes,
  type ConfigProblem,
  configFailure,
  duration,
  schemaProblems,
} from '../../shared/config.ts';
import { didYouMean } from '../../shared/config-problems.ts';
import { loadSnmpCredentials, type SnmpCredential } from '../snmp/snmp.ts';
import { parseRange } from './gate.ts';
import { readKnownTraps, shippedKnownTraps } from './known.ts';
import type { TrapSettings } from './traps.ts';

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
  sources: z
    .array(range)
    .min(1, 'name at least one address or range')
    .max(1_000)
    .describe('Who may send'),
  relays: z.array(range).max(100).optional().describe('Who may name another origin of a trap'),
  credentials_file: path.optional().describe('Default: that of snmp'),
  credentials: z
    .array(z.string().min(1))
    .min(1, 'name at least one')
    .max(1_000)
    .describe('Names in the credentials file: communities and users that traps may have'),
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

type Part = z.infer<typeof part>;

/**
 * `written` is what stands under `traps`; `credentialsFile` what stands under `snmp`. Throws `config`
 * with every problem of a file.
 */
export async function trapSettings(
  written: unknown,
  file: string,
  credentialsFile?: string,
): Promise<TrapSettings> {
  const problems = schemaProblems(trapsSchema, { traps: written }, file).map(withOldForm(written));
  if (problems.length > 0) throw configFailure(problems);
  const { traps } = trapsSchema.parse({ traps: written });
  const beside = (name: string): string => resolve(dirname(resolve(file)), name);
  const { rate: limits = {}, known } = traps;
  const [, host = '', port = ''] = LISTEN.exec(traps.listen ?? DEFAULTS.listen) ?? [];
  const named = traps.credentials_file ?? credentialsFile;
  if (named === undefined) {
    const reason = 'is missing, here and under snmp: name the file with communities and users';
    throw configFailure([{ file, path: 'traps.credentials_file', reason }]);
  }
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    sources: traps.sources,
    relays: traps.relays ?? [],
    ...(await credentialsOf(traps, beside(named), file)),
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

/** Traps had a credentials file of their own once, and named it where names are now. */
function withOldForm(written: unknown): (problem: ConfigProblem) => ConfigProblem {
  const { credentials } = (written ?? {}) as { credentials?: unknown };
  const reason = `lists names of the credentials file now: put the communities and users of ${credentials} into it, each under a name, and write [NAME, NAME] here (docs/snmp.md, "Traps")`;
  const isOld = typeof credentials === 'string';
  return (problem) =>
    isOld && problem.path === 'traps.credentials' ? { ...problem, reason } : problem;
}

/** Only what is named: the child gets no other secret. */
async function credentialsOf(
  { credentials: names }: Part,
  credentialsFile: string,
  file: string,
): Promise<Pick<TrapSettings, 'credentials' | 'warnings'>> {
  const { readCredentials, complaintAbout } = await loadSnmpCredentials();
  const all = readCredentials(credentialsFile);
  const users = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  const credentials: SnmpCredential[] = [];
  const warnings: string[] = [];
  for (const [at, name] of names.entries()) {
    const credential = all.get(name);
    const reason =
      credential === undefined
        ? `there is no credential "${name}" in ${credentialsFile}${didYouMean(name, [...all.keys()])}`
        : sameUser(credential, name, users);
    if (reason !== null) problems.push({ file, path: `traps.credentials[${at}]`, reason });
    if (credential === undefined) continue;
    credentials.push(credential);
    const complaint = complaintAbout(credential);
    if (complaint !== null) warnings.push(`traps: credential "${name}": ${complaint}`);
  }
  if (problems.length > 0) throw configFailure(problems);
  return { credentials, warnings };
}

/** A trap says its user and not which of two with this name it means. */
function sameUser(
  credential: SnmpCredential,
  name: string,
  users: Map<string, string>,
): string | null {
  if (credential.version !== '3') return null;
  const other = users.get(credential.user);
  users.set(credential.user, other ?? name);
  if (other === undefined) return null;
  return `has the user of "${other}": a trap says only its user, so name one credential of "${credential.user}"`;
}
