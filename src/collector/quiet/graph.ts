/** Who is reached through whom. Pure: entries and devices in, a graph without cycles out. */

/** Devices through which another is reached. */
export interface ParentGroup {
  readonly parents: readonly string[];
  /** `all`: each of them is needed; `one`: any of them is enough (redundant paths). */
  readonly needs: 'all' | 'one';
}

export interface Dependency extends ParentGroup {
  readonly child: string;
}

export interface Graph {
  readonly parentsOf: ReadonlyMap<string, readonly ParentGroup[]>;
  /** Dependencies left out because they would close a circle, as `a → b → a`. */
  readonly ignored: readonly string[];
}

/**
 * Earlier entries win: one that would make a device its own ancestor is left out and named, since
 * in a circle every device would be the symptom of another and nobody would be told.
 */
export function buildGraph(dependencies: readonly Dependency[]): Graph {
  const parentsOf = new Map<string, ParentGroup[]>();
  const ignored: string[] = [];
  for (const { child, parents, needs } of dependencies) {
    const circle = parents.map((parent) => pathUp(parentsOf, parent, child)).find(Boolean);
    if (circle !== undefined) {
      ignored.push([child, ...(circle ?? [])].join(' → '));
      continue;
    }
    const group = Object.freeze({ parents, needs });
    const known = parentsOf.get(child);
    if (known === undefined) parentsOf.set(child, [group]);
    else known.push(group);
  }
  return { parentsOf, ignored };
}

/** The way from `from` up to `to`, both named; null when there is none. */
function pathUp(
  parentsOf: ReadonlyMap<string, readonly ParentGroup[]>,
  from: string,
  to: string,
): readonly string[] | null {
  const cameFrom = new Map<string, string | null>([[from, null]]);
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return trace(cameFrom, to);
    for (const { parents } of parentsOf.get(at) ?? []) {
      for (const parent of parents) {
        if (cameFrom.has(parent)) continue;
        cameFrom.set(parent, at);
        open.push(parent);
      }
    }
  }
  return null;
}

function trace(cameFrom: ReadonlyMap<string, string | null>, to: string): readonly string[] {
  const path: string[] = [];
  for (let at: string | null = to; at !== null; at = cameFrom.get(at) ?? null) path.unshift(at);
  return path;
}
