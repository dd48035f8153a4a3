/**
 * Two ways to the same host: Debian's snmpd on a loopback port, asked by the SNMP room with v2c and
 * with v3 authPriv, and the agent's own sources. Processor, memory, disks and interfaces must agree.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import snmp from 'net-snmp';
import { afterAll, expect, type TestContext, test, vi } from 'vitest';
import type { Target } from '../../src/agent/sampler/sampler.ts';
import { openSnmpTargets, type SnmpTarget } from '../../src/agent/snmp/snmp.ts';
import { listSources, openHost } from '../../src/agent/sources/sources.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLog } from '../../src/shared/log.ts';
import { answering, freeUdpPort, PROFILES, stopProcess } from '../agent/snmp/profiles/simulator.ts';
import { needs } from '../support/parts.ts';

const COMMUNITY = 'watch';
const CREDENTIALS = {
  v2c: { version: '2c', community: COMMUNITY },
  'v3 authPriv, SHA-256 and AES': {
    version: '3',
    user: 'poller',
    auth: { protocol: 'sha256', key: 'authentic-enough' },
    priv: { protocol: 'aes', key: 'private-enough' },
    context: '',
  },
} satisfies Record<string, SnmpTarget['credential']>;

const SYSTEM_UPTIME = '1.3.6.1.2.1.1.3.0';
/** ssCpuRawUser and ssCpuRawIdle. snmpd reads /proc/stat anew every few seconds: one of them shows when. */
const CPU_RAW = ['1.3.6.1.4.1.2021.11.50.0', '1.3.6.1.4.1.2021.11.53.0'];
const WAIT = { timeout: 60_000, interval: 100 };

interface Snmpd {
  readonly child: ChildProcess;
  readonly port: number;
}

const folder = mkdtempSync(join(tmpdir(), 'snmpd-'));
let daemon: Promise<Snmpd> | null = null;

afterAll(async () => {
  if (daemon !== null) await stopProcess((await daemon).child);
  rmSync(folder, { recursive: true, force: true });
});

async function startSnmpd(program: string): Promise<Snmpd> {
  const port = await freeUdpPort();
  const file = join(folder, 'snmpd.conf');
  const { auth, priv } = CREDENTIALS['v3 authPriv, SHA-256 and AES'];
  const lines = [
    `rocommunity ${COMMUNITY} 127.0.0.1`,
    `createUser poller SHA-256 "${auth.key}" AES "${priv.key}"`,
    'rouser poller authpriv',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  const child = spawn(program, ['-f', '-Ln', '-C', '-c', file, `udp:127.0.0.1:${port}`], {
    stdio: 'ignore',
    env: { ...process.env, SNMP_PERSISTENT_DIR: join(folder, 'persistent') },
  });
  await answering(port, COMMUNITY, SYSTEM_UPTIME);
  return { child, port };
}

function running(context: TestContext): Promise<Snmpd> {
  daemon ??= startSnmpd(needs('snmpd', context));
  return daemon;
}

async function targetFor(port: number, credential: SnmpTarget['credential']): Promise<Target> {
  const target: SnmpTarget = {
    name: 'here',
    address: '127.0.0.1',
    port,
    credential,
    profile: '',
    labels: {},
    intervalMs: 60_000,
    timeoutMs: 5_000,
    retries: 2,
    namesIntervalMs: 3_600_000,
    neighbours: false,
    interfaces: { only: [], ignore: [], ignoreTypes: [], speeds: [] },
  };
  const settings = { targets: [target], profileFolders: [PROFILES], warnings: [] };
  const room = { clock: systemClock, log: silentLog, agent: 'a' };
  const [opened] = await openSnmpTargets(settings, room);
  if (opened === undefined) throw new Error('no target');
  return opened;
}

type Samples = ReadonlyMap<string, number>;
const nameOf = (metric: string, labels: Readonly<Record<string, string>>): string =>
  `${metric}${Object.entries(labels)
    .map(([name, value]) => `{${name}=${value}}`)
    .join('')}`;

/** Samples by metric and the one label that matters here. */
const KEYS = new Set(['mountpoint', 'ifName', 'device', 'mode', 'cpu']);

function gather(into: Map<string, number>) {
  return (metric: string, value: number, ...pairs: readonly string[]): void => {
    const labels: Record<string, string> = {};
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const name = pairs[i] ?? '';
      if (KEYS.has(name) && !(metric.startsWith('node_filesystem') && name === 'device')) {
        labels[name] = pairs[i + 1] ?? '';
      }
    }
    into.set(nameOf(metric, labels), value);
  };
}

const NEVER = new AbortController().signal;

async function bySnmp(target: Target): Promise<Samples> {
  const samples = new Map<string, number>();
  await target.collect(gather(samples), NEVER);
  expect(samples.get('snmp_scrape_success')).toBe(1);
  return samples;
}

const host = openHost({ clock: systemClock });

async function byOurselves(...sources: readonly string[]): Promise<Samples> {
  const samples = new Map<string, number>();
  for (const source of listSources()) {
    if (sources.includes(source.name)) await source.collect(host, gather(samples), NEVER);
  }
  expect(samples.size).toBeGreaterThan(0);
  return samples;
}

const sum = (samples: Samples, metric: string, mode?: RegExp): number =>
  [...samples]
    .filter(([name]) => name.startsWith(`${metric}{`))
    .filter(([name]) => mode === undefined || mode.test(name))
    .reduce((total, [, value]) => total + value, 0);

function usedCpu(before: Samples, after: Samples): number {
  const during = (mode?: RegExp): number =>
    sum(after, 'node_cpu_seconds_total', mode) - sum(before, 'node_cpu_seconds_total', mode);
  return 1 - during(/mode=(idle|iowait)/) / during();
}

/** Resolves when snmpd has read the kernel's counters anew, and once it has begun to. */
async function cpuReadAnew(port: number): Promise<void> {
  const session = snmp.createSession('127.0.0.1', COMMUNITY, { port, version: snmp.Version2c });
  const ticks = (): Promise<readonly number[]> =>
    new Promise((resolve, reject) => {
      session.get(CPU_RAW, (error, varbinds) => {
        if (error) reject(error);
        else resolve((varbinds ?? []).map(({ value }) => Number(value)));
      });
    });
  try {
    const before = await ticks();
    await vi.waitFor(async () => {
      const now = await ticks();
      expect(Math.max(...now)).toBeGreaterThan(0);
      expect(now).not.toEqual(before);
    }, WAIT);
  } finally {
    session.close();
  }
}

const KINDS = Object.entries(CREDENTIALS);

test.for(KINDS)('%s: the processor within 5 points', async ([, credential], context) => {
  const { port } = await running(context);
  const target = await targetFor(port, credential);
  await cpuReadAnew(port);
  await bySnmp(target);
  const before = await byOurselves('stat', 'cpu');
  await cpuReadAnew(port);

  const theirs = (await bySnmp(target)).get('cpu_used_ratio');
  const ours = usedCpu(before, await byOurselves('stat', 'cpu'));

  expect(Math.abs((theirs ?? Number.NaN) - ours) * 100).toBeLessThanOrEqual(5);
  target.close?.();
});

test.for(KINDS)('%s: memory within 1 percent', async ([, credential], context) => {
  const { port } = await running(context);
  const target = await targetFor(port, credential);

  // snmpd's figure may be some seconds old, and memory moves: they meet when it stands still.
  await vi.waitFor(async () => {
    const snmpView = await bySnmp(target);
    const own = await byOurselves('meminfo');
    const size = own.get('node_memory_MemTotal_bytes') ?? Number.NaN;
    const used = size - (own.get('node_memory_MemAvailable_bytes') ?? Number.NaN);
    expect(snmpView.get('memory_size_bytes')).toBe(size);
    const off = Math.abs((snmpView.get('memory_used_bytes') ?? Number.NaN) - used);
    expect(off).toBeLessThanOrEqual(size / 100);
  }, WAIT);
  target.close?.();
});

test.for(KINDS)('%s: every disk within 1 percent', async ([, credential], context) => {
  const { port } = await running(context);
  const target = await targetFor(port, credential);
  const snmpView = await bySnmp(target);
  const own = await byOurselves('filesystem');

  const mounts = [...own.keys()].flatMap(
    (name) => /^node_filesystem_size_bytes\{mountpoint=(.*)\}$/.exec(name)?.[1] ?? [],
  );
  const both = mounts.filter((mountpoint) =>
    snmpView.has(nameOf('filesystem_size_bytes', { mountpoint })),
  );

  expect(both).toContain('/');
  for (const mountpoint of both) {
    const at = (samples: Samples, metric: string): number =>
      samples.get(nameOf(metric, { mountpoint })) ?? Number.NaN;
    const size = at(own, 'node_filesystem_size_bytes');
    const used = size - at(own, 'node_filesystem_free_bytes');
    expect(at(snmpView, 'filesystem_size_bytes')).toBe(size);
    const off = Math.abs(at(snmpView, 'filesystem_used_bytes') - used);
    expect(off, mountpoint).toBeLessThanOrEqual(size / 100);
  }
  target.close?.();
});

test.for(KINDS)('%s: octets of quiet interfaces exactly', async ([, credential], context) => {
  const { port } = await running(context);
  const target = await targetFor(port, credential);

  // snmpd keeps its table of interfaces for a while: quiet means throughout all of it.
  await vi.waitFor(async () => {
    const before = await byOurselves('netdev');
    const first = await bySnmp(target);
    const second = await bySnmp(target);
    const after = await byOurselves('netdev');
    const quiet = [...before].filter(([name, value]) => after.get(name) === value);
    let compared = 0;
    for (const [metric, column] of [
      ['node_network_receive_bytes_total', 'ifHCInOctets'],
      ['node_network_transmit_bytes_total', 'ifHCOutOctets'],
    ] as const) {
      for (const [name, value] of quiet) {
        const device = new RegExp(`^${metric}\\{device=(.*)\\}$`).exec(name)?.[1];
        if (device === undefined) continue;
        const key = nameOf(column, { ifName: device });
        expect([first.get(key), second.get(key)], key).toEqual([value, value]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(0);
  }, WAIT);
  target.close?.();
});
