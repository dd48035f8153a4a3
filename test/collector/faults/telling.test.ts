/** Tellings reach the ledger once, whatever happens between it and whoever told them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Asked, Telling } from '../../../src/collector/faults/faults.ts';
import { Room } from './room.ts';

const ABOUT = { origin: 'trap', device: 'core-1', rule: 'fan_failed', item: 'FAN 1' } as const;

describe('tellings', () => {
  let room: Room;
  beforeEach(async () => {
    room = new Room();
    await room.open();
  });
  afterEach(() => room.close());

  const telling = (number: number, asked: Asked): Telling => ({
    ...{ number, about: `event ${number}`, device: ABOUT.device, rule: ABOUT.rule },
    decide: () => asked,
  });
  const opening = (number: number, more: { readonly beganMs?: number } = {}): Telling => {
    const phenomenon = { en: 'Fan', zh: '风扇' };
    const weight = { severity: 'critical', urgency: 'high', phenomenon } as const;
    const seen = { beganMs: room.clock.now(), by: 'trap', ...more };
    return telling(number, { kind: 'raise', report: { ...ABOUT, ...weight, ...seen } });
  };
  const clearing = (number: number): Telling => {
    const said = { atMs: room.clock.now(), by: 'trap', note: '' };
    return telling(number, { kind: 'clear', clearing: { ...ABOUT, ...said } });
  };
  const ledger = async (): Promise<string[]> =>
    (await room.faults.ledgerAfter(0, 100)).map(({ kind }) => kind);

  it('that are told again after a crash do not bring back what they ended', async () => {
    const told = [opening(1), clearing(2)];
    await room.faults.tell(told, room.context);
    await room.restart();
    const again = [...told, opening(3)];
    expect(await room.faults.tell(again, room.context)).toEqual(new Set(again));
    expect(await ledger()).toEqual(['opened', 'recovered', 'reopened']);
  });

  it('that cannot be written are not taken for told', async () => {
    // Found out only when it is written: the table takes whole milliseconds.
    const bad = opening(1, { beganMs: room.clock.now() - 0.5 });
    const taken = await room.faults.tell([bad, clearing(2)], room.context);
    expect([...taken].map(({ number }) => number)).toEqual([2]);
    expect(await ledger()).toEqual([]);
  });
});
