/**
 * A fault's time sheet: everything its ledger says about time, as intervals and moments. Clocks are
 * computed from it each time; it holds no counter that a restart or a correction could spoil.
 */
import type { ClockName, Level, Pause, Share } from './fault.ts';

export interface LevelSince {
  readonly level: Level;
  readonly sinceMs: number;
}

export interface TimeSheet {
  /** Key of the terms it is held to; '' for faults older than clocks. */
  readonly terms: string;
  /** Null while suppressed. */
  readonly startMs: number | null;
  /** The levels it had since the start; the last one is in force. */
  readonly levels: readonly LevelSince[];
  /** In the order they began. Only the last one may be without an end. */
  readonly pauses: readonly Pause[];
  /** When each step was taken. */
  readonly steps: Readonly<Record<ClockName, number | null>>;
  /** When the fault was over: stops whatever still runs. */
  readonly endMs: number | null;
  /** Highest share of each clock that is in the ledger. */
  readonly told: Readonly<Record<ClockName, 0 | Share>>;
}

const NO_STEPS: TimeSheet['steps'] = Object.freeze({ respond: null, arrive: null, repair: null });
const NOT_TOLD: TimeSheet['told'] = Object.freeze({ respond: 0, arrive: 0, repair: 0 });

/** Clocks from the beginning: opened, released, or back after a recovery. */
export function begin(terms: string, startMs: number | null, level: Level): TimeSheet {
  const levels = startMs === null ? [] : [{ level, sinceMs: startMs }];
  const nothing = { pauses: [], steps: NO_STEPS, endMs: null, told: NOT_TOLD };
  return { terms, startMs, levels, ...nothing };
}

export function withLevel(sheet: TimeSheet, level: Level, sinceMs: number): TimeSheet {
  if (sheet.startMs === null || sheet.levels.at(-1)?.level === level) return sheet;
  // Known late: it holds from then on, not between levels that came before.
  const since = Math.max(sinceMs, sheet.levels.at(-1)?.sinceMs ?? sheet.startMs);
  return { ...sheet, levels: [...sheet.levels, { level, sinceMs: since }] };
}

export function withStep(sheet: TimeSheet, clock: ClockName, atMs: number): TimeSheet {
  return { ...sheet, steps: { ...sheet.steps, [clock]: atMs } };
}

export function withTold(sheet: TimeSheet, clock: ClockName, share: Share): TimeSheet {
  return { ...sheet, told: { ...sheet.told, [clock]: share } };
}

export function withPause(sheet: TimeSheet, pause: Pause): TimeSheet {
  return { ...sheet, pauses: [...sheet.pauses, pause] };
}

/** The pause that lasts, if one does. */
export function openPause(sheet: TimeSheet): Pause | null {
  const last = sheet.pauses.at(-1);
  return last !== undefined && last.toMs === null ? last : null;
}

export function withoutPause(sheet: TimeSheet, toMs: number): TimeSheet {
  const open = openPause(sheet);
  if (open === null) return sheet;
  const ended = { ...open, toMs: Math.max(toMs, open.fromMs) };
  return { ...sheet, pauses: [...sheet.pauses.slice(0, -1), ended] };
}

/** The end of the fault ends a pause too. */
export function ended(sheet: TimeSheet, endMs: number): TimeSheet {
  return { ...withoutPause(sheet, endMs), endMs: Math.max(endMs, sheet.startMs ?? endMs) };
}

/** Time found out later that must not have counted; stays before a pause that lasts. */
export function withExcluded(sheet: TimeSheet, excluded: Pause): TimeSheet {
  const open = openPause(sheet);
  const past = open === null ? sheet.pauses : sheet.pauses.slice(0, -1);
  return { ...sheet, pauses: [...past, excluded, ...(open === null ? [] : [open])] };
}

/** The clocks began at another moment; a level it had from the start, it had from then. */
export function withStart(sheet: TimeSheet, startMs: number): TimeSheet {
  if (sheet.startMs === null) return sheet;
  const levels = sheet.levels.map(({ level, sinceMs }, i) => ({
    level,
    sinceMs: i === 0 ? startMs : Math.max(sinceMs, startMs),
  }));
  return { ...sheet, startMs, levels };
}
