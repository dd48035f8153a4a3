/** The room as the tick uses it: begin, ask, and what is told at a window's end. */
import { expect, test } from 'vitest';
import { DependencyWatch } from '../../../src/collector/quiet/dependency.ts';
import { buildGraph, type ParentGroup } from '../../../src/collector/quiet/graph.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { ACTOR, about, fault, policyOf, quietRig, request } from './rig.ts';

const MINUTE = 60_000;

test('windows come before causes, causes before storms', async () => {
  const rig = await quietRig({
    policy: policyOf([{ parents: ['router'], children: { devices: ['web-*', 'db-*'] } }]),
  });
  rig.devices = ['router', 'web-1', 'db-1'].map((name) => ({ name, labels: {} }));
  await rig.room.windows.register(request(rig.clock.now() + 1), ACTOR);
  await rig.clock.advance(1);
  rig.room.begin([fault(1, 'router')]);
  expect(rig.room.quietOf(about('web-1'))).toEqual({
    why: 'window',
    by: 'W-000001',
    note: 'kernel update',
  });
  expect(rig.room.quietOf(about('db-1'))?.why).toBe('dependency');
  for (const device of 'abc') expect(rig.room.quietOf(about(device))).toBeNull();
  expect(rig.room.quietOf(about('d'))?.by).toMatch(/^S-/);
  expect(rig.room.state()).toMatchObject({
    activeWindows: [{ id: 'W-000001' }],
    storm: { faults: 1 },
    dependents: 2,
    ignored: [],
  });
});

test('what a person reports and what the watch says of itself is never quiet', async () => {
  const rig = await quietRig({
    policy: policyOf([{ parents: ['router'], children: { devices: ['web-1'] } }]),
  });
  rig.devices = ['router', 'web-1'].map((name) => ({ name, labels: {} }));
  await rig.room.windows.register(request(rig.clock.now() + 1), ACTOR);
  await rig.clock.advance(1);
  rig.room.begin([fault(1, 'router')]);
  for (let number = 0; number < 10; number++) {
    for (const indicator of ['person', 'self']) {
      expect(rig.room.quietOf(about('web-1', { indicator, item: `${number}` }))).toBeNull();
    }
  }
  expect(rig.room.quietOf(about('web-1', { indicator: 'trap' }))?.why).toBe('window');
});

test('dependencies that people confirm count at once; one that closes a circle is left out', async () => {
  const rig = await quietRig({
    policy: policyOf([{ parents: ['router'], children: { devices: ['web'] } }]),
  });
  rig.devices = ['router', 'web', 'nas'].map((name) => ({ name, labels: {} }));
  rig.room.begin([fault(1, 'router')]);
  expect(rig.room.quietOf(about('nas'))).toBeNull();
  rig.confirmed = [
    { child: 'nas', parent: 'web' },
    { child: 'router', parent: 'nas' },
  ];
  rig.room.begin([fault(1, 'router')]);
  expect(rig.room.quietOf(about('nas'))?.by).toBe('F-000001');
  expect(rig.room.state().ignored).toEqual(['router → nas → web → router']);
  expect(rig.logged.filter((line) => line.includes('goes in a circle'))).toHaveLength(1);
});

test('a new device of the right label is behind the router from the next tick on', async () => {
  const rig = await quietRig({
    policy: policyOf([{ parents: ['router'], children: { labels: { site: 'n' } } }]),
  });
  rig.room.begin([fault(1, 'router')]);
  expect(rig.room.quietOf(about('new'))).toBeNull();
  rig.devices = [{ name: 'new', labels: { site: 'n' } }];
  rig.room.begin([fault(1, 'router')]);
  expect(rig.room.quietOf(about('new'))?.why).toBe('dependency');
});

test('a reload takes effect with the next tick', async () => {
  const rig = await quietRig();
  rig.devices = [{ name: 'web', labels: {} }];
  rig.room.reload(policyOf([{ parents: ['router'], children: { devices: ['web'] } }]));
  rig.room.begin([fault(1, 'router')]);
  expect(rig.room.quietOf(about('web'))?.why).toBe('dependency');
});

/** A window of an hour over the webs, two of them failing inside. */
async function insideWindow() {
  const rig = await quietRig();
  await rig.room.windows.register(request(rig.clock.now() + MINUTE), ACTOR);
  await rig.clock.advance(MINUTE);
  rig.room.begin([]);
  const [one, two] = [fault(1, 'web-1'), fault(2, 'web-2')];
  for (const { device } of [one, two]) {
    expect(rig.room.quietOf(about(device))?.by).toBe('W-000001');
  }
  return { rig, one, two };
}

const results = (rig: Awaited<ReturnType<typeof quietRig>>) =>
  rig.room.windows
    .outcomesAfter(0, 100)
    .map(({ window, fault: id, result }) => `${window} ${id} ${result}`);

test('at the window’s end each of its faults is told once: still failing or recovered', async () => {
  const { rig, one, two } = await insideWindow();
  rig.room.begin([one, two]);
  await rig.clock.advance(HOUR_MS - 1);
  rig.room.begin([one]);
  expect(results(rig)).toEqual([]);
  await rig.clock.advance(1);
  rig.room.begin([one]);
  expect(rig.room.quietOf(about('web-1'))).toBeNull();
  rig.room.begin([one]);
  expect(results(rig)).toEqual(['W-000001 F-000001 still_failing', 'W-000001 F-000002 recovered']);
  expect(rig.room.windows.outcomesAfter(1, 100)).toHaveLength(1);
  expect((await rig.audit()).at(-1)).toBe('system window.over W-000001');
});

test('a restart in the window, or over its end, changes nothing of that', async () => {
  const { rig, one, two } = await insideWindow();
  rig.room.begin([one, two]);
  await rig.restart();
  await rig.clock.advance(HOUR_MS);
  await rig.restart();
  rig.room.begin([two]);
  expect(results(rig)).toEqual(['W-000001 F-000001 recovered', 'W-000001 F-000002 still_failing']);
});

test('a fault that another window goes on covering is told at the end of that one', async () => {
  const { rig, one, two } = await insideWindow();
  await rig.room.windows.register(
    request(rig.clock.now(), {
      covers: { devices: ['web-1'] },
      schedule: {
        kind: 'once',
        fromMs: rig.clock.now(),
        toMs: rig.clock.now() + 2 * HOUR_MS,
      },
    }),
    ACTOR,
  );
  rig.room.begin([one, two]);
  await rig.clock.advance(HOUR_MS);
  rig.room.begin([one, two]);
  expect(results(rig)).toEqual(['W-000001 F-000002 still_failing']);
  await rig.clock.advance(HOUR_MS);
  rig.room.begin([one, two]);
  expect(results(rig)).toEqual([
    'W-000001 F-000002 still_failing',
    'W-000002 F-000001 still_failing',
  ]);
});

test('a window that somebody ends early is over at once', async () => {
  const { rig, one, two } = await insideWindow();
  rig.room.begin([one, two]);
  await rig.room.windows.end('W-000001', { by: 'zhao', note: 'done', version: null }, ACTOR);
  rig.room.begin([one, two]);
  expect(rig.room.quietOf(about('web-1'))).toBeNull();
  expect(results(rig)).toHaveLength(2);
});

test('a fault from before the window is not the window’s', async () => {
  const rig = await quietRig();
  await rig.room.windows.register(request(rig.clock.now() + MINUTE), ACTOR);
  await rig.clock.advance(MINUTE);
  rig.room.begin([fault(1, 'web-1')]);
  await rig.clock.advance(HOUR_MS);
  rig.room.begin([fault(1, 'web-1')]);
  expect(results(rig)).toEqual([]);
});

class CountingMap<K, V> extends Map<K, V> {
  gets = 0;
  override get(key: K): V | undefined {
    this.gets++;
    return super.get(key);
  }
}

test('5,000 symptoms cost a few look-ups each, however often they are asked', () => {
  const children = Array.from({ length: 5_000 }, (_, index) => `edge-${index}`);
  const { parentsOf } = buildGraph([
    ...children.map((child) => ({ child, parents: ['switch'], needs: 'all' as const })),
    { child: 'switch', parents: ['router'], needs: 'all' as const },
  ]);
  const counted = new CountingMap<string, readonly ParentGroup[]>(parentsOf);
  const sight = { provenUpMs: () => null, checkEveryMs: () => MINUTE };
  const graph = { parentsOf: counted, ignored: [] };
  const watch = new DependencyWatch(policyOf().dependencies, graph, sight);
  const open = [fault(1, 'router'), ...children.map((child, i) => fault(i + 2, child))];
  watch.begin(open, 0);
  for (const child of children) expect(watch.of(about(child))?.by).toBe('F-000001');
  expect(counted.gets).toBeLessThanOrEqual(children.length + 2);
  for (const child of children) watch.of(about(child));
  expect(counted.gets).toBeLessThanOrEqual(children.length + 2);
});
