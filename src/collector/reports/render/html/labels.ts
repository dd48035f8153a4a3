/** Headings, column names and fixed texts of the printed report. Every language has the same ones. */
import type { Locale } from '../../reports.ts';
import { LABELS_EN } from './labels-en.ts';
import { LABELS_ZH } from './labels-zh-cn.ts';

export type Labels = typeof LABELS_ZH;
export type Chapter = keyof Labels['chapters'];

const LABELS: Readonly<Record<Locale, Labels>> = Object.freeze({
  'zh-CN': LABELS_ZH,
  en: LABELS_EN,
});

export function labelsOf(locale: Locale): Labels {
  return LABELS[locale];
}
