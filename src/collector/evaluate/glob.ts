/** `*` any run of characters, `?` one; everything else is itself. */
export type Matches = (text: string) => boolean;

export function isPattern(glob: string): boolean {
  return /[*?]/.test(glob);
}

/**
 * A matcher that takes one pass and never backtracks further than the newest `*`, so that no
 * pattern over names that devices choose can stall the tick.
 */
export function glob(pattern: string): Matches {
  if (!isPattern(pattern)) return (text) => text === pattern;
  return (text) => {
    let [p, t] = [0, 0];
    let [star, resume] = [-1, 0];
    while (t < text.length) {
      if (pattern[p] === '*') {
        star = p++;
        resume = t;
      } else if (pattern[p] === '?' || pattern[p] === text[t]) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (pattern[p] === '*') p++;
    return p === pattern.length;
  };
}

export function anyOf(patterns: readonly string[]): Matches {
  const matchers = patterns.map(glob);
  return (text) => matchers.some((matches) => matches(text));
}
