/** Windows against a walk through every minute: who is quiet when, planned or not. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QuietRoom, Window, WindowRequest } from '../../../src/collector/quiet/quiet.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { ACTOR, about, quietRig } from './rig.ts';

const MINUTE = 60_000;
const DEVICES: readonly { name: string; labels: Record<string, string> }[] = [
  { name: 'web-1', labels: { site: 'n' } },
  { name: 'web-2', labels: { site: 's' } },
  { name: 'db-1', labels: { site: 'n', group: 'shop' } },
];

const covers = fc.constantFrom<WindowRequest['covers'][]>(
  { devices: ['web-*'] },
  { labels: { site: 'n' } },
  { groups: ['shop'] },
  { devices: ['*'], except: ['web-1'] },
);
const once = fc.record({
  kind: fc.constant('once' as const),
  from: fc.integer({ min: 0, max: 600 }),
  length: fc.integer({ min: 1, max: 300 }),
});
const hourly = fc.record({
  kind: fc.constant('cron' as const),
  minute: fc.integer({ min: 0, max: 59 }),
  length: fc.integer({ min: 1, max: 60 }),
});
const plan = fc.record({
  covers,
  when: fc.oneof(once, hourly),
  registeredAt: fc.integer({ min: 0, max: 300 }),
  endedAfter: fc.option(fc.integer({ min: 1, max: 400 }), { nil: null }),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

function requestOf({ covers: selector, when }: Plan, startMs: number): WindowRequest {
  const said = { covers: selector, reason: 'work', approver: 'zhao' };
  if (when.kind === 'once') {
    const fromMs = startMs + when.from * MINUTE;
    return { ...said, schedule: { kind: 'once', fromMs, toMs: fromMs + when.length * MINUTE } };
  }
  const durationMs = when.length * MINUTE;
  const cron = `${when.minute} * * * *`;
  return { ...said, schedule: { kind: 'cron', cron, timezone: 'UTC', durationMs, untilMs: null } };
}

const meant = (selector: WindowRequest['covers'], name: string): boolean => {
  const { labels } = DEVICES.find((device) => device.name === name)!;
  if (selector.except?.includes(name)) return false;
  if (selector.devices) return selector.devices[0] === '*' || name.startsWith('web-');
  if (selector.groups) return 'group' in labels;
  return labels.site === 'n';
};

/** Whether a window keeps the device quiet in this minute, from its words alone. */
function covered(
  { covers: selector, schedule, registeredMs, endedMs }: Window,
  name: string,
  atMs: number,
) {
  if (!meant(selector, name) || atMs < registeredMs) return false;
  if (endedMs !== null && atMs >= endedMs) return false;
  if (schedule.kind === 'once') return atMs >= schedule.fromMs && atMs < schedule.toMs;
  if (schedule.kind !== 'cron') return false;
  const intoHour = (((atMs / MINUTE) % 60) - Number(schedule.cron.split(' ')[0]) + 60) % 60;
  return intoHour < schedule.durationMs / MINUTE;
}

const overlapsItself = (error: unknown): boolean =>
  String(error).includes('overlaps W-') || String(error).includes('in the past');

/** Registers, ends and asks minute by minute; gives what was asked and answered. */
async function lived(
  room: QuietRoom,
  clock: { now(): number; advance(ms: number): Promise<void> },
  plans: readonly Plan[],
) {
  const startMs = clock.now();
  const answers: [string, number, string | null][] = [];
  const ends = new Map<string, number>();
  for (let minute = 0; minute < 700; minute++) {
    for (const one of plans.filter(({ registeredAt }) => registeredAt === minute)) {
      try {
        const { id } = await room.windows.register(requestOf(one, startMs), ACTOR);
        if (one.endedAfter !== null) ends.set(id, minute + one.endedAfter);
      } catch (error) {
        expect(overlapsItself(error)).toBe(true);
      }
    }
    for (const [id, at] of ends) {
      if (at !== minute || room.windows.stateOf(room.windows.show(id)) === 'past') continue;
      await room.windows.end(id, { by: 'zhao', note: '', version: null }, ACTOR);
    }
    room.begin([]);
    for (const { name } of DEVICES) {
      const quiet = room.quietOf(about(name, { rule: `r${minute}`, indicator: 'load1' }));
      answers.push([name, clock.now(), quiet?.why === 'window' ? quiet.by : null]);
    }
    await clock.advance(MINUTE);
  }
  return answers;
}

test('a device is quiet in exactly the minutes that its windows say, and its spans say the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 4 }), async (plans) => {
      const rig = await quietRig();
      rig.devices = DEVICES;
      const startMs = rig.clock.now();
      const answers = await lived(rig.room, rig.clock, plans);
      const windows = rig.room.windows.list({});
      const spans = new Map(
        DEVICES.map(({ name }) => [
          name,
          rig.room.windows.spansOf(name, startMs, startMs + DAY_MS),
        ]),
      );
      for (const [name, atMs, by] of answers) {
        const expected = windows
          .filter((window) => covered(window, name, atMs))
          .map(({ id }) => id);
        const place = `${name} at ${(atMs - startMs) / MINUTE}`;
        expect(by === null, place).toBe(expected.length === 0);
        if (by !== null) expect(expected, place).toContain(by);
        const inSpans = (spans.get(name) ?? []).filter(
          ({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs,
        );
        expect(inSpans.map(({ window }) => window).sort(), place).toEqual(expected.sort());
      }
      for (const { window, fromMs, planned } of [...spans.values()].flat()) {
        const { registeredMs, schedule } = rig.room.windows.show(window);
        if (schedule.kind === 'once') expect(planned).toBe(registeredMs < schedule.fromMs);
        else expect(planned).toBe(registeredMs < fromMs);
      }
      await rig.room.close();
    }),
    { numRuns: 6 },
  );
});

test('in the hours around both changes of the clock a nightly window has its length to the minute', async () => {
  for (const day of ['2026-03-29', '2026-10-25']) {
    const rig = await quietRig();
    rig.clock.jump(Date.parse(`${day}T00:00:00Z`) - 12 * HOUR_MS - rig.clock.now());
    await rig.room.windows.register(
      {
        covers: { devices: ['*'] },
        schedule: {
          kind: 'cron',
          cron: '30 1 * * *',
          timezone: 'Europe/Berlin',
          durationMs: 2 * HOUR_MS,
          untilMs: null,
        },
        reason: 'backup',
        approver: 'zhao',
      },
      ACTOR,
    );
    let minutes = 0;
    for (let minute = 0; minute < 24 * 60; minute++) {
      rig.room.begin([]);
      if (rig.room.quietOf(about('a', { rule: `r${minute}` }))?.why === 'window') minutes++;
      rig.clock.jump(MINUTE);
    }
    expect(minutes, day).toBe(120);
  }
});
