import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ResourceKind,
  VERDICTS,
  type Verdict,
} from '../../../../src/collector/reports/decide/decision.ts';
import { serverVerdict } from '../../../../src/collector/reports/decide/server.ts';

const rows = (...pairs: readonly (readonly [ResourceKind, Verdict])[]) =>
  pairs.map(([resource, verdict]) => ({ resource, decision: { verdict } }));

describe('one verdict per device', () => {
  test.each([
    [
      'the worst trouble wins',
      rows(['cpu', 'watch'], ['memory', 'add'], ['filesystem', 'urgent']),
      'urgent',
    ],
    ['a full disk outweighs a cut', rows(['cpu', 'reduce'], ['filesystem', 'add']), 'add'],
    ['plan outweighs watch', rows(['cpu', 'watch'], ['filesystem', 'plan']), 'plan'],
    [
      'a smaller target is a reduction though memory stays',
      rows(['cpu', 'reduce'], ['memory', 'keep']),
      'reduce',
    ],
    [
      'disks that stay do not hide a reduction',
      rows(['memory', 'reduce'], ['filesystem', 'keep']),
      'reduce',
    ],
    [
      'no reduction while memory cannot be judged',
      rows(['cpu', 'reduce'], ['memory', 'insufficient']),
      'insufficient',
    ],
    [
      'a port without a speed does not matter',
      rows(['cpu', 'keep'], ['memory', 'keep'], ['network', 'insufficient']),
      'keep',
    ],
    ['idle when nothing is to be cut', rows(['cpu', 'idle'], ['memory', 'keep']), 'idle'],
    ['a cut comes before idle', rows(['cpu', 'reduce'], ['memory', 'idle']), 'reduce'],
    ['a switch has only ports', rows(['network', 'keep'], ['network', 'add']), 'add'],
    ['a switch without speeds', rows(['network', 'insufficient']), 'insufficient'],
    ['nothing at all', rows(), 'insufficient'],
  ] as const)('%s', (_, given, expected) => {
    expect(serverVerdict(given)).toBe(expected);
  });
});

test('the order of the rows does not matter', () => {
  const row = fc.tuple(
    fc.constantFrom<ResourceKind>('cpu', 'memory', 'filesystem', 'network', 'database'),
    fc.constantFrom(...VERDICTS),
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (pairs) => {
      expect(serverVerdict(rows(...[...pairs].reverse()))).toBe(serverVerdict(rows(...pairs)));
    }),
  );
});

test('one row more of trouble never makes the verdict milder', () => {
  const trouble = fc.constantFrom<Verdict>('urgent', 'add', 'plan', 'watch');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...VERDICTS), { maxLength: 5 }), trouble, (own, more) => {
      const before = rows(...own.map((verdict) => ['cpu', verdict] as const));
      const after = serverVerdict([...before, ...rows(['filesystem', more])]);
      expect(VERDICTS.indexOf(after)).toBeLessThanOrEqual(VERDICTS.indexOf(more));
    }),
  );
});
