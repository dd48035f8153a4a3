/** `icmp`: loss and round trips of a few echo requests. One answer is enough to be reachable. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { resolvePlace } from '../connect.ts';
import { GATHER_MS } from '../icmp/pinger.ts';
import type { Echoes } from '../icmp/tool.ts';
import { commonFields, defineKind, host, ipFamily } from '../kind.ts';
import { type Look, within } from '../look.ts';
import { ProbeFailure } from '../reasons.ts';

const COUNT = 'between 1 and 20';
const SPACING_MS = 250;
/** Longer than this no answer is waited for. */
const MOST_WAIT_MS = 2_000;
const LEAST_WAIT_MS = 200;
/** Starting a process, asking 250 addresses in turn, and handing things on. */
const SLACK_MS = 1_000;

export const icmp = defineKind({
  schema: () =>
    z.strictObject({
      kind: z.literal('icmp'),
      ...commonFields,
      host,
      ip: ipFamily,
      count: z.int().min(1, COUNT).max(20, COUNT).default(3).describe('Echo requests'),
    }),
  complaints: ({ count }, timeoutMs) =>
    waitOf(count, timeoutMs) >= LEAST_WAIT_MS
      ? []
      : [{ path: ['timeout'], reason: `is too short for ${count} echo requests` }],
  destinations: (spec) => [{ path: ['host'], host: spec.host, port: 0 }],
  // What one process can ask. A name goes on its own: a slow name server answers few at a time.
  company: ({ host: name, count }, timeoutMs, { pinger }) =>
    isIP(name) !== 0 && pinger.most() > 1 ? `icmp ${count} ${waitOf(count, timeoutMs)}` : null,
  run: async ({ host: name, ip, count }, look) => {
    const { signal, pinger, clock, timeoutMs } = look;
    const address = await resolvePlace({ host: name, port: 0, ip }, look);
    const waitMs = waitOf(count, timeoutMs);
    const startMs = clock.monotonic();
    const asked = pinger.ping({ address, count, spacingMs: SPACING_MS, waitMs });
    const echoes = await within(signal, asked);
    const setup = (clock.monotonic() - startMs) / 1_000;
    noteEchoes(echoes, setup, look);
    if (echoes.roundTripsMs.length === 0) {
      throw new ProbeFailure('no_reply', `${address}: none of ${count} echo requests was answered`);
    }
  },
});

function waitOf(count: number, timeoutMs: number): number {
  const left = timeoutMs - GATHER_MS - SLACK_MS - (count - 1) * SPACING_MS;
  return Math.min(MOST_WAIT_MS, left);
}

function noteEchoes(
  { sent, roundTripsMs, hopLimit }: Echoes,
  totalSeconds: number,
  { trace }: Look,
): void {
  const resolve = trace.secondsOf('resolve');
  trace.figure('probe_loss_ratio', 1 - Math.min(sent, roundTripsMs.length) / sent);
  trace.figure('probe_icmp_duration_seconds', resolve, 'phase', 'resolve');
  if (roundTripsMs.length === 0) return;
  const seconds = roundTripsMs.map((each) => each / 1_000);
  const mean = seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
  const of = (name: string, value: number): void =>
    trace.figure('probe_icmp_round_trip_seconds', value, 'aggregate', name);
  of('min', Math.min(...seconds));
  of('mean', mean);
  of('max', Math.max(...seconds));
  of('jitter', jitterOf(seconds));
  trace.took('rtt', mean);
  trace.figure('probe_icmp_duration_seconds', mean, 'phase', 'rtt');
  // Waiting for company and for a process to start says nothing of the target.
  trace.figure('probe_icmp_duration_seconds', Math.max(0, totalSeconds - mean), 'phase', 'setup');
  trace.seconds = resolve + mean;
  if (hopLimit !== null) trace.figure('probe_icmp_reply_hop_limit', hopLimit);
}

/** The mean difference between one round trip and the next (as RFC 3550 means it); 0 of one. */
function jitterOf(seconds: readonly number[]): number {
  const steps = seconds.slice(1).map((each, i) => Math.abs(each - (seconds[i] ?? each)));
  return steps.length === 0 ? 0 : steps.reduce((sum, each) => sum + each, 0) / steps.length;
}
