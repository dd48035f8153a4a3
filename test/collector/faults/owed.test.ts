/** What time and quiet owe to faults: warnings, promotions, releases, closings. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Quiet } from '../../../src/collector/faults/faults.ts';
import { context } from './context.ts';
import { Room } from './room.ts';
import { breached, ok, START_MS } from './verdicts.ts';

const MINUTE_MS = 60_000;
let room: Room;
beforeEach(async () => {
  room = new Room();
  await room.open();
});
afterEach(() => room.close());

const CAUSE: Quiet = { why: 'dependency', by: 'F-000009', note: 'its switch is down' };

describe('the clocks', () => {
  it('are told at 50, 80 and 100 %, and a missed limit raises the level', async () => {
    expect(await room.tick(breached())).toEqual(['1 opened']);
    const told: string[] = [];
    for (let minute = 1; minute <= 31; minute++) {
      room.wait(1);
      for (const entry of await room.tick()) told.push(`${minute}: ${entry}`);
    }
    expect(told).toEqual([
      '10: 1 clock respond 50',
      '15: 1 clock arrive 50',
      '16: 1 clock respond 80',
      '20: 1 clock respond 100',
      '20: 1 promoted',
      '24: 1 clock arrive 80',
      '30: 1 clock arrive 100',
      '30: 1 promoted',
    ]);
    expect(await room.fault()).toMatchObject({ level: 1 });
  });

  it('say the same, once each, when nobody ran meanwhile', async () => {
    await room.tick(breached());
    await room.faults.close();
    room.wait(60 * 24);
    await room.open();
    const entries = await room.faults.advance(room.context);
    const moments = entries.map(({ kind, detail }) => [
      kind,
      (Number(detail.dueMs ?? detail.sinceMs) - START_MS) / MINUTE_MS,
    ]);
    expect(moments).toEqual([
      ['clock', 10],
      ['clock', 15],
      ['clock', 16],
      ['clock', 20],
      ['promoted', 20],
      ['clock', 24],
      ['clock', 30],
      ['promoted', 30],
      // Level 2 from minute 20 asked for 8 hours from then; level 1 asks for no limit.
      ['clock', 20 + 240],
      ['clock', 20 + 384],
      ['clock', 20 + 480],
    ]);
    expect(await room.tick()).toEqual([]);
    await room.restart();
    expect(await room.tick()).toEqual([]);
  });

  it('are the same to the millisecond before and after a restart', async () => {
    await room.tick(breached('critical'), breached('warning', { item: '/' }));
    await room.do('paused', { reason: 'waiting_for_parts' });
    room.wait(7);
    await room.do('resumed');
    await room.do('levelled', { fault: 'F-000002', level: 1 });
    const before = room.faults.open();
    await room.restart();
    expect(room.faults.open()).toEqual(before);
    expect(before.map(({ clocks }) => clocks.length)).toEqual([3, 3]);
  });

  it('stop at the step, and nothing is told after it', async () => {
    await room.tick(breached());
    room.wait(9);
    await room.do('arrived');
    room.wait(60);
    expect(await room.tick()).toEqual([]);
    expect((await room.fault()).clocks.map(({ state }) => state)).toEqual([
      'met',
      'met',
      'running',
    ]);
  });

  it('were missed also when the step was faster than the tick', async () => {
    await room.tick(breached());
    room.wait(21);
    await room.do('responded');
    expect(await room.tick()).toEqual([
      '1 clock respond 50',
      '1 clock arrive 50',
      '1 clock respond 80',
      '1 clock respond 100',
      '1 promoted',
    ]);
    expect((await room.fault()).clocks[0]).toMatchObject({ clock: 'respond', state: 'missed' });
  });

  it('hold what the policy was when the fault opened', async () => {
    const { LEVELS } = await import('./ledger-entries.ts');
    const strict = structuredClone({ ...LEVELS, calendars: null });
    strict.policies.four_level!.levels[3].respond = 60_000;
    await room.tick(breached());
    const before = room.faults.open()[0]?.clocks;
    room.faults.reload({ ...strict, calendars: LEVELS.calendars });
    expect(room.faults.open()[0]?.clocks).toEqual(before);
    await room.tick(breached('warning', { item: '/' }));
    expect(room.faults.open()[0]?.clocks[0]?.limitMs).toBe(60_000);
    await room.restart();
    expect(room.faults.open().map(({ clocks }) => clocks[0]?.limitMs)).toEqual([60_000, 1_200_000]);
  });

  it('are of the policy that the device names; of the default for one that is not there', async () => {
    room.context = context({ policyOf: (device) => (device === 'cam' ? 'field_equipment' : 'x') });
    await room.tick(breached('warning', { device: 'cam' }), breached());
    expect(room.faults.open().map(({ policy, clocks }) => [policy, clocks[2]?.limitMs])).toEqual([
      ['four_level', 12 * 3_600_000],
      ['field_equipment', 4 * 3_600_000],
    ]);
  });
});

describe('what is quiet', () => {
  it('is stored as suppressed, runs no clock, and is released once when nothing holds it', async () => {
    let quiet: Quiet | null = CAUSE;
    room.context = context({ quietOf: () => quiet });
    expect(await room.tick(breached())).toEqual(['1 opened', '1 suppressed']);
    expect(room.faults.open()).toMatchObject([{ state: 'suppressed', quiet: CAUSE }]);
    room.wait(600);
    expect(await room.tick()).toEqual([]);
    await room.restart();
    expect(await room.tick(breached('critical'))).toEqual(['1 worsened']);
    quiet = null;
    expect(await room.tick()).toEqual(['1 released']);
    expect(await room.fault()).toMatchObject({
      state: 'open',
      quiet: null,
      clocks: [{ startMs: room.clock.now(), state: 'running' }, {}, {}],
    });
    quiet = CAUSE;
    expect(await room.tick()).toEqual([]);
  });

  it('is asked about with everything it needs, once a tick', async () => {
    const asked: unknown[] = [];
    room.context = context({
      quietOf: (about) => {
        asked.push(about);
        return CAUSE;
      },
    });
    await room.faults.apply([breached()], room.context);
    await room.faults.advance(room.context);
    const { device, rule, indicator, item } = breached();
    const about = { fault: 'F-000001', device, rule, indicator, item, openedMs: START_MS };
    expect(asked).toEqual([about, about]);
  });

  it('that was held for its silent parent becomes a symptom of the fault of the parent, once', async () => {
    let quiet: Quiet = { why: 'held', by: 'router', note: 'its parent is silent' };
    await room.tick(breached('critical', { device: 'router', item: '' }));
    room.context = context({ quietOf: () => quiet });
    await room.tick(breached());
    expect(await room.tick()).toEqual([]);
    quiet = { ...CAUSE, by: 'F-000001' };
    expect(await room.tick()).toEqual(['2 suppressed']);
    expect(await room.tick()).toEqual([]);
    quiet = { why: 'held', by: 'router', note: 'its parent has just come back' };
    expect(await room.tick()).toEqual([]);
    expect((await room.faults.show('F-1')).symptoms).toBe(1);
    expect(await room.fault('F-2')).toMatchObject({
      quiet: { why: 'dependency', by: 'F-000001' },
      links: [{ fault: 'F-000001', how: 'cause' }],
    });
  });

  it('is asked about as of its return when it comes back', async () => {
    await room.tick(breached());
    await room.tick(ok());
    room.wait(5);
    const asked: number[] = [];
    room.context = context({
      quietOf: ({ openedMs }) => {
        asked.push(openedMs);
        return CAUSE;
      },
    });
    expect(await room.tick(breached())).toEqual(['1 reopened', '1 suppressed']);
    room.wait(1);
    await room.tick();
    expect(new Set(asked)).toEqual(new Set([START_MS + 5 * MINUTE_MS]));
  });

  it('recovers as quietly and closes by itself, also at level 2, without an explanation', async () => {
    room.context = context({ quietOf: () => CAUSE });
    await room.tick(breached('critical'));
    expect(await room.fault()).toMatchObject({ level: 2, state: 'suppressed' });
    expect(await room.tick(ok())).toEqual(['1 recovered']);
    room.wait(15);
    expect(await room.tick()).toEqual(['1 closed']);
    expect((await room.fault()).clocks.map(({ state }) => state)).toEqual([
      'waiting',
      'waiting',
      'waiting',
    ]);
  });

  it('belongs to its cause, also when that is over', async () => {
    await room.tick(breached('critical', { device: 'switch', item: '' }));
    room.context = context({ quietOf: () => ({ ...CAUSE, by: 'F-000001' }) });
    await room.tick(...['a', 'b', 'c'].map((device) => breached('warning', { device })));
    const scope = await room.faults.show('F-1');
    expect([scope.symptoms, scope.devices]).toEqual([3, ['switch', 'a', 'b', 'c']]);
    const symptoms = await room.faults.list({ cause: 'F-000001' });
    expect(symptoms.map(({ device }) => device)).toEqual(['c', 'b', 'a']);
    expect(await room.faults.list({ state: 'announced' })).toHaveLength(1);
    expect(await room.faults.list({ state: 'suppressed' })).toHaveLength(3);
    room.context = context();
    await room.tick();
    expect((await room.faults.show('F-1')).symptoms).toBe(3);
  });
});

describe('what comes and goes', () => {
  /** As the quiet room would: six changes make it flap, ten minutes of peace end it. */
  const flapOf = (changesMs: readonly number[]) => {
    const calm = room.clock.now() - (changesMs.at(-1) ?? 0) >= 10 * MINUTE_MS;
    const state = changesMs.length >= 6 && !calm ? ('flapping' as const) : ('steady' as const);
    return { state };
  };

  it('is said once, and once more when it is over', async () => {
    room.context = context({ flapOf });
    const told: string[] = [];
    for (let i = 0; i < 6; i++) {
      told.push(...(await room.tick(i % 2 === 0 ? breached() : ok())));
      room.wait(1);
    }
    expect(told).toEqual([
      ...['1 opened', '1 recovered', '1 reopened', '1 recovered', '1 reopened', '1 recovered'],
      '1 flapping',
    ]);
    expect(await room.fault()).toMatchObject({ flapping: true, reopened: 2 });
    await room.restart();
    expect(await room.tick(breached())).toEqual(['1 reopened']);
    room.wait(9);
    expect(await room.tick()).toEqual([]);
    room.wait(1);
    expect(await room.tick()).toContain('1 steadied');
    expect(await room.fault()).toMatchObject({ flapping: false, state: 'open' });
  });
});
