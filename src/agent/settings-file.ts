/** `config/agent.yaml`: one strict schema, every key optional, paths relative to the file. */
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import {
  bytes,
  type ConfigProblem,
  configFailure,
  duration,
  problemsIn,
  readYaml,
  schemaProblems,
} from '../shared/config.ts';
import { LABEL_NAME, LIMITS } from '../shared/sample.ts';
import type { AgentSettings } from './cli/cli.ts';
import { DEFAULTS } from './default-settings.ts';
import { readProbes } from './probes/probes.ts';
import { loadSnmpConfig } from './snmp/snmp.ts';
import { listSources } from './sources/sources.ts';
import { readTrapSettings } from './traps/traps.ts';

/** Set by the agent itself. */
const OWN_LABELS: readonly string[] = ['instance', 'agent', 'job'];
const LABELS_MAX = 16;
const SHORTEST_INTERVAL_MS = 1_000;

const path = z.string().min(1);
/** Why a label cannot have this name, or null. */
function labelComplaint(name: string): string | null {
  if (OWN_LABELS.includes(name)) return 'the agent sets this label itself';
  if (name.startsWith('__')) return 'label names that begin with __ are reserved';
  return LABEL_NAME.test(name) ? null : 'a label name matches [a-zA-Z_][a-zA-Z0-9_]*';
}

const labelValue = z
  .string()
  .max(LIMITS.labelValueBytes / 4)
  .regex(/^\P{Cc}*$/u, 'control characters are not allowed');
const labelName = z.string().superRefine((name, context) => {
  const message = labelComplaint(name);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
const labels = z
  .record(labelName, labelValue)
  .refine((record) => Object.keys(record).length <= LABELS_MAX, `more than ${LABELS_MAX} labels`);
const interval = duration.refine((ms) => ms >= SHORTEST_INTERVAL_MS, 'at least 1s');
const source = z.enum(listSources().map(({ name }) => name) as [string, ...string[]]);

const address = z.string().refine((text) => /^https?:\/\/[^/@\s]+\/?[^@\s]*$/.test(text), {
  error: 'write it as http://host:8420 or https://host:8420',
});
const loopback = z.string().regex(/^(127(\.\d{1,3}){3}|localhost|\[::1\]):\d{1,5}$/, {
  error: 'only loopback: write it as 127.0.0.1:9108',
});

export const settingsSchema = z.strictObject({
  collector: address.optional().describe('Address of the collector'),
  token_file: path.optional().describe('File with the token, mode 0600'),
  ca_file: path.optional().describe('PEM file of an authority to trust for https'),
  data: path.optional().describe('Directory of the spool'),
  name: z.string().min(1).max(64).optional().describe('Name the token was made for'),
  instance: z.string().min(1).max(64).optional().describe('Name of the device; default: name'),
  labels: labels.optional().describe('More labels on every sample'),
  interval: interval.optional().describe('Between two readings'),
  intervals: z.partialRecord(source, interval).optional().describe('Of single sources'),
  timeout: interval.optional().describe('After it a source has failed'),
  off: z.array(source).optional().describe('Sources that are not read'),
  spool: z
    .strictObject({
      max_size: bytes.optional().describe('Never more than 5 % of the file system'),
      max_age: duration.optional(),
      min_free: z.number().min(0).max(0.9).optional().describe('Share of the file system'),
    })
    .optional(),
  metrics_listen: loopback.optional().describe('Own metrics, on loopback'),
  paths: z
    .strictObject({ proc: path.optional(), sys: path.optional(), rootfs: path.optional() })
    .optional()
    .describe('Where the host is seen from a container'),
  log_level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  snmp: z.unknown().optional().describe('Devices asked by SNMP'),
  probes: path.optional().describe('File of probes'),
  traps: z.unknown().optional().describe('Where SNMP traps are received'),
});

type FromFile = z.infer<typeof settingsSchema>;

/** Throws `config` with every mistake in the file, and in those it names. */
export async function readSettings(file: string): Promise<Partial<AgentSettings>> {
  const written = readYaml(file);
  const problems: ConfigProblem[] = [...schemaProblems(settingsSchema, written, file)];
  const parts = (written ?? {}) as Partial<FromFile>;
  const attempt = async <T>(part: keyof FromFile, read: () => Promise<T>): Promise<T | null> => {
    if (parts[part] === undefined || parts[part] === null) return null;
    try {
      return await read();
    } catch (error) {
      const found = problemsIn(error, file);
      // A file that cannot be read is the mistake of the part that names it.
      problems.push(
        ...found.map((one) => (one.file === file ? { ...one, path: one.path || part } : one)),
      );
      return null;
    }
  };
  const directory = dirname(resolve(file));
  const snmp = await attempt('snmp', async () =>
    (await loadSnmpConfig()).snmpSettings(parts.snmp, file),
  );
  const { probes: named } = parts;
  const probes =
    typeof named === 'string'
      ? await attempt('probes', () => readProbes(resolve(directory, named)))
      : null;
  const traps = await attempt('traps', () =>
    readTrapSettings(parts.traps, file, credentialsFileOf(parts.snmp)),
  );
  if (problems.length > 0) throw configFailure(withoutTwins(problems));
  return { ...settingsOf(settingsSchema.parse(written), directory), snmp, probes, traps };
}

function credentialsFileOf(snmp: unknown): string | undefined {
  const { credentials_file: named } = (snmp ?? {}) as { credentials_file?: unknown };
  return typeof named === 'string' ? named : undefined;
}

/** Two parts that name one file find the same mistakes in it. */
const withoutTwins = (problems: readonly ConfigProblem[]): readonly ConfigProblem[] => [
  ...new Map(problems.map((one) => [`${one.file} ${one.path} ${one.reason}`, one])).values(),
];

function settingsOf(read: FromFile, directory: string): Partial<AgentSettings> {
  const beside = (name: string | undefined, usual: string): string =>
    name === undefined ? usual : resolve(directory, name);
  const { spool, paths } = DEFAULTS;
  return {
    collector: read.collector ?? DEFAULTS.collector,
    tokenFile: beside(read.token_file, DEFAULTS.tokenFile),
    caFile: beside(read.ca_file, DEFAULTS.caFile),
    data: beside(read.data, DEFAULTS.data),
    name: read.name ?? DEFAULTS.name,
    instance: read.instance ?? DEFAULTS.instance,
    labels: read.labels ?? DEFAULTS.labels,
    intervalMs: read.interval ?? DEFAULTS.intervalMs,
    // A partial record has values for the keys it has.
    intervals: (read.intervals ?? DEFAULTS.intervals) as AgentSettings['intervals'],
    timeoutMs: read.timeout ?? DEFAULTS.timeoutMs,
    off: read.off ?? DEFAULTS.off,
    spool: {
      maxBytes: read.spool?.max_size ?? spool.maxBytes,
      maxAgeMs: read.spool?.max_age ?? spool.maxAgeMs,
      minFreeRatio: read.spool?.min_free ?? spool.minFreeRatio,
    },
    metricsListen: read.metrics_listen ?? DEFAULTS.metricsListen,
    paths: { ...paths, ...read.paths },
    logLevel: read.log_level ?? DEFAULTS.logLevel,
  };
}
