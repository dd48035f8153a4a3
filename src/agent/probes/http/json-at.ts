/** A place in a JSON document: `/data/items/0/id` (RFC 6901) or `data.items[0].id`. */

/** The keys from the top; null for a path that is none. */
export function keysOf(path: string): readonly string[] | null {
  if (path === '' || path === '/') return path === '' ? [] : [''];
  if (path.startsWith('/')) {
    const keys = path.slice(1).split('/');
    if (keys.some((key) => /~(?![01])/.test(key))) return null;
    return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  const plain = path.replace(/^\$\.?/, '');
  if (!/^(?:[^.[\]]+|\[\d+\])(?:\.[^.[\]]+|\[\d+\])*$/.test(plain)) return null;
  return [...plain.matchAll(/[^.[\]]+/g)].map(([key]) => key);
}

/** The value there; undefined for none. Only what the document itself has. */
export function valueAt(document: unknown, keys: readonly string[]): unknown {
  let at = document;
  for (const key of keys) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}
