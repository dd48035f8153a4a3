/**
 * One cause, thousands of symptoms: what keeps a tick and a page cheap, as structure rather than
 * as milliseconds (those are in bench/faults.ts).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/collector/faults/database.ts';
import type { Quiet } from '../../../src/collector/faults/faults.ts';
import { context } from './context.ts';
import { Room, said } from './room.ts';
import { breached, ok } from './verdicts.ts';

const SYMPTOMS = 1_000;
const CAUSE: Quiet = { why: 'dependency', by: 'F-000001', note: 'behind the router' };
const hosts = Array.from({ length: SYMPTOMS }, (_, i) => `host-${i}`);

let room: Room;
let asked = 0;
let quiet: Quiet | null = CAUSE;
beforeEach(async () => {
  room = new Room();
  await room.open();
  quiet = CAUSE;
  await room.tick(breached('critical', { device: 'router', item: '' }));
  room.context = context({
    quietOf: ({ device }) => {
      asked++;
      return device === 'router' ? null : quiet;
    },
  });
  await room.tick(...hosts.map((device) => breached('critical', { device })));
  asked = 0;
});
afterEach(() => room.close());

describe('a thousand symptoms', () => {
  it('are one announced cause, and every symptom is stored', async () => {
    const announced = await room.faults.list({ state: 'announced' });
    expect(announced.map(({ device }) => device)).toEqual(['router']);
    expect((await room.faults.show('F-1')).symptoms).toBe(SYMPTOMS);
    expect(room.faults.open()).toHaveLength(SYMPTOMS + 1);
  });

  it('cost a quiet tick one question each, no write and no new list', async () => {
    const before = room.faults.open();
    const head = (await room.faults.ledgerAfter(0, 10_000)).length;
    expect(await room.tick()).toEqual([]);
    expect(asked).toBe(SYMPTOMS);
    expect(room.faults.open()).toBe(before);
    expect(await room.faults.ledgerAfter(head, 10)).toEqual([]);
  });

  it('are released, or recover, each once', async () => {
    quiet = null;
    const released = await room.tick();
    expect(released).toHaveLength(SYMPTOMS);
    expect(new Set(released.map((one) => one.split(' ')[1]))).toEqual(new Set(['released']));
    expect(await room.tick()).toEqual([]);
  });

  it('recover without a word to anybody, while the cause recovers once', async () => {
    const entries = await room.faults.apply(
      [ok({ device: 'router', item: '' }), ...hosts.map((device) => ok({ device }))],
      room.context,
    );
    expect(entries).toHaveLength(SYMPTOMS + 1);
    const cause = said(entries).filter((one) => one.startsWith('1 '));
    expect(cause).toEqual(['1 recovered']);
    room.wait(15);
    expect(await room.tick()).toHaveLength(SYMPTOMS);
    // The grave cause still waits for its explanation.
    expect(await room.fault('F-1')).toMatchObject({ state: 'recovered' });
  });
});

describe('a page of the list', () => {
  it('is found in the order it is shown: never sorted, never more than it holds', () => {
    const raw = openDatabase(room.directory);
    const plan = (where: string): string =>
      (
        raw
          .prepare(
            `EXPLAIN QUERY PLAN SELECT record FROM fault_snapshot ${where} ORDER BY fault DESC LIMIT 100`,
          )
          .all() as { detail: string }[]
      )
        .map(({ detail }) => detail)
        .join('; ');
    const filters = [
      '',
      "WHERE state = 'suppressed'",
      "WHERE device = 'host-7'",
      'WHERE cause = 1',
      "WHERE state NOT IN ('recovered', 'verified', 'closed')",
      'WHERE fault < 500',
    ];
    for (const filter of filters) expect(plan(filter), filter).not.toContain('TEMP B-TREE');
    raw.close();
  });
});
