/** The agent's settings: defaults as data, what a file says over them, flags over both. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { AgentSettings, Flags } from './cli/cli.ts';
import { DEFAULTS } from './default-settings.ts';

/** Without a file neither zod nor a YAML reader is loaded: the running agent stays small. */
export async function loadSettings(flags: Flags): Promise<AgentSettings> {
  const file = flags.config;
  const fromFile =
    file === undefined ? {} : await (await import('./settings-file.ts')).readSettings(file);
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
