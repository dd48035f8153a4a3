/**
 * What a series says about its device besides its figure (R24): facts from info series, and what
 * kind of thing it is. Looked at once, when the series is new.
 */
import type { Labels } from '../../shared/sample.ts';
import type { DeviceKind } from '../desk/desk.ts';

/** Info series whose labels are facts, and what their names begin with in the ledger. */
const INFO_SERIES: ReadonlyMap<string, string> = new Map([
  ['node_uname_info', 'uname'],
  ['node_os_info', 'os'],
  ['node_dmi_info', 'dmi'],
  ['snmp_device_info', 'snmp'],
]);

/** Series that an agent sends with the labels of its configuration alone. */
const LABEL_SERIES = new Set(['watchkeeper_agent_up', 'watchkeeper_target_info']);

/** Labels that say where a sample comes from, not what the device is. */
const ORIGIN = new Set(['__name__', 'instance', 'job', 'agent']);

/** `node_os_info{pretty_name="Debian"}` → `{ os_pretty_name: 'Debian' }`; null for other series. */
export function factsOf(labels: Labels): Readonly<Record<string, string>> | null {
  const prefix = INFO_SERIES.get(labels.__name__ ?? '');
  if (prefix === undefined) return null;
  const facts: Record<string, string> = {};
  for (const name in labels) {
    if (!ORIGIN.has(name)) facts[`${prefix}_${name}`] = labels[name] ?? '';
  }
  return facts;
}

/** The labels somebody gave the device in an agent's configuration; null for other series. */
export function reportedLabelsOf(labels: Labels): Readonly<Record<string, string>> | null {
  if (!LABEL_SERIES.has(labels.__name__ ?? '')) return null;
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !ORIGIN.has(name)));
}

/** Series that only one kind of thing has. */
const KINDS: ReadonlyMap<string, DeviceKind> = new Map([
  ['node_uname_info', 'server'],
  ['node_boot_time_seconds', 'server'],
  ['windows_os_info', 'server'],
  ['snmp_device_info', 'network'],
  ['ifHCInOctets', 'network'],
  ['ifInOctets', 'network'],
  ['pg_up', 'database'],
  ['mysql_up', 'database'],
  ['probe_success', 'service'],
]);

export function kindOf(labels: Labels): DeviceKind | null {
  return KINDS.get(labels.__name__ ?? '') ?? null;
}
