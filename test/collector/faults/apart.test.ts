/** A step that a mistake of ours breaks stops no other step, and is not silent. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Apart, type Part } from '../../../src/collector/faults/apart.ts';
import type { LedgerEntry } from '../../../src/collector/faults/fault.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { createLog, silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { context } from './context.ts';
import { Room } from './room.ts';
import { breached, ok } from './verdicts.ts';

describe('parts', () => {
  const logged: string[] = [];
  const clock = manualClock();
  let apart: Apart;
  let written: string[];
  let calls: number;
  beforeEach(() => {
    logged.length = 0;
    written = [];
    calls = 0;
    const log = createLog({ write: (line) => void logged.push(line), now: clock.now });
    apart = new Apart({ clock, log });
  });

  const part = (about: string): Part => ({ about, add: () => {} });
  const numbered = Array.from({ length: 100 }, (_, n) => part(String(n)));
  const writeBut = (bad: string, error: unknown) => (parts: readonly Part[]) => {
    calls++;
    if (parts.some(({ about }) => about === bad)) throw error;
    written.push(...parts.map(({ about }) => about));
    return parts.map(({ about }) => ({ note: about }) as LedgerEntry);
  };

  it('are written at once when nothing is wrong', () => {
    expect(apart.write(numbered, writeBut('none', null)).entries).toHaveLength(100);
    expect(calls).toBe(1);
    expect(apart.setAside()).toEqual({ count: 0, atMs: Number.NaN });
  });

  it('are all written but the bad one, in their order and in few turns', () => {
    apart.write(numbered, writeBut('41', new TypeError('x is not a number')));
    expect(written).toEqual(numbered.map(({ about }) => about).filter((about) => about !== '41'));
    expect(calls).toBeLessThan(20);
    expect(apart.setAside()).toEqual({ count: 1, atMs: clock.now() });
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ about: '41', error: 'x is not a number' });
  });

  it('that failed rest for a minute, then are tried again', async () => {
    const write = writeBut('41', new TypeError('why'));
    apart.write(numbered, write);
    calls = 0;
    apart.write(numbered, write);
    expect([calls, logged.length]).toEqual([1, 1]);
    await clock.advance(60_000);
    apart.write([part('41')], writeBut('none', null));
    expect(written.at(-1)).toBe('41');
  });

  it.each(['disk_full', 'unavailable', 'io'] as const)('are not blamed for %s', (code) => {
    const error = new Failure(code, 'the disk', { hint: 'wait' });
    expect(() => apart.write(numbered, writeBut('41', error))).toThrow(error);
    expect(calls).toBe(1);
    expect(apart.setAside().count).toBe(0);
  });

  it('that do not exist and yet fail are the fault of the whole', () => {
    const write = () => {
      throw new TypeError('why');
    };
    expect(() => new Apart({ clock, log: silentLog }).write([], write)).toThrow('why');
  });
});

describe('the ledger', () => {
  let room: Room;
  beforeEach(async () => {
    room = new Room();
    await room.open();
  });
  afterEach(() => room.close());

  it('opens the other faults when one cannot be written', async () => {
    const bad = breached('warning', { item: '/bad', sinceMs: room.clock.now() - 0.5 });
    const written = await room.tick(breached(), bad, breached('warning', { item: '/home' }));
    expect(written).toEqual(['1 opened', '2 opened']);
    expect(room.faults.open().map(({ item }) => item)).toEqual(['/home', '/data']);
    expect(room.faults.setAside().count).toBe(1);
    expect(await room.tick(ok())).toEqual(['1 recovered']);
  });

  it('ends a fault whose recovery could not be written at first', async () => {
    await room.tick(breached());
    let broken = true;
    room.context = context({
      flapOf: () => {
        if (broken) throw new TypeError('why');
        return { state: 'steady', score: 0 };
      },
    });
    expect(await room.tick(ok())).toEqual([]);
    broken = false;
    expect(await room.tick()).toEqual([]);
    await room.clock.advance(60_000);
    expect(await room.tick()).toEqual(['1 recovered']);
  });

  it('keeps only what a place came to, while it cannot be written', async () => {
    let broken = true;
    room.context = context({
      impactOf: () => {
        if (broken) throw new TypeError('why');
        return 'medium';
      },
    });
    await room.tick(breached());
    await room.tick(ok(), breached('warning', { sinceMs: room.clock.now() }));
    broken = false;
    await room.clock.advance(60_000);
    expect(await room.tick()).toEqual(['1 opened']);
    await room.clock.advance(60_000);
    expect(await room.tick()).toEqual([]);
  });

  it('releases the other faults when quiet cannot answer for one', async () => {
    const quiet = { why: 'dependency', by: 'F-9', note: 'behind the router' } as const;
    room.context = context({ quietOf: () => quiet });
    await room.tick(breached(), breached('warning', { item: '/home' }));
    room.context = context({
      quietOf: ({ item }) => {
        if (item === '/data') throw new TypeError('no such device');
        return null;
      },
    });
    expect(await room.tick()).toEqual(['2 released']);
    expect(room.faults.setAside().count).toBe(1);
  });
});
