/**
 * One side of a threshold as people write it: an operator and a figure in the unit of what is
 * measured (`> 90%`, `< 10GiB`, `> 30s`). A figure of another unit is refused with the mend: a
 * ratio of 90 or a size without a unit is the classic threshold that never fires.
 */
import { Failure } from '../../shared/errors.ts';
import type { Unit } from '../../shared/indicator.ts';
import { parseBytes, parseDuration } from '../../shared/units.ts';

export interface Bound {
  /** True for `>` and `>=`: the bound is passed upward. */
  readonly above: boolean;
  readonly inclusive: boolean;
  /** In base units: ratios 0–1, bytes, bytes per second, seconds, days, degrees Celsius. */
  readonly value: number;
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const DAY_SECONDS = 86_400;
const BIT_RATES: Readonly<Record<string, number>> = Object.freeze({
  'bit/s': 1 / 8,
  'kbit/s': 1e3 / 8,
  'Mbit/s': 1e6 / 8,
  'Gbit/s': 1e9 / 8,
});

function parseRatio(text: string): number {
  const percent = new RegExp(`^(${NUMBER})\\s*%$`).exec(text);
  const value = percent === null ? plainNumber(text) : Number(percent[1]) / 100;
  return value >= 0 && value <= 1 ? value : Number.NaN;
}

function plainNumber(text: string): number {
  return new RegExp(`^${NUMBER}$`).test(text) ? Number(text) : Number.NaN;
}

/** NaN where `parse` refuses: the caller has the better message. */
function attempt(parse: (text: string) => number, text: string): number {
  try {
    return parse(text);
  } catch {
    return Number.NaN;
  }
}

function parseSeconds(text: string): number {
  const negative = text.startsWith('-');
  return (attempt(parseDuration, negative ? text.slice(1) : text) / 1000) * (negative ? -1 : 1);
}

function parseRate(text: string): number {
  const bits = new RegExp(`^(${NUMBER})\\s*([kMG]?bit/s)$`).exec(text);
  if (bits !== null) return Number(bits[1]) * (BIT_RATES[bits[2] ?? ''] ?? Number.NaN);
  return text.endsWith('/s') ? attempt(parseBytes, text.slice(0, -2)) : Number.NaN;
}

interface Notation {
  readonly name: string;
  readonly parse: (text: string) => number;
  readonly mend: string;
}

const NOTATIONS: Readonly<Record<Unit, Notation>> = Object.freeze({
  ratio: { name: 'a ratio', parse: parseRatio, mend: 'write 90% or 0.9' },
  bytes: {
    name: 'a size in bytes',
    parse: (text: string) => attempt(parseBytes, text),
    mend: 'write a number and a unit, for example 10GiB',
  },
  bytes_per_second: {
    name: 'a rate in bytes per second',
    parse: parseRate,
    mend: 'write a size or bits per second, for example 10MiB/s or 800Mbit/s',
  },
  seconds: {
    name: 'a time in seconds',
    parse: parseSeconds,
    mend: 'write a duration, for example 30s or 5m',
  },
  days: {
    name: 'a time in days',
    parse: (text: string) => parseSeconds(text) / DAY_SECONDS,
    mend: 'write a duration, for example 3d or 12h',
  },
  celsius: {
    name: 'a temperature',
    parse: (text: string) => plainNumber(text.replace(/\s*°?C$/, '')),
    mend: 'write degrees Celsius, for example 85 or 85°C',
  },
  cores: { name: 'a number of cores', parse: plainNumber, mend: 'write a number, for example 8' },
  count: { name: 'a plain number', parse: plainNumber, mend: 'write a number, for example 1' },
});

/** `90%` → 0.9 for a ratio. Throws `config` for a figure that is not one of this unit. */
export function parseFigure(text: string, unit: Unit): number {
  const { name, parse, mend } = NOTATIONS[unit];
  const value = parse(text);
  if (Number.isFinite(value)) return value;
  throw new Failure('config', `"${text}" is not ${name}`, { hint: mend });
}

/** `> 90%` → a bound. Throws `config`, also for a figure of another unit. */
export function parseBound(text: string, unit: Unit): Bound {
  const match = /^(>=|<=|>|<)\s*(\S.*)$/.exec(text.trim());
  if (match === null) {
    throw new Failure('config', `"${text}" is not a limit`, {
      hint: 'write one of > >= < <= and a figure, for example "> 90%"',
    });
  }
  const operator = match[1] ?? '';
  return {
    above: operator.startsWith('>'),
    inclusive: operator.endsWith('='),
    value: parseFigure(match[2] ?? '', unit),
  };
}

export function passes(bound: Bound, value: number): boolean {
  if (bound.above) return bound.inclusive ? value >= bound.value : value > bound.value;
  return bound.inclusive ? value <= bound.value : value < bound.value;
}

/** True when no value can pass both: where an alarm opens it must not clear at the same time. */
export function disjoint(open: Bound, clear: Bound): boolean {
  if (open.above === clear.above) return false;
  const room = open.above ? open.value - clear.value : clear.value - open.value;
  return room > 0 || (room === 0 && !(open.inclusive && clear.inclusive));
}

/** The other side of a bound: where `open` is no longer passed. */
export function opposite(bound: Bound): Bound {
  return { above: !bound.above, inclusive: !bound.inclusive, value: bound.value };
}

export function operatorOf(bound: Bound): string {
  return `${bound.above ? '>' : '<'}${bound.inclusive ? '=' : ''}`;
}
