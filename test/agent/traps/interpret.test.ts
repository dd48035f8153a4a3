import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Trap } from '../../../src/agent/traps/frames.ts';
import { interpret, type Surroundings } from '../../../src/agent/traps/interpret.ts';
import { KNOWN } from './rig.ts';

const AROUND: Surroundings = {
  known: KNOWN,
  unverifiedMay: 'open',
  isRelay: (address) => address === '192.0.2.250',
  deviceOf: (address) => ({ '192.0.2.1': 'core-1', '10.0.0.7': 'far-1' })[address] ?? null,
  interfaceName: (_, index) => (index === 3 ? 'GE0/0/3' : null),
};
const LINK_DOWN = '1.3.6.1.6.3.1.1.5.3';
const IF = { index: '1.3.6.1.2.1.2.2.1.1', admin: '1.3.6.1.2.1.2.2.1.7' };

function trap(
  oid: string,
  varbinds: Readonly<Record<string, string>>,
  more: Partial<Trap> = {},
): Trap {
  return {
    version: 2,
    from: '192.0.2.1',
    verified: false,
    inform: false,
    oid,
    agentAddress: '',
    varbinds: Object.entries(varbinds).map(([oid, value]) => ({ oid, value })),
    ...more,
  };
}

describe('the item of a link', () => {
  test.each([
    [{ [`${IF.index}.3`]: '3', '1.3.6.1.2.1.31.1.1.1.1.3': 'Gi1/0/3' }, 'Gi1/0/3'],
    [{ [`${IF.index}.3`]: '3', '1.3.6.1.2.1.2.2.1.2.3': 'GigabitEthernet 3' }, 'GE0/0/3'],
    [{ [`${IF.index}.4`]: '4', '1.3.6.1.2.1.2.2.1.2.4': 'GigabitEthernet 4' }, 'GigabitEthernet 4'],
    [{ [`${IF.index}.4`]: '4' }, 'ifIndex 4'],
    [{}, ''],
  ])('%j is %j', (varbinds, item) => {
    expect(interpret(trap(LINK_DOWN, varbinds), AROUND).item).toBe(item);
  });

  test('that a person switched off is no fault', () => {
    const off = trap(LINK_DOWN, { [`${IF.index}.3`]: '3', [`${IF.admin}.3`]: '2' });
    expect(interpret(off, AROUND)).toMatchObject({
      kind: 'link_off',
      fault: { action: 'retract', rule: 'interface_down' },
    });
    const verified = interpret({ ...off, verified: true }, AROUND);
    expect(verified.fault).toMatchObject({ action: 'clear', rule: 'interface_down' });
  });
});

describe('one trap for both directions', () => {
  const fan = (state: string) =>
    interpret(
      trap(
        '1.3.6.1.4.1.9.9.13.3.0.8',
        {
          '1.3.6.1.4.1.9.9.13.1.4.1.2.1004': 'Switch#1, Fan#1',
          '1.3.6.1.4.1.9.9.13.1.4.1.3.1004': state,
        },
        { verified: true },
      ),
      AROUND,
    );

  test('is told apart by its state', () => {
    expect(fan('1')).toMatchObject({ kind: 'fan_ok', item: 'Switch#1, Fan#1' });
    expect(fan('1').fault?.action).toBe('clear');
    expect(fan('3')).toMatchObject({ kind: 'fan_failed', item: 'Switch#1, Fan#1' });
    expect(fan('3').fault).toMatchObject({ action: 'open', severity: 'critical' });
  });

  test('with a state that says nothing is kept as it is', () => {
    expect(fan('5')).toMatchObject({ kind: 'trap', fault: null });
  });
});

describe('what an unverified trap may do', () => {
  const down = trap(LINK_DOWN, {});
  const up = trap('1.3.6.1.6.3.1.1.5.4', {});
  const onBattery = trap('1.3.6.1.2.1.33.2.1', {});
  const may = (unverifiedMay: Surroundings['unverifiedMay']) =>
    [down, up, onBattery].map(
      (one) => interpret(one, { ...AROUND, unverifiedMay }).fault?.action ?? null,
    );

  test('is said by the policy', () => {
    expect(may('inform')).toEqual([null, null, null]);
    // Ports go down all day: one that nobody verified opens nothing.
    expect(may('open')).toEqual(['confirm', 'retract', 'open']);
    expect(may('close')).toEqual(['open', 'clear', 'open']);
  });

  test('a verified one may do what its entry says', () => {
    const verified = [down, up].map((one) =>
      interpret({ ...one, verified: true }, { ...AROUND, unverifiedMay: 'inform' }),
    );
    expect(verified.map(({ fault }) => fault?.action)).toEqual(['open', 'clear']);
  });
});

describe('the device', () => {
  test('is that of the source; another address counts only from a relay', () => {
    const direct = trap(LINK_DOWN, {}, { agentAddress: '10.0.0.7' });
    expect(interpret(direct, AROUND)).toMatchObject({ source: '192.0.2.1', device: 'core-1' });
    const relayed = { ...direct, from: '192.0.2.250' };
    expect(interpret(relayed, AROUND)).toMatchObject({ source: '10.0.0.7', device: 'far-1' });
    const without = { ...relayed, agentAddress: '0.0.0.0' };
    expect(interpret(without, AROUND)).toMatchObject({ source: '192.0.2.250', device: '' });
  });

  test('when there is none, nothing is opened', () => {
    const stranger = trap(LINK_DOWN, {}, { from: '192.0.2.99', verified: true });
    expect(interpret(stranger, AROUND)).toMatchObject({
      device: '',
      kind: 'link_down',
      fault: null,
    });
  });
});

test('what strangers wrote stays text: no control characters, no place is filled twice', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.string(), (wild, other) => {
      const varbinds = { '1.3.6.1.4.1.674.10892.5.3.1.2.0': wild, '1.3.6.1.4.1.9.1': other };
      const event = interpret(trap('1.3.6.1.4.1.674.10892.5.3.2.1.0.2161', varbinds), AROUND);
      for (const text of [
        event.item,
        event.text.en,
        event.text.zh,
        ...Object.values(event.fields),
      ]) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are looked for.
        expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(text.length).toBeLessThanOrEqual(1_024);
      }
    }),
  );
  const trick = { '1.3.6.1.4.1.674.10892.5.3.1.2.0': '{item} {alertMessage}' };
  const event = interpret(trap('1.3.6.1.4.1.674.10892.5.3.2.1.0.2161', trick), AROUND);
  expect(event.text.en).toBe('?: {item} {alertMessage}');
});
