/** Symptoms and causes: what is behind a device that is down is not told of. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DependencyWatch, type Sight } from '../../../src/collector/quiet/dependency.ts';
import { buildGraph, type Dependency } from '../../../src/collector/quiet/graph.ts';
import type { About } from '../../../src/collector/quiet/quiet.ts';
import { about, fault, policyOf } from './rig.ts';

const POLICY = policyOf().dependencies;
const MINUTE = 60_000;
const NOW = 100 * MINUTE;

const behind = (child: string, parents: string[], needs: 'all' | 'one' = 'all'): Dependency => ({
  child,
  parents,
  needs,
});
/** edge behind core behind border; twin behind either of two. */
const GRAPH = buildGraph([
  behind('core', ['border']),
  behind('edge', ['core']),
  behind('twin', ['left', 'right'], 'one'),
]);

function stage(graph = GRAPH) {
  const proven = new Map<string, number>();
  const sight: Sight = {
    provenUpMs: (device) => proven.get(device) ?? null,
    checkEveryMs: () => MINUTE,
  };
  const watch = new DependencyWatch(POLICY, graph, sight);
  const ask = (device: string, rest: Partial<About> = {}) => watch.of(about(device, rest));
  return { watch, ask, proven };
}

test('without anything down nothing is a symptom', () => {
  const { watch, ask } = stage();
  watch.begin([], NOW);
  for (const device of ['border', 'core', 'edge', 'twin', 'stranger']) {
    expect(ask(device)).toBeNull();
  }
});

test('a fault behind a device that is down is a symptom of its fault', () => {
  const { watch, ask } = stage();
  watch.begin([fault(7, 'core')], NOW);
  expect(ask('edge')).toEqual({
    why: 'dependency',
    by: 'F-000007',
    note: 'symptom of core (reachable)',
  });
  expect(ask('edge', { rule: 'cpu_busy', indicator: 'cpu_used_ratio' })?.by).toBe('F-000007');
  expect(ask('core')).toBeNull();
  expect(ask('border')).toBeNull();
});

test('the cause is the farthest one up, also where one between has no fault of its own yet', () => {
  const { watch, ask } = stage();
  watch.begin([fault(1, 'border')], NOW);
  expect(ask('edge')?.by).toBe('F-000001');
  watch.begin([fault(1, 'border'), fault(2, 'core')], NOW);
  expect(ask('edge')?.by).toBe('F-000001');
  expect(ask('core')?.by).toBe('F-000001');
});

test('with redundant parents only the loss of all of them is a cause', () => {
  const { watch, ask } = stage();
  watch.begin([fault(1, 'left')], NOW);
  expect(ask('twin')).toBeNull();
  watch.begin([fault(1, 'left'), fault(2, 'right')], NOW);
  expect(ask('twin')?.by).toBe('F-000001');
});

test('faults that are no causes explain nothing', () => {
  const { watch, ask } = stage();
  watch.begin([fault(1, 'core', { rule: 'cpu_busy', indicator: 'cpu_used_ratio' })], NOW);
  expect(ask('edge')).toBeNull();
});

test('a device that does not answer is the cause of its own other faults', () => {
  const { watch, ask } = stage();
  const silent = { rule: 'agent_silent', indicator: 'agent_silent' };
  watch.begin([fault(1, 'host'), fault(2, 'host', silent)], NOW);
  expect(ask('host')).toBeNull();
  expect(ask('host', silent)?.by).toBe('F-000001');
  expect(ask('host', { indicator: 'interface_up', rule: 'link' })?.by).toBe('F-000001');
});

test('silence alone is the cause of what the agent measured, not of being unreachable', () => {
  const { watch, ask } = stage();
  watch.begin([fault(2, 'host', { rule: 'agent_silent', indicator: 'agent_silent' })], NOW);
  expect(ask('host', { indicator: 'load1', rule: 'load' })?.by).toBe('F-000002');
  expect(ask('host')).toBeNull();
});

test('before a child is told, its parent must be seen after the child failed', () => {
  const { watch, ask, proven } = stage();
  const openedMs = NOW - 10_000;
  proven.set('core', NOW - 20_000);
  watch.begin([], NOW);
  expect(ask('edge', { openedMs })).toEqual({
    why: 'held',
    by: 'core',
    note: 'waiting to see whether core is up',
  });
  proven.set('core', NOW);
  expect(ask('edge', { openedMs })).toBeNull();
});

test('nobody waits for the parent longer than the policy says', () => {
  const { watch, ask, proven } = stage();
  proven.set('core', 0);
  const openedMs = NOW;
  watch.begin([], NOW + POLICY.await_parent - 1);
  expect(ask('edge', { openedMs })?.why).toBe('held');
  watch.begin([], NOW + POLICY.await_parent);
  expect(ask('edge', { openedMs })).toBeNull();
  watch.begin([], NOW - MINUTE * 60);
  expect(ask('edge', { openedMs })).toBeNull();
});

test('figures that came through prove the way: only connectivity waits, and only for known parents', () => {
  const { watch, ask, proven } = stage();
  proven.set('core', 0);
  watch.begin([], NOW);
  const openedMs = NOW;
  expect(ask('edge', { openedMs, indicator: 'cpu_used_ratio' })).toBeNull();
  expect(ask('edge', { openedMs, indicator: 'loss_ratio' })?.why).toBe('held');
  expect(ask('twin', { openedMs })).toBeNull();
});

test('after the parent’s recovery the children get their checks, then they are told', () => {
  const { watch, ask } = stage();
  watch.begin([fault(1, 'core')], NOW);
  watch.begin([], NOW + 1_000);
  expect(ask('edge')).toMatchObject({ why: 'held', by: 'F-000001' });
  watch.begin([], NOW + 1_000 + 3 * MINUTE - 1);
  expect(ask('edge')).toMatchObject({ why: 'held' });
  watch.begin([], NOW + 1_000 + 3 * MINUTE);
  expect(ask('edge')).toBeNull();
});

test('checks that are far apart are waited for up to the limit', () => {
  const sight = { provenUpMs: () => null, checkEveryMs: () => 60 * MINUTE };
  const watch = new DependencyWatch(POLICY, GRAPH, sight);
  watch.begin([fault(1, 'core')], NOW);
  watch.begin([], NOW);
  watch.begin([], NOW + 5 * MINUTE - 1);
  expect(watch.of(about('edge'))?.why).toBe('held');
  watch.begin([], NOW + 5 * MINUTE);
  expect(watch.of(about('edge'))).toBeNull();
});

test('a device that fails again right after its recovery is told of at once', () => {
  const { watch, ask } = stage();
  watch.begin([fault(1, 'core')], NOW);
  watch.begin([], NOW + 1_000);
  expect(ask('core', { openedMs: NOW + 1_000 })).toBeNull();
  expect(ask('core', { indicator: 'load1', openedMs: NOW + 1_000 })?.why).toBe('held');
});

test('recoveries of before a restart are remembered from the ledger', () => {
  const { watch, ask } = stage();
  watch.remember([
    fault(1, 'core', { openedMs: 0 }),
    { ...fault(2, 'core'), recoveredMs: NOW - MINUTE },
    { ...fault(3, 'core'), recoveredMs: NOW - 50 * MINUTE },
    { ...fault(4, 'core', { indicator: 'load1' }), recoveredMs: NOW },
  ]);
  watch.begin([], NOW);
  expect(ask('edge')).toMatchObject({ why: 'held', by: 'F-000002' });
});

const NAMES = [...'abcdefghij'];

/** Edges only towards earlier names: no circles, any shape. */
const forest = fc
  .array(fc.tuple(fc.nat(NAMES.length - 1), fc.nat(NAMES.length - 1)), { maxLength: 20 })
  .map((pairs) =>
    pairs.flatMap(([a, b]): Dependency[] =>
      a === b ? [] : [behind(NAMES[Math.max(a, b)]!, [NAMES[Math.min(a, b)]!])],
    ),
  );

function ancestorsOf(edges: readonly Dependency[], device: string): Set<string> {
  const found = new Set<string>();
  const walk = (at: string): void => {
    for (const { child, parents } of edges) {
      if (child !== at || found.has(parents[0]!)) continue;
      found.add(parents[0]!);
      walk(parents[0]!);
    }
  };
  walk(device);
  return found;
}

test('no child is told while an ancestor is down, and every cause named is such an ancestor', () => {
  fc.assert(
    fc.property(forest, fc.subarray(NAMES), (edges, down) => {
      const { watch, ask } = stage(buildGraph(edges));
      const faults = down.map((device, index) => fault(index + 1, device));
      watch.begin(faults, NOW);
      for (const device of NAMES) {
        const above = ancestorsOf(edges, device);
        const causes = faults.filter((one) => above.has(one.device));
        const answer = ask(device);
        expect(answer?.why === 'dependency').toBe(causes.length > 0);
        if (answer === null) continue;
        // The one named has no cause itself: repairing it is the first thing to do.
        const named = causes.find(({ id }) => id === answer.by)!;
        const higher = ancestorsOf(edges, named.device);
        expect(down.some((one) => higher.has(one))).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

test('someone is always told: with anything down at least one fault is not a symptom', () => {
  fc.assert(
    fc.property(forest, fc.subarray(NAMES, { minLength: 1 }), (edges, down) => {
      const { watch, ask } = stage(buildGraph([...edges, ...edges.map(turned)]));
      watch.begin(
        down.map((device, index) => fault(index + 1, device)),
        NOW,
      );
      expect(down.some((device) => ask(device) === null)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

/** Edges to several parents, each needed or any enough. */
const paths = fc
  .array(
    fc.record({
      child: fc.integer({ min: 1, max: NAMES.length - 1 }),
      parents: fc.uniqueArray(fc.nat(NAMES.length - 1), { minLength: 1, maxLength: 3 }),
      needs: fc.constantFrom('all' as const, 'one' as const),
    }),
    { maxLength: 12 },
  )
  .map((list) =>
    list.flatMap(({ child, parents, needs }): Dependency[] => {
      const above = parents.filter((parent) => parent < child).map((parent) => NAMES[parent]!);
      return above.length === 0 ? [] : [behind(NAMES[child]!, above, needs)];
    }),
  );

/** Cut off: with a fault of its own, or some bundle of paths of which too many are cut off. */
function isCutOff(edges: readonly Dependency[], down: readonly string[], device: string): boolean {
  return down.includes(device) || isBehind(edges, down, device);
}

function isBehind(edges: readonly Dependency[], down: readonly string[], device: string): boolean {
  return edges
    .filter(({ child }) => child === device)
    .some(({ parents, needs }) => {
      const cut = parents.filter((parent) => isCutOff(edges, down, parent)).length;
      return needs === 'all' ? cut > 0 : cut === parents.length;
    });
}

test('redundant paths are walked as a person would walk them', () => {
  fc.assert(
    fc.property(paths, fc.subarray(NAMES), (edges, down) => {
      const { watch, ask } = stage(buildGraph(edges));
      watch.begin(
        down.map((device, index) => fault(index + 1, device)),
        NOW,
      );
      for (const device of NAMES) {
        expect(ask(device)?.why === 'dependency', device).toBe(isBehind(edges, down, device));
      }
    }),
    { numRuns: 500 },
  );
});

test('in the end nobody is kept quiet: up for long enough, every fault may be told', () => {
  fc.assert(
    fc.property(paths, fc.subarray(NAMES), (edges, down) => {
      const { watch, ask, proven } = stage(buildGraph(edges));
      for (const name of NAMES) proven.set(name, 0);
      watch.begin(
        down.map((device, index) => fault(index + 1, device)),
        NOW,
      );
      watch.begin([], NOW + MINUTE);
      watch.begin([], NOW + 10 * MINUTE);
      for (const device of NAMES) expect(ask(device, { openedMs: NOW })).toBeNull();
    }),
    { numRuns: 200 },
  );
});

function turned({ child, parents }: Dependency): Dependency {
  return behind(parents[0]!, [child]);
}
