/** A repair that its breach outlives. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Room } from './room.ts';
import { breached, ok } from './verdicts.ts';

let room: Room;
beforeEach(async () => {
  room = new Room();
  await room.open();
});
afterEach(() => room.close());

describe('a fault that was repaired and still fails', () => {
  it('is open again after the time of its level, with clocks that run, once', async () => {
    await room.tick(breached());
    await room.do('responded');
    await room.do('repaired');
    await room.restart();
    room.wait(29);
    expect(await room.tick()).toEqual([]);
    room.wait(1);
    expect(await room.tick()).toEqual(['1 worsened']);
    expect(await room.tick(breached())).toEqual([]);
    expect(await room.fault()).toMatchObject({
      ...{ state: 'open', level: 3, severity: 'warning', respondedMs: null, repairedMs: null },
      clocks: [{ state: 'running', startMs: room.clock.now() }, {}, { state: 'running' }],
    });
    expect((await room.faults.show('F-1')).ledger.at(-1)?.note).toBe(
      'still failing after the repair',
    );
    room.wait(10);
    expect(await room.tick()).toEqual(['1 clock respond 50']);
  });

  it('stays repaired while it is paused, and once it recovered', async () => {
    await room.tick(breached());
    await room.do('repaired');
    await room.do('paused', { reason: 'waiting_for_parts' });
    room.wait(45);
    expect(await room.tick()).toEqual([]);
    await room.do('resumed');
    expect(await room.tick(ok())).toEqual(['1 recovered']);
    room.wait(45);
    expect(await room.tick()).toEqual([]);
  });

  it('is left to people where nothing tells its end', async () => {
    await room.raise({ origin: 'person' });
    await room.raise({ origin: 'trap', item: 'x' });
    await room.raise({ origin: 'inbound', item: 'y' });
    for (const fault of ['F-1', 'F-2', 'F-3']) await room.do('repaired', { fault });
    room.wait(30);
    expect(await room.tick()).toEqual(['3 worsened']);
  });
});
