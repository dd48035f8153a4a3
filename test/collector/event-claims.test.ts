import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Claim, ClaimQuestion, StoredEvent } from '../../src/collector/desk/desk.ts';
import { EventClaims } from '../../src/collector/event-claims.ts';

type Said = Pick<StoredEvent, 'number' | 'device' | 'item' | 'verified' | 'atMs'> & {
  readonly rule: string;
  readonly action: 'open' | 'confirm' | 'clear' | 'retract';
};

const eventOf = ({ rule, action, ...said }: Said): StoredEvent => ({
  ...{ ...said, id: '', agent: 'a', kind: 'trap', receivedMs: 0, source: '', oid: '' },
  ...{ text: { en: '', zh: '' }, fields: { ifIndex: '5' }, repeats: 0 },
  fault: { action, rule, severity: 'warning', urgency: 'low' },
});

/** As the book answers. */
function ask(said: readonly Said[], { device, rule, sinceMs, before }: ClaimQuestion) {
  return said
    .filter((one) => one.device === device && one.rule === rule && one.number < before)
    .filter(({ action, atMs }) => atMs >= sinceMs && (action === 'open' || action === 'confirm'))
    .map(({ item, verified, atMs }): Claim => ({ item, ifIndex: '5', verified, atMs }));
}

const said = fc
  .array(
    fc.record({
      device: fc.constantFrom('sw-1', 'sw-2'),
      item: fc.constantFrom('Gi1', 'ifIndex 5'),
      verified: fc.boolean(),
      atMs: fc.integer({ min: 0, max: 9 }),
      rule: fc.constantFrom('down', 'loop'),
      action: fc.constantFrom('open', 'confirm', 'clear', 'retract'),
    }),
    { maxLength: 20 },
  )
  .map((all) => all.map((one, i): Said => ({ ...one, number: i + 1 })));
const question = fc.record({
  device: fc.constantFrom('sw-1', 'sw-2'),
  rule: fc.constantFrom('down', 'loop'),
  sinceMs: fc.integer({ min: 0, max: 9 }),
});

test('the claims of a tick are those of the book, asked in any order', () => {
  const property = fc.property(said, fc.nat(20), fc.array(question), (all, split, asked) => {
    const waiting = all.slice(split);
    const claims = new EventClaims({ claims: (about) => ask(all, about) }, waiting.map(eventOf));
    for (const { number: before } of waiting) {
      for (const about of asked) {
        const plain = claims.of({ ...about, before }).map(({ item, ifIndex, verified, atMs }) => {
          return { item, ifIndex, verified, atMs };
        });
        expect(plain).toEqual(ask(all, { ...about, before }));
      }
    }
  });
  fc.assert(property, { numRuns: 300 });
});

test('a flood reads the history of a device once', () => {
  const one = { device: 'sw-1', item: 'Gi1', verified: false, rule: 'down', atMs: 5 } as const;
  const flood = Array.from({ length: 2_000 }, (_, i): Said => {
    return { ...one, number: i + 1, action: 'confirm' };
  });
  let reads = 0;
  const claims = new EventClaims(
    {
      claims: () => {
        reads++;
        return [];
      },
    },
    flood.map(eventOf),
  );
  for (const { number: before, device, rule } of flood) {
    expect(claims.of({ device, rule, sinceMs: 5, before })).toHaveLength(before - 1);
  }
  expect(reads).toBe(1);
  claims.of({ device: 'sw-1', rule: 'down', sinceMs: 4, before: 9 });
  expect(reads).toBe(2);
});
