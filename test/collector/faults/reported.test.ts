/** Faults that no threshold noticed in time: from people, traps and other systems; from late data. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LateBreach } from '../../../src/collector/faults/faults.ts';
import { context } from './context.ts';
import { Room, said } from './room.ts';
import { breached, ok, START_MS } from './verdicts.ts';

const MINUTE_MS = 60_000;
let room: Room;
beforeEach(async () => {
  room = new Room();
  await room.open();
});
afterEach(() => room.close());

describe('a fault that a person reports', () => {
  it('has a number, a level and the same clocks as any other', async () => {
    const { fault } = await room.raise({ urgency: 'high', severity: 'critical' });
    expect(fault).toMatchObject({
      id: 'F-000001',
      origin: 'person',
      device: '报表系统',
      indicator: 'person',
      level: 2,
      state: 'open',
      policy: 'four_level',
      phenomenon: { zh: '无法登录' },
      clocks: [{ clock: 'respond', deadlineMs: START_MS + 10 * MINUTE_MS }, {}, {}],
    });
    room.wait(10);
    expect(await room.tick()).toEqual(
      expect.arrayContaining(['1 clock respond 100', '1 promoted']),
    );
  });

  it('is a fault of its own each time, unless it says of what', async () => {
    const ids: string[] = [];
    for (const item of ['', '', 'login', 'login']) ids.push((await room.raise({ item })).fault.id);
    expect(ids).toEqual(['F-000001', 'F-000002', 'F-000003', 'F-000003']);
  });

  it('is over when it is repaired and verified: no figure will ever say so', async () => {
    await room.raise();
    await room.do('responded');
    room.wait(30);
    await room.do('repaired');
    room.wait(5);
    await room.do('verified');
    expect(await room.fault()).toMatchObject({
      state: 'verified',
      recoveredMs: START_MS + 30 * MINUTE_MS,
      verifiedMs: START_MS + 35 * MINUTE_MS,
    });
    room.wait(60);
    expect(await room.tick()).toContain('1 closed');
  });

  it.each([
    [{ device: ' ' }, 'the device is not a name in one line'],
    [{ device: 'a\nb' }, 'the device is not a name in one line'],
    [{ item: 'x'.repeat(257) }, 'the item has 257 characters'],
    [{ phenomenon: { en: '', zh: ' ' } }, 'the phenomenon is empty'],
    [{ phenomenon: { en: '\u001b[2J', zh: '' } }, 'the phenomenon holds control characters'],
    [{ by: '' }, 'the step has no name of who took it'],
  ])('is refused: %j', async (more, message) => {
    await expect(room.raise(more)).rejects.toMatchObject({ code: 'bad_request', message });
  });
});

describe('a fault that a trap or another system raises', () => {
  const PORT = { device: 'sw-1', rule: 'trap:linkDown', item: 'Gi0/1' };
  const trap = { origin: 'trap', ...PORT } as const;

  it('is one however often it is said, worsens, and is cleared', async () => {
    const kinds: string[] = [];
    for (const severity of ['warning', 'warning', 'critical'] as const) {
      kinds.push(...said((await room.raise({ ...trap, severity })).entries));
    }
    expect(kinds).toEqual(['1 opened', '1 worsened']);
    const place = { ...PORT, origin: 'trap', by: 'trap', note: 'up' } as const;
    room.wait(3);
    const entry = await room.faults.clear({ ...place, atMs: room.clock.now() });
    expect(entry).toMatchObject({ kind: 'recovered', note: 'up', by: 'trap' });
    expect(await room.faults.clear({ ...place, atMs: room.clock.now() })).toBeNull();
    expect(said((await room.raise(trap)).entries)).toEqual(['1 reopened']);
  });

  it('may be quiet like any other', async () => {
    room.context = context({ quietOf: () => ({ why: 'window', by: 'W-1', note: 'planned' }) });
    const { fault, entries } = await room.raise(trap);
    expect(said(entries)).toEqual(['1 opened', '1 suppressed']);
    expect(fault).toMatchObject({ state: 'suppressed', quiet: { why: 'window' }, links: [] });
  });

  it('did not begin tomorrow, nor end before it began', async () => {
    const { fault } = await room.raise({ ...trap, beganMs: START_MS + 1e9 });
    expect(fault.beganMs).toBe(START_MS);
    const place = { ...PORT, origin: 'trap', by: 'trap', note: '' } as const;
    await room.faults.clear({ ...place, atMs: 5 });
    expect(await room.fault()).toMatchObject({ recoveredMs: START_MS });
  });
});

describe('a report of a fault that another origin noticed', () => {
  const disk = { device: 'web-1', rule: 'disk_full', item: '/data' };
  const clearing = { ...disk, atMs: START_MS, by: 'am', note: 'resolved there' };

  it.each(['trap', 'inbound', 'self'] as const)('%s: neither ends nor eases it', async (origin) => {
    await room.tick(breached('critical'));
    expect(await room.faults.clear({ origin, ...clearing })).toBeNull();
    const { fault, entries } = await room.raise({ origin, ...disk, severity: 'warning' });
    expect(fault).toMatchObject({ id: 'F-000001', state: 'open', severity: 'critical', level: 2 });
    expect(entries).toEqual([]);
    // Its own threshold ends it, as ever.
    expect(await room.tick(ok())).toEqual(['1 recovered']);
  });

  it('is a fault of its own once that one is over, and only its own origin ends it', async () => {
    await room.tick(breached());
    await room.tick(ok());
    const { entries } = await room.raise({ origin: 'inbound', ...disk });
    expect(said(entries)).toEqual(['2 opened']);
    expect(await room.faults.clear({ origin: 'trap', ...clearing })).toBeNull();
    expect(await room.faults.clear({ origin: 'inbound', ...clearing })).toMatchObject({
      ...{ fault: 'F-000002', kind: 'recovered' },
    });
    expect(await room.tick(breached())).toEqual(['3 opened']);
  });
});

describe('late data', () => {
  const late = (device: string, minute: number): LateBreach => ({
    verdict: breached('critical', { device, sinceMs: START_MS - 120 * MINUTE_MS }),
    endedMs: START_MS - (120 - minute) * MINUTE_MS,
  });

  it('makes closed faults, flagged late, that nobody is told of but by one summary', async () => {
    const entries = await room.faults.recordLate([late('a', 10), late('b', 50)], room.context);
    expect(said(entries)).toEqual(['1 late', '2 late', '2 late_summary']);
    expect(entries[2]?.detail).toEqual({
      count: 2,
      faults: ['F-000001', 'F-000002'],
      devices: ['a', 'b'],
      fromMs: START_MS - 120 * MINUTE_MS,
      toMs: START_MS - 70 * MINUTE_MS,
    });
    expect(await room.fault()).toMatchObject({
      state: 'closed',
      late: true,
      level: 2,
      beganMs: START_MS - 120 * MINUTE_MS,
      recoveredMs: START_MS - 110 * MINUTE_MS,
      closedMs: START_MS,
    });
    expect(room.faults.open()).toEqual([]);
    room.wait(10_000);
    expect(await room.tick()).toEqual([]);
  });

  it('is told on the gravest fault, wherever it stands in the row', async () => {
    const mild = (device: string): LateBreach => {
      const { verdict, endedMs } = late(device, 10);
      return { verdict: { ...verdict, severity: 'warning', urgency: 'low' }, endedMs };
    };
    const found = [mild('a'), late('b', 20), mild('c')];
    const entries = await room.faults.recordLate(found, room.context);
    expect(said(entries)).toEqual(['1 late', '2 late', '3 late', '2 late_summary']);
    expect(entries[3]?.detail).toMatchObject({ count: 3, devices: ['a', 'b', 'c'] });
  });

  it('is recorded once, and never over what was known in time', async () => {
    await room.faults.recordLate([late('a', 10)], room.context);
    expect(await room.faults.recordLate([late('a', 10)], room.context)).toEqual([]);
    await room.restart();
    expect(await room.faults.recordLate([late('a', 8)], room.context)).toEqual([]);
    await room.tick(breached('critical', { device: 'c', sinceMs: START_MS - 119 * MINUTE_MS }));
    expect(await room.faults.recordLate([late('c', 10)], room.context)).toEqual([]);
    expect(await room.faults.recordLate([], room.context)).toEqual([]);
  });

  it('counts in the history of its own time', async () => {
    await room.faults.recordLate([late('a', 10)], room.context);
    const window = (minute: number) =>
      room.faults.list({ fromMs: START_MS - minute * MINUTE_MS, toMs: START_MS });
    expect(await window(111)).toHaveLength(1);
    expect(await window(100)).toHaveLength(0);
  });
});

describe('a device that is taken out', () => {
  it('takes its faults along, grave ones too, and only its own', async () => {
    await room.tick(breached('critical'), breached('warning', { device: 'other' }));
    const entries = await room.faults.retire('web-1', { by: 'admin', note: 'scrapped' });
    expect(said(entries)).toEqual(['1 closed']);
    expect(room.faults.open().map(({ device }) => device)).toEqual(['other']);
    expect(await room.tick(ok())).toEqual([]);
  });
});
