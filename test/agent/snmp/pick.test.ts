import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../src/agent/snmp/cell.ts';
import { allHold, firstNumber, pickLabel, pickNumber } from '../../../src/agent/snmp/pick.ts';
import type { Conditions, Label, Value } from '../../../src/agent/snmp/profile-cells.ts';
import { Reading, type Row } from '../../../src/agent/snmp/reading.ts';

const T = '1.3.6.1.4.1.99999.1';
const OTHER = '1.3.6.1.2.1.47.1.1.1.1.7';

/** Cells by column and index: `{ '5.2': 7 }` is column 5 of row 2. */
function row(cells: Readonly<Record<string, Cell>>, index = '2'): Row {
  const reading = new Reading();
  for (const [key, cell] of Object.entries(cells)) {
    if (key.startsWith('=')) {
      reading.scalars.set(key.slice(1), cell);
      continue;
    }
    const [name = '', ...rest] = key.split('/');
    const column = name.startsWith('1.') ? name : `${T}.${name}`;
    const known = new Map(reading.columns.get(column));
    reading.columns.set(column, known.set(rest.join('/') || index, cell));
  }
  return { reading, table: T, index };
}

const text = (value: string): Buffer => Buffer.from(value);

describe('numbers', () => {
  test.each<[string, Value, Record<string, Cell>, number]>([
    ['as it is', { column: 5 }, { 5: 7 }, 7],
    ['of another table', { column: OTHER }, { [OTHER]: 3 }, 3],
    ['a scalar', { oid: '1.3.6.1.9.0' }, { '=1.3.6.1.9.0': 4 }, 4],
    ['a 64-bit counter', { column: 5 }, { 5: 12n }, 12],
    ['text with a unit', { column: 5, unit: 'MiB' }, { 5: text('512 MB') }, 512 * 1024 ** 2],
    ['by a pattern', { column: 5, regex: 'used (\\d+)' }, { 5: text('9 free, used 31') }, 31],
    [
      'by a pattern that does not fit',
      { column: 5, regex: 'x(\\d)' },
      { 5: text('9') },
      Number.NaN,
    ],
    ['by an enumeration', { column: 5, enum: { on: 1, off: 0 } }, { 5: text('off') }, 0],
    ['not of the enumeration', { column: 5, enum: { on: 1 } }, { 5: text('?') }, Number.NaN],
    ['unsigned', { column: 5, unsigned: true }, { 5: -1 }, 2 ** 32 - 1],
    ['invalid', { column: 5, invalid: [255] }, { 5: 255 }, Number.NaN],
    ['invalid by range', { column: 5, invalid: [{ ge: 32_767 }] }, { 5: 32_767 }, Number.NaN],
    ['not invalid', { column: 5, invalid: [0, { lt: -60 }, { gt: 200 }] }, { 5: 45 }, 45],
    ['tenths', { column: 5, scale: 0.1 }, { 5: 234 }, 23.4],
    ['idle turned to used', { column: 5, scale: -1, offset: 100 }, { 5: 97 }, 3],
    ['milli-degrees by scale', { column: 5, exponent: { scale: 1 } }, { 5: 46_925, 1: 8 }, 46.925],
    [
      'scale and precision',
      { column: 5, exponent: { scale: 1, precision: 3 } },
      { 5: 30_855, 1: 9, 3: 3 },
      30.855,
    ],
    ['in units of a column', { column: 5, unit_column: 4 }, { 5: 10, 4: 4_096 }, 40_960],
    ['in units nobody tells', { column: 5, unit_column: 4 }, { 5: 10 }, Number.NaN],
    ['missing', { column: 5 }, {}, Number.NaN],
    ['told as missing', { column: 5 }, { 5: null }, Number.NaN],
  ])('%s', (_what, value, cells, wanted) => {
    expect(pickNumber(value, row(cells))).toBe(wanted);
  });

  test('the first valid one counts', () => {
    const values: Value[] = [
      { column: 8, invalid: [0] },
      { column: 5, unit: 'KiB' },
    ];
    expect(firstNumber(values, row({ 8: 0, 5: 3 }))).toBe(3_072);
    expect(firstNumber(values, row({ 8: 9, 5: 3 }))).toBe(9);
    expect(firstNumber(undefined, row({}))).toBeNaN();
  });

  test('is looked up by part of the index, or where a pointer says', () => {
    const cells = { [`${OTHER}/7`]: 70, [`${OTHER}/1001`]: 11, '2/7.3': 1001 };
    const at = row(cells, '7.3');
    expect(pickNumber({ column: OTHER, index: 0 }, at)).toBe(70);
    expect(pickNumber({ column: OTHER, via: { column: 2 } }, at)).toBe(11);
    expect(pickNumber({ column: OTHER, via: { column: 9 } }, at)).toBeNaN();
  });
});

describe('conditions', () => {
  const cells = { 2: 3, 6: 0, 9: text('GigabitEthernet') };
  test.each<[Conditions, boolean]>([
    [[], true],
    [[{ column: 2, eq: 3 }], true],
    [
      [
        { column: 2, eq: 3 },
        { column: 6, ne: 0 },
      ],
      false,
    ],
    [[{ column: 2, gt: 2, lt: 4 }], true],
    [[{ column: 2, ge: 4 }], false],
    [[{ column: 2, le: 2 }], false],
    [[{ column: 2, in: [1, 3] }], true],
    [[{ column: 2, not_in: [3] }], false],
    [[{ column: 9, eq: 'GigabitEthernet' }], true],
    [[{ column: 9, matches: '^gigabit' }], true],
    [[{ column: 9, not_matches: 'Ethernet$' }], false],
    [[{ column: 4, eq: 1 }], false],
    [[{ column: 4, ne: 1 }], false],
    [[{ column: 4, ne: 1, or_missing: true }], true],
    [[{ column: 4, exists: false }], true],
    [[{ column: 2, exists: false }], false],
    [[{ column: 2, exists: true }], true],
    [
      [
        {
          any_of: [
            { column: 6, gt: 0 },
            { column: 2, gt: 0 },
          ],
        },
      ],
      true,
    ],
    [
      [
        {
          any_of: [
            { column: 6, gt: 0 },
            { column: 4, gt: 0 },
          ],
        },
      ],
      false,
    ],
  ])('%j: %s', (conditions, holds) => {
    expect(allHold(conditions, row(cells))).toBe(holds);
  });
});

describe('labels', () => {
  const cells = { 7: text(' Slot A '), [`${OTHER}/5`]: text('Board'), 3: 5, 4: text('') };
  test.each<[Label, string]>([
    ['fixed', 'fixed'],
    [{ column: 7 }, 'Slot A'],
    [{ column: 7, regex: 'Slot (.)' }, 'A'],
    [{ column: 3, enum: { 5: 'five' } }, 'five'],
    [{ column: OTHER, via: { column: 3 } }, 'Board'],
    [{ index: 0 }, '2'],
    [{ index: [1, 3], as: 'text' }, 'hi'],
    [{ first: [{ column: 4 }, { column: 99 }, { column: 7 }] }, 'Slot A'],
    [{ join: ['Slot', { index: 0 }, { column: 99 }, { column: 7 }], with: '/' }, 'Slot/2/Slot A'],
    [{ join: ['a', { first: [{ column: 99 }, 'b'] }] }, 'a b'],
    [{ column: 99 }, ''],
  ])('%j is "%s"', (label, wanted) => {
    expect(pickLabel(label, row(cells, '2.104.105'))).toBe(wanted);
  });
});
