/**
 * A look at a device → samples. Raw counters keep snmp_exporter's names; figures a profile worked
 * out go under the names of the indicators. In the same order every round: the sampler finds its
 * series by their place.
 */
import type { Emit } from '../sources/sources.ts';
import { labelText, numberOf, textOf } from './cell.ts';
import { deviceCpu, deviceMemory, type SizeRow } from './figures.ts';
import type { Flaps } from './flaps.ts';
import { ADMIN_UP, countersOf, type Port, stateOf } from './interfaces.ts';
import type { Look } from './snmp.ts';

const BITS_PER_MEGABIT = 1e6;
const BITS_PER_BYTE = 8;

const HR_STORAGE = '1.3.6.1.2.1.25.2.3.1';
const HR_STORAGE_DESCR = `${HR_STORAGE}.3`;
const HR_STORAGE_COLUMNS = Object.freeze({
  hrStorageAllocationUnits: `${HR_STORAGE}.4`,
  hrStorageSize: `${HR_STORAGE}.5`,
  hrStorageUsed: `${HR_STORAGE}.6`,
});

export interface Emitting {
  readonly emit: Emit;
  readonly look: Look;
  readonly flaps: Flaps;
  /** Of the target, as configured. */
  readonly address: string;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

export function emitLook({ emit, look, flaps, address, nowMs }: Emitting): void {
  emit('snmp_scrape_success', look.trouble === null ? 1 : 0);
  // A device that is too slow for its round is there all the same.
  const isThere = look.trouble === null || look.reading.scalars.size > 0;
  emit('snmp_scrape_answered', isThere ? 1 : 0);
  emit('snmp_scrape_duration_seconds', look.seconds);
  emit('snmp_scrape_pdus_returned', look.pdus);
  emit('sysUpTime', look.upTicks);
  emit('uptime_seconds', look.upSeconds);
  if (Number.isNaN(look.upTicks) && look.reading.scalars.size === 0) return;
  emitFacts(emit, look, address);
  emitFigures(emit, look);
  emitStorageTable(emit, look);
  if (look.didRestart) flaps.restart();
  const ports = (look.known?.ports ?? []).filter(({ isIgnored }) => !isIgnored);
  for (const port of ports) emitPort(emit, look, port);
  for (const port of ports) {
    const state = stateOf(look.reading, port);
    if (Number.isNaN(state.oper)) continue;
    const changes = flaps.look(port.name, state, { nowMs, upTicks: look.upTicks });
    if (changes !== null) emit('interface_flaps', changes, 'interface', labelText(port.name));
  }
  flaps.keep(new Set(ports.map(({ name }) => name)));
}

function emitFacts(emit: Emit, { known }: Look, address: string): void {
  if (known === null) return;
  const { system, facts, choice, category, neighbours, gateway, places } = known;
  const info = {
    sys_name: system.sysName,
    sys_descr: system.sysDescr,
    sys_object_id: system.sysObjectID,
    vendor: facts.vendor ?? '',
    model: facts.model ?? '',
    version: facts.version ?? '',
    serial: facts.serial ?? '',
    profile: choice.profile.id,
    category,
    // Gateways of other devices are told by their address.
    address,
  };
  const told = Object.entries(info).filter(([, text]) => text !== '');
  emit('snmp_device_info', 1, ...told.flatMap(([name, text]) => [name, labelText(text)]));
  for (const { protocol, ifName, neighbour, neighbourPort, address } of neighbours) {
    const pairs = ['ifName', ifName, 'neighbour', neighbour, 'neighbour_port', neighbourPort];
    const texts = ['protocol', protocol, ...pairs, 'address', address].map(labelText);
    emit('snmp_neighbour_info', 1, ...texts);
  }
  if (gateway !== null) {
    emit('snmp_gateway_info', 1, 'address', gateway.address, 'mac', gateway.mac);
  }
  for (const { address, mac } of places)
    emit('snmp_address_info', 1, 'address', address, 'mac', mac);
}

function emitSizes(emit: Emit, names: readonly [string, string], row: SizeRow, item: string[]) {
  emit(names[0], row.usedBytes, ...item);
  emit(names[1], row.totalBytes, ...item);
}

function emitFigures(emit: Emit, { figures }: Look): void {
  const { cpu, memory, storage, temperature, series } = figures;
  emit('cpu_used_ratio', deviceCpu(cpu));
  const boards = cpu.filter(({ combine }) => combine === 'max');
  for (const { label, usedRatio } of boards.length > 1 ? boards : []) {
    emit('snmp_cpu_used_ratio', usedRatio, 'cpu', labelText(label));
  }
  const main = deviceMemory(memory);
  if (main !== null) emitMain(emit, main);
  const pools = memory.filter((row) => row.class === 'system');
  for (const pool of pools.length > 1 ? pools : []) {
    emit('snmp_memory_used_ratio', pool.usedRatio, 'pool', labelText(pool.label));
  }
  const swap = memory.find((row) => row.class === 'swap');
  if (swap !== undefined) emitSizes(emit, ['swap_used_bytes', 'swap_size_bytes'], swap, []);
  for (const row of storage) {
    const item = ['mountpoint', labelText(row.label)];
    emitSizes(emit, ['filesystem_used_bytes', 'filesystem_size_bytes'], row, item);
  }
  for (const { label, celsius } of temperature) {
    emit('temperature_celsius', celsius, 'sensor', labelText(label));
  }
  for (const { metric, value, labels } of series) emit(metric, value, ...labels.map(labelText));
}

/** A device that tells only a share of its memory has a figure of its own. */
function emitMain(emit: Emit, main: SizeRow): void {
  if (Number.isNaN(main.totalBytes)) emit('memory_used_ratio', main.usedRatio);
  else emitSizes(emit, ['memory_used_bytes', 'memory_size_bytes'], main, []);
}

function emitStorageTable(emit: Emit, { reading }: Look): void {
  for (const [metric, column] of Object.entries(HR_STORAGE_COLUMNS)) {
    for (const [index, cell] of reading.columns.get(column) ?? []) {
      const descr = labelText(textOf(reading.columns.get(HR_STORAGE_DESCR)?.get(index)));
      emit(metric, numberOf(cell), 'hrStorageIndex', index, 'hrStorageDescr', descr);
    }
  }
}

function emitPort(emit: Emit, { reading, portsBegun }: Look, port: Port): void {
  const labels = port.labels;
  // Before the counters: who knows them then knows that they began anew.
  const begun = portsBegun.get(port.ifIndex);
  if (begun !== undefined) emit('ifCounterDiscontinuityTime', begun, ...labels);
  for (const { metric, cell } of countersOf(reading, port)) emit(metric, numberOf(cell), ...labels);
  const { admin, oper } = stateOf(reading, port);
  emit('ifAdminStatus', admin, ...labels);
  emit('ifOperStatus', oper, ...labels);
  if (port.speedBps > 0 && !port.isSpeedGiven) {
    emit('ifHighSpeed', port.speedBps / BITS_PER_MEGABIT, ...labels);
  }
  if (port.isSpeedGiven) {
    const bytesPerSecond = port.speedBps / BITS_PER_BYTE;
    emit('network_speed_bytes_per_second', bytesPerSecond, 'interface', labelText(port.name));
  }
}

/** 1 or 0; NaN while somebody switched the port off, or where the device does not say. */
export function interfaceUp(state: { readonly admin: number; readonly oper: number }): number {
  const isOff = !Number.isNaN(state.admin) && state.admin !== ADMIN_UP;
  if (isOff || Number.isNaN(state.oper)) return Number.NaN;
  return state.oper === 1 ? 1 : 0;
}
