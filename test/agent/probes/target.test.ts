/** Probes as the sampler sees them: labels, series, deadlines, and what is told when nothing is known. */
import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { openProbeTargets } from '../../../src/agent/probes/probes.ts';
import { KINDS } from '../../../src/agent/probes/registry.ts';
import type { Target } from '../../../src/agent/sampler/sampler.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createLog, silentLog } from '../../../src/shared/log.ts';
import { METRIC_NAME } from '../../../src/shared/sample.ts';
import { needs } from '../../support/parts.ts';
import { closeAll, file, settingsOf, tcpServer, web } from './parts.ts';

afterEach(closeAll);

async function targetOf(spec: object, log = silentLog): Promise<Target> {
  const settings = await settingsOf(spec);
  const [target] = await openProbeTargets(settings, { clock: systemClock, log, agent: 'north' });
  return target!;
}

/** One round: `name{a="b"}` → value. */
async function round(target: Target, signal = new AbortController().signal) {
  const series: Record<string, number> = {};
  await target.collect((name, value, ...labels) => {
    expect(name).toMatch(METRIC_NAME);
    const pairs = labels.flatMap((label, i) => (i % 2 ? [] : [`${label}="${labels[i + 1]}"`]));
    series[pairs.length === 0 ? name : `${name}{${pairs}}`] = value;
  }, signal);
  return series;
}

test('a target carries its labels, its pace, and a deadline after its own', async () => {
  const target = await targetOf({
    ...{ kind: 'tcp', host: '127.0.0.1', port: 1, instance: 'db-1' },
    ...{ labels: { site: 'hq' }, interval: '1m', timeout: '7s' },
  });
  expect(target).toMatchObject({
    name: 'it',
    labels: { site: 'hq', instance: 'db-1', agent: 'north', job: 'probe' },
    intervalMs: 60_000,
    timeoutMs: 8_000,
  });
  target.close?.();
});

test('a success and a failure are samples; the failure has its reason', async () => {
  let status = 200;
  const url = await web((_, answer) => answer.writeHead(status).end());
  const target = await targetOf({ kind: 'http', url });
  const good = await round(target);
  expect(good).toMatchObject({ probe_success: 1, probe_http_status_code: 200 });
  expect(good.probe_duration_seconds).toBeGreaterThan(0);
  expect(Object.keys(good).filter((name) => name.startsWith('probe_failure'))).toEqual([]);
  status = 503;
  expect(await round(target)).toMatchObject({
    probe_success: 0,
    probe_http_status_code: 503,
    'probe_failure_info{reason="status"}': 1,
  });
});

test('no series is told twice in a round', async () => {
  const url = await web((_, answer) => answer.end('x'));
  const steps = [
    { name: 'a', url },
    { name: 'b', url: '/b' },
  ];
  const target = await targetOf({ kind: 'flow', steps });
  const seen: string[] = [];
  await target.collect((name, _, ...labels) => {
    seen.push([name, ...labels].join());
  }, new AbortController().signal);
  expect(new Set(seen).size).toBe(seen.length);
});

describe('what could not be looked at', () => {
  test('is neither up nor down, and is logged once until it changes', async () => {
    const key = file('key', 'secret');
    const url = await web((_, answer) => answer.end());
    const lines: string[] = [];
    const log = createLog({ write: (line) => lines.push(JSON.parse(line).message) });
    const target = await targetOf({ kind: 'http', url, secrets: { key: { file: key } } }, log);
    rmSync(key);
    const blind = await round(target);
    expect(blind).toEqual({ 'probe_failure_info{reason="could_not_look"}': 1 });
    await round(target);
    expect(lines).toEqual(['a probe could not look']);
    writeFileSync(key, 'secret', { mode: 0o600 });
    expect(await round(target)).toMatchObject({ probe_success: 1 });
    expect(lines).toEqual(['a probe could not look', 'the probe looks again']);
  });
});

test('an abort from outside ends the look at once and tells nothing of the target', async () => {
  const port = await tcpServer(() => {});
  const spec = { kind: 'tcp', host: '127.0.0.1', port, banner: 'x', timeout: '20s' };
  const target = await targetOf(spec);
  const stop = new AbortController();
  const looking = round(target, stop.signal);
  setImmediate(() => stop.abort());
  expect(await looking).toEqual({});
});

test('a name server that hangs is asked once per name, whatever the number of rounds', async () => {
  const settings = await settingsOf({
    ...{ kind: 'tcp', host: 'a.example', port: 1, timeout: '100ms' },
  });
  let asked = 0;
  const gate = Promise.withResolvers<string[]>();
  const resolve = (): Promise<string[]> => {
    asked++;
    return gate.promise;
  };
  const options = { clock: systemClock, log: silentLog, agent: 'north', resolve };
  const [target] = await openProbeTargets(settings, options);
  for (let i = 0; i < 3; i++) {
    expect(await round(target!)).toMatchObject({ 'probe_failure_info{reason="timeout"}': 1 });
  }
  expect(asked).toBe(1);
  gate.reject(new Error('SERVFAIL'));
  expect(await round(target!)).toMatchObject({ probe_success: 0 });
  await round(target!);
  expect(asked).toBe(2);
});

test('a target that is closed leaves the others their program', async () => {
  const settings = await settingsOf({ kind: 'icmp', host: '127.0.0.1' });
  const two = { ...settings, probes: [settings.probes[0]!, { ...settings.probes[0]!, name: 'b' }] };
  const options = { clock: systemClock, log: silentLog, agent: 'north' };
  const [first, second] = await openProbeTargets(two, options);
  first?.close?.();
  const series = await round(second!);
  expect(
    series.probe_loss_ratio ?? series['probe_failure_info{reason="could_not_look"}'],
  ).toBeDefined();
  second?.close?.();
});

test('addresses that are asked in one process are targets of one company', async (context) => {
  needs('fping', context);
  const ping = await targetOf({ kind: 'icmp', host: '127.0.0.1' });
  expect(ping.company).toBe((await targetOf({ kind: 'icmp', host: '127.0.0.2' })).company);
  expect(ping.company).toBeDefined();
  const tcp = await targetOf({ kind: 'tcp', host: '127.0.0.1', port: 1 });
  expect(tcp).not.toHaveProperty('company');
});

test('every kind of the registry is known by its own name', () => {
  for (const [name, kind] of Object.entries(KINDS)) {
    const { shape } = kind.schema('.');
    expect((shape.kind as { value?: string } | undefined)?.value).toBe(name);
  }
});
