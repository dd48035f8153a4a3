/**
 * A whole agent and a whole collector in one process, one manual clock for both: what a host does
 * becomes series, figures, verdicts, a fault, and its end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Agent, openAgent } from '../../src/agent/agent.ts';
import { DEFAULTS } from '../../src/agent/default-settings.ts';
import type { PushRequest, Transport } from '../../src/agent/push/push.ts';
import type { Emit, Source } from '../../src/agent/sources/sources.ts';
import { Failure } from '../../src/shared/errors.ts';
import { silentLog } from '../../src/shared/log.ts';
import { openStage, type Stage, WRITE_HEADERS } from '../collector/stage.ts';

const GIB = 1024 ** 3;

/** A host that does what the test says. */
class Stand {
  busy = 0.1;
  diskUsedBytes = 20 * GIB;
  readonly #idle = [0, 0];
  readonly #work = [0, 0];

  /** Two cores live through `seconds`. */
  live(seconds: number): void {
    for (const core of [0, 1]) {
      this.#idle[core] = (this.#idle[core] ?? 0) + seconds * (1 - this.busy);
      this.#work[core] = (this.#work[core] ?? 0) + seconds * this.busy;
    }
  }

  source(): Source {
    const metric = { type: 'untyped', help: 'x' } as const;
    return {
      name: 'stand',
      metrics: {
        node_cpu_seconds_total: metric,
        node_filesystem_size_bytes: metric,
        node_filesystem_avail_bytes: metric,
        node_filesystem_free_bytes: metric,
      },
      missing: () => null,
      collect: (_host, emit: Emit) => {
        for (const core of [0, 1]) {
          const cpu = ['cpu', String(core)] as const;
          emit('node_cpu_seconds_total', this.#idle[core] ?? 0, ...cpu, 'mode', 'idle');
          emit('node_cpu_seconds_total', this.#work[core] ?? 0, ...cpu, 'mode', 'user');
        }
        const fs = ['device', '/dev/sda1', 'fstype', 'ext4', 'mountpoint', '/'] as const;
        emit('node_filesystem_size_bytes', 100 * GIB, ...fs);
        emit('node_filesystem_free_bytes', 100 * GIB - this.diskUsedBytes, ...fs);
        emit('node_filesystem_avail_bytes', 100 * GIB - this.diskUsedBytes, ...fs);
      },
    };
  }
}

let stage: Stage;
let stand: Stand;
let token: string;
let agentData: string;
let agent: Agent | undefined;
let online: boolean;

/** The wire: what the agent sends reaches the collector's own routes. */
const wire: Transport = {
  send: async ({ headers, body }: PushRequest) => {
    if (!online) throw new Failure('unavailable', 'the line is cut');
    const answer = await stage.collector.web.remote({
      method: 'POST',
      url: '/api/v1/write',
      headers: { ...WRITE_HEADERS, ...headers, authorization: `Bearer ${token}` },
      payload: Buffer.from(body),
    });
    const named = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(named) as Record<string, string>,
      body: answer.body,
    };
  },
  close: () => {},
};

async function startAgent(): Promise<void> {
  agent = await openAgent({
    settings: {
      ...DEFAULTS,
      name: 'web-01',
      instance: 'web-01',
      tokenFile: 'the wire knows it',
      data: agentData,
      spool: { ...DEFAULTS.spool, minFreeRatio: 0 },
    },
    clock: stage.clock,
    log: silentLog,
    version: '1.2.3',
    sources: [stand.source()],
    transport: wire,
  });
  agent.start();
}

/** Lets real file operations of the spool finish; they do not wait for the manual clock. */
async function settle(): Promise<void> {
  await agent?.settled();
  // Off line nothing empties the spool; on line a busy machine may take its time.
  const turns = online ? 20_000 : 400;
  for (let i = 0; i < turns; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    // The collector's ticks take turns of their own.
    if (i < 40) continue;
    if (agent === undefined || (online && agent.spool.stats().batches === 0)) return;
  }
}

async function pass(seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s += 5) {
    stand.live(5);
    await stage.clock.advance(5_000);
    await settle();
  }
}

beforeEach(async () => {
  stage = await openStage();
  stand = new Stand();
  online = true;
  agentData = mkdtempSync(join(tmpdir(), 'flow-agent-'));
  const added = await stage.ask<{ token: string }>('POST', '/api/v1/agents', { name: 'web-01' });
  ({ token } = added);
  await startAgent();
});

afterEach(async () => {
  const stopping = agent?.stop(0);
  await stage.clock.advance(60_000);
  await stopping;
  await stage.close();
  rmSync(agentData, { recursive: true, force: true });
});

interface FaultView {
  readonly device: string;
  readonly rule: string;
  readonly state: string;
  readonly item: string;
  readonly began: string;
  readonly opened: string;
}

const faults = async (state: string): Promise<FaultView[]> =>
  (await stage.ask<{ faults: FaultView[] }>('GET', `/api/v1/faults?state=${state}`)).faults;

const rules = async (state = 'open'): Promise<string[]> =>
  (await faults(state)).map(({ rule }) => rule);

/** A busy machine gives the collector fewer ticks in the same time by hand. */
async function rulesLater(): Promise<string[]> {
  await pass(5);
  return await rules();
}

test('a busy CPU opens a fault after its hold time, and quiet ends it', async () => {
  await pass(60);
  const device = await stage.ask<{
    status: string;
    indicators: { indicator: string; value: number }[];
  }>('GET', '/api/v1/devices/web-01');
  expect(device.status).toBe('live');
  const cpu = device.indicators.find(({ indicator }) => indicator === 'cpu_used_ratio');
  expect(cpu?.value).toBeCloseTo(0.1, 6);
  stand.busy = 0.97;
  await pass(270);
  expect(await rules()).toEqual([]);
  await pass(90);
  expect(await faults('open')).toMatchObject([{ device: 'web-01', rule: 'cpu_busy' }]);
  stand.busy = 0.1;
  await pass(60);
  expect(await rules()).toEqual([]);
  expect(await faults('all')).toMatchObject([{ rule: 'cpu_busy', state: 'recovered' }]);
});

test('a full disk opens a fault about its mount point', async () => {
  await pass(30);
  stand.diskUsedBytes = 97 * GIB;
  await pass(900);
  expect(await faults('open')).toMatchObject([{ device: 'web-01', rule: 'disk_full', item: '/' }]);
});

test('a stopped agent is silent, and nothing else is wrong', async () => {
  await pass(60);
  stand.busy = 0.99;
  await pass(60);
  const stopping = agent?.stop(0);
  await pass(15);
  await stopping;
  agent = undefined;
  await pass(600);
  await expect.poll(rulesLater).toEqual(['agent_silent']);
  await startAgent();
  stand.busy = 0.1;
  await pass(45);
  expect(await rules()).toEqual([]);
  expect(await faults('all')).toMatchObject([{ rule: 'agent_silent', state: 'recovered' }]);
});

test('an outage costs no sample and fires no stale fault', async () => {
  await pass(60);
  const from = stage.clock.now();
  online = false;
  stand.busy = 0.99;
  await pass(600);
  stand.busy = 0.1;
  await pass(60);
  await expect.poll(rulesLater).toEqual(['agent_silent']);
  online = true;
  await pass(600);
  // Live figures say that all is well; what was wrong meanwhile is history, not a fault of now.
  expect(await rules()).toEqual([]);
  expect((await rules('all')).filter((rule) => rule === 'cpu_busy')).toEqual([]);
  const stats = agent!.spool.stats();
  expect(stats.batches).toBe(0);
  expect(stats.issuedSamples).toBe(stats.ackedSamples);
  // From 08:00 three slots: the outage began at 08:01 and the work ended at 08:11.
  const { series } = await stage.ask<{ series: { mean: (number | null)[] }[] }>(
    'GET',
    `/api/v1/devices/web-01/history?indicator=cpu_used_ratio&from=${from / 1000 - 60}&to=${from / 1000 + 600}`,
  );
  expect(series[0]?.mean.map((value) => Math.round((value ?? 0) * 100))).toEqual([
    expect.toSatisfy((share: number) => share > 70 && share < 99),
    99,
    expect.toSatisfy((share: number) => share > 10 && share < 50),
  ]);
});

test('a collector that was down is caught up with, and its faults go on', async () => {
  await pass(30);
  stand.busy = 0.97;
  await pass(360);
  expect(await rules()).toEqual(['cpu_busy']);
  online = false;
  await stage.restart();
  await pass(30);
  online = true;
  await pass(120);
  expect(await faults('all')).toMatchObject([{ rule: 'cpu_busy', state: 'open' }]);
  stand.busy = 0.1;
  await pass(60);
  expect(await faults('all')).toMatchObject([{ rule: 'cpu_busy', state: 'recovered' }]);
});
