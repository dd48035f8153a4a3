/** Names against patterns of the policy. */

/** `*` matches any run of characters, `?` any one; everything else is itself. */
export function matchesAny(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => patternOf(glob).test(name));
}

const patterns = new Map<string, RegExp>();

function patternOf(glob: string): RegExp {
  const known = patterns.get(glob);
  if (known) return known;
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(`^${source}$`, 's');
  patterns.set(glob, pattern);
  return pattern;
}
