import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  KEY_BYTES,
  PENDING,
  REFUSED,
  SeriesKeys,
} from '../../../src/collector/ingest/series-keys.ts';
import { bytesField } from './wire-bytes.ts';

function source(...parts: readonly (readonly number[])[]) {
  const bytes = Uint8Array.from([...parts.flat(), ...Array(16).fill(0)]);
  return { bytes, view: new DataView(bytes.buffer) };
}

const label = (name: string, value: string): number[] =>
  bytesField(1, [...bytesField(1, name), ...bytesField(2, value)]);

describe('SeriesKeys', () => {
  it('gives equal keys one entry and different keys different ones, whatever the order', () => {
    const key = fc.uint8Array({ maxLength: 24 });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 400 }), fc.integer(), (list, seed) => {
        const keys = new SeriesKeys(seed);
        const model = new Map<string, number>();
        for (const bytes of list) {
          const entry = keys.find(source([...bytes]), 0, bytes.length);
          const text = Buffer.from(bytes).toString('hex');
          expect(entry).toBe(model.get(text) ?? keys.count - 1);
          expect(Buffer.from(keys.keyOf(entry)).toString('hex')).toBe(text);
          model.set(text, entry);
        }
        expect(keys.count).toBe(model.size + 1);
      }),
    );
  });

  it('keeps thousands of keys that differ in one byte apart', () => {
    const keys = new SeriesKeys(7);
    const entries = new Set<number>();
    for (let index = 0; index < 5_000; index++) {
      const bytes = label('cpu', String(index));
      entries.add(keys.find(source(bytes), 0, bytes.length));
    }
    expect(entries.size).toBe(5_000);
    const again = label('cpu', '4321');
    expect(keys.numbers[keys.find(source(again), 0, again.length)]).toBe(PENDING);
    expect(keys.count).toBe(5_001);
  });

  it('guesses the key that followed last time', () => {
    const keys = new SeriesKeys(1);
    const [a, b] = [label('mode', 'idle-a'), label('mode', 'idle-b')];
    const body = source(a, [0x12], b);
    const first = keys.find(body, 0, a.length);
    const second = keys.find(body, a.length + 1, b.length);
    keys.find(body, 0, a.length);
    expect(keys.guess(body, a.length + 1, a.length + 1 + b.length)).toBe(second);
    expect(keys.guess(body, 0, a.length)).toBe(first);
  });

  it('does not guess a key that goes on with another label', () => {
    const keys = new SeriesKeys(1);
    const short = label('mode', 'idle');
    const long = [...short, ...label('x', 'y')];
    keys.find(source(short), 0, short.length);
    keys.find(source(short), 0, short.length);
    expect(keys.guess(source(long), 0, long.length)).toBe(-1);
    expect(keys.guess(source(short, [0x12]), 0, short.length + 1)).toBeGreaterThan(0);
  });

  it('does not guess past the end of the message', () => {
    const keys = new SeriesKeys(1);
    const key = label('mode', 'idle');
    keys.find(source(key), 0, key.length);
    keys.find(source(key), 0, key.length);
    expect(keys.guess(source(key), 0, key.length - 1)).toBe(-1);
  });

  it('refuses keys past all limits without keeping them', () => {
    const keys = new SeriesKeys(1);
    const huge = Array(KEY_BYTES + 1).fill(0x61);
    const entry = keys.find(source(huge), 0, huge.length);
    expect(keys.numbers[entry]).toBe(REFUSED);
    expect(keys.usedBytes).toBe(0);
    expect(keys.guess(source(huge), 0, huge.length)).toBe(-1);
  });

  it('starts anew when cleared', () => {
    const keys = new SeriesKeys(1);
    const key = label('mode', 'idle');
    keys.numbers[keys.find(source(key), 0, key.length)] = 42;
    keys.clear();
    expect(keys.usedBytes).toBe(0);
    expect(keys.guess(source(key), 0, key.length)).toBe(-1);
    expect(keys.numbers[keys.find(source(key), 0, key.length)]).toBe(PENDING);
  });
});
