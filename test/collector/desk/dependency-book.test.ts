import { describe, expect, onTestFinished, test } from 'vitest';
import { type Dependencies, openDependencies } from '../../../src/collector/desk/desk.ts';
import { ACTOR, rig } from './rig.ts';

const DAY_MS = 86_400_000;

async function book() {
  const desk = await rig();
  let open = true;
  const made = {
    ...desk,
    book: await openDependencies(desk),
    reopen: async (): Promise<Dependencies> => {
      await made.book.close();
      made.book = await openDependencies(desk);
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
    await made.book.decide({ child: 'b', parent: 'core-1' }, 'rejected', ACTOR);
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
    await made.book.decide(PAIR, 'confirmed', ACTOR);
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
    await made.book.decide(PAIR, 'confirmed', ACTOR);
    const confirmed = made.book.confirmed();
    await made.book.propose([{ child: 'x', parent: 'core-1', source: 'lldp' }]);
    await made.book.decide({ child: 'y', parent: 'core-1' }, 'rejected', ACTOR);
    expect(made.book.confirmed()).toBe(confirmed);
    await made.book.decide(PAIR, 'rejected', ACTOR);
    expect(made.book.confirmed()).toEqual([]);
  });

  test('by a person needs no proposal', async () => {
    const made = await book();
    const made1 = await made.book.decide(PAIR, 'confirmed', ACTOR);
    expect(made1).toMatchObject({ ...PAIR, source: 'person', state: 'confirmed' });
  });

  test('that would close a circle is refused and changes nothing', async () => {
    const made = await book();
    await made.book.decide({ child: 'b', parent: 'a' }, 'confirmed', ACTOR);
    await made.book.decide({ child: 'c', parent: 'b' }, 'confirmed', ACTOR);
    for (const circle of [
      { child: 'a', parent: 'c' },
      { child: 'a', parent: 'a' },
    ]) {
      await expect(made.book.decide(circle, 'confirmed', ACTOR)).rejects.toMatchObject({
        code: 'conflict',
      });
    }
    await made.book.decide({ child: 'a', parent: 'c' }, 'rejected', ACTOR);
    expect(made.book.confirmed().length).toBe(2);
  });
});
