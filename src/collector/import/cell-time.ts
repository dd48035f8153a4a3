/** Times in cells. A wrong unit shows as an impossible year, so it is said, not stored. */
import type { CsvMap } from './map.ts';

/** Unix milliseconds, or NaN when the cell is not a time of this unit. */
export type TimeReader = (cell: string) => number;

const EARLIEST_MS = Date.UTC(1980, 0, 1);
/** What ingest accepts as a clock that is a little ahead. */
const AHEAD_MS = 600_000;

const DIGITS = /^\s*\d+(\.\d+)?\s*$/;
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?$/;

function readIso(cell: string, offset: string | undefined): number {
  const match = ISO.exec(cell.trim());
  const zone = match?.[3] ?? offset;
  if (match === null || zone === undefined) return Number.NaN;
  return Date.parse(`${match[1]}T${match[2]}${zone}`);
}

export function timeReader({ unit, offset }: CsvMap['time'], nowMs: number): TimeReader {
  const factor = unit === 'seconds' ? 1_000 : 1;
  const latestMs = nowMs + AHEAD_MS;
  return (cell) => {
    const ms =
      unit === 'iso8601'
        ? readIso(cell, offset)
        : DIGITS.test(cell)
          ? Math.round(Number(cell) * factor)
          : Number.NaN;
    return ms >= EARLIEST_MS && ms <= latestMs ? ms : Number.NaN;
  };
}

/** The sentence for a cell that gave NaN. */
export function badTime(cell: string, { unit }: CsvMap['time']): string {
  const shown = JSON.stringify(cell.slice(0, 64));
  if (unit === 'iso8601') {
    return `${shown} is not a time like 2026-01-05T08:00:00+08:00 (without a zone, set time.offset)`;
  }
  if (!DIGITS.test(cell)) return `${shown} is not a number of ${unit} since 1970`;
  const other = unit === 'seconds' ? 'milliseconds' : 'seconds';
  const ms = Number(cell) * (unit === 'seconds' ? 1_000 : 1);
  const year = ms < 8.64e15 ? new Date(ms).getUTCFullYear() : 'far away';
  return `${shown} as ${unit} is in the year ${year}: is time.unit ${other}?`;
}
