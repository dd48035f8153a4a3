import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type Dependencies,
  openDependencies,
  versionOf,
} from '../../../src/collector/desk/desk.ts';
import { ACTOR, rig } from './rig.ts';

const DAY_MS = 86_400_000;
const WRITING = { actor: ACTOR };
const NAMES = ['a', 'b', 'c', 'x', 'y', 'access-1', 'access-2', 'core-1'];

async function book() {
  const desk = await rig();
  let open = true;
  const devices = NAMES.map((name) => ({ name }));
  const options = { ...desk, devices: () => devices };
  const made = {
    ...desk,
    devices,
    book: await openDependencies(options),
    reopen: async (): Promise<Dependencies> => {
      await made.book.close();
      made.book = await openDependencies(options);
      return made.book;
    },
    close: async () => {
      if (open) await made.book.close();
      open = false;
    },
  };
  onTestFinished(() => made.close());
  return made;
}

const FOUND = { child: 'access-1', parent: 'core-1', source: 'lldp' };
const PAIR = { child: 'access-1', parent: 'core-1' };
const states = (one: Dependencies): string[] =>
  one.dependencies().map(({ child, parent, state }) => `${child}>${parent} ${state}`);

describe('a proposal', () => {
  test('is kept over a restart, and is no dependency yet', async () => {
    const made = await book();
    await made.book.propose([FOUND]);
    expect(states(made.book)).toEqual(['access-1>core-1 proposed']);
    expect(made.book.confirmed()).toEqual([]);
    const again = await made.reopen();
    expect(again.dependencies()).toMatchObject([{ ...FOUND, state: 'proposed' }]);
  });

  test('made again and again writes only now and then', async () => {
    const made = await book();
    await made.book.propose([FOUND]);
    const first = made.book.dependencies();
    await made.book.propose([FOUND]);
    expect(made.book.dependencies()).toBe(first);
    await made.clock.advance(DAY_MS);
    await made.book.propose([FOUND]);
    expect(made.book.dependencies()[0]?.seenMs).toBe(made.clock.now());
  });

  test('nobody saw for thirty days is dropped; what people decided stays', async () => {
    const made = await book();
    await made.book.propose([FOUND, { child: 'b', parent: 'core-1', source: 'cdp' }]);
    await made.book.decide({ child: 'b', parent: 'core-1' }, 'rejected', WRITING);
    made.clock.jump(31 * DAY_MS);
    await made.book.propose([]);
    expect(states(made.book)).toEqual(['b>core-1 rejected']);
    expect(states(await made.reopen())).toEqual(['b>core-1 rejected']);
  });

  test('of a device behind itself is none, and there is an end to their number', async () => {
    const made = await book();
    await made.book.propose([{ child: 'a', parent: 'a', source: 'lldp' }]);
    expect(states(made.book)).toEqual([]);
    const many = Array.from({ length: 10_500 }, (_, i) => ({ ...FOUND, child: `c${i}` }));
    await made.book.propose(many);
    expect(made.book.dependencies().length).toBe(10_000);
  });
});

describe('a decision', () => {
  test('confirms, is audited in the same transaction, and is proposed no more', async () => {
    const made = await book();
    await made.book.propose([FOUND]);
    const before = made.book.confirmed();
    await made.book.decide(PAIR, 'confirmed', WRITING);
    expect(made.book.confirmed()).toEqual([PAIR]);
    expect(made.book.confirmed()).not.toBe(before);
    await made.clock.advance(DAY_MS);
    await made.book.propose([FOUND]);
    expect(made.book.dependencies()).toMatchObject([{ state: 'confirmed', source: 'lldp' }]);
    const entries = await made.desk.auditEntries(10);
    expect(entries.at(-1)).toMatchObject({
      who: 'li.wei',
      action: 'dependency.confirmed',
      subject: 'access-1 behind core-1',
    });
    expect((await made.desk.verifyAudit()).ok).toBe(true);
  });

  test('gives the same array until a confirmed one changes', async () => {
    const made = await book();
    await made.book.decide(PAIR, 'confirmed', WRITING);
    const confirmed = made.book.confirmed();
    await made.book.propose([{ child: 'x', parent: 'core-1', source: 'lldp' }]);
    await made.book.decide({ child: 'y', parent: 'core-1' }, 'rejected', WRITING);
    expect(made.book.confirmed()).toBe(confirmed);
    await made.book.decide(PAIR, 'rejected', WRITING);
    expect(made.book.confirmed()).toEqual([]);
  });

  test('by a person needs no proposal', async () => {
    const made = await book();
    const made1 = await made.book.decide(PAIR, 'confirmed', WRITING);
    expect(made1).toMatchObject({ ...PAIR, source: 'person', state: 'confirmed' });
  });

  test('that would close a circle is refused and changes nothing', async () => {
    const made = await book();
    await made.book.decide({ child: 'b', parent: 'a' }, 'confirmed', WRITING);
    await made.book.decide({ child: 'c', parent: 'b' }, 'confirmed', WRITING);
    for (const circle of [
      { child: 'a', parent: 'c' },
      { child: 'a', parent: 'a' },
    ]) {
      await expect(made.book.decide(circle, 'confirmed', WRITING)).rejects.toMatchObject({
        code: 'conflict',
      });
    }
    await made.book.decide({ child: 'a', parent: 'c' }, 'rejected', WRITING);
    expect(made.book.confirmed().length).toBe(2);
  });
});

describe('a device that is not in the ledger', () => {
  test('is refused, and the nearest name is offered', async () => {
    const made = await book();
    const decided = made.book.decide({ child: 'acces-2', parent: 'core-2' }, 'confirmed', WRITING);
    await expect(decided).rejects.toMatchObject({
      code: 'not_found',
      message:
        'there is no device "acces-2" (did you mean "access-2"?); ' +
        'there is no device "core-2" (did you mean "core-1"?)',
    });
    const rejected = made.book.decide({ child: 'nowhere', parent: 'core-1' }, 'rejected', WRITING);
    await expect(rejected).rejects.toMatchObject({ code: 'not_found' });
    expect(states(made.book)).toEqual([]);
    expect(await made.desk.auditEntries(10)).toEqual([]);
  });

  test('may be rejected where it was proposed, and was taken out meanwhile', async () => {
    const made = await book();
    await made.book.propose([FOUND]);
    made.devices.splice(0);
    await expect(made.book.decide(PAIR, 'confirmed', WRITING)).rejects.toThrow(/no device/);
    await made.book.decide(PAIR, 'rejected', WRITING);
    expect(states(made.book)).toEqual(['access-1>core-1 rejected']);
  });
});

describe('a decision that is sent twice', () => {
  const repeat = { key: 'k-1', request: 'confirm' };

  test('is taken once, and does not undo what was decided since', async () => {
    const made = await book();
    const first = await made.book.decide(PAIR, 'confirmed', { ...WRITING, repeat });
    await made.book.decide(PAIR, 'rejected', WRITING);
    expect(await made.book.decide(PAIR, 'confirmed', { ...WRITING, repeat })).toEqual(first);
    expect(states(made.book)).toEqual(['access-1>core-1 rejected']);
    expect(await made.desk.auditEntries(10)).toHaveLength(2);
    const other = { ...WRITING, repeat: { ...repeat, request: 'reject' } };
    await expect(made.book.decide(PAIR, 'rejected', other)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('on what somebody else has decided meanwhile is stale', async () => {
    const made = await book();
    const decide = (state: 'confirmed' | 'rejected', version: number) =>
      made.book.decide(PAIR, state, { ...WRITING, version });
    await expect(decide('confirmed', 1)).rejects.toMatchObject({ code: 'stale' });
    expect(versionOf(await decide('confirmed', 0))).toBe(2);
    await expect(decide('rejected', 0)).rejects.toMatchObject({ detail: { version: 2 } });
    expect(versionOf(await decide('rejected', 2))).toBe(3);
  });
});
