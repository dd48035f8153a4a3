/** Memory and swap: every field of /proc/meminfo (proc(5)), in bytes where the kernel says kB. */
import type { MetricHelp } from '../../shared/exposition.ts';
import { numberOf, readProc } from './lines.ts';
import { gauge } from './metric.ts';
import type { Source } from './sources.ts';

const FIELD = /^(\S+):\s+(\d+)(?: (kB))?$/gm;
const KIBIBYTE = 1024;

/**
 * The kernel adds fields over the years, so names are made from what the file holds. Both tables
 * remember names only; they fill as fields are first met.
 */
const metrics: Record<string, MetricHelp> = {};
const names = new Map<string, string>();

/** `Active(anon)` in kB → `node_memory_Active_anon_bytes`. */
function nameOf(field: string, unit: string | undefined): string {
  const known = names.get(field);
  if (known !== undefined) return known;
  const key =
    field.replace(/\((.*)\)/, '_$1').replace(/\W/g, '_') + (unit === 'kB' ? '_bytes' : '');
  const name = `node_memory_${key}`;
  names.set(field, name);
  metrics[name] = gauge(`Memory information field ${key}.`);
  return name;
}

export const meminfo: Source = {
  name: 'meminfo',
  metrics,
  missing: () => null,
  collect: (host, emit) => {
    const text = readProc(host, 'meminfo', 'MemTotal:');
    for (const [, field = '', value, unit] of text.matchAll(FIELD)) {
      emit(nameOf(field, unit), numberOf(value) * (unit === 'kB' ? KIBIBYTE : 1));
    }
  },
};
