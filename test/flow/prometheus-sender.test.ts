/**
 * One host, seen twice: by our agent, and by a node_exporter whose Prometheus forwards to the
 * collector. Nothing but `remote_write` was configured there, and the figures agree.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Agent, openAgent } from '../../src/agent/agent.ts';
import { DEFAULTS } from '../../src/agent/default-settings.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLog } from '../../src/shared/log.ts';
import { openStage, type Stage } from '../collector/stage.ts';
import { needs } from '../support/parts.ts';

const WATCH_SECONDS = 20;

const realClock = {
  ...systemClock,
  advance: async () => {},
  jump: () => {},
  pending: () => 0,
};

let stage: Stage;
let agent: Agent | undefined;
const children: ChildProcess[] = [];
const directory = mkdtempSync(join(tmpdir(), 'prometheus-sender-'));

afterEach(async () => {
  await agent?.stop(1_000);
  for (const child of children.splice(0)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  await stage.close();
  rmSync(directory, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

async function tokenFor(name: string, kind: string): Promise<string> {
  const made = await stage.ask<{ token: string }>('POST', '/api/v1/agents', { name, kind });
  const file = join(directory, `${name}.token`);
  writeFileSync(file, `${made.token}\n`, { mode: 0o600 });
  return file;
}

async function startPrometheus(exporter: string, prometheus: string): Promise<void> {
  const [exporterPort, port] = [await freePort(), await freePort()];
  const listen = `127.0.0.1:${exporterPort}`;
  children.push(spawn(exporter, [`--web.listen-address=${listen}`], { stdio: 'ignore' }));
  const tokenFile = await tokenFor('site-prometheus', 'remote-write');
  const config = join(directory, 'prometheus.yml');
  writeFileSync(
    config,
    `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ['${listen}'], labels: { instance: forwarded } }]
remote_write:
  - url: ${stage.collector.url}/api/v1/write
    authorization: { credentials_file: ${tokenFile} }
    queue_config: { batch_send_deadline: 1s }
`,
  );
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  children.push(spawn(prometheus, args, { stdio: 'ignore' }));
}

async function startAgent(): Promise<void> {
  agent = await openAgent({
    settings: {
      ...DEFAULTS,
      name: 'own',
      instance: 'own',
      collector: stage.collector.url,
      tokenFile: await tokenFor('own', 'agent'),
      data: join(directory, 'agent'),
      intervalMs: 1_000,
    },
    clock: systemClock,
    log: silentLog,
    version: '1.2.3',
  });
  agent.start();
}

interface CpuTime {
  readonly timeMs: number;
  /** Seconds not idle, of all cores, since start-up. */
  readonly used: number;
}

/** Newest counters of all cores, from the text in which the collector hands on raw series. */
async function cpuTime(device: string): Promise<CpuTime | null> {
  const answer = await stage.collector.web.local({
    method: 'GET',
    url: `/api/v1/devices/${device}/metrics`,
  });
  const idle = /^node_cpu_seconds_total\{[^}]*mode="(?:idle|iowait)"[^}]*\} (\S+) (\d+)$/gm;
  const rows = [...answer.body.matchAll(idle)].map(([, value, at]) => [Number(value), Number(at)]);
  const timeMs = rows[0]?.[1];
  if (timeMs === undefined) return null;
  const cores = rows.length / 2;
  const idleSeconds = rows.reduce((sum, [value = 0]) => sum + value, 0);
  return { timeMs, used: (timeMs / 1e3) * cores - idleSeconds };
}

/** The counter at a moment between two readings. */
function at(readings: readonly CpuTime[], timeMs: number): number {
  const after = readings.findIndex((one) => one.timeMs >= timeMs);
  const [a, b] = [readings[after - 1], readings[after]];
  if (a === undefined || b === undefined) throw new Error('the readings do not cover the time');
  const share = (timeMs - a.timeMs) / (b.timeMs - a.timeMs);
  return a.used + share * (b.used - a.used);
}

type Figures = Readonly<Record<string, number>>;

async function figuresOf(name: string): Promise<Figures> {
  const { devices } = await stage.ask<{
    devices: {
      name: string;
      indicators: { indicator: string; item: string; value: number | null }[];
    }[];
  }>('GET', '/api/v1/devices');
  const own = devices.find((device) => device.name === name)?.indicators ?? [];
  return Object.fromEntries(
    own.map(({ indicator, item, value }) => [`${indicator} ${item}`, value ?? Number.NaN]),
  );
}

test('a forwarded node_exporter and our agent agree about the host', async (context) => {
  const exporter = needs('prometheus-node-exporter', context);
  const prometheus = needs('prometheus', context);
  stage = await openStage({ clock: realClock });
  await startPrometheus(exporter, prometheus);
  await startAgent();

  const names = ['own', 'forwarded'] as const;
  const readings: Record<string, CpuTime[]> = { own: [], forwarded: [] };
  const spanOf = (name: string): number => {
    const list = readings[name] ?? [];
    return ((list.at(-1)?.timeMs ?? 0) - (list[0]?.timeMs ?? 0)) / 1e3;
  };
  const look = async (): Promise<boolean> => {
    for (const name of names) {
      const now = await cpuTime(name).catch(() => null);
      const list = readings[name] ?? [];
      if (now !== null && now.timeMs > (list.at(-1)?.timeMs ?? 0)) list.push(now);
    }
    return names.every((name) => spanOf(name) >= WATCH_SECONDS);
  };
  await expect.poll(look, { timeout: 90_000, interval: 200 }).toBe(true);

  const first = Math.max(...names.map((name) => readings[name]?.[0]?.timeMs ?? 0));
  const last = Math.min(...names.map((name) => readings[name]?.at(-1)?.timeMs ?? 0));
  const [ownUsed = 0, forwardedUsed = 0] = names.map((name) => {
    const list = readings[name] ?? [];
    return at(list, last) - at(list, first + 1);
  });
  const [own, forwarded] = [await figuresOf('own'), await figuresOf('forwarded')];
  const coreSeconds = ((last - first) / 1e3) * (own['cpu_cores '] ?? 0);
  expect(Math.abs(ownUsed - forwardedUsed) / coreSeconds).toBeLessThan(0.02);
  expect(forwarded['cpu_used_ratio ']).toBeGreaterThanOrEqual(0);
  expect(forwarded['cpu_cores ']).toBe(own['cpu_cores ']);
  expect(forwarded['memory_size_bytes ']).toBe(own['memory_size_bytes ']);
  const size = own['memory_size_bytes '] ?? 0;
  const memoryApart = (own['memory_used_bytes '] ?? 0) - (forwarded['memory_used_bytes '] ?? 0);
  expect(Math.abs(memoryApart) / size).toBeLessThan(0.01);
  // The exporter leaves out what is mounted below /mnt and /media.
  const disks = Object.keys(own)
    .filter((key) => key.startsWith('filesystem_used_bytes '))
    .filter((key) => !/ \/(mnt|media)(\/|$)/.test(key));
  expect(disks).toContain('filesystem_used_bytes /');
  for (const disk of disks) {
    const capacity = own[disk.replace('used', 'size')] ?? 0;
    const apart = (own[disk] ?? 0) - (forwarded[disk] ?? Number.NaN);
    expect(Math.abs(apart) / capacity, disk).toBeLessThan(0.01);
  }
}, 120_000);
