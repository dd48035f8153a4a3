/** How `check-config` of agent and collector ends: with the exit codes of monitoring plugins. */
import { Failure } from './errors.ts';

const CODES = Object.freeze({ ok: 0, warning: 1, critical: 2, unknown: 3 });

/** For the end of `--help`. */
export const CHECK_EXIT_CODES = `
Exit codes:
  0  everything is well
  1  everything can be used, and there are warnings
  2  there are mistakes, each with its file, place and reason
  3  the files could not be checked`;

/** Of files that can be used: what is said before their names, and the exit code. */
export function checkPassed(warnings: readonly string[]): {
  readonly said: string;
  readonly code: number;
} {
  return warnings.length > 0
    ? { said: 'usable, with warnings', code: CODES.warning }
    : { said: 'ok', code: CODES.ok };
}

/** The exit code of a check that threw. */
export function checkFailedCode(error: unknown): number {
  return error instanceof Failure && error.code === 'config' ? CODES.critical : CODES.unknown;
}
