import { afterEach, expect, test } from 'vitest';
import type { Pinger, PingRequest } from '../../../../src/agent/probes/icmp/pinger.ts';
import { createPinger } from '../../../../src/agent/probes/icmp/pinger.ts';
import type { Echoes } from '../../../../src/agent/probes/icmp/tool.ts';
import { icmp } from '../../../../src/agent/probes/kinds/icmp.ts';
import { ProbeFailure } from '../../../../src/agent/probes/reasons.ts';
import { runProbe } from '../../../../src/agent/probes/run-probe.ts';
import { createTrust } from '../../../../src/agent/probes/trust.ts';
import { addressPolicy } from '../../../../src/shared/address-policy.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { needs } from '../../../support/parts.ts';
import { closeAll, figuresOf, LOOPBACK, look, settingsOf } from '../parts.ts';

afterEach(closeAll);

/** Runs the probe with a pinger that says what the test wants. */
async function ping(say: (request: PingRequest) => Promise<Echoes>, spec: object = {}) {
  const settings = await settingsOf({ kind: 'icmp', host: '127.0.0.1', ...spec });
  const clock = manualClock();
  const pinger: Pinger = { most: () => 1, ping: say, close: () => {} };
  const resolve = async (): Promise<string[]> => ['127.0.0.7'];
  const tools = { clock, resolve, pinger, policy: addressPolicy(LOOPBACK), trust: createTrust() };
  const report = runProbe(settings.probes[0]!, tools);
  return { clock, report };
}

const echoes = (sent: number, ...roundTripsMs: number[]): Echoes => ({
  ...{ sent, roundTripsMs },
  hopLimit: 61,
});

test('loss, round trips and how much they vary', async () => {
  const { report } = await ping(async () => echoes(4, 10, 14, 11), { count: 4 });
  expect(await report).toMatchObject({ outcome: 'success' });
  const figures = figuresOf(await report);
  expect(figures).toMatchObject({
    probe_loss_ratio: 0.25,
    'probe_icmp_round_trip_seconds{aggregate=min}': 0.01,
    'probe_icmp_round_trip_seconds{aggregate=max}': 0.014,
    probe_icmp_reply_hop_limit: 61,
  });
  expect(figures['probe_icmp_round_trip_seconds{aggregate=jitter}']).toBeCloseTo(0.0035, 9);
  expect(figures['probe_icmp_duration_seconds{phase=rtt}']).toBeCloseTo(35 / 3 / 1_000, 9);
  // Waiting for company is no part of the probe's time.
  expect((await report).seconds).toBeCloseTo(35 / 3 / 1_000, 9);
});

test('one answer is enough to be reachable; its variation is none', async () => {
  const { report } = await ping(async () => echoes(3, 5));
  expect((await report).outcome).toBe('success');
  expect(figuresOf(await report)).toMatchObject({
    'probe_icmp_round_trip_seconds{aggregate=jitter}': 0,
  });
});

test('no answer: unreachable, all is lost, and no round trip is made up', async () => {
  const { report } = await ping(async () => echoes(3));
  expect(await report).toMatchObject({ outcome: 'failure', reason: 'no_reply' });
  const figures = figuresOf(await report);
  expect(figures.probe_loss_ratio).toBe(1);
  expect(Object.keys(figures).filter((name) => name.includes('round_trip'))).toEqual([]);
});

test('a program that cannot send: nothing is known', async () => {
  const { report } = await ping(() =>
    Promise.reject(new ProbeFailure('could_not_look', 'no right')),
  );
  expect(await report).toMatchObject({ outcome: 'unknown', message: 'no right' });
});

test('asks for the resolved address, and leaves time for gathering and for the last answer', async () => {
  let asked: PingRequest | undefined;
  const say = async (request: PingRequest): Promise<Echoes> => {
    asked = request;
    return echoes(3, 1);
  };
  await (await ping(say, { host: 'a.example', timeout: '4s' })).report;
  expect(asked).toEqual({ address: '127.0.0.7', count: 3, spacingMs: 250, waitMs: 1_500 });
  await (await ping(say, { timeout: '25s' })).report;
  expect(asked?.waitMs).toBe(2_000);
});

test('a pinger that hangs is a timeout', async () => {
  const { clock, report } = await ping(() => new Promise(() => {}));
  await clock.advance(5_000);
  expect(await report).toMatchObject({ outcome: 'failure', reason: 'timeout' });
});

test('for real, by name, over both protocols where they are', async (context) => {
  needs('fping', context);
  const resolve = async (): Promise<string[]> => ['127.0.0.1'];
  const report = await look({ kind: 'icmp', host: 'a.example', count: 2 }, { resolve });
  expect(report).toMatchObject({ outcome: 'success', reason: 'ok' });
  expect(figuresOf(report).probe_loss_ratio).toBe(0);
});

test('addresses that one process can ask have their turns together, names do not', async () => {
  const companyOf = async (spec: object, most = 250): Promise<string | null> => {
    const settings = await settingsOf({ kind: 'icmp', host: '127.0.0.1', ...spec });
    const { timeoutMs, spec: checked } = settings.probes[0]!;
    const pinger: Pinger = { most: () => most, ping: () => expect.unreachable(), close: () => {} };
    const resolve = async (): Promise<string[]> => [];
    const clock = manualClock();
    const tools = { clock, resolve, pinger, policy: addressPolicy([]), trust: createTrust() };
    return icmp.company(checked, timeoutMs, tools);
  };
  const usual = await companyOf({});
  expect(usual).not.toBeNull();
  expect(await companyOf({ host: '127.0.0.2' })).toBe(usual);
  expect(await companyOf({ host: '::1' })).toBe(usual);
  // Another count or patience is another process.
  const three = [usual, await companyOf({ count: 5 }), await companyOf({ timeout: '3s' })];
  expect(new Set(three).size).toBe(3);
  expect(await companyOf({ host: 'a.example' })).toBeNull();
  // One process each: all at once would wait for each other beyond their time.
  expect(await companyOf({}, 1)).toBeNull();
});

test('an address that is not allowed is not asked', async () => {
  const never = (): never => expect.unreachable();
  const pinger = createPinger({ clock: manualClock(), tool: never });
  const settings = await settingsOf({ kind: 'icmp', host: 'a.example' });
  const resolve = async (): Promise<string[]> => ['10.0.0.1'];
  const tools = {
    clock: manualClock(),
    resolve,
    pinger,
    policy: addressPolicy([]),
    trust: createTrust(),
  };
  expect((await runProbe(settings.probes[0]!, tools)).reason).toBe('address_not_allowed');
});
