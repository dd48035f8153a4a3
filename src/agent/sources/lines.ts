/**
 * Reading the text files of /proc and /sys. Lines are cut with the built-in split and regular
 * expressions: a sampler runs too rarely for its loops to be compiled, and built-ins always are.
 */
import { Failure } from '../../shared/errors.ts';
import type { Host } from './sources.ts';

/**
 * A file of /proc that every Linux has, read in every cycle. Throws `io` when it is missing and
 * `malformed` when it does not hold `landmark`: an empty or foreign file is not "nothing there".
 */
export function readProc(host: Host, name: string, landmark: string): string {
  const path = `${host.procPath}/${name}`;
  const text = host.live(path);
  if (text !== null) return holding(landmark, text, path);
  throw new Failure('io', `cannot read ${path}: there is no such file`, {
    hint: 'mount /proc, and name it with the option procPath when it is mounted elsewhere',
  });
}

export function holding(landmark: string, text: string, path: string): string {
  if (text.includes(landmark)) return text;
  throw new Failure('malformed', `${path} holds no ${JSON.stringify(landmark)}`, {
    hint: UNKNOWN_FORM,
  });
}

const UNKNOWN_FORM = 'the kernel of this host writes a file in a form the agent does not know';

/** The words of a line, blanks before and between them left out. */
export function wordsOf(line: string): string[] {
  return line.trim().split(/\s+/);
}

/**
 * The number in a word or in a file of one number. NaN, which makes no sample, where there is
 * none: an older kernel, an attribute that does not apply. Throws `malformed` for another word.
 */
export function numberOf(word: string | null | undefined): number {
  if (word === null || word === undefined || word === '') return Number.NaN;
  const value = Number(word);
  if (Number.isFinite(value)) return value;
  throw new Failure('malformed', `${JSON.stringify(word.slice(0, 40))} is not a number`, {
    hint: UNKNOWN_FORM,
  });
}

/** Remembers the last text and what came of it: for files that are read often and rarely change. */
export function parseOnce<T>(parse: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly parsed: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, parsed: parse(text) };
    return last.parsed;
  };
}
