/** The files that probes name, whatever their kind: `secrets: { NAME: { file } }` and `ca_file`. */
import type { ProbeSettings } from './probes.ts';

const KEYS: readonly string[] = ['file', 'ca_file'];

/** Each once, in the order of the configuration. */
export function namedFiles({ probes }: ProbeSettings): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof RegExp) return;
    for (const [key, part] of Object.entries(value)) {
      if (KEYS.includes(key) && typeof part === 'string') found.add(part);
      else look(part);
    }
  };
  for (const { spec } of probes) look(spec);
  return [...found];
}
