import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Target } from '../../../src/agent/sampler/sampler.ts';
import { MOST_TOGETHER, turnsOf } from '../../../src/agent/sampler/turns.ts';

const target = (name: string, company?: string, intervalMs = 60_000): Target => ({
  ...{ name, labels: { instance: name }, intervalMs, timeoutMs: 1_000 },
  ...(company === undefined ? {} : { company }),
  collect: async () => {},
});

const names = (targets: readonly Target[]) =>
  turnsOf(targets).map((turns) => turns.map((turn) => turn.map(({ name }) => name)));

test('a target without company has its turn alone, a company has one together', () => {
  const targets = [target('a'), target('b', 'icmp'), target('c'), target('d', 'icmp')];
  expect(names(targets)).toEqual([[['a']], [['b', 'd']], [['c']]]);
});

test('another interval is another company', () => {
  const targets = [target('a', 'icmp'), target('b', 'icmp', 30_000), target('c', 'icmp')];
  expect(names(targets)).toEqual([[['a', 'c']], [['b']]]);
});

test('a company that is too large has several turns of about the same size', () => {
  const targets = Array.from({ length: MOST_TOGETHER + 10 }, (_, i) => target(`${i}`, 'icmp'));
  const [turns = []] = turnsOf(targets);
  expect(turns.map(({ length }) => length)).toEqual([130, 130]);
});

test('everybody has one turn, in the order of the targets', () => {
  const company = fc.constantFrom(undefined, 'x', 'y');
  fc.assert(
    fc.property(fc.array(company, { maxLength: 1_200 }), (companies) => {
      const targets = companies.map((each, i) => target(`${i}`, each));
      const turns = turnsOf(targets).flat();
      for (const turn of turns) {
        expect(turn.length).toBeGreaterThan(0);
        expect(turn.length).toBeLessThanOrEqual(MOST_TOGETHER);
        const places = turn.map(({ name }) => Number(name));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
      expect(new Set(turns.flat())).toEqual(new Set(targets));
      expect(turns.flat()).toHaveLength(targets.length);
    }),
    { numRuns: 50 },
  );
});
