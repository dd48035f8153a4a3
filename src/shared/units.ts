/** Durations and sizes as people write them in configuration: `15s`, `90m`, `30d`, `1GiB`. */
import { Failure } from './errors.ts';

/** The 5-minute slot of rollups and reports. */
export const SLOT_MS = 300_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const DURATION_MS: Readonly<Record<string, number>> = Object.freeze({
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
});

const BYTES: Readonly<Record<string, number>> = Object.freeze({
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
});

/** `1h30m` → 5400000 (milliseconds). Throws `config`. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map((p) => p[0]).join('') !== text) {
    throw new Failure('config', `"${text}" is not a duration`, {
      hint: 'write a number and a unit of ms, s, m, h, d or w, for example 15s or 1h30m',
    });
  }
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (DURATION_MS[unit ?? ''] ?? 0), 0);
}

/** `1GiB` → 1073741824. Throws `config`. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB|KB|MB|GB|TB)$/.exec(text);
  const unit = match?.[2] === undefined ? undefined : BYTES[match[2]];
  if (match === null || unit === undefined) {
    throw new Failure('config', `"${text}" is not a size`, {
      hint: 'write a number and a unit of B, KiB, MiB, GiB, TiB (or KB, MB, GB, TB), for example 1GiB',
    });
  }
  return Number(match[1]) * unit;
}
