/**
 * Public holidays and make-up working days of mainland China, as the State Council announced them
 * each year since 2004; maintained in the package `chinese-days`. The announcement for a year comes
 * in the November before it: until then its days are plain weekdays.
 */
import announced from 'chinese-days/dist/chinese-days.json' with { type: 'json' };

export interface DayLists {
  /** Dates → what they are called. */
  readonly off: ReadonlyMap<string, string>;
  /** Dates of weekends that are worked in exchange. */
  readonly worked: ReadonlyMap<string, string>;
}

export function chinaDays(): DayLists {
  return { off: named(announced.holidays), worked: named(announced.workdays) };
}

/** The package writes `National Day,国庆节,3`: both names and the number of days. */
function named(days: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(days).map(([date, text]) => [date, text.split(',')[1] ?? text]));
}
