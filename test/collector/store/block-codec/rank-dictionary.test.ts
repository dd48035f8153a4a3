import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankNumbers } from '../../../../src/collector/store/block-codec/rank-dictionary.ts';

function rank(list: readonly number[]) {
  const low = Uint32Array.from(list);
  const high = Uint32Array.from(list, (value) => value / 2 ** 32);
  return rankNumbers({ low, high, width: 7 }, 0);
}

test('ranks lead back to the numbers, through ascending distinct values', () => {
  const pool = fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      pool,
      fc.array(fc.nat(1000), { minLength: 40, maxLength: 200 }),
      (values, picks) => {
        const list = picks.map((pick) => values[pick % values.length]!);
        const ranked = rank(list)!;
        expect([...ranked.values]).toEqual([...new Set(list)].sort((a, b) => a - b));
        expect([...ranked.ranks].map((place) => ranked.values[place])).toEqual(list);
      },
    ),
  );
});

test('more than half distinct is not worth a dictionary', () => {
  expect(rank([1, 2, 3, 3])).toBeNull();
  expect(rank([1, 2, 2, 1])).not.toBeNull();
});

test('numbers that differ only above 32 bits are different', () => {
  expect([...rank([1, 1, 2 ** 32 + 1, 2 ** 32 + 1])!.values]).toEqual([1, 2 ** 32 + 1]);
});
