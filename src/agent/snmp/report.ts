/** What `agent snmp test` shows of one look at a device: as data, and as text for people. */
import { isIndicatorName } from '../../shared/indicator.ts';
import { numberOf } from './cell.ts';
import { emitLook, interfaceUp } from './emission.ts';
import type { SizeRow } from './figures.ts';
import { Flaps } from './flaps.ts';
import { COUNTERS, NAMING, NARROW, type Port, stateOf } from './interfaces.ts';
import { compareOids } from './oid.ts';
import type { Reading } from './reading.ts';
import type { Look } from './snmp.ts';

export interface Report {
  readonly profile: string;
  /** Why this profile. */
  readonly reason: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly rows: {
    readonly cpu: readonly { readonly descr: string; readonly used_ratio: number }[];
    readonly memory: readonly (SizeReport & { readonly class: string })[];
    readonly storage: readonly SizeReport[];
    readonly temperature: readonly { readonly descr: string; readonly celsius: number }[];
    readonly ports: readonly PortReport[];
  };
  readonly indicators: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
  readonly unanswered: readonly string[];
}

/** The report and what is only for people. */
export interface Tested {
  readonly report: Report;
  /** Scalars and columns that answered, with the number of cells. */
  readonly answered: readonly { readonly oid: string; readonly cells: number }[];
  readonly neighbours: readonly string[];
  /** What went wrong after the device had begun to answer; ''. */
  readonly trouble: string;
}

interface SizeReport {
  readonly descr: string;
  readonly total_bytes: number | null;
  readonly used_bytes: number | null;
  readonly used_ratio: number;
}

interface PortReport {
  readonly ifIndex: number | string;
  readonly ifName: string;
  readonly ifDescr: string;
  readonly ifAlias: string;
  readonly speed_bps: number | null;
  readonly admin: string | null;
  readonly oper: string | null;
  /** Decimal: they may be above 2^53. */
  readonly in_octets: string | null;
  readonly out_octets: string | null;
}

/** Of ifAdminStatus and ifOperStatus, from 1 (RFC 2863). */
const STATUS: readonly string[] = [
  'up',
  'down',
  'testing',
  'unknown',
  'dormant',
  'notPresent',
  'lowerLayerDown',
];

const number = (value: number): number | null => (Number.isFinite(value) ? value : null);

const sizes = ({ label, totalBytes, usedBytes, usedRatio }: SizeRow): SizeReport => ({
  descr: label,
  total_bytes: number(totalBytes),
  used_bytes: number(usedBytes),
  used_ratio: usedRatio,
});

function octets(reading: Reading, index: string, wide: string, narrow: string): string | null {
  const cell = reading.columns.get(wide)?.get(index) ?? reading.columns.get(narrow)?.get(index);
  return typeof cell === 'bigint' || typeof cell === 'number' ? String(cell) : null;
}

/** What the device says, even where 4294967295 only means "at least"; no indicator comes of that. */
const saidSpeed = (reading: Reading, index: string): number | null =>
  number(numberOf(reading.columns.get(NAMING.ifSpeed)?.get(index)));

function portReport(reading: Reading, port: Port): PortReport {
  const { ifIndex, ifName, ifDescr, ifAlias, speedBps } = port;
  const { admin, oper } = stateOf(reading, port);
  const { ifHCInOctets, ifHCOutOctets } = COUNTERS;
  return {
    ifIndex: /^\d+$/.test(ifIndex) ? Number(ifIndex) : ifIndex,
    // Devices that have one of the two names mean it for both.
    ifName: ifName || ifDescr,
    ifDescr: ifDescr || ifName,
    ifAlias,
    speed_bps: number(speedBps) ?? saidSpeed(reading, ifIndex),
    admin: STATUS[admin - 1] ?? null,
    oper: STATUS[oper - 1] ?? null,
    in_octets: octets(reading, ifIndex, ifHCInOctets, NARROW.ifInOctets.column),
    out_octets: octets(reading, ifIndex, ifHCOutOctets, NARROW.ifOutOctets.column),
  };
}

const TICKS_PER_SECOND = 100;
const BITS_PER_BYTE = 8;

/** Those a single look gives; rates need a second one. */
function indicatorsOf(look: Look, nowMs: number): Report['indicators'] {
  const found: { name: string; labels: Record<string, string>; value: number }[] = [];
  const add = (name: string, value: number, ...pairs: readonly string[]): void => {
    if (Number.isNaN(value) || !isIndicatorName(name)) return;
    const labels: Record<string, string> = {};
    for (let i = 0; i + 1 < pairs.length; i += 2) labels[pairs[i] ?? ''] = pairs[i + 1] ?? '';
    found.push({ name, labels, value });
  };
  emitLook({ emit: add, look, flaps: new Flaps(), address: '', nowMs });
  add('uptime_seconds', look.upTicks / TICKS_PER_SECOND);
  for (const port of look.known?.ports ?? []) {
    if (port.isIgnored) continue;
    add('interface_up', interfaceUp(stateOf(look.reading, port)), 'interface', port.name);
    if (!(port.speedBps > 0) || port.isSpeedGiven) continue;
    const perSecond = port.speedBps / BITS_PER_BYTE;
    add('network_speed_bytes_per_second', perSecond, 'interface', port.name);
  }
  return found;
}

function factsReport({ known }: Look): Record<string, string> {
  if (known === null) return {};
  const { system, facts, category, gateway } = known;
  const all = {
    sys_name: system.sysName,
    sys_descr: system.sysDescr,
    sys_object_id: system.sysObjectID,
    ...facts,
    category,
    gateway: gateway?.address ?? '',
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''));
}

export function testedOf(look: Look, nowMs: number): Tested {
  const { reading, known, trouble } = look;
  const scalars = [...reading.scalars.keys()].map((oid) => ({ oid, cells: 1 }));
  const columns = [...reading.columns].map(([oid, cells]) => ({ oid, cells: cells.size }));
  const neighbours = (known?.neighbours ?? []).map(
    ({ protocol, ifName, neighbour, neighbourPort }) =>
      `${ifName} → ${neighbour} ${neighbourPort} (${protocol})`,
  );
  return {
    report: reportOf(look, nowMs),
    answered: [...scalars, ...columns].sort((a, b) => compareOids(a.oid, b.oid)),
    neighbours,
    trouble: trouble?.message ?? '',
  };
}

function reportOf(look: Look, nowMs: number): Report {
  const { figures, known, reading } = look;
  return {
    profile: known?.choice.profile.id ?? '',
    reason: known?.choice.reason ?? '',
    facts: factsReport(look),
    rows: {
      cpu: figures.cpu.map(({ label, usedRatio }) => ({ descr: label, used_ratio: usedRatio })),
      memory: figures.memory.map((row) => {
        const { descr, ...rest } = sizes(row);
        return { descr, class: row.class, ...rest };
      }),
      storage: figures.storage.map(sizes),
      temperature: figures.temperature.map(({ label, celsius }) => ({ descr: label, celsius })),
      ports: (known?.ports ?? [])
        .filter(({ isIgnored }) => !isIgnored)
        .map((port) => portReport(reading, port)),
    },
    indicators: indicatorsOf(look, nowMs),
    unanswered: look.unanswered,
  };
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
const GIGABYTE = 1e9;
const gigabytes = (bytes: number | null): string =>
  bytes === null ? '?' : `${(bytes / GIGABYTE).toFixed(2)} GB`;

const sized = ({ descr, used_bytes, total_bytes, used_ratio }: SizeReport): string =>
  `${descr}: ${percent(used_ratio)} (${gigabytes(used_bytes)} of ${gigabytes(total_bytes)})`;

/** With counts, so that a look tells what is missing. */
export function reportText({ report, answered, neighbours, trouble }: Tested): string {
  const { profile, reason, facts, rows, indicators, unanswered } = report;
  const up = rows.ports.filter(({ oper }) => oper === 'up').length;
  const counts = new Map<string, number>();
  for (const { name } of indicators) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['profile', [`${profile}: ${reason}`]],
    ['facts', Object.entries(facts).map(([name, text]) => `${name}: ${text}`)],
    ['processors', rows.cpu.map(({ descr, used_ratio }) => `${descr}: ${percent(used_ratio)}`)],
    ['memory', rows.memory.map((row) => `${sized(row)} [${row.class}]`)],
    ['storage', rows.storage.map(sized)],
    ['temperature', rows.temperature.map(({ descr, celsius }) => `${descr}: ${celsius} °C`)],
    ['ports', [`${rows.ports.length}, ${up} up`, ...rows.ports.map(portText)]],
    ['indicators', [...counts].map(([name, count]) => (count > 1 ? `${name} × ${count}` : name))],
    ['neighbours', neighbours],
    ['answered', answered.map(({ oid, cells }) => (cells > 1 ? `${oid} × ${cells}` : oid))],
    ['not answered', unanswered],
    ['trouble', trouble === '' ? [] : [trouble]],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`)
    .join('');
}

function portText({ ifName, ifDescr, ifAlias, speed_bps, admin, oper }: PortReport): string {
  const name = ifName || ifDescr || '(no name)';
  const speed = speed_bps === null ? '' : ` ${speedText(speed_bps)}`;
  return `${name}: ${oper ?? '?'}${admin === 'up' ? '' : ` (admin ${admin ?? '?'})`}${speed} ${ifAlias}`.trimEnd();
}

/** ifSpeed ends here; a faster port without ifHighSpeed says no more (RFC 2863). */
const SATURATED_BPS = 2 ** 32 - 1;

const speedText = (bps: number): string =>
  bps === SATURATED_BPS
    ? 'at least 4.29 Gbit/s (ifSpeed is saturated; set its speed under interfaces.speeds)'
    : `${bps / 1e6} Mbit/s`;
