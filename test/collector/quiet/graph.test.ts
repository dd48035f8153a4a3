/** The graph never has a circle, whatever is asked of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildGraph, type Dependency } from '../../../src/collector/quiet/graph.ts';

const edge = (child: string, ...parents: string[]): Dependency => ({
  child,
  parents,
  needs: 'all',
});

test('several entries of one child are all kept', () => {
  const { parentsOf, ignored } = buildGraph([edge('c', 'a'), edge('c', 'b')]);
  expect(parentsOf.get('c')?.map(({ parents }) => parents)).toEqual([['a'], ['b']]);
  expect(ignored).toEqual([]);
});

test.each([
  [[edge('a', 'a')], 'a → a'],
  [[edge('a', 'b'), edge('b', 'a')], 'b → a → b'],
  [[edge('a', 'b'), edge('b', 'c'), edge('c', 'x', 'a')], 'c → a → b → c'],
])('a circle is left out and named: %#', (edges, circle) => {
  const { parentsOf, ignored } = buildGraph(edges);
  expect(ignored).toEqual([circle]);
  expect(parentsOf.has(edges.at(-1)!.child)).toBe(false);
});

test('what comes first wins: people cannot overturn the configuration', () => {
  const { parentsOf } = buildGraph([edge('leaf', 'root'), edge('root', 'leaf')]);
  expect([...parentsOf.keys()]).toEqual(['leaf']);
});

test('no device is its own ancestor, and what is left out would have made it one', () => {
  const name = fc.constantFrom(...'abcdefgh');
  const dependency = fc.record({
    child: name,
    parents: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    needs: fc.constantFrom('all' as const, 'one' as const),
  });
  fc.assert(
    fc.property(fc.array(dependency, { maxLength: 20 }), (edges) => {
      const { parentsOf, ignored } = buildGraph(edges);
      const kept = [...parentsOf.values()].reduce((sum, groups) => sum + groups.length, 0);
      expect(kept + ignored.length).toBe(edges.length);
      for (const start of parentsOf.keys()) {
        const seen = new Set<string>();
        const open = (parentsOf.get(start) ?? []).flatMap(({ parents }) => parents);
        for (let at = open.pop(); at !== undefined; at = open.pop()) {
          expect(at).not.toBe(start);
          if (seen.has(at)) continue;
          seen.add(at);
          open.push(...(parentsOf.get(at) ?? []).flatMap(({ parents }) => parents));
        }
      }
      for (const circle of ignored) {
        const path = circle.split(' → ');
        expect(path[0]).toBe(path.at(-1));
      }
    }),
    { numRuns: 500 },
  );
});
