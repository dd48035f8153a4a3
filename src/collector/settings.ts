/**
 * The collector's own configuration (`config/collector.yaml`): one strict schema, every key
 * optional, paths relative to the file they stand in. No environment variables.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { bytes, type ConfigProblem, duration, problemsIn, readYaml } from '../shared/config.ts';
import { type Checked, flawless, type Holed, readParts } from '../shared/config-parts.ts';
import { Failure } from '../shared/errors.ts';
import { DEFAULT_LISTEN } from '../shared/protocol.ts';
import { readSecretFile } from '../shared/secret-file.ts';
import type { StoreSettings } from './store/store.ts';

/** The data-only files that ship with the collector. */
export const POLICY_FILES = [
  'thresholds',
  'calendars',
  'levels',
  'capacity',
  'people',
  'duty',
  'channels',
  'quiet',
  'process',
  'notices',
] as const;
export type PolicyFile = (typeof POLICY_FILES)[number];

const zone = z.string().refine(isTimezone, {
  error: (issue) => `${JSON.stringify(issue.input)} is not an IANA time zone, e.g. Asia/Shanghai`,
});
const count = z.int().positive();

export const settingsSchema = z.strictObject({
  data: z.string().min(1).optional().describe('Data directory'),
  listen: z.string().optional().describe('HOST:PORT of the HTTP server'),
  timezone: zone.optional().describe('IANA zone of reports; default: of the machine'),
  locale: z.enum(['zh-CN', 'en']).optional().describe('Language of reports and pages'),
  organisation: z.string().max(200).optional().describe('Name on the cover of reports'),
  retention: z
    .strictObject({
      raw: duration.optional().describe('Raw samples'),
      rollups: duration.optional().describe('5-minute rollups'),
      histograms: duration.optional().describe('Daily histograms'),
    })
    .optional(),
  limits: z
    .strictObject({
      body: bytes.optional().describe('Compressed bytes of one write request'),
      series_per_sender: count.optional().describe('For each device of a sender'),
      series_per_collector: count.optional(),
      connections: count.optional(),
      connections_per_address: count.optional().describe('Loopback is not counted'),
      min_free_disk: bytes.optional().describe('Below this, writes answer 503'),
    })
    .optional(),
  web: z
    .strictObject({
      token_file: z.string().optional().describe('Bearer token of API and pages, mode 0600'),
      metrics_token_file: z.string().optional().describe('Bearer token of /metrics and /sd'),
    })
    .optional(),
  policies: z
    .strictObject({
      thresholds: z.string().optional(),
      calendars: z.string().optional(),
      levels: z.string().optional(),
      capacity: z.string().optional(),
      people: z.string().optional(),
      duty: z.string().optional().describe('Roster and escalation'),
      channels: z.string().optional().describe('How people are told'),
      quiet: z.string().optional().describe('Dependencies, flapping, storms'),
      process: z.string().optional().describe('Problems, changes, releases'),
      notices: z.string().optional().describe('Folder of the templates of notices'),
    })
    .optional(),
});

export interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface CollectorSettings {
  readonly data: string;
  readonly listen: Listen;
  readonly timezone: string;
  readonly locale: 'zh-CN' | 'en';
  readonly organisation: string;
  readonly store: Partial<StoreSettings>;
  readonly bodyBytes: number | undefined;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly token: string | null;
  readonly metricsToken: string | null;
  readonly policies: Readonly<Record<PolicyFile, string>>;
}

export interface SettingsSource {
  /** The file of `--config`; without one everything is at its default. */
  readonly file?: string | undefined;
  /** `--data` and `--listen` win over the file. */
  readonly data?: string | undefined;
  readonly listen?: string | undefined;
  /** The zone of the machine, from `main.ts`. */
  readonly machineTimezone: string;
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `127.0.0.1:8420`, `[::1]:8420`, `:8420` (all addresses). Throws `config`. */
export function parseListen(text: string): Listen {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]*):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new Failure('config', `"${text}" is not an address to listen on`, {
      hint: 'write HOST:PORT, for example 127.0.0.1:8420 or [::]:8420',
    });
  }
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, '') || '0.0.0.0', port };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host);
}

const entryOf = (name: PolicyFile): string => (name === 'notices' ? name : `${name}.yaml`);

/** A shipped file, or the folder of notices: in `config/` of a checkout, or beside the bundle. */
function shipped(name: PolicyFile): string {
  const here = import.meta.dirname;
  const entry = entryOf(name);
  const places = [join(here, 'config'), join(here, '../config'), join(here, '../../config')];
  const found = places.find((place) => existsSync(join(place, entry)));
  return resolve(found ?? join(here, '../../config'), entry);
}

/** Reads a secret; one that others can read is refused (S52). Throws `config`. */
export function readSecret(file: string): string {
  const missing = 'create it with mode 0600 and one line of at least 16 random characters';
  const text = readSecretFile({ file, what: 'the token file', missing }).trim();
  if (!/^[\x21-\x7e]{16,}$/.test(text)) {
    throw new Failure('config', `${file} does not hold a token`, {
      hint: 'one line of at least 16 printable characters, for example from: openssl rand -hex 32',
    });
  }
  return text;
}

/** Reads, checks and completes the configuration. Throws `config` with every problem. */
export function loadSettings(source: SettingsSource): CollectorSettings {
  return flawless(inspectSettings(source));
}

type Parts = Holed<z.infer<typeof settingsSchema>>;

/** As far as it can be read: what has a mistake is at its default. */
export function inspectSettings(source: SettingsSource): Checked<CollectorSettings> {
  const { file = '', machineTimezone } = source;
  const { value: raw, problems: shape } = partsOf(source);
  const problems: ConfigProblem[] = [...shape];
  /** Null where it fails: the problem is noted, with its mend. */
  const attempt = <T>(path: string, read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push({ file, path, reason: `${error.message}: ${error.hint}` });
      return null;
    }
  };
  const base = dirname(file);
  const secret = (key: 'token_file' | 'metrics_token_file'): string | null => {
    const name = raw?.web?.[key];
    if (name === undefined) return null;
    return attempt(`web.${key}`, () => readSecret(resolve(base, name)));
  };
  const written = raw?.listen ?? DEFAULT_LISTEN;
  const listen = source.listen
    ? parseListen(source.listen)
    : (attempt('listen', () => parseListen(written)) ?? parseListen(DEFAULT_LISTEN));
  const value: CollectorSettings = {
    data: resolve(source.data ?? (raw?.data === undefined ? './data' : resolve(base, raw.data))),
    listen,
    timezone: raw?.timezone ?? machineTimezone,
    locale: raw?.locale ?? 'zh-CN',
    organisation: raw?.organisation ?? '',
    store: storeSettings(raw ?? {}),
    bodyBytes: raw?.limits?.body,
    connections: raw?.limits?.connections ?? 12_000,
    connectionsPerAddress: raw?.limits?.connections_per_address ?? 512,
    token: secret('token_file'),
    metricsToken: secret('metrics_token_file'),
    policies: policyFiles(raw, base),
  };
  return { value, problems };
}

/** Null where the file cannot be read at all. */
function partsOf({ file }: SettingsSource): Checked<Parts | null> {
  if (file === undefined) return { value: {}, problems: [] };
  try {
    return readParts(settingsSchema, readYaml(file), file);
  } catch (error) {
    return { value: null, problems: problemsIn(error, file) };
  }
}

/** Which files are meant when `collector.yaml` cannot be read: those beside it, if they are. */
function policyFiles(raw: Parts | null, base: string): CollectorSettings['policies'] {
  const fileOf = (name: PolicyFile): string => {
    const named = raw?.policies?.[name];
    if (named !== undefined) return resolve(base, named);
    const beside = resolve(base, entryOf(name));
    return raw === null && existsSync(beside) ? beside : shipped(name);
  };
  return Object.fromEntries(POLICY_FILES.map((name) => [name, fileOf(name)])) as Record<
    PolicyFile,
    string
  >;
}

function storeSettings(raw: Parts): Partial<StoreSettings> {
  const given = {
    rawMs: raw.retention?.raw,
    rollupMs: raw.retention?.rollups,
    histogramMs: raw.retention?.histograms,
    seriesPerSender: raw.limits?.series_per_sender,
    seriesPerCollector: raw.limits?.series_per_collector,
    minFreeBytes: raw.limits?.min_free_disk,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Everybody on the network could read and command an open collector: refused at start. */
export function checkExposure(settings: CollectorSettings): void {
  const { host, port } = settings.listen;
  if (isLoopback(host) || settings.token !== null) return;
  throw new Failure('config', `listening on ${host}:${port} without a token is refused`, {
    hint: 'set web.token_file (a file of mode 0600 with one random line) or listen on 127.0.0.1',
  });
}
