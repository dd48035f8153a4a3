import { describe, expect, it } from 'vitest';
import { Layouts } from '../../../src/collector/ingest/layouts.ts';
import { makeLabels } from '../../../src/shared/sample.ts';
import { fakeStore } from '../../support/fake-store.ts';

function setUp(half?: number) {
  const store = fakeStore();
  const numbers = Array.from({ length: 20 }, (_, index) =>
    store.resolve(
      makeLabels([
        ['__name__', 'x'],
        ['i', `${index}`],
        ['instance', `host-${index % 3}`],
      ]),
      'sender',
    ),
  );
  const layouts = new Layouts(half);
  const of = (list: readonly number[], hash: number) =>
    layouts.of(store.door, Uint32Array.from(list), hash);
  return { of, numbers };
}

describe('Layouts', () => {
  it('names the devices of a list once each, and gives the same shape again', () => {
    const { of, numbers } = setUp();
    const layout = of(numbers, 1);
    expect(layout.devices).toEqual(['host-0', 'host-1', 'host-2']);
    expect([...layout.shape.series]).toEqual(numbers);
    expect(of(numbers, 1)).toBe(layout);
  });

  it('tells lists with the same hash apart', () => {
    const { of } = setUp();
    expect([...of([1, 2], 5).shape.series]).toEqual([1, 2]);
    expect([...of([2, 1], 5).shape.series]).toEqual([2, 1]);
    expect([...of([1], 5).shape.series]).toEqual([1]);
    expect([...of([1, 2], 5).shape.series]).toEqual([1, 2]);
  });

  it('keeps what is used and forgets what is not', () => {
    const { of } = setUp(10);
    const used = of([1, 2], 1);
    const unused = of([3, 4], 2);
    for (let hash = 10; hash < 40; hash++) {
      of([hash % 20, (hash + 1) % 20], hash);
      expect(of([1, 2], 1)).toBe(used);
    }
    expect(of([3, 4], 2)).not.toBe(unused);
  });

  it('holds a list longer than its bound for one use', () => {
    const { of, numbers } = setUp(4);
    expect([...of(numbers, 1).shape.series]).toEqual(numbers);
    expect([...of([1], 2).shape.series]).toEqual([1]);
  });
});
