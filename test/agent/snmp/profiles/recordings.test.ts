/**
 * The shipped profiles against 30 real devices, as a simulator serves them and as `agent snmp test`
 * reports them. What is compared, and how closely, is said in the recordings' README: percentages
 * were rounded there, and values it calls suspect are not asked for.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Report } from '../../../../src/agent/snmp/report.ts';
import { needs, sharedFile } from '../../../support/parts.ts';
import { reportOn, type Simulator, startSimulator } from './simulator.ts';

interface SizeExpected {
  readonly class?: string;
  readonly total_bytes: number | null;
  readonly percent: number;
}

/** [ifIndex, ifName, ifDescr, ifAlias, speed_bps, admin, oper, in_octets, out_octets] */
type PortExpected = readonly [
  number,
  string,
  string,
  string,
  number | null,
  string | null,
  string | null,
  number | string | null,
  number | string | null,
];

interface Expected {
  readonly category: string;
  readonly expected: {
    readonly cpu: readonly { readonly percent: number }[] | null;
    readonly memory: readonly SizeExpected[] | null;
    readonly storage: readonly SizeExpected[] | null;
    readonly temperature: readonly { readonly celsius: number }[] | null;
    readonly ports: {
      readonly count: number;
      readonly if_rows: number;
      readonly list: readonly PortExpected[];
    } | null;
  };
}

/** [profile, vendor, model, version]; '' where the recording does not hold it. */
const IDENTITY: Readonly<Record<string, readonly [string, string, string, string]>> = {
  linux_powermon: ['linux', 'net-snmp', 'x86_64', '4.18.0-259.el8.x86_64'],
  windows_svr_2019_1809: ['windows', 'Microsoft', 'Intel x64', 'Server 2019 (1809)'],
  'vmware-esxi': ['vmware-esxi', 'VMware', 'ProLiant DL380p Gen8', '7.0.0'],
  ios_2960x: ['cisco-ios', 'Cisco', 'WS-C2960X-48FPS-L', '15.0(2a)EX5'],
  'ios_ie32008t2s-ios17-12': ['cisco-ios', 'Cisco', 'IE-3200-8T2S', '17.12.04'],
  'nxos_n3k-3064pq': ['cisco-nxos', 'Cisco', 'N3K-C3064PQ-10GX', '7.0(3)I7(8)'],
  asa: ['cisco-asa', 'Cisco', 'ASA5555', '9.12(3)'],
  ciscowlc_cbw240ac: ['cisco-wlc', 'Cisco', 'CBW240AC-B', '10.7.1.0'],
  'vrp_5720-32x-ei': ['huawei-vrp', 'Huawei', 'S5720-32X-EI-24S-AC', 'V200R010C00SPC600'],
  vrp_ar169sfp: ['huawei-vrp', 'Huawei', 'AR169F', 'V200R009C00SPC500'],
  comware_a5500: ['h3c-comware', 'HP', 'A5500-24G EI', '5.20.99 Release 2222P08'],
  zxr10_5928: ['zte-zxr10', 'ZTE', '5928', 'V2.8.23.A.19.P02'],
  zxa10_c320: ['zte-zxa10', 'ZTE', 'C320', 'V2.1.0'],
  ruijie: ['ruijie', 'Ruijie', 'S6220-48XS4QXS', ''],
  'fs-switch-dc_s581048tsp': ['fs-switch', 'FS', 'S5810-48TS-P', '11.4(1)B74S8'],
  stoneos: ['hillstone-stoneos', 'Hillstone', 'SG-6000-E3965', '5.5'],
  junos_qfx5100: ['juniper-junos', 'Juniper', 'qfx5100-48s-6q', '14.1X53-D40.8'],
  procurve_e2910: ['hp-procurve', 'HP', 'J9146A E2910al-24G-PoE', 'W.15.08.0012'],
  'arubaos-cx_6300m': ['aruba-cx', 'Aruba', 'Aruba 6300 VSF Stack', 'FL.10.10.1030'],
  routeros_rb750gr3: ['mikrotik-routeros', 'MikroTik', 'RB750Gr3', '7.20beta2'],
  fortigate_60f: ['fortinet-fortigate', 'Fortinet', 'FGT_60F', 'v7.2.6,build1575'],
  panos_440: ['paloalto-panos', 'Palo Alto', 'PA-440', '10.1.14-h6'],
  'dsm_ds214se-dsm7': ['synology-dsm', 'Synology', 'DS214se', '7.1-42962'],
  qnap: ['qnap', 'QNAP', 'TVS-871U-RP', '4.3.3'],
  'apc_smt750x-nmc2': ['apc', 'APC', 'Smart-UPS X 750', 'v7.0.8'],
  drac_r640: ['dell-idrac', 'Dell', 'PowerEdge R640', '5.10.10.00'],
  'hpe-ilo_4_with_bat_checks': ['hpe-ilo', 'HPE', 'ProLiant DL380 Gen9', '2.72'],
  'hikvision-cam': ['hikvision-camera', 'Hikvision', 'DS-2CD2185FWD-I', 'V5.5.3'],
  'dahua-nvr': ['dahua', 'Dahua', 'DH-NVR4108HS-8P-4KS2', '3.212.0000.1'],
  jetdirect: ['printer', 'HP', 'Color LaserJet M452nw', ''],
};

/** A sentinel the source of the expectations took for a reading. */
const NO_SENSOR_CELSIUS = 5_000;
/** Sizes of this one were taken for bytes and are megabytes. */
const SIZES_IN_MEGABYTES = 'zxa10_c320';

let simulator: Simulator | null = null;
afterAll(() => simulator?.stop());

/** Each expectation finds a row of its own; what is left over is nobody's. */
function leftOver<W, G>(
  wanted: readonly W[],
  got: readonly G[],
  fits: (want: W, row: G) => boolean,
): { readonly missing: W[]; readonly extra: G[] } {
  const extra = [...got];
  const missing = wanted.filter((want) => {
    const at = extra.findIndex((row) => fits(want, row));
    if (at !== -1) extra.splice(at, 1);
    return at === -1;
  });
  return { missing, extra };
}

const NOTHING_LEFT = { missing: [], extra: [] };
const isPercent = (ratio: number, percent: number): boolean => Math.abs(ratio * 100 - percent) <= 1;

function isSize(want: SizeExpected, row: Report['rows']['storage'][number], mega: number): boolean {
  const total = want.total_bytes === null ? null : want.total_bytes * mega;
  const isTotal = total === null || Math.abs((row.total_bytes ?? -1) - total) <= total / 1_000;
  return isTotal && isPercent(row.used_ratio, want.percent);
}

function checkPorts(name: string, rows: Report['rows'], want: Expected['expected']['ports']) {
  if (want === null) return;
  const ports = new Map(rows.ports.map((port) => [Number(port.ifIndex), port]));
  expect(ports.size).toBeGreaterThanOrEqual(want.count);
  expect(ports.size).toBeLessThanOrEqual(want.if_rows);
  for (const [ifIndex, ifName, , , speed, admin, oper, inOctets, outOctets] of want.list) {
    const port = ports.get(ifIndex);
    expect(port, `${name} ifIndex ${ifIndex}`).toMatchObject({
      ...(ifName === '' ? {} : { ifName }),
      ...(speed === null ? {} : { speed_bps: speed }),
      ...(admin === null ? {} : { admin }),
      ...(oper === null ? {} : { oper }),
    });
    // A zero also stands for counters that were not recorded.
    for (const [got, wanted] of [
      [port?.in_octets, inOctets],
      [port?.out_octets, outOctets],
    ]) {
      if (wanted !== null && Number(wanted) !== 0) expect(got).toBe(String(wanted));
    }
  }
}

function checkFigures(name: string, rows: Report['rows'], want: Expected['expected']): void {
  const { cpu, memory, storage, temperature } = want;
  const mega = name === SIZES_IN_MEGABYTES ? 1024 * 1024 : 1;
  if (cpu !== null) {
    const left = leftOver(cpu, rows.cpu, (w, row) => isPercent(row.used_ratio, w.percent));
    expect(left, `${name} cpu`).toEqual(NOTHING_LEFT);
  }
  if (memory !== null) {
    const left = leftOver(
      memory,
      rows.memory,
      (w, row) => row.class === w.class && isSize(w, row, mega),
    );
    expect(left, `${name} memory`).toEqual(NOTHING_LEFT);
  }
  if (storage !== null) {
    const left = leftOver(storage, rows.storage, (w, row) => isSize(w, row, 1));
    expect(left, `${name} storage`).toEqual(NOTHING_LEFT);
  }
  if (temperature !== null) {
    const real = temperature.filter(({ celsius }) => celsius !== NO_SENSOR_CELSIUS);
    const left = leftOver(
      real,
      rows.temperature,
      (w, row) => Math.abs(row.celsius - w.celsius) < 0.06,
    );
    expect(left, `${name} temperature`).toEqual(NOTHING_LEFT);
  }
}

test.for(Object.entries(IDENTITY))(
  '%s is recognised and read as its maker meant it',
  async ([name, [profile, vendor, model, version]], context) => {
    const program = needs('snmpsimd', context);
    const file = sharedFile('snmp/expected.json', context);
    const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Expected>;
    const want = all[name] as Expected;
    simulator ??= await startSimulator(program, dirname(file), 'apc_smt750x-nmc2');

    const { report, trouble } = await reportOn(simulator.port, name);

    const { facts, rows } = report;
    expect({ profile: report.profile, trouble }).toEqual({ profile, trouble: '' });
    expect(facts.category).toBe(want.category);
    expect(facts.vendor).toBe(vendor);
    expect(facts.model ?? '').toContain(model);
    expect(facts.version ?? '').toContain(version);
    checkFigures(name, rows, want.expected);
    checkPorts(name, rows, want.expected.ports);
  },
);

test('every recording is in the table', (context) => {
  const file = sharedFile('snmp/expected.json', context);
  const all = Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object);
  expect(all.filter((name) => name !== '_meta').sort()).toEqual(Object.keys(IDENTITY).sort());
});
