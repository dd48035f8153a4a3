import { expect, test } from 'vitest';
import { Arena } from '../../../src/collector/store/arena.ts';

test('rooms do not overlap, and are used again after a reset', () => {
  const arena = new Arena();
  const first = arena.room(800_000);
  first.used += 800_000;
  const second = arena.room(800_000);
  expect(second).not.toBe(first);
  second.used += 800_000;
  arena.reset();
  expect(arena.room(8)).toBe(first);
  expect(first.used).toBe(0);
});

test('a small row still finds room in the chunk at hand', () => {
  const arena = new Arena();
  const chunk = arena.room(100);
  chunk.used += 104;
  expect(arena.room(100)).toBe(chunk);
});

test('what one huge group took is given back', () => {
  const arena = new Arena();
  const chunks = Array.from({ length: 40 }, () => {
    const chunk = arena.room(1_000_000);
    chunk.used += 1_000_000;
    return chunk;
  });
  arena.reset();
  const again = chunks.map(() => {
    const chunk = arena.room(1_000_000);
    chunk.used += 1_000_000;
    return chunk;
  });
  expect(again.filter((chunk) => chunks.includes(chunk)).length).toBe(16);
});
