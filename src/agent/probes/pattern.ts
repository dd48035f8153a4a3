/**
 * Regular expressions of the configuration on text of strangers. A pattern that backtracks without
 * end would stop the whole agent, so longer texts are matched where matching can be interrupted.
 */
import { createContext, Script } from 'node:vm';
import { ProbeFailure } from './reasons.ts';

const LIMIT_MS = 250;

/** Interrupted matching needs a context of its own, which takes a millisecond to make: one for all. */
let matching: { readonly context: object; readonly script: Script } | undefined;

/** The match, or null. Throws `slow_pattern`. */
export function matchOf(pattern: RegExp, text: string): readonly string[] | null {
  matching ??= {
    context: createContext(Object.create(null)),
    script: new Script('pattern.exec(text)'),
  };
  const { context, script } = matching;
  Object.assign(context, { pattern, text });
  try {
    return script.runInContext(context, { timeout: LIMIT_MS }) as readonly string[] | null;
  } catch {
    throw new ProbeFailure('slow_pattern', `${pattern} took longer than ${LIMIT_MS} ms`);
  } finally {
    Object.assign(context, { pattern: null, text: '' });
  }
}

export function matches(pattern: RegExp, text: string): boolean {
  return matchOf(pattern, text) !== null;
}
