/**
 * Quiet over time, with a simple list of faults that does what the ledger does: a fault that opens
 * while something holds it is suppressed, and asked about at every tick until nothing does.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QuietRoom } from '../../src/collector/quiet/quiet.ts';
import { ACTOR, fault, policyOf, quietRig, request } from '../collector/quiet/rig.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Listed = ReturnType<typeof fault>;

/** Faults that go on, who keeps them quiet, and everything people heard. */
function faultList(room: QuietRoom, now: () => number) {
  const open = new Map<string, Listed>();
  const quiet = new Map<string, string>();
  const heard: string[] = [];
  let number = 0;
  const ask = (one: Listed) =>
    room.quietOf({ ...one, fault: one.id, indicator: one.indicator as string });
  return {
    open,
    quiet,
    heard,
    /** One tick: what fails and what recovers, by device. */
    tick: (fails: readonly string[] = [], recovers: readonly string[] = []) => {
      room.begin([...open.values()]);
      for (const [device] of quiet) {
        const one = open.get(device)!;
        const why = ask(one);
        if (why === null) {
          quiet.delete(device);
          heard.push(`${device} down`);
        } else {
          quiet.set(device, `${why.why} ${why.by}`);
        }
      }
      for (const device of recovers) {
        if (!open.delete(device)) continue;
        // Recovery goes only to those who were told.
        if (!quiet.delete(device)) heard.push(`${device} up`);
      }
      for (const device of fails) {
        if (open.has(device)) continue;
        const one = fault(++number, device, { openedMs: now() });
        open.set(device, one);
        const why = ask(one);
        if (why === null) heard.push(`${device} down`);
        else quiet.set(device, `${why.why} ${why.by}`);
      }
    },
  };
}

const CHILDREN = ['web', 'db', 'nas'];

async function site() {
  const rig = await quietRig({
    policy: policyOf([{ parents: ['router'], children: { devices: CHILDREN } }]),
  });
  rig.devices = ['router', ...CHILDREN].map((name) => ({ name, labels: {} }));
  rig.proven.set('router', rig.clock.now());
  const list = faultList(rig.room, rig.clock.now);
  return { rig, list };
}

test('a router that dies, noticed after its children, is told alone; its recovery once', async () => {
  const { rig, list } = await site();
  await rig.clock.advance(SECOND);
  list.tick(CHILDREN);
  expect(list.heard).toEqual([]);
  expect([...list.quiet.values()]).toEqual(CHILDREN.map(() => 'held router'));
  await rig.clock.advance(30 * SECOND);
  list.tick(['router']);
  expect(list.heard).toEqual(['router down']);
  await rig.clock.advance(SECOND);
  list.tick();
  expect([...list.quiet.values()]).toEqual(CHILDREN.map(() => 'dependency F-000004'));
  await rig.clock.advance(HOUR);
  list.tick([], ['router']);
  await rig.clock.advance(SECOND);
  list.tick();
  await rig.clock.advance(MINUTE);
  list.tick([], CHILDREN);
  await rig.clock.advance(HOUR);
  list.tick();
  expect(list.heard).toEqual(['router down', 'router up']);
});

test('a child that stays down after its parent’s recovery is told after its checks', async () => {
  const { rig, list } = await site();
  list.tick(['router']);
  await rig.clock.advance(SECOND);
  list.tick(CHILDREN);
  await rig.clock.advance(MINUTE);
  list.tick([], ['router', 'web', 'db']);
  await rig.clock.advance(SECOND);
  list.tick();
  await rig.clock.advance(2 * MINUTE);
  list.tick();
  expect(list.heard).toEqual(['router down', 'router up']);
  await rig.clock.advance(MINUTE);
  list.tick();
  expect(list.heard).toEqual(['router down', 'router up', 'nas down']);
});

test('a child that fails alone is told as soon as its parent is seen', async () => {
  const { rig, list } = await site();
  await rig.clock.advance(SECOND);
  list.tick(['web']);
  await rig.clock.advance(20 * SECOND);
  list.tick();
  expect(list.heard).toEqual([]);
  rig.proven.set('router', rig.clock.now());
  list.tick();
  expect(list.heard).toEqual(['web down']);
});

test('maintenance: silence inside, then one word about each fault', async () => {
  const { rig, list } = await site();
  const covers = { devices: ['web', 'db'] };
  await rig.room.windows.register(request(rig.clock.now() + MINUTE, { covers }), ACTOR);
  await rig.clock.advance(MINUTE);
  list.tick(['web', 'db']);
  await rig.clock.advance(30 * MINUTE);
  list.tick([], ['db']);
  await rig.clock.advance(30 * MINUTE);
  list.tick();
  expect(list.heard).toEqual(['web down']);
  expect(rig.room.windows.outcomesAfter(0, 10)).toMatchObject([
    { device: 'web', result: 'still_failing' },
    { device: 'db', result: 'recovered' },
  ]);
});

test('whatever fails and recovers: children are silent behind their router, and nothing is forgotten', async () => {
  const devices = ['router', ...CHILDREN];
  const step = fc.record({
    fails: fc.subarray(devices),
    recovers: fc.subarray(devices),
    afterMs: fc.integer({ min: SECOND, max: 3 * MINUTE }),
    seen: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { rig, list } = await site();
      for (const { fails, recovers, afterMs, seen } of steps) {
        await rig.clock.advance(afterMs);
        const before = list.heard.length;
        const wasDown = list.open.has('router');
        if (seen && !wasDown) rig.proven.set('router', rig.clock.now());
        list.tick(fails, recovers);
        const fresh = list.heard.slice(before);
        const children = fresh.filter(
          (word) => !word.startsWith('router') && word.endsWith('down'),
        );
        if (wasDown) expect(children).toEqual([]);
      }
      for (let i = 0; i < 8; i++) {
        await rig.clock.advance(5 * MINUTE);
        list.tick();
      }
      // In the end whatever goes on was told, or is the symptom of a router that is down.
      for (const [device, why] of list.quiet) {
        expect(CHILDREN).toContain(device);
        expect(why).toBe(`dependency ${list.open.get('router')?.id}`);
      }
      // Nobody hears of a recovery without having heard of the fault.
      for (const device of devices) {
        const words = list.heard.filter((word) => word.startsWith(`${device} `));
        words.forEach((word, index) => {
          expect(word).toBe(`${device} ${index % 2 === 0 ? 'down' : 'up'}`);
        });
      }
      await rig.room.close();
    }),
    { numRuns: 25 },
  );
});
