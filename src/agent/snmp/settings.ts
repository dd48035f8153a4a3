/** The part `snmp` of `agent.yaml`: targets by name, credentials from their own file. */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import {
  type ConfigProblem,
  checkConfig,
  configFailure,
  duration,
  jsonSchema,
} from '../../shared/config.ts';
import { didYouMean } from '../../shared/config-problems.ts';
import { LABEL_NAME } from '../../shared/sample.ts';
import { complaintAbout, readCredentials } from './credentials.ts';
import type { InterfaceRules } from './interfaces.ts';
import { pattern } from './profile-cells.ts';
import { profileSchema } from './profile-schema.ts';
import type { Credential } from './protocols.ts';
import type { SnmpSettings, SnmpTarget } from './snmp.ts';

const DEFAULTS = Object.freeze({
  port: 161,
  intervalMs: 60_000,
  namesIntervalMs: 600_000,
});
const INTERVAL_MIN_MS = 5_000;
const OWN_LABELS: readonly string[] = ['instance', 'agent', 'job'];

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** IP address or RFC 1123 host name; a leading hyphen is no name (S17). */
export function isHost(text: string): boolean {
  // 999.1.1.1 and 1.2.3 look like names, but nobody's name is made of digits alone.
  return isIP(text) !== 0 || (HOST_NAME.test(text) && /[a-z]/i.test(text));
}

/** Why this is no host, with the mend, or null. */
export function hostProblem(text: string): string | null {
  if (isHost(text)) return null;
  if (text === '') return 'is empty: write an IP address or a host name';
  const shown = `"${text.slice(0, 80)}"`;
  if (/^[a-z]+:\/\//i.test(text)) return `${shown} has a scheme: write the host alone`;
  const [, host = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(text) ?? [];
  if (isHost(host)) return `${shown} has a port: write address: ${host} and port: ${port}`;
  return `${shown} is neither an IP address nor a host name`;
}

const host = z.string().superRefine((text, context) => {
  const message = hostProblem(text);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
const path = z.string().min(1);
const interval = duration.refine((ms) => ms >= INTERVAL_MIN_MS, 'at least 5s');
const labelName = z
  .string()
  .regex(LABEL_NAME, 'a label name matches [a-zA-Z_][a-zA-Z0-9_]*')
  .refine((name) => !OWN_LABELS.includes(name) && !name.startsWith('__'), {
    error: 'the agent sets this label itself',
  });
const labels = z.record(
  labelName,
  z
    .string()
    .max(64)
    .regex(/^\P{Cc}*$/u, 'control characters are not allowed'),
);

/** `100Mbit` in the file, bits per second in the program. */
const speed = z.string().transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)([KMG]?)bit$/.exec(text);
  if (match !== null) {
    const factor = { '': 1, K: 1e3, M: 1e6, G: 1e9 }[match[2] ?? ''] ?? 1;
    return Number(match[1]) * factor;
  }
  context.addIssue({ code: 'custom', message: 'write a speed as 100Mbit or 2.5Gbit' });
  return z.NEVER;
});

const interfaces = z.strictObject({
  only: z.array(pattern).optional().describe('Patterns of ifName, else ifDescr; default all'),
  ignore: z.array(pattern).optional().describe('Patterns of names that are left out'),
  ignore_types: z.array(z.int().min(1)).optional().describe('ifType numbers, 24 is loopback'),
  speeds: z
    .array(z.strictObject({ name: pattern, speed }))
    .optional()
    .describe('What a line carries where the device does not know'),
});

const pace = {
  credential: z.string().optional().describe('Name in the credentials file'),
  interval: interval.optional().describe('Between two rounds; default 60s'),
  names_interval: interval.optional().describe('Between two readings of names and units; 10m'),
  timeout: duration.optional().describe("For one answer; default the profile's, else 3s"),
  retries: z.int().min(0).max(5).optional().describe("Default the profile's, else 1"),
  neighbours: z.boolean().optional().describe('Read LLDP, CDP and the gateway; default true'),
  interfaces: interfaces.optional(),
};

const target = z.strictObject({
  name: z.string().min(1).max(64).optional().describe('Name of the device; default: address'),
  address: host,
  port: z.int().min(1).max(65_535).optional().describe('Default 161'),
  profile: z.string().optional().describe('Id of a profile to take unseen'),
  labels: labels.optional(),
  ...pace,
});

const part = z.strictObject({
  credentials_file: path.describe('File with communities and keys, mode 0600'),
  profiles: z
    .array(path)
    .optional()
    .describe('Folders of own profiles; they win over shipped ones'),
  ...pace,
  targets: z.array(target).max(10_000).describe('The devices'),
});

/** Under the key it has in the file, so that problems are named with their whole path. */
export const snmpSchema = z.strictObject({ snmp: part });

type Part = z.infer<typeof part>;
type Written = z.infer<typeof target>;

/** The folder that comes with the program, beside the source or beside the bundle. */
export function shippedProfiles(from: string): string {
  const beside = fileURLToPath(new URL('config/snmp', from));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../../config/snmp', from));
}

function interfacesOf(part: Part, one: Written): InterfaceRules {
  const { only = [], ignore = [], ignore_types = [], speeds = [] } = one.interfaces ?? {};
  const general = part.interfaces ?? {};
  return {
    only: only.length > 0 ? only : (general.only ?? []),
    ignore: [...ignore, ...(general.ignore ?? [])],
    ignoreTypes: [...ignore_types, ...(general.ignore_types ?? [])],
    speeds: [...speeds, ...(general.speeds ?? [])].map(({ name, speed: bitsPerSecond }) => ({
      name,
      bitsPerSecond,
    })),
  };
}

function targetOf(part: Part, one: Written, credential: Credential): SnmpTarget {
  return {
    name: one.name ?? one.address,
    address: one.address,
    port: one.port ?? DEFAULTS.port,
    credential,
    profile: one.profile ?? '',
    labels: one.labels ?? {},
    intervalMs: one.interval ?? part.interval ?? DEFAULTS.intervalMs,
    timeoutMs: one.timeout ?? part.timeout,
    retries: one.retries ?? part.retries,
    namesIntervalMs: one.names_interval ?? part.names_interval ?? DEFAULTS.namesIntervalMs,
    neighbours: one.neighbours ?? part.neighbours ?? true,
    interfaces: interfacesOf(part, one),
  };
}

function noCredential(name: string | undefined, known: readonly string[]): string {
  const choice = `of the credentials file: ${known.slice(0, 20).join(', ') || 'it has none'}`;
  if (name === undefined)
    return `none is named, here or under snmp.credential; choose one ${choice}`;
  return `there is no credential "${name}"${didYouMean(name, known)}; choose one ${choice}`;
}

/** Devices that a warning is about. */
const LISTED_MAX = 10;
const listed = (names: readonly string[]): string =>
  names.length <= LISTED_MAX
    ? names.join(', ')
    : `${names.slice(0, LISTED_MAX).join(', ')} and ${names.length - LISTED_MAX} more`;

/** `written` is what stands under `snmp`. Throws `config` with every problem. */
export function snmpSettings(written: unknown, file: string): SnmpSettings {
  const { snmp } = checkConfig(snmpSchema, { snmp: written }, file);
  const beside = (name: string): string => resolve(dirname(resolve(file)), name);
  const credentials = readCredentials(beside(snmp.credentials_file));
  const problems: ConfigProblem[] = [];
  const seen = new Set<string>();
  const weak = new Map<Credential, string[]>();
  const targets = snmp.targets.flatMap((one, at): SnmpTarget[] => {
    const report = (key: string, reason: string): void => {
      problems.push({ file, path: `snmp.targets[${at}].${key}`, reason });
    };
    const name = one.name ?? one.address;
    if (seen.has(name)) {
      report('name', `there is another target "${name}": give one of them another name`);
    }
    seen.add(name);
    const credentialName = one.credential ?? snmp.credential;
    const credential = credentials.get(credentialName ?? '');
    if (credential === undefined) {
      report('credential', noCredential(credentialName, [...credentials.keys()]));
      return [];
    }
    if (complaintAbout(credential) !== null) {
      weak.set(credential, weak.get(credential) ?? []);
      weak.get(credential)?.push(name);
    }
    return [targetOf(snmp, one, credential)];
  });
  if (problems.length > 0) throw configFailure(problems);
  const warnings = [...weak].map(
    ([credential, names]) => `snmp: ${listed(names)}: ${complaintAbout(credential)}`,
  );
  const profileFolders = [shippedProfiles(import.meta.url), ...(snmp.profiles ?? []).map(beside)];
  return { targets, profileFolders, warnings };
}

/** Of one file of a kind of device. */
export function profileJsonSchema(): unknown {
  return jsonSchema(profileSchema);
}

/** For command lines: a folder beside the shipped one. */
export function profileFoldersWith(own: readonly string[]): readonly string[] {
  return [shippedProfiles(import.meta.url), ...own.map((folder) => join(folder))];
}
