/** The whole agent in this process: real files, real sockets, a manual clock, sources made up. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Agent, type AgentOptions, openAgent } from '../../src/agent/agent.ts';
import { DEFAULTS } from '../../src/agent/default-settings.ts';
import type { Source } from '../../src/agent/sources/sources.ts';
import { createLog } from '../../src/shared/log.ts';
import { decodeWrite, type WrittenSample } from '../support/decode-write.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import {
  AGENT,
  closeAll,
  type FakeCollector,
  fakeCollector,
  refuse,
  TOKEN,
  until,
} from './push/parts.ts';

let home: string;
let clock: ManualClock;
let collector: FakeCollector;
const agents: Agent[] = [];
const logged: string[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'agent-'));
  writeFileSync(join(home, 'token'), TOKEN, { mode: 0o600 });
  clock = manualClock();
  collector = await fakeCollector(() => clock.now());
  logged.length = 0;
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop(0);
  await closeAll();
  rmSync(home, { recursive: true });
});

const counting = (name: string): Source => {
  let reads = 0;
  return {
    name,
    metrics: { [`node_${name}`]: { type: 'counter', help: 'reads' } },
    missing: () => null,
    collect: (_, emit) => emit(`node_${name}`, ++reads, 'device', 'sda'),
  };
};

async function open(more: Partial<AgentOptions> = {}, settings = {}): Promise<Agent> {
  const agent = await openAgent({
    settings: {
      ...DEFAULTS,
      collector: collector.url,
      tokenFile: join(home, 'token'),
      data: join(home, 'data'),
      name: AGENT,
      instance: 'web-01.example.com',
      labels: { site: 'hq' },
      spool: { ...DEFAULTS.spool, minFreeRatio: 0 },
      ...settings,
    },
    clock,
    log: createLog({ write: (line) => logged.push(line) }),
    version: '9.9.9',
    sources: [counting('a'), counting('b')],
    ...more,
  });
  agents.push(agent);
  return agent;
}

const written = (): WrittenSample[] => collector.calls.flatMap(({ body }) => decodeWrite(body));
const named = (name: string): WrittenSample[] =>
  written().filter(({ labels }) => labels.__name__ === name);
const receipts = (agent: Agent, count: number) =>
  until(`${count} receipts`, () => agent.push.stats().acked >= count);

test('samples go from the sources to the collector, with their labels and one time', async () => {
  const agent = await open();
  agent.start();
  await receipts(agent, 1);
  const [a] = named('node_a');
  expect(a).toEqual({
    labels: {
      __name__: 'node_a',
      agent: AGENT,
      device: 'sda',
      instance: 'web-01.example.com',
      job: 'node',
      site: 'hq',
    },
    timeMs: clock.now(),
    value: 1,
  });
  expect(new Set(written().map(({ timeMs }) => timeMs)).size).toBe(1);
  expect(new Set(written().map(({ labels }) => labels.agent))).toEqual(new Set([AGENT]));
});

test('the agent reports about itself with the same batch', async () => {
  const agent = await open();
  agent.start();
  await receipts(agent, 1);
  await clock.advance(20_000);
  await receipts(agent, 2);
  const values = (name: string) => named(`watchkeeper_agent_${name}`).map(({ value }) => value);
  const [first, second] = values('issued_samples_total');
  expect(first).toBe(0);
  expect(second).toBeGreaterThan(20);
  expect(values('acked_samples_total')[1]).toBe(second);
  expect(values('accounting_difference_samples')).toEqual([0, 0]);
  expect(named('watchkeeper_agent_build_info')[0]!.labels.version).toBe('9.9.9');
  expect(values('resident_memory_bytes')[0]).toBeGreaterThan(1e6);
});

test('without its collector it goes on sampling, and sends later', async () => {
  const agent = await open();
  collector.always(refuse(503, 'unavailable'));
  agent.start();
  for (let i = 0; i < 8; i++) {
    await clock.advance(15_000);
    await agent.settled();
  }
  const waiting = agent.spool.stats().batches;
  expect(waiting).toBeGreaterThanOrEqual(8);
  collector.always(null);
  for (let i = 0; i < 5_000 && agent.spool.stats().batches > 0; i++) {
    await clock.advance(500);
    await agent.settled();
    await until('idle', () => {
      const { sent, acked, retries } = agent.push.stats();
      return sent === acked + retries;
    });
  }
  expect(agent.spool.stats().batches).toBe(0);
  const seen = named('node_a').map(({ value }) => value);
  expect(new Set(seen)).toEqual(new Set(Array.from(new Set(seen), (_, i) => i + 1)));
});

test('stopping keeps what was sampled; the next start sends it', async () => {
  collector.always(refuse(503, 'unavailable'));
  const agent = await open();
  agent.start();
  await agent.settled();
  await until('an attempt', () => agent.push.stats().retries > 0);
  agents.pop();
  await agent.stop(5_000);
  collector.always(null);
  const again = await open();
  again.push.start();
  await receipts(again, 1);
  expect(again.spool.stats()).toMatchObject({ batches: 0, dropped: {} });
});

test('sources that are switched off are not read', async () => {
  const agent = await open({}, { off: ['b'] });
  agent.start();
  await receipts(agent, 1);
  expect(named('node_a')).toHaveLength(1);
  expect(named('node_b')).toHaveLength(0);
});

test('a spool that cannot be written is said once, counted, and mended by itself', async () => {
  const agent = await open({}, { spool: { ...DEFAULTS.spool, minFreeRatio: 2 } });
  agent.start();
  for (let i = 0; i < 4; i++) {
    await clock.advance(15_000);
    await agent.settled();
  }
  expect(agent.spool.stats().dropped.disk_error).toBeGreaterThan(50);
  expect(logged.filter((line) => line.includes('samples are lost'))).toHaveLength(1);
});

describe('its own metrics', () => {
  test('are served on loopback when asked for', async () => {
    const agent = await open({}, { metricsListen: '127.0.0.1:0' });
    expect(agent.metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const answer = await fetch(agent.metricsUrl);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(text).toContain('# TYPE watchkeeper_agent_issued_samples_total counter');
    expect(text).toContain('watchkeeper_agent_build_info{version="9.9.9"} 1');
    expect((await fetch(agent.metricsUrl.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(agent.metricsUrl, { method: 'POST' })).status).toBe(404);
  });

  test('are off by default', async () => {
    expect((await open()).metricsUrl).toBe('');
  });

  test('on a port that is taken: a clear failure, and nothing is left open', async () => {
    const agent = await open({}, { metricsListen: '127.0.0.1:0' });
    const listen = new URL(agent.metricsUrl).host;
    const other = { metricsListen: listen, data: join(home, 'other') };
    await expect(open({}, other)).rejects.toMatchObject({ code: 'io' });
    await expect(open({}, other)).rejects.toThrow(`cannot listen on ${listen}`);
  });
});

describe('what cannot start', () => {
  test('two agents on one directory, by whichever path', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'conflict' });
    const dotted = { data: join(home, '.', 'x', '..', 'data') };
    await expect(open({}, dotted)).rejects.toThrow('another agent works on');
  });

  test('the directory is free again after a stop', async () => {
    const agent = await open();
    agents.pop();
    await agent.stop(0);
    await expect(open()).resolves.toBeDefined();
  });

  test('no token', async () => {
    await expect(open({}, { tokenFile: '' })).rejects.toMatchObject({ code: 'usage' });
  });

  test('a data directory that cannot be made', async () => {
    writeFileSync(join(home, 'file'), '');
    const failure = await open({}, { data: join(home, 'file', 'data') }).catch((error) => error);
    expect(failure).toMatchObject({ code: 'io' });
    expect(failure.hint).toContain('--data');
  });

  test('an address that is none, before anything is made', async () => {
    await expect(open({}, { collector: 'nowhere' })).rejects.toMatchObject({ code: 'config' });
    expect(readdirSync(home)).toEqual(['token']);
  });
});

test('a token that goes over a network in clear is warned of', async () => {
  await open({}, { collector: 'http://watch.example:8420' });
  expect(logged.some((line) => line.includes('in clear'))).toBe(true);
  logged.length = 0;
  await open({}, { data: join(home, 'other') });
  expect(logged.some((line) => line.includes('in clear'))).toBe(false);
});
