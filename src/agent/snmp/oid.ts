/** Object identifiers as net-snmp gives them: decimal arcs with dots, no dot in front. */

/** Whether `oid` is `root` or below it, on whole arcs: 1.3.6.1.4.1.235 is not below 1.3.6.1.4.1.23. */
export function isAtOrBelow(oid: string, root: string): boolean {
  return oid.startsWith(root) && (oid.length === root.length || oid[root.length] === '.');
}

/** How many arcs; 0 for ''. */
export function arcCount(oid: string): number {
  return oid === '' ? 0 : oid.split('.').length;
}

/** What follows `column` in an instance, or null when the instance is not below it. */
export function suffixOf(oid: string, column: string): string | null {
  if (oid.length <= column.length + 1 || oid[column.length] !== '.') return null;
  return oid.startsWith(column) ? oid.slice(column.length + 1) : null;
}

function compareArcs(a: string, b: string): number {
  // Decimal numbers without leading zeros: the longer one is the larger one.
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of an agent's tree: below 0 when `a` comes first. */
export function compareOids(a: string, b: string): number {
  if (!a.includes('.') && !b.includes('.')) return compareArcs(a, b);
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < left.length && i < right.length; i++) {
    const order = compareArcs(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Arc `at` of an index, or arcs [from, to) of it joined again. '' where there are none. */
export function partOfIndex(index: string, at: number | readonly [number, number]): string {
  const arcs = index.split('.');
  return typeof at === 'number' ? (arcs[at] ?? '') : arcs.slice(at[0], at[1]).join('.');
}

/** An index whose arcs are characters, as of string-indexed tables; a leading length is left out. */
export function indexAsText(index: string): string {
  const arcs = index.split('.').map(Number);
  const chars = arcs[0] === arcs.length - 1 ? arcs.slice(1) : arcs;
  return Buffer.from(chars.filter((code) => code <= 0xff)).toString('utf8');
}
