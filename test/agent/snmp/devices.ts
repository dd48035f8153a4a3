/** What tests of this room share: a target, a switch as a table, one look at it. */
import { Device } from '../../../src/agent/snmp/device.ts';
import type { Profile } from '../../../src/agent/snmp/profile-schema.ts';
import type { Profiles } from '../../../src/agent/snmp/profiles.ts';
import { loadNetSnmp } from '../../../src/agent/snmp/protocols.ts';
import { openSharedSockets } from '../../../src/agent/snmp/shared-sockets.ts';
import type { SnmpTarget } from '../../../src/agent/snmp/snmp.ts';
import { type Clock, systemClock } from '../../../src/shared/clock.ts';
import {
  counter32,
  counter64,
  gauge,
  integer,
  oidValue,
  type SimValue,
  text,
  ticks,
} from '../../support/snmp-device.ts';

export const SYS = '1.3.6.1.2.1.1';
export const IF = '1.3.6.1.2.1.2.2.1';
export const IFX = '1.3.6.1.2.1.31.1.1.1';

export function target(port: number, more: Partial<SnmpTarget> = {}): SnmpTarget {
  return {
    name: 'switch',
    address: '127.0.0.1',
    port,
    credential: { version: '2c', community: 'public' },
    profile: '',
    labels: {},
    intervalMs: 60_000,
    timeoutMs: 1_000,
    retries: 0,
    namesIntervalMs: 600_000,
    neighbours: false,
    interfaces: { only: [], ignore: [], ignoreTypes: [], speeds: [] },
    ...more,
  };
}

export const system = (more: Readonly<Record<string, SimValue>> = {}) => ({
  [`${SYS}.1.0`]: text('Example OS 1.2'),
  [`${SYS}.2.0`]: oidValue('1.3.6.1.4.1.99999.2.7'),
  [`${SYS}.3.0`]: ticks(100_000),
  [`${SYS}.5.0`]: text('core-1'),
  ...more,
});

/** One port with 64-bit counters under `index`. */
export const port = (
  index: number,
  name: string,
  octets: bigint = 1_000n,
): Record<string, SimValue> => ({
  [`${IFX}.1.${index}`]: text(name),
  [`${IFX}.6.${index}`]: counter64(octets),
  [`${IFX}.7.${index}`]: counter64(10),
  [`${IFX}.10.${index}`]: counter64(octets * 2n),
  [`${IFX}.11.${index}`]: counter64(20),
  [`${IFX}.15.${index}`]: gauge(1_000),
  [`${IFX}.18.${index}`]: text(`to ${name}`),
  [`${IF}.2.${index}`]: text(`Ethernet ${name}`),
  [`${IF}.3.${index}`]: integer(6),
  [`${IF}.7.${index}`]: integer(1),
  [`${IF}.8.${index}`]: integer(1),
  [`${IF}.9.${index}`]: ticks(5_000),
  [`${IF}.13.${index}`]: counter32(3),
  [`${IF}.14.${index}`]: counter32(1),
  [`${IF}.19.${index}`]: counter32(4),
  [`${IF}.20.${index}`]: counter32(2),
});

export function profilesOf(...all: readonly Profile[]): Profiles {
  return { all, byId: new Map(all.map((profile) => [profile.id, profile])) };
}

export async function openDevice(
  one: SnmpTarget,
  profiles: Profiles = profilesOf(),
  clock: Clock = systemClock,
) {
  const sockets = openSharedSockets();
  const snmp = await loadNetSnmp();
  const device = new Device({ target: one, profiles, clock, snmp, sockets });
  return {
    device,
    sockets,
    look: () => device.look(new AbortController().signal),
    close: () => {
      device.close();
      sockets.close();
    },
  };
}

/** What was emitted, as exposition text without values' types: `name{a="b"}` → value. */
export function recorder() {
  const samples = new Map<string, number>();
  const emit = (name: string, value: number, ...labels: readonly string[]): void => {
    if (Number.isNaN(value)) return;
    const pairs: string[] = [];
    for (let i = 0; i + 1 < labels.length; i += 2) pairs.push(`${labels[i]}="${labels[i + 1]}"`);
    samples.set(pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`, value);
  };
  return { samples, emit };
}
