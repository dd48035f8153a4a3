import { describe, expect, test } from 'vitest';
import type { Interpreted } from '../../../src/agent/traps/interpret.ts';
import { Repeats } from '../../../src/agent/traps/repeats.ts';

function event(kind: string, more: Partial<Interpreted> = {}): Interpreted {
  return {
    device: 'core-1',
    kind,
    source: '192.0.2.1',
    verified: false,
    oid: kind === 'link_up' ? '1.4' : '1.3',
    item: 'GE0/0/1',
    text: { en: '', zh: '' },
    fields: { ifIndex: '1' },
    rule: kind.startsWith('link') ? 'interface_down' : '',
    fault: null,
    ...more,
  };
}

describe('repetitions', () => {
  test('within the window are left out, and their number comes with the next one', () => {
    const repeats = new Repeats(60_000);
    expect(repeats.take(event('link_down'), 0)).toBe(0);
    expect(repeats.take(event('link_down'), 1_000)).toBeNull();
    expect(repeats.take(event('link_down'), 59_999)).toBeNull();
    expect(repeats.take(event('link_down'), 60_000)).toBe(2);
    expect(repeats.take(event('link_down'), 60_001)).toBeNull();
  });

  test('a link that goes down, up and down again is three events', () => {
    const repeats = new Repeats(60_000);
    const story = ['link_down', 'link_up', 'link_down'].map((kind) => repeats.take(event(kind), 0));
    expect(story).toEqual([0, 0, 0]);
  });

  test('of other ports, sources and values are none', () => {
    const repeats = new Repeats(60_000);
    expect(repeats.take(event('link_down'), 0)).toBe(0);
    expect(repeats.take(event('link_down', { item: 'GE0/0/2' }), 0)).toBe(0);
    expect(repeats.take(event('link_down', { source: '192.0.2.2' }), 0)).toBe(0);
    expect(repeats.take(event('link_down', { fields: { ifIndex: '2' } }), 0)).toBe(0);
    expect(repeats.take(event('trap', { fields: { a: '1' } }), 0)).toBe(0);
    expect(repeats.take(event('trap', { fields: { a: '2' } }), 0)).toBe(0);
    expect(repeats.take(event('trap', { fields: { a: '1' } }), 0)).toBeNull();
  });

  test('are remembered for a bounded number of parts', () => {
    const repeats = new Repeats(60_000);
    for (let i = 0; i < 20_000; i++) repeats.take(event('link_down', { item: String(i) }), 0);
    expect(repeats.take(event('link_down', { item: '19999' }), 1)).toBeNull();
    expect(repeats.take(event('link_down', { item: '0' }), 1)).toBe(0);
  });
});
