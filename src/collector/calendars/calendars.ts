/**
 * Calendars: a file of working hours → walking over working time. Several spans a day, weekdays,
 * public holidays, make-up working days, a time zone with its changes of the clock. Pure: reads no
 * clock, and the same question always has the same answer.
 */
import { jsonSchema } from '../../shared/config.ts';
import { ALWAYS, calendarsSchema, readCalendars } from './calendars-file.ts';

export interface Calendar {
  readonly name: string;
  readonly label: { readonly en: string; readonly zh: string };
  /** IANA name of the zone its hours are in. */
  readonly zone: string;
  /** Every minute counts: 7×24. */
  readonly always: boolean;
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
  return readCalendars(file);
}

/**
 * Stands for a file that was refused: every name is there, so that the files that name calendars
 * are still checked for everything else in the same run. Never to be used for more.
 */
export const UNCHECKED_CALENDARS: Calendars = Object.freeze({ names: [], get: () => ALWAYS });

/** The calendars file's JSON Schema, for editors. */
export function calendarsJsonSchema(): unknown {
  return jsonSchema(calendarsSchema);
}
