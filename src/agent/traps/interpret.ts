/** A trap → the event it is. Pure. What strangers wrote is made plain here once more (S23). */
import { type DeviceEvent, EVENT_LIMITS, plainText, portItem } from '../../shared/device-event.ts';
import type { Trap } from './frames.ts';
import { type Condition, type KnownTrap, type KnownTraps, PLACE } from './known.ts';
import type { UnverifiedMay } from './traps.ts';

export interface Surroundings {
  readonly known: KnownTraps;
  readonly unverifiedMay: UnverifiedMay;
  /** Whether the address is that of a relay. */
  isRelay(address: string): boolean;
  deviceOf(address: string): string | null;
  interfaceName(device: string, ifIndex: number): string | null;
}

/** The event without what its sender adds: number, time, repeats. */
export interface Interpreted extends Omit<DeviceEvent, 'id' | 'atMs' | 'repeats'> {
  /** What the trap speaks of, whether it may do something about it or not; '' when unknown. */
  readonly rule: string;
}

export function interpret(trap: Trap, around: Surroundings): Interpreted {
  const { known } = around;
  const source = originOf(trap, around);
  const device = around.deviceOf(source) ?? '';
  const values = namedValues(trap, known);
  const entry = (known.byOid.get(trap.oid) ?? []).find((one) => fits(one, values)) ?? null;
  const item = entry === null ? '' : itemOf(entry, values, device, around);
  return {
    device: plainText(device, EVENT_LIMITS.nameLength),
    kind: entry?.name ?? 'trap',
    source: plainText(source, EVENT_LIMITS.nameLength),
    verified: trap.verified,
    oid: trap.oid,
    item,
    text: textOf(entry, values, { item, oid: trap.oid }),
    fields: fieldsOf(trap, known),
    rule: entry?.fault?.rule ?? '',
    fault: device === '' ? null : allowedFault(entry, trap.verified, around.unverifiedMay),
  };
}

const NO_ADDRESS: readonly string[] = ['', '0.0.0.0', '::'];

/** Only a listed relay is believed when it names another origin. */
function originOf({ from, agentAddress }: Trap, { isRelay }: Surroundings): string {
  const named = NO_ADDRESS.includes(agentAddress) ? from : agentAddress;
  return isRelay(from) ? named : from;
}

/** Varbinds by their names; the first of a name counts. */
function namedValues({ varbinds }: Trap, known: KnownTraps): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { oid, value } of varbinds) {
    const name = known.nameOf(oid);
    if (name !== null && !values.has(name)) values.set(name, plainText(value));
  }
  return values;
}

function fits({ when, unless }: KnownTrap, values: ReadonlyMap<string, string>): boolean {
  const holds = ({ variable, values: wanted }: Condition): boolean =>
    wanted.includes(values.get(variable) ?? '');
  return when.every(holds) && !unless.some(holds);
}

function itemOf(
  { item }: KnownTrap,
  values: ReadonlyMap<string, string>,
  device: string,
  { interfaceName }: Surroundings,
): string {
  for (const name of item) {
    const value = values.get(name) ?? '';
    const shown = name === 'ifIndex' ? portName(value, device, interfaceName) : value;
    if (shown !== '') return plainText(shown, EVENT_LIMITS.nameLength);
  }
  const index = values.get('ifIndex') ?? '';
  return item.includes('ifIndex') && index !== '' ? portItem(index) : '';
}

function portName(
  value: string,
  device: string,
  interfaceName: Surroundings['interfaceName'],
): string {
  if (device === '' || !/^\d{1,10}$/.test(value)) return '';
  return interfaceName(device, Number(value)) ?? '';
}

function textOf(
  entry: KnownTrap | null,
  values: ReadonlyMap<string, string>,
  { item, oid }: { readonly item: string; readonly oid: string },
): DeviceEvent['text'] {
  if (entry === null) return { en: `Trap ${oid}`, zh: `Trap ${oid}` };
  const filled = (text: string): string =>
    plainText(
      text.replace(PLACE, (_, name: string) => (name === 'item' ? item : values.get(name)) || '?'),
    );
  return { en: filled(entry.text.en), zh: filled(entry.text.zh) };
}

function fieldsOf({ varbinds, version, inform }: Trap, known: KnownTraps): Record<string, string> {
  const fields: Record<string, string> = { snmp: `v${version}${inform ? ' inform' : ''}` };
  for (const { oid, value } of varbinds.slice(0, EVENT_LIMITS.fields - 1)) {
    const name = known.nameOf(oid);
    fields[name !== null && !Object.hasOwn(fields, name) ? name : oid] = plainText(value);
  }
  return fields;
}

/**
 * Anybody can write another's address on a v1 or v2c trap (S22). What nobody has verified may be
 * taken back by one of its kind; whether that is so, the collector knows.
 */
function allowedFault(
  entry: KnownTrap | null,
  verified: boolean,
  may: UnverifiedMay,
): DeviceEvent['fault'] {
  const fault = entry?.fault ?? null;
  if (fault === null || verified || may === 'close') return fault;
  if (may === 'inform') return null;
  if (fault.action === 'clear') return { ...fault, action: 'retract' };
  return entry?.onlyConfirms === true ? { ...fault, action: 'confirm' } : fault;
}
