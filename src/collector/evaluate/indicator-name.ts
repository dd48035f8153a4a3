/** Indicators as rules name them: checked, with the name that was probably meant. */
import { didYouMean } from '../../shared/config-problems.ts';
import {
  INDICATORS,
  type IndicatorName,
  isIndicatorName,
  type Unit,
} from '../../shared/indicator.ts';
import type { Text } from './figure-text.ts';
import type { Report } from './limit.ts';

export function readIndicator(
  name: string,
  key: PropertyKey,
  report: Report,
): IndicatorName | null {
  if (isIndicatorName(name)) return name;
  report(
    [key],
    `unknown indicator ${JSON.stringify(name)}${didYouMean(name, Object.keys(INDICATORS))}`,
  );
  return null;
}

/** The unit of `part ÷ whole`; null when dividing them makes no sense. */
export function quotientUnit(part: IndicatorName, whole: IndicatorName): Unit | null {
  const [a, b] = [INDICATORS[part].unit, INDICATORS[whole].unit];
  if (a === b) return 'ratio';
  return a === 'count' && b === 'cores' ? 'count' : null;
}

export function indicatorLabel(name: IndicatorName): Text {
  return { en: INDICATORS[name].help, zh: INDICATORS[name].helpZh };
}
