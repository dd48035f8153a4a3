/**
 * State and facts of network interfaces, from /sys/class/net (kernel:
 * Documentation/ABI/testing/sysfs-class-net). State is read every time; address, MTU and speed are
 * facts, read again after some cycles.
 */
import { numberOf } from './lines.ts';
import { counter, gauge } from './metric.ts';
import type { Host, Source } from './sources.ts';

const BYTES_PER_MEGABIT = 125_000;

/** The kernel gives Mbit/s; −1 and 2^32−1 stand for unknown. */
function speedBytes(text: string | null): number {
  const megabits = numberOf(text);
  return megabits >= 0 && megabits < 0xffff_ffff ? megabits * BYTES_PER_MEGABIT : Number.NaN;
}

const INFO = ['address', 'broadcast', 'duplex', 'ifalias'];

function infoLabels(host: Host, folder: string): string[] {
  return INFO.flatMap((name) => [name, host.fact(`${folder}/${name}`) ?? '']);
}

export const netclass: Source = {
  name: 'netclass',
  metrics: {
    node_network_up: gauge("Value is 1 if operstate is 'up', 0 otherwise."),
    node_network_info: gauge('Non-numeric data from /sys/class/net/<iface>, value is always 1.'),
    node_network_carrier: gauge('Network device property: carrier'),
    node_network_carrier_changes_total: counter('Network device property: carrier_changes_total'),
    node_network_mtu_bytes: gauge('Network device property: mtu_bytes'),
    node_network_speed_bytes: gauge('Network device property: speed_bytes'),
  },
  missing: () => null,
  collect: (host, emit) => {
    for (const device of host.list(`${host.sysPath}/class/net`) ?? []) {
      const folder = `${host.sysPath}/class/net/${device}`;
      const operstate = host.line(`${folder}/operstate`);
      // Also files lie here (bonding_masters), and interfaces go away while we look.
      if (operstate === null) continue;
      const fact = (name: string): string | null => host.fact(`${folder}/${name}`);
      // The carrier of an interface that is down does not move until the interface does.
      const state = (name: string): number =>
        numberOf(operstate === 'down' ? fact(name) : host.line(`${folder}/${name}`));
      emit('node_network_up', operstate === 'up' ? 1 : 0, 'device', device);
      emit('node_network_carrier', state('carrier'), 'device', device);
      emit('node_network_carrier_changes_total', state('carrier_changes'), 'device', device);
      emit('node_network_mtu_bytes', numberOf(fact('mtu')), 'device', device);
      emit('node_network_speed_bytes', speedBytes(fact('speed')), 'device', device);
      const info = ['device', device, 'operstate', operstate, ...infoLabels(host, folder)];
      emit('node_network_info', 1, ...info);
    }
  },
};
