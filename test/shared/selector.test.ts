/** Which devices are meant. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problemsOf } from '../../src/shared/config-problems.ts';
import {
  compileSelector,
  type Labelled,
  matcher,
  type Selector,
  selectorSchema,
  unknownNames,
} from '../../src/shared/selector.ts';

const DEVICES: readonly Labelled[] = [
  { name: 'web-01', labels: { site: 'north', group: 'shop' } },
  { name: 'web-02', labels: { site: 'south', group: 'shop' } },
  { name: 'db-01', labels: { site: 'north', role: 'db' } },
  { name: 'router', labels: {} },
];
const meant = (selector: Selector): string[] =>
  DEVICES.filter(compileSelector(selector)).map(({ name }) => name);

test.each<[Selector, string[]]>([
  [{ devices: ['db-01'] }, ['db-01']],
  [{ devices: ['web-*'] }, ['web-01', 'web-02']],
  [{ groups: ['shop'] }, ['web-01', 'web-02']],
  [{ labels: { site: 'north' } }, ['web-01', 'db-01']],
  [{ labels: { site: 'north', role: 'd*' } }, ['db-01']],
  [{ labels: { site: '*' } }, ['web-01', 'web-02', 'db-01', 'router']],
  [{ labels: { nothing: 'x' } }, []],
  [{ devices: ['router'], groups: ['shop'] }, ['web-01', 'web-02', 'router']],
  [{ labels: { site: 'north' }, except: ['web-*'] }, ['db-01']],
  [{ devices: ['*'], except: ['*'] }, []],
])('%j means %j', (selector, names) => {
  expect(meant(selector)).toEqual(names);
});

test.each([
  [{}, 'names nothing'],
  [{ except: ['a'] }, 'names nothing'],
  [{ labels: {} }, 'names no label'],
  [{ device: ['a'] }, 'unknown key "device" (did you mean "devices"?)'],
  [{ devices: [] }, 'must not be empty'],
  [{ labels: { 'not a label': 'x' } }, 'Invalid'],
])('%j is refused: %s', (selector, reason) => {
  const reasons = problemsOf(selectorSchema, selector).map((problem) => problem.reason);
  expect(reasons.join('\n')).toContain(reason);
});

test('a pattern matches as the same pattern in a regular expression does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '$'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (glob, name) => {
      const source = glob.replace(/[.$]/g, '\\$&').replaceAll('*', '.*');
      expect(matcher(glob)(name)).toBe(new RegExp(`^${source}$`).test(name));
    }),
    { numRuns: 2_000 },
  );
});

/** A text that counts how often it is looked into. */
class CountedText extends String {
  looks = 0;
  override indexOf(piece: string, from?: number): number {
    this.looks++;
    return super.indexOf(piece, from);
  }
}

test('a pattern of many stars over a long name is one pass', () => {
  const name = new CountedText('a'.repeat(10_000));
  expect(matcher(`${'*a'.repeat(50)}*b`)(name as unknown as string)).toBe(false);
  expect(name.looks).toBe(50);
});

test('names written out that no device has are told, patterns are not', () => {
  const known = new Set(DEVICES.map(({ name }) => name));
  const selector = { devices: ['web-1', 'web-01', 'x-*'], except: ['rooter'] };
  expect(unknownNames(selector, known)).toEqual(['web-1', 'rooter']);
});
