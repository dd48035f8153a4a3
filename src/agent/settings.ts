/** The agent's settings: defaults as data, what a file says over them, flags over both. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { DEFAULT_LISTEN } from '../shared/protocol.ts';
import { DAY_MS } from '../shared/units.ts';
import type { AgentSettings, Flags } from './cli/cli.ts';

export const DEFAULTS: AgentSettings = Object.freeze({
  collector: `http://${DEFAULT_LISTEN}`,
  tokenFile: '',
  caFile: '',
  data: 'data/agent',
  name: '',
  instance: '',
  labels: Object.freeze({}),
  intervalMs: 15_000,
  intervals: Object.freeze({}),
  timeoutMs: 5_000,
  off: Object.freeze([]),
  spool: Object.freeze({ maxBytes: 1024 ** 3, maxAgeMs: 3 * DAY_MS, minFreeRatio: 0.1 }),
  metricsListen: '',
  paths: Object.freeze({ proc: '/proc', sys: '/sys', rootfs: '' }),
  logLevel: 'info',
});

/** Without a file neither zod nor a YAML reader is loaded: the running agent stays small. */
export async function loadSettings(flags: Flags): Promise<AgentSettings> {
  const file = flags.config;
  const fromFile =
    file === undefined ? {} : (await import('./settings-file.ts')).readSettings(file);
  const merged = { ...DEFAULTS, ...fromFile };
  const name = merged.name || hostname();
  return Object.freeze({
    ...merged,
    collector: flags.collector ?? merged.collector,
    tokenFile: flags.tokenFile === undefined ? merged.tokenFile : resolve(flags.tokenFile),
    data: resolve(flags.data ?? merged.data),
    name,
    instance: merged.instance || name,
  });
}
