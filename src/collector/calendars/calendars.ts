/**
 * Calendars: a file of working hours → walking over working time. Several spans a day, weekdays,
 * public holidays, make-up working days, a time zone with its changes of the clock. Pure: reads no
 * clock, and the same question always has the same answer.
 */
import { jsonSchema } from '../../shared/config.ts';
import { type Checked, flawless } from '../../shared/config-parts.ts';
import { DAY_MS } from '../../shared/units.ts';
import { ALWAYS, calendarsSchema, readCalendars } from './calendars-file.ts';
import { unknownHolidays } from './holidays-known.ts';

export interface Calendar {
  readonly name: string;
  readonly label: { readonly en: string; readonly zh: string };
  /** IANA name of the zone its hours are in. */
  readonly zone: string;
  /** Every minute counts: 7×24. */
  readonly always: boolean;
  /** From then on its holidays are not known; null: it has none. */
  readonly holidaysUntilMs: number | null;
  isOpen(atMs: number): boolean;
  /** Working time in [fromMs, toMs), milliseconds; 0 when toMs is not after fromMs. */
  openBetween(fromMs: number, toMs: number): number;
  /**
   * The first moment by which `openMs` of working time have passed since `fromMs`: `fromMs` itself
   * for 0, the end of a span rather than the beginning of the next. Null when ten years do not
   * hold so much.
   */
  deadline(fromMs: number, openMs: number): number | null;
  /** The first open moment at or after `fromMs`; null when there is none within ten years. */
  nextOpening(fromMs: number): number | null;
  /** The open spans that touch [fromMs, toMs), cut to it, in order. */
  spans(fromMs: number, toMs: number): readonly Span[];
}

/** [fromMs, toMs) */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Calendars {
  /** In the order of the file; `always` is there also when the file does not name it. */
  readonly names: readonly string[];
  get(name: string): Calendar | undefined;
}

/** Reads and checks the calendars file (YAML). Throws `config` with every problem. */
export function loadCalendars(file: string): Calendars {
  return flawless(inspectCalendars(file));
}

/** For checking what names them: with every name of the file, those with mistakes too. */
export function inspectCalendars(file: string): Checked<Calendars> {
  const { value, problems } = readCalendars(file);
  return { value: value ?? UNCHECKED_CALENDARS, problems };
}

/**
 * Stands for a file that cannot be read: every name is there, so that the files that name calendars
 * are still checked for everything else in the same run. Never to be used for more.
 */
const UNCHECKED_CALENDARS: Calendars = Object.freeze({ names: [], get: () => ALWAYS });

/** How long before a year without known holidays begins it is told of. */
const HOLIDAYS_AHEAD_MS = 31 * DAY_MS;

/** One sentence for each calendar that walks into a year whose holidays are not known. */
export function holidayWarnings(calendars: Calendars, nowMs: number): readonly string[] {
  return unknownHolidays(calendars, nowMs + HOLIDAYS_AHEAD_MS);
}

/** The calendars file's JSON Schema, for editors. */
export function calendarsJsonSchema(): unknown {
  return jsonSchema(calendarsSchema);
}
