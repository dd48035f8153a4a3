/** Ink and shapes of all charts: black-and-white safe, meaning never by colour alone. */
import type { Verdict } from '../../decide/decision.ts';

export const INK = '#1b1f24';
export const GREY = '#6b7280';
export const GRID = '#dfe3e8';
export const BAND = '#c9d3df';
export const ACCENT = '#1f3a5f';
export const ALARM = '#9b1c1c';

/** The page's style sheet names the font; a quoted list would break the library's attributes. */
export const FONT = 'sans-serif';

/** Symbol and fill per verdict: readable on a black-and-white print. */
export const MARKS: Readonly<Record<Verdict, { symbol: string; color: string; hollow: boolean }>> =
  {
    urgent: { symbol: 'triangle', color: ALARM, hollow: false },
    add: { symbol: 'triangle', color: '#c2571a', hollow: false },
    plan: { symbol: 'triangle', color: '#c2571a', hollow: true },
    watch: { symbol: 'diamond', color: '#8a6d00', hollow: false },
    insufficient: { symbol: 'rect', color: GREY, hollow: true },
    keep: { symbol: 'circle', color: GREY, hollow: true },
    reduce: { symbol: 'path://M0,0L10,0L5,9Z', color: ACCENT, hollow: false },
    idle: { symbol: 'path://M0,0L10,0L5,9Z', color: ACCENT, hollow: true },
  };

export const axisText = { color: GREY, fontSize: 10, fontFamily: FONT } as const;
