import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, labelText } from '../../../src/agent/snmp/cell.ts';
import { emitLook, interfaceUp } from '../../../src/agent/snmp/emission.ts';
import { changesBetween, FLAP_WINDOW_MS, Flaps } from '../../../src/agent/snmp/flaps.ts';
import {
  hasStranger,
  type InterfaceRules,
  NAMING,
  narrowColumns,
  portsOf,
  rulesFor,
  STATES,
} from '../../../src/agent/snmp/interfaces.ts';
import { gatewayOf, neighboursOf } from '../../../src/agent/snmp/neighbours.ts';
import { Reading } from '../../../src/agent/snmp/reading.ts';
import type { Look } from '../../../src/agent/snmp/snmp.ts';
import { recorder } from './devices.ts';

const NO_RULES: InterfaceRules = { only: [], ignore: [], ignoreTypes: [], speeds: [] };
const text = (value: string): Buffer => Buffer.from(value);

function reading(columns: Readonly<Record<string, Readonly<Record<string, Cell>>>>): Reading {
  const made = new Reading();
  for (const [column, cells] of Object.entries(columns)) {
    made.columns.set(column, new Map(Object.entries(cells)));
  }
  return made;
}

describe('ports', () => {
  test('are named by ifName, else ifDescr, else their number; equal names are told apart', () => {
    const cells = reading({
      [NAMING.ifName]: { 1: text('Gi1'), 2: text(''), 4: text('Gi1') },
      [NAMING.ifDescr]: { 1: text('one'), 2: text('two') },
      [STATES.ifOperStatus]: { 10: 1, 3: 1 },
    });
    expect(portsOf(cells, NO_RULES).map(({ ifIndex, name }) => [ifIndex, name])).toEqual([
      ['1', 'Gi1'],
      ['2', 'two'],
      ['3', '3'],
      ['4', 'Gi1 #2'],
      ['10', '10'],
    ]);
  });

  test.each([
    ['ifHighSpeed', { [NAMING.ifHighSpeed]: { 1: 10_000 }, [NAMING.ifSpeed]: { 1: 1 } }, 1e10],
    ['ifSpeed', { [NAMING.ifSpeed]: { 1: 1e8 } }, 1e8],
    [
      'ifSpeed where ifHighSpeed is 0',
      { [NAMING.ifHighSpeed]: { 1: 0 }, [NAMING.ifSpeed]: { 1: 64_000 } },
      0,
    ],
    ['nobody: ifSpeed is saturated', { [NAMING.ifSpeed]: { 1: 4_294_967_295 } }, Number.NaN],
    ['nobody', {}, Number.NaN],
  ])('have the speed of %s', (_what, columns, wanted) => {
    const cells = reading({ [NAMING.ifName]: { 1: text('a') }, ...columns });
    expect(portsOf(cells, NO_RULES)[0]?.speedBps).toBe(wanted);
  });

  test('the configuration may know the speed better', () => {
    const cells = reading({
      [NAMING.ifName]: { 1: text('wan0') },
      [NAMING.ifHighSpeed]: { 1: 1_000 },
    });
    const rules = { ...NO_RULES, speeds: [{ name: '^wan', bitsPerSecond: 5e7 }] };
    expect(portsOf(cells, rules)[0]).toMatchObject({ speedBps: 5e7, isSpeedGiven: true });
  });

  test('are left out by name, by type, or because only others are wanted', () => {
    const cells = reading({
      [NAMING.ifName]: { 1: text('Gi1'), 2: text('Null0'), 3: text('lo'), 4: text('Gi2') },
      [NAMING.ifType]: { 1: 6, 2: 1, 3: 24, 4: 6 },
    });
    const kept = (rules: Partial<InterfaceRules>): string[] =>
      portsOf(cells, { ...NO_RULES, ...rules })
        .filter(({ isIgnored }) => !isIgnored)
        .map(({ name }) => name);
    expect(kept({ ignore: ['^null'] })).toEqual(['Gi1', 'lo', 'Gi2']);
    expect(kept({ ignoreTypes: [24, 1] })).toEqual(['Gi1', 'Gi2']);
    expect(kept({ only: ['^Gi'], ignore: ['2$'] })).toEqual(['Gi1']);
    const profile = { interfaces: { ignore_name: ['^lo$'], ignore_type: [1] } };
    expect(kept(rulesFor(profile, NO_RULES))).toEqual(['Gi1', 'Gi2']);
  });

  test('narrow counters are wanted only where wide ones are missing', () => {
    const wide = Object.fromEntries(
      [6, 10, 7, 11].map((column) => [`1.3.6.1.2.1.31.1.1.1.${column}`, { 1: 5n, 2: 5n }]),
    );
    expect(narrowColumns(reading(wide))).toEqual([]);
    const one = { ...wide, [STATES.ifOperStatus]: { 1: 1, 2: 1, 3: 1 } };
    expect(narrowColumns(reading(one))).toHaveLength(4);
  });

  test('a port nobody knows is noticed', () => {
    const cells = reading({ [STATES.ifOperStatus]: { 1: 1, 2: 1 } });
    const ports = portsOf(reading({ [STATES.ifOperStatus]: { 1: 1 } }), NO_RULES);
    expect(hasStranger(cells, ports)).toBe(true);
    expect(hasStranger(cells, portsOf(cells, NO_RULES))).toBe(false);
  });
});

test.each([
  [1, 1, 1],
  [1, 2, 0],
  [1, 7, 0],
  [2, 2, Number.NaN],
  [3, 1, Number.NaN],
  [Number.NaN, 2, 0],
  [1, Number.NaN, Number.NaN],
])('admin %d and oper %d make %d', (admin, oper, up) => {
  expect(interfaceUp({ admin, oper })).toBe(up);
});

describe('flaps', () => {
  const state = (oper: number, lastChangeTicks = Number.NaN) => ({
    admin: 1,
    oper,
    lastChangeTicks,
  });

  test.each([
    ['nothing', state(1, 50), state(1, 50), 0],
    ['down', state(1), state(2), 1],
    ['down and up again in between', state(1, 50), state(1, 90), 2],
    ['a time in the future', state(1, 50), state(1, 5_000), 0],
    ['a time that went back', state(1, 50), state(1, 20), 0],
    ['unknown before', state(Number.NaN), state(1), 0],
  ])('%s', (_what, before, now, changes) => {
    expect(changesBetween(before, now, 1_000)).toBe(changes);
  });

  test('are counted over 15 minutes, told for an hour, then forgotten', () => {
    const flaps = new Flaps();
    const at = (minutes: number, oper: number) =>
      flaps.look('a', state(oper), { nowMs: minutes * 60_000, upTicks: 1e9 });
    expect(at(0, 1)).toBeNull();
    expect([at(1, 2), at(2, 1), at(3, 2)]).toEqual([1, 2, 3]);
    expect(at(17, 2)).toBe(1);
    expect(at(30, 2)).toBe(0);
    expect(at(64, 2)).toBeNull();
    expect(FLAP_WINDOW_MS).toBe(900_000);
  });

  test('a restart of the device is no flapping, and ports that are gone are forgotten', () => {
    const flaps = new Flaps();
    const look = (name: string, oper: number) =>
      flaps.look(name, state(oper, 5), { nowMs: 0, upTicks: 1e9 });
    look('a', 1);
    flaps.restart();
    expect(look('a', 2)).toBeNull();
    flaps.keep(new Set());
    expect(look('a', 1)).toBeNull();
  });
});

test('what is emitted of a device that only tells a share of its memory', () => {
  const { samples, emit } = recorder();
  const look: Look = {
    trouble: null,
    didRestart: false,
    engineChange: '',
    reading: new Reading(),
    portsBegun: new Map(),
    upTicks: 5,
    upSeconds: 0.05,
    known: null,
    figures: {
      cpu: [],
      memory: [
        {
          label: 'm',
          totalBytes: Number.NaN,
          usedBytes: Number.NaN,
          usedRatio: 0.4,
          class: 'system',
          isMain: false,
        },
        {
          label: 'swap',
          totalBytes: 10,
          usedBytes: 4,
          usedRatio: 0.4,
          class: 'swap',
          isMain: false,
        },
      ],
      storage: [{ label: 'flash:', totalBytes: 10, usedBytes: 3, usedRatio: 0.3 }],
      temperature: [{ label: 't', celsius: 40 }],
      series: [{ metric: 'x_ratio', value: 0.5, labels: ['tray', '1'] }],
    },
    unanswered: [],
    cut: [],
    seconds: 0.5,
    pdus: 3,
  };
  emitLook({ emit, look, flaps: new Flaps(), address: '192.0.2.1', nowMs: 0 });
  expect(Object.fromEntries(samples)).toEqual({
    snmp_scrape_success: 1,
    snmp_scrape_answered: 1,
    snmp_scrape_duration_seconds: 0.5,
    snmp_scrape_pdus_returned: 3,
    sysUpTime: 5,
    uptime_seconds: 0.05,
    memory_used_ratio: 0.4,
    swap_used_bytes: 4,
    swap_size_bytes: 10,
    'filesystem_used_bytes{mountpoint="flash:"}': 3,
    'filesystem_size_bytes{mountpoint="flash:"}': 10,
    'temperature_celsius{sensor="t"}': 40,
    'x_ratio{tray="1"}': 0.5,
  });
});

test('labels fit the collector, whatever the device says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (value) => {
      const cut = labelText(value);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(256);
      expect(value.startsWith(cut)).toBe(true);
    }),
  );
});

describe('neighbours', () => {
  const LLDP = '1.0.8802.1.1.2.1';
  const CDP = '1.3.6.1.4.1.9.9.23.1.2.1.1';
  const ports = portsOf(
    reading({ [NAMING.ifName]: { 3: text('Gi0/3'), 9: text('Gi0/9') } }),
    NO_RULES,
  );

  test('of LLDP are placed by the name of the local port', () => {
    const cells = reading({
      [`${LLDP}.4.1.1.5`]: { '0.12.1': Buffer.from([0, 1, 2, 3, 4, 5]), '0.9.7': text('x') },
      [`${LLDP}.4.1.1.7`]: { '0.12.1': text('Te1/1') },
      [`${LLDP}.4.1.1.9`]: { '0.12.1': text('core-1') },
      [`${LLDP}.3.7.1.3`]: { 12: text('Gi0/3') },
      [`${LLDP}.4.2.1.3`]: { '0.12.1.1.4.192.0.2.1': 2 },
    });
    expect(neighboursOf(cells, ports)).toEqual([
      {
        protocol: 'lldp',
        ifName: 'Gi0/3',
        neighbour: 'core-1',
        neighbourPort: 'Te1/1',
        address: '192.0.2.1',
      },
      { protocol: 'lldp', ifName: 'Gi0/9', neighbour: 'x', neighbourPort: '', address: '' },
    ]);
  });

  test('of CDP are placed by ifIndex', () => {
    const cells = reading({
      [`${CDP}.4`]: { '9.1': Buffer.from([192, 0, 2, 5]) },
      [`${CDP}.6`]: { '9.1': text('router.example') },
      [`${CDP}.7`]: { '9.1': text('Gi0/0') },
    });
    expect(neighboursOf(cells, ports)).toEqual([
      {
        protocol: 'cdp',
        ifName: 'Gi0/9',
        neighbour: 'router.example',
        neighbourPort: 'Gi0/0',
        address: '192.0.2.5',
      },
    ]);
  });

  test.each([
    ['the old table', { scalar: '192.0.2.254' }, '192.0.2.254'],
    ['the newer one', { inet: '2.0.0.1.4.192.0.2.253' }, '192.0.2.253'],
    ['the one between', { cidr: '192.0.2.252' }, '192.0.2.252'],
    ['a route without a next hop', { scalar: '0.0.0.0' }, ''],
    ['nothing', {}, ''],
  ])(
    'the gateway is that of %s',
    (_what, { scalar, inet, cidr }: Record<string, string>, wanted) => {
      const cells = reading({
        ...(inet ? { '1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0': { [inet]: 1 } } : {}),
        ...(cidr ? { '1.3.6.1.2.1.4.24.4.1.5.0.0.0.0.0.0.0.0.0': { [cidr]: 1 } } : {}),
      });
      if (scalar) cells.scalars.set('1.3.6.1.2.1.4.21.1.7.0.0.0.0', scalar);
      expect(gatewayOf(cells)?.address ?? '').toBe(wanted);
    },
  );
});
