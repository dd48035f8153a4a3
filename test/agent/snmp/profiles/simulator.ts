/**
 * Debian's snmpsimd over a folder of recordings: the name of a file without `.snmprec` is the
 * community that answers with it. Loopback, an ephemeral port, a cache of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import snmp from 'net-snmp';
import type { Tested } from '../../../../src/agent/snmp/report.ts';
import { type SnmpTarget, testDevice } from '../../../../src/agent/snmp/snmp.ts';
import { systemClock } from '../../../../src/shared/clock.ts';
import { silentLog } from '../../../../src/shared/log.ts';
import { isRoot, projectFile } from '../../../support/parts.ts';

export interface Simulator {
  readonly port: number;
  stop(): Promise<void>;
}

export const PROFILES = projectFile('config/snmp');

/** A UDP port that was free a moment ago. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return port;
}

/** The number of the user `nobody`, which snmpsimd becomes when root starts it. */
function nobody(): { readonly uid: number; readonly gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m);
  return { uid: Number(line?.[1]), gid: Number(line?.[2]) };
}

/** Resolves when the agent on this port answers; net-snmp itself asks again until it does. */
export function answering(port: number, community: string, oid: string): Promise<void> {
  const options = { port, version: snmp.Version2c, timeout: 250, retries: 200, backoff: 1 };
  const session = snmp.createSession('127.0.0.1', community, options);
  return new Promise((resolve, reject) => {
    session.getNext([oid], (error) => {
      session.close();
      if (error) reject(error);
      else resolve();
    });
  });
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** `community`: of any file in the folder. `at`: the port of one that was stopped. */
export async function startSimulator(
  program: string,
  ...[folder, community, at]: [folder: string, community: string, at?: number]
): Promise<Simulator> {
  const cache = mkdtempSync(join(tmpdir(), 'snmpsim-cache-'));
  if (isRoot) chownSync(cache, nobody().uid, nobody().gid);
  const port = at ?? (await freeUdpPort());
  const user = isRoot ? ['--process-user=nobody', '--process-group=nogroup'] : [];
  const args = [
    `--data-dir=${folder}`,
    `--cache-dir=${cache}`,
    `--agent-udpv4-endpoint=127.0.0.1:${port}`,
    '--logging-method=null',
    ...user,
  ];
  const child = spawn(program, args, { stdio: 'ignore' });
  await answering(port, community, '1.3.6.1');
  return {
    port,
    stop: async () => {
      await stopProcess(child);
      rmSync(cache, { recursive: true, force: true });
    },
  };
}

export interface Synthetic {
  readonly folder: string;
  remove(): void;
}

export type Value = string | number | null;

/** `column.index` of a table's entry, from its rows; null: the device lacks the cell. */
export function tableOf(
  entry: string,
  columns: readonly number[],
  rows: Readonly<Record<string, readonly Value[]>>,
): Record<string, Value> {
  const cells = Object.entries(rows).flatMap(([index, values]) =>
    columns.map((column, at) => [`${entry}.${column}.${index}`, values[at] ?? null] as const),
  );
  return Object.fromEntries(cells);
}

/** Tags of the format: INTEGER, OCTET STRING, OBJECT IDENTIFIER, Gauge32, Counter64. */
function tagOf(value: string | number): number {
  if (typeof value === 'string') return /^\d+(\.\d+){4,}$/.test(value) ? 6 : 4;
  if (value > 0xffff_ffff) return 70;
  return value > 0x7fff_ffff ? 66 : 2;
}

const byArcs = (a: string, b: string): number => {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  const at = left.findIndex((arc, i) => arc !== right[i]);
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
};

/** Recordings written down in a test: values by OID for each community. */
export function writeRecordings(
  devices: Readonly<Record<string, Readonly<Record<string, Value>>>>,
): Synthetic {
  const folder = mkdtempSync(join(tmpdir(), 'snmpsim-data-'));
  chmodSync(folder, 0o755);
  for (const [name, values] of Object.entries(devices)) {
    const lines = Object.keys(values)
      .sort(byArcs)
      .flatMap((oid) => {
        const value = values[oid] ?? null;
        return value === null ? [] : [`${oid}|${tagOf(value)}|${value}`];
      });
    writeFileSync(join(folder, `${name}.snmprec`), `${lines.join('\n')}\n`, { mode: 0o644 });
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** `agent snmp test` of one recording. */
export async function reportOn(port: number, community: string): Promise<Tested> {
  const target: SnmpTarget = {
    name: community,
    address: '127.0.0.1',
    port,
    credential: { version: '2c', community },
    profile: '',
    labels: {},
    intervalMs: 60_000,
    timeoutMs: 5_000,
    retries: 3,
    namesIntervalMs: 3_600_000,
    neighbours: false,
    interfaces: { only: [], ignore: [], ignoreTypes: [], speeds: [] },
  };
  return await testDevice(target, [PROFILES], { clock: systemClock, log: silentLog });
}
