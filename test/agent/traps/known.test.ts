import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  knownTrapsJsonSchema,
  readKnownTraps,
  shippedKnownTraps,
} from '../../../src/agent/traps/known.ts';
import { readYaml } from '../../../src/shared/config.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { projectFile } from '../../support/parts.ts';
import { KNOWN, temporaryDirectory } from './rig.ts';

const ALL = [...KNOWN.byOid.values()].flat();

describe('the shipped traps', () => {
  test('are found beside the program, in a checkout and in a bundle', () => {
    const source = new URL(`file://${projectFile('src/agent/traps/known.ts')}`).href;
    expect(shippedKnownTraps(source)).toBe(projectFile('config/traps.yaml'));
    expect(shippedKnownTraps('file:///opt/watchkeeper/watchkeeper-agent.cjs')).toBe(
      '/opt/watchkeeper/config/traps.yaml',
    );
  });

  test('cover the families of the manual', () => {
    const families = {
      'RFC 3418 and 2863': '1.3.6.1.6.3.1.1.5.',
      'RFC 1628': '1.3.6.1.2.1.33.2.',
      PowerNet: '1.3.6.1.4.1.318.0.',
      Huawei: '1.3.6.1.4.1.2011.',
      H3C: '1.3.6.1.4.1.25506.',
      Cisco: '1.3.6.1.4.1.9.',
      Juniper: '1.3.6.1.4.1.2636.',
      Dell: '1.3.6.1.4.1.674.',
      HPE: '1.3.6.1.4.1.232.',
    };
    for (const [family, prefix] of Object.entries(families)) {
      const count = ALL.filter(({ oid }) => oid.startsWith(prefix)).length;
      expect(count, family).toBeGreaterThanOrEqual(3);
    }
  });

  test('clear nothing that none of them opens, and open nothing that only one text names', () => {
    const rules = (action: string): Set<string> =>
      new Set(ALL.flatMap(({ fault }) => (fault?.action === action ? [fault.rule] : [])));
    for (const rule of rules('clear')) expect(rules('open')).toContain(rule);
  });

  test('open nothing without a partner in their MIB that clears the same item', () => {
    const { traps } = readYaml(projectFile('config/traps.yaml')) as { traps: Written[] };
    const ends = traps.map(({ mib, clears, item = [] }) => JSON.stringify([mib, clears, item]));
    for (const { name, mib, opens, item = [] } of traps) {
      if (opens === undefined) continue;
      expect(ends, name).toContain(JSON.stringify([mib, opens, item]));
    }
    for (const { text } of ALL) {
      const places = (words: string): string[] => words.match(/\{\w+\}/g) ?? [];
      expect(places(text.zh).sort()).toEqual(places(text.en).sort());
    }
  });

  test('a name of a varbind is found on whole arcs', () => {
    expect(KNOWN.nameOf('1.3.6.1.2.1.2.2.1.1.3')).toBe('ifIndex');
    expect(KNOWN.nameOf('1.3.6.1.2.1.2.2.1.1')).toBe('ifIndex');
    expect(KNOWN.nameOf('1.3.6.1.2.1.2.2.1.11.3')).toBeNull();
    expect(KNOWN.nameOf('1.3.6')).toBeNull();
  });

  test('have a schema for editors', () => {
    expect(JSON.stringify(knownTrapsJsonSchema())).toContain('"traps"');
  });
});

const GOOD = {
  name: 'x',
  oid: '1.3.6.1.4.1.9.1',
  mib: 'X-MIB',
  text: { en: 'x', zh: 'x' },
};

interface Written {
  readonly name: string;
  readonly mib: string;
  readonly opens?: string;
  readonly clears?: string;
  readonly item?: readonly string[];
}

/** What is said of a file with one trap. */
function complaint(trap: Record<string, unknown>): string {
  const file = join(temporaryDirectory(), 'traps.yaml');
  const variables = { ifIndex: '1.3.6.1.2.1.2.2.1.1' };
  writeFileSync(file, JSON.stringify({ variables, traps: [{ ...GOOD, ...trap }] }));
  try {
    readKnownTraps(file);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).message).toContain(file);
    return (error as Failure).message.replaceAll(file, 'FILE');
  }
}

describe('a file with a mistake is refused with place and reason', () => {
  test.each<[Record<string, unknown>, RegExp]>([
    [{ oid: 'linkDown' }, /FILE: traps\[0\]\.oid: an OID looks like/],
    [{ name: 'Link Down' }, /FILE: traps\[0\]\.name: a name has small letters/],
    [{ opens: 'a', clears: 'a' }, /FILE: traps\[0\]: a trap either opens, confirms or clears/],
    [{ unverified: 'opens' }, /traps\[0\]\.unverified/],
    [{ severity: 'major' }, /traps\[0\]\.severity: "major" is not one of warning, critical/],
    [{ urgnecy: 'high' }, /unknown key "urgnecy" \(did you mean "urgency"\?\)/],
    [{ item: ['ifIndx'] }, /traps\[0\]\.item\[0\]: "ifIndx" is not one of the variables \(did you/],
    [{ when: { ifState: [1] } }, /traps\[0\]\.when\.ifState: "ifState" is not one/],
    [{ unless: { ifState: [1] } }, /traps\[0\]\.unless\.ifState/],
    [{ text: { en: '{ifIndex} {ifx}', zh: 'x' } }, /traps\[0\]\.text\.en: "ifx" is not one/],
    [{ text: { en: 'x' } }, /traps\[0\]\.text\.zh: is missing/],
    [{ when: { ifIndex: [] } }, /traps\[0\]\.when\.ifIndex/],
  ])('%j', (trap, reason) => expect(complaint(trap)).toMatch(reason));

  test('and every mistake is named at once', () => {
    const text = complaint({ item: ['one', 'two'], when: { three: [1] } });
    expect(text.split('\n').length).toBe(3);
  });

  test('a good one is not', () => expect(complaint({})).toBe(''));
});
