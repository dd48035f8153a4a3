/** The agent as a program: reload keeps what worked, signals end it properly. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nodeComplaint } from '../../src/agent/node-floor.ts';
import { Service } from '../../src/agent/run.ts';
import { inspectSpool } from '../../src/agent/spool/spool.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLog } from '../../src/shared/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { projectFile } from '../support/parts.ts';
import { closeAll, fakeCollector, TOKEN } from './push/parts.ts';

let home: string;
const services: Service[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'run-'));
  writeFileSync(join(home, 'token'), TOKEN, { mode: 0o600 });
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await closeAll();
  rmSync(home, { recursive: true });
});

const FEW = 'off: [diskstats, filesystem, netdev, netclass, processes, hwmon, timex, dmi]\n';
const configure = (text: string): void => {
  const base = `${FEW}token_file: token\nspool: { min_free: 0 }\n`;
  writeFileSync(join(home, 'agent.yaml'), base + text);
};

describe('reload', () => {
  async function start(text: string): Promise<{ service: Service; logged: string[] }> {
    configure(text);
    const logged: string[] = [];
    const log = createLog({ write: (line) => logged.push(line) });
    const program = { script: 'agent.ts', args: [], clock: manualClock(), version: '9.9.9' };
    const service = new Service(program, { config: join(home, 'agent.yaml') }, () => log);
    services.push(service);
    await service.start();
    return { service, logged };
  }

  const metrics = async (service: Service): Promise<string> =>
    (await fetch(service.agent?.metricsUrl ?? '')).text();

  test('an accepted configuration is at work afterwards, on the same spool', async () => {
    const { service } = await start('labels: { site: a }\n');
    await service.agent?.settled();
    const before = service.agent;
    const issued = before?.spool.stats().issuedSamples ?? 0;
    expect(issued).toBeGreaterThan(0);
    configure('metrics_listen: 127.0.0.1:0\n');
    await service.reload();
    expect(service.agent).not.toBe(before);
    expect(service.agent?.spool.stats().issuedSamples).toBeGreaterThanOrEqual(issued);
    expect(await metrics(service)).toContain('config_last_reload_successful 1');
  });

  test('one with a mistake changes nothing, and is told of', async () => {
    const { service, logged } = await start('metrics_listen: 127.0.0.1:0\n');
    const before = service.agent;
    configure('intervall: 3s\n');
    await service.reload();
    expect(service.agent).toBe(before);
    expect(logged.some((line) => line.includes('is refused') && line.includes('intervall'))).toBe(
      true,
    );
    expect(await metrics(service)).toContain('config_last_reload_successful 0');
    configure('metrics_listen: 127.0.0.1:0\n');
    await service.reload();
    expect(await metrics(service)).toContain('config_last_reload_successful 1');
  });

  test('one that cannot be put to work brings the last good one back', async () => {
    const { service, logged } = await start('metrics_listen: 127.0.0.1:0\n');
    writeFileSync(join(home, 'file'), '');
    configure('metrics_listen: 127.0.0.1:0\ndata: file/data\n');
    await service.reload();
    expect(logged.some((line) => line.includes('the last good one goes on'))).toBe(true);
    expect(await metrics(service)).toContain('config_last_reload_successful 0');
  });
});

describe('the program', () => {
  function run(...args: string[]): { child: ChildProcess; log: () => string } {
    const flags = ['--disable-warning=ExperimentalWarning', projectFile('src/agent/main.ts')];
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(process.execPath, [...flags, ...args], { stdio });
    children.push(child);
    let text = '';
    child.stderr?.on('data', (chunk) => {
      text += chunk;
    });
    return { child, log: () => text };
  }

  test('runs, sends, reloads on SIGHUP, and ends with 0 on SIGTERM, nothing lost', async () => {
    const collector = await fakeCollector();
    configure(`collector: ${collector.url}\ndata: data\n`);
    const { child, log } = run('run', '--config', join(home, 'agent.yaml'));
    const patience = { timeout: 20_000, interval: 20 };
    await vi.waitFor(() => expect(collector.model.stored).not.toEqual([]), patience);
    child.kill('SIGHUP');
    await vi.waitFor(() => expect(log()).toContain('was read again'), patience);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    const stats = await inspectSpool(join(home, 'data', 'spool'), systemClock);
    expect(stats?.ackedSamples).toBeGreaterThan(0);
    expect(stats).toMatchObject({ dropped: {}, quarantinedFiles: 0 });
  });

  test('without a token it ends with 2 and says how to get one', async () => {
    const { child, log } = run('run', '--data', join(home, 'data'));
    const [code] = await once(child, 'exit');
    expect(code).toBe(2);
    expect(log()).toContain('collector agent add NAME');
  });
});

test.each(['18.20.4', '20.19.0', '22.23.4', '23.11.0'])(
  'Node %s is too old, with the mend',
  (version) => {
    expect(nodeComplaint(version)).toContain(`this is Node ${version}.\n  mend: install Node 24`);
  },
);

test.each(['24.0.0', '24.22.1', '26.10.0', process.versions.node])('Node %s will do', (version) => {
  expect(nodeComplaint(version)).toBeNull();
});
