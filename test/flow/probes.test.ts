/**
 * Two agents that probe one shop, and one collector: what the agents see over real connections
 * becomes figures, a quorum, faults, and their end.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Agent, openAgent } from '../../src/agent/agent.ts';
import { DEFAULTS } from '../../src/agent/default-settings.ts';
import { readProbes } from '../../src/agent/probes/probes.ts';
import type { PushRequest, Transport } from '../../src/agent/push/push.ts';
import { silentLog } from '../../src/shared/log.ts';
import { openStage, type Stage, WRITE_HEADERS } from '../collector/stage.ts';

let stage: Stage;
let home: string;
let shop: Server;
/** Agents for whom the way to the shop is cut. */
let cut: Set<string>;
const agents: Agent[] = [];

/** What an agent sends reaches the collector's own routes. */
const wireOf = (token: string): Transport => ({
  send: async ({ headers, body }: PushRequest) => {
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
});

async function startAgent(name: string): Promise<void> {
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', { name });
  const { port } = shop.address() as AddressInfo;
  const file = join(home, `${name}.yaml`);
  writeFileSync(
    file,
    `
allow: [127.0.0.0/8]
interval: 15s
timeout: 12s
labels: { site: ${name} }
probes:
  shop:
    kind: http
    url: http://127.0.0.1:${port}/orders
    headers: { X-From: ${name} }
    expect: { body: [open orders] }
`,
  );
  const agent = await openAgent({
    settings: {
      ...DEFAULTS,
      ...{ name, instance: name, tokenFile: 'the wire knows it' },
      data: join(home, name),
      spool: { ...DEFAULTS.spool, minFreeRatio: 0 },
      probes: await readProbes(file),
    },
    ...{ clock: stage.clock, log: silentLog, version: '1.2.3' },
    sources: [],
    transport: wireOf(token),
  });
  agent.start();
  agents.push(agent);
}

/** Lets real connections and file operations finish; they do not wait for the manual clock. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const agent of agents) await agent.settled();
    if (turn > 200 && agents.every(({ spool }) => spool.stats().batches === 0)) return;
  }
}

async function pass(seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s += 5) {
    await stage.clock.advance(5_000);
    await settle();
  }
}

beforeEach(async () => {
  stage = await openStage();
  home = mkdtempSync(join(tmpdir(), 'flow-probes-'));
  cut = new Set();
  shop = createServer((request, answer) => {
    const from = String(request.headers['x-from']);
    if (cut.has(from)) request.socket.destroy();
    else answer.end('12 open orders');
  });
  await new Promise<void>((done) => shop.listen(0, '127.0.0.1', done));
});

afterEach(async () => {
  const stopping = Promise.all(agents.splice(0).map((agent) => agent.stop(0)));
  await stage.clock.advance(60_000);
  await stopping;
  await stage.close();
  shop.closeAllConnections();
  await new Promise((done) => shop.close(done));
  rmSync(home, { recursive: true, force: true });
});

interface DeviceView {
  readonly indicators: { indicator: string; value: number | null }[];
}

const figure = async (indicator: string): Promise<number | null | undefined> => {
  const { indicators } = await stage.ask<DeviceView>('GET', '/api/v1/devices/shop');
  return indicators.find((each) => each.indicator === indicator)?.value;
};

const openRules = async (): Promise<string[]> => {
  const path = '/api/v1/faults?state=open&device=shop';
  const { faults } = await stage.ask<{ faults: { rule: string }[] }>('GET', path);
  return faults.map(({ rule }) => rule).sort();
};

test('a shop is down when most agents say so; until then they disagree, and that is shown', async () => {
  for (const name of ['north', 'south', 'west']) await startAgent(name);
  await pass(60);
  expect(await figure('reachable')).toBe(1);
  expect(await figure('round_trip_seconds')).toBeGreaterThanOrEqual(0);
  expect(await openRules()).toEqual([]);

  cut.add('south');
  await pass(90);
  expect(await figure('reachable')).toBeCloseTo(2 / 3, 2);
  expect(await openRules()).toEqual(['partly_reachable']);
  const { explanations, voices } = await stage.ask<{
    explanations: { rule: string; verdict: { reason: { en: string } } }[];
    voices: { agent: string; answers: boolean }[];
  }>('GET', '/api/v1/thresholds/explain?device=shop&indicator=reachable');
  const why = explanations.find(({ rule }) => rule === 'partly_reachable');
  expect(why?.verdict.reason.en).toContain('0.67');
  expect(voices.map(({ agent, answers }) => [agent, answers])).toEqual([
    ...[
      ['north', true],
      ['south', false],
      ['west', true],
    ],
  ]);

  cut.add('north');
  await pass(90);
  expect(await figure('reachable')).toBeCloseTo(1 / 3, 2);
  expect(await openRules()).toContain('unreachable');

  cut.clear();
  await pass(90);
  expect(await figure('reachable')).toBe(1);
  expect(await openRules()).toEqual([]);
});

test('with a single agent its word is enough', async () => {
  await startAgent('north');
  await pass(45);
  expect(await figure('reachable')).toBe(1);
  cut.add('north');
  await pass(90);
  expect(await figure('reachable')).toBe(0);
  expect(await openRules()).toEqual(['unreachable']);
});
