/**
 * IF-MIB (RFC 2863): which ports a device has, under their names; which columns are worth walking.
 * Identity is ifName (else ifDescr): ifIndex is dealt anew at a restart of many devices, so what is
 * remembered of a port and what is judged of it go by its name.
 */
import { type Cell, labelText, numberOf, textOf } from './cell.ts';
import { compareOids } from './oid.ts';
import { regex } from './pick.ts';
import type { Profile } from './profile-schema.ts';
import type { Reading } from './reading.ts';

const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';

export const IF_TABLE_LAST_CHANGE = '1.3.6.1.2.1.31.1.5.0';

/** Read now and then: they change when somebody configures the device. */
export const NAMING = Object.freeze({
  ifName: `${IFX}.1`,
  ifAlias: `${IFX}.18`,
  ifHighSpeed: `${IFX}.15`,
  ifDescr: `${IF}.2`,
  ifType: `${IF}.3`,
  ifSpeed: `${IF}.5`,
});

export const STATES = Object.freeze({
  ifAdminStatus: `${IF}.7`,
  ifOperStatus: `${IF}.8`,
  ifLastChange: `${IF}.9`,
});

/** In the order they are emitted. */
export const COUNTERS = Object.freeze({
  ifHCInOctets: `${IFX}.6`,
  ifHCOutOctets: `${IFX}.10`,
  ifHCInUcastPkts: `${IFX}.7`,
  ifHCOutUcastPkts: `${IFX}.11`,
  ifInErrors: `${IF}.14`,
  ifOutErrors: `${IF}.20`,
  ifInDiscards: `${IF}.13`,
  ifOutDiscards: `${IF}.19`,
});

/** What stands in for a 64-bit counter that a port does not have. */
export const NARROW = Object.freeze({
  ifInOctets: { column: `${IF}.10`, for: COUNTERS.ifHCInOctets },
  ifOutOctets: { column: `${IF}.16`, for: COUNTERS.ifHCOutOctets },
  ifInUcastPkts: { column: `${IF}.11`, for: COUNTERS.ifHCInUcastPkts },
  ifOutUcastPkts: { column: `${IF}.17`, for: COUNTERS.ifHCOutUcastPkts },
});

/** Columns whose cells are only true of the moment they are read. */
export const CHANGING: ReadonlySet<string> = new Set([
  ...Object.values(STATES),
  ...Object.values(COUNTERS),
  ...Object.values(NARROW).map(({ column }) => column),
]);

/** ifSpeed says this where the speed does not fit into it. */
const SPEED_SATURATED = 4_294_967_295;
const BITS_PER_MEGABIT = 1e6;

export const ADMIN_UP = 1;
export const OPER_UP = 1;

export interface InterfaceRules {
  /** Only these names; empty: all. Patterns on ifName, else ifDescr. */
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  readonly ignoreTypes: readonly number[];
  /** Where a device does not know its line: bits per second by pattern of the name. */
  readonly speeds: readonly { readonly name: string; readonly bitsPerSecond: number }[];
}

export interface Port {
  readonly ifIndex: string;
  /** As the device says; '' where it does not. */
  readonly ifName: string;
  readonly ifDescr: string;
  readonly ifAlias: string;
  /** What it is called here: different for every port of the device. */
  readonly name: string;
  /** NaN where nobody knows. */
  readonly speedBps: number;
  /** The speed is the configuration's, not the device's. */
  readonly isSpeedGiven: boolean;
  readonly isIgnored: boolean;
  /** Of its series: ifIndex, ifName, ifAlias, ifDescr and their values in turn. */
  readonly labels: readonly string[];
}

const cellOf = ({ columns }: Reading, column: string, index: string): Cell | undefined =>
  columns.get(column)?.get(index);

export function rulesFor(
  profile: Pick<Profile, 'interfaces'>,
  target: InterfaceRules,
): InterfaceRules {
  const { ignore_name = [], ignore_type = [] } = profile.interfaces ?? {};
  return {
    ...target,
    ignore: [...ignore_name, ...target.ignore],
    ignoreTypes: [...ignore_type, ...target.ignoreTypes],
  };
}

function speedOf(reading: Reading, index: string): number {
  const megabits = numberOf(cellOf(reading, NAMING.ifHighSpeed, index));
  if (megabits > 0) return megabits * BITS_PER_MEGABIT;
  const bits = numberOf(cellOf(reading, NAMING.ifSpeed, index));
  if (bits === 0 || megabits === 0) return 0;
  return bits < SPEED_SATURATED ? bits : Number.NaN;
}

function isIgnored(name: string, type: number, rules: InterfaceRules): boolean {
  const matches = (pattern: string): boolean => regex(pattern).test(name);
  if (rules.only.length > 0 && !rules.only.some(matches)) return true;
  return rules.ignore.some(matches) || rules.ignoreTypes.includes(type);
}

/** Every index that any of the tables has, in the device's order. */
export function portIndexes(reading: Reading): string[] {
  const columns = [...Object.values(NAMING), ...Object.values(STATES), ...Object.values(COUNTERS)];
  const indexes = new Set<string>();
  for (const column of columns) {
    for (const index of reading.columns.get(column)?.keys() ?? []) indexes.add(index);
  }
  return [...indexes].sort(compareOids);
}

export function portsOf(reading: Reading, rules: InterfaceRules): Port[] {
  const seen = new Map<string, number>();
  return portIndexes(reading).map((index) => {
    const text = (column: string): string => textOf(cellOf(reading, column, index));
    const ifName = text(NAMING.ifName);
    const ifDescr = text(NAMING.ifDescr);
    const ifAlias = text(NAMING.ifAlias);
    const usual = ifName || ifDescr || index;
    const count = (seen.get(usual) ?? 0) + 1;
    seen.set(usual, count);
    const name = count === 1 ? usual : `${usual} #${count}`;
    const given = rules.speeds.find((rule) => regex(rule.name).test(usual));
    return {
      ifIndex: index,
      ifName,
      ifDescr,
      ifAlias,
      name,
      speedBps: given?.bitsPerSecond ?? speedOf(reading, index),
      isSpeedGiven: given !== undefined,
      isIgnored: isIgnored(usual, numberOf(cellOf(reading, NAMING.ifType, index)), rules),
      labels: ['ifIndex', index, 'ifName', name, 'ifAlias', ifAlias, 'ifDescr', ifDescr].map(
        labelText,
      ),
    };
  });
}

/** 32-bit columns that some port needs, having no 64-bit counter. */
export function narrowColumns(reading: Reading): string[] {
  const ports = portIndexes(reading).length;
  return Object.values(NARROW)
    .filter((narrow) => (reading.columns.get(narrow.for)?.size ?? 0) < ports)
    .map(({ column }) => column);
}

/** Columns of every round, of those the device has. */
export function countingColumns(reading: Reading): string[] {
  const all = [...Object.values(COUNTERS), ...Object.values(STATES)];
  const present = all.filter((column) => reading.columns.has(column));
  return [...present, ...narrowColumns(reading).filter((column) => reading.columns.has(column))];
}

/** A port that has counters or a state but no row among the known ones: the device changed. */
export function hasStranger(reading: Reading, ports: readonly Port[]): boolean {
  const known = new Set(ports.map(({ ifIndex }) => ifIndex));
  return portIndexes(reading).some((index) => !known.has(index));
}

export interface PortCounter {
  readonly metric: string;
  readonly cell: Cell;
}

/** Octets and packets of a port, wide where it has them. */
export function countersOf(reading: Reading, { ifIndex }: Pick<Port, 'ifIndex'>): PortCounter[] {
  const found: PortCounter[] = [];
  const add = (metric: string, column: string): void => {
    const cell = cellOf(reading, column, ifIndex);
    if (cell !== undefined && cell !== null) found.push({ metric, cell });
  };
  for (const [metric, column] of Object.entries(COUNTERS)) add(metric, column);
  for (const [metric, narrow] of Object.entries(NARROW)) {
    if (cellOf(reading, narrow.for, ifIndex) === undefined) add(metric, narrow.column);
  }
  return found;
}

export interface PortState {
  /** NaN where the device does not say. */
  readonly admin: number;
  readonly oper: number;
  readonly lastChangeTicks: number;
}

export function stateOf(reading: Reading, { ifIndex }: Pick<Port, 'ifIndex'>): PortState {
  const number = (column: string): number => numberOf(cellOf(reading, column, ifIndex));
  return {
    admin: number(STATES.ifAdminStatus),
    oper: number(STATES.ifOperStatus),
    lastChangeTicks: number(STATES.ifLastChange),
  };
}
