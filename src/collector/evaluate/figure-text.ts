/** Figures and spans of time as people read them, in both languages: always with their unit. */
import type { Unit } from '../../shared/indicator.ts';
import { type Bound, operatorOf } from './bound.ts';

/** The same sentence in both languages. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

type Language = keyof Text;

const SECOND_MS = 1_000;
const SPANS = Object.freeze([
  { ms: 86_400_000, en: 'd', zh: '天' },
  { ms: 3_600_000, en: 'h', zh: '小时' },
  { ms: 60_000, en: 'min', zh: '分钟' },
  { ms: SECOND_MS, en: 's', zh: '秒' },
]);
const SIZES = Object.freeze(['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);

/** At most `digits` decimals and no trailing zeros. */
function decimals(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

/** `1 h 30 min`: the two largest units that say something. Short ones have decimals. */
export function formatSpan(ms: number, language: Language): string {
  if (!Number.isFinite(ms)) return language === 'en' ? 'for ever' : '无限期';
  const sign = ms < 0 ? '-' : '';
  const size = Math.abs(ms);
  if (size < 10 * SECOND_MS) {
    const digits = size < 2 * SECOND_MS ? 2 : 1;
    return `${sign}${decimals(size / SECOND_MS, digits)} ${language === 'en' ? 's' : '秒'}`;
  }
  let rest = Math.round(size / SECOND_MS) * SECOND_MS;
  const parts: string[] = [];
  for (const span of SPANS) {
    const count = Math.floor(rest / span.ms);
    if (count === 0 && parts.length === 0) continue;
    if (count > 0) parts.push(`${count} ${span[language]}`);
    rest -= count * span.ms;
    if (parts.length === 2 || count === 0) break;
  }
  return sign + parts.join(' ');
}

function formatBytes(value: number): string {
  let scaled = Math.abs(value);
  let step = 0;
  while (scaled >= 1024 && step < SIZES.length - 1) {
    scaled /= 1024;
    step++;
  }
  return `${value < 0 ? '-' : ''}${decimals(scaled, scaled < 100 ? 1 : 0)} ${SIZES[step]}`;
}

/** Small ratios keep two significant digits, so an error rate of 0.02% is not shown as 0%. */
function formatRatio(value: number): string {
  const percent = value * 100;
  const fine = percent !== 0 && Math.abs(percent) < 0.1;
  return `${fine ? String(Number(percent.toPrecision(2))) : decimals(percent, 1)}%`;
}

const FORMATS: Readonly<Record<Unit, (value: number, language: Language) => string>> =
  Object.freeze({
    ratio: formatRatio,
    bytes: formatBytes,
    bytes_per_second: (value: number) => `${formatBytes(value)}/s`,
    seconds: (value: number, language: Language) => formatSpan(value * SECOND_MS, language),
    days: (value: number, language: Language) => formatSpan(value * 86_400_000, language),
    celsius: (value: number) => `${decimals(value, 1)} °C`,
    cores: (value: number, language: Language) =>
      `${decimals(value, 2)} ${language === 'en' ? 'cores' : '核'}`,
    count: (value: number) => decimals(value, 2),
  });

/** `95.2%`, `9.8 GiB`, `5 min` / `5 分钟`; NaN is `unknown` / `未知`, never a number. */
export function formatFigure(value: number, unit: Unit, language: Language): string {
  if (Number.isNaN(value)) return language === 'en' ? 'unknown' : '未知';
  return FORMATS[unit](value, language);
}

/** `> 90%`. */
export function formatBound(bound: Bound, unit: Unit, language: Language): string {
  return `${operatorOf(bound)} ${formatFigure(bound.value, unit, language)}`;
}
