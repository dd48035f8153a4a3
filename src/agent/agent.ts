/** The agent, wired: sources and remote targets → sampler → spool → push. New → start → stop; stop undoes in reverse. */
import { join } from 'node:path';
import { type Clock, repeat } from '../shared/clock.ts';
import { makeDirectory } from '../shared/directory.ts';
import { Failure, messageOf } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import type { AgentSettings } from './cli/cli.ts';
import { Intake } from './intake.ts';
import { serveMetrics } from './metrics-server.ts';
import { accountingDifference, type OwnSample, ownSamples } from './own-series.ts';
import { openPush, openTransport, type Push, type Transport } from './push/push.ts';
import { openRemote, type Remote } from './remote.ts';
import { openSampler, type Sampler } from './sampler/sampler.ts';
import { claimDirectory } from './single-run.ts';
import { type Host, listSources, openHost, type Source } from './sources/sources.ts';
import { openSpool, type Spool } from './spool/spool.ts';

/** Live batches that waited longer than this become backlog. */
const OUTAGE_MS = 60_000;
/** Of the backlog, per live batch. */
const BACKLOG_FACTOR = 3;
const CARE_MS = 60_000;

export interface AgentOptions {
  readonly settings: AgentSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The program's own file; a child that receives traps is started from it. */
  readonly script?: string;
  /** Whether the newest reload of the configuration was accepted. */
  readonly isReloaded?: () => boolean;
  /** Parts to replace in tests. */
  readonly sources?: readonly Source[];
  readonly transport?: Transport;
}

export interface Agent {
  readonly spool: Spool;
  readonly push: Push;
  readonly sampler: Sampler;
  /** Of its own metrics; '' without the endpoint. */
  readonly metricsUrl: string;
  start(): void;
  /** What was sampled so far is in the spool. */
  settled(): Promise<void>;
  /** Finishes the request in flight, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Throws what a part throws that cannot start; then the parts before it are closed again. */
export async function openAgent(options: AgentOptions): Promise<Agent> {
  const { settings, clock, log } = options;
  const transport = options.transport ?? transportOf(options);
  prepareDirectory(settings.data);
  const cleanups: (() => void | Promise<void>)[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const step of cleanups.splice(0).reverse()) await step();
  };
  try {
    const claim = await claimDirectory(settings.data);
    cleanups.push(claim.release);
    const directory = join(settings.data, 'spool');
    const room = { clock, log: log.room('spool') };
    const spool = await openSpool({ directory, ...room, ...settings.spool });
    cleanups.push(() => spool.close());
    const push = pushOf(options, spool, transport);
    let remote: Remote | null = null;
    const own = (): readonly OwnSample[] => ownOf(options, { spool, push, remote });
    const labels = labelsOf(settings);
    const intake = new Intake({ spool, push, log, labels, own });
    const sampler = samplerOf(options, push, intake);
    remote = await remoteOf(options, intake);
    const { metricsListen } = settings;
    const metrics = metricsListen === '' ? null : await serveMetrics(metricsListen, own);
    cleanups.push(() => metrics?.close());
    const care = repeat(clock, CARE_MS, () => takeCare(spool, log));
    cleanups.push(() => care.stop());
    return {
      spool,
      push,
      sampler,
      metricsUrl: metrics?.url ?? '',
      start: () => {
        push.start();
        sampler.start();
        void remote?.start();
      },
      settled: () => intake.settled(),
      stop: async (graceMs) => {
        await Promise.all([sampler.stop(), remote?.stop()]);
        await intake.settled();
        await push.stop(graceMs);
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** On every sample. */
export const labelsOf = ({ name, instance, labels }: AgentSettings): Record<string, string> => ({
  ...labels,
  instance,
  agent: name,
  job: 'node',
});

export function hostOf(settings: AgentSettings, clock: Clock, clockOffset?: () => number): Host {
  const { proc, sys, rootfs } = settings.paths;
  return openHost({
    clock,
    procPath: proc,
    sysPath: sys,
    rootfsPath: rootfs,
    ...(clockOffset === undefined ? {} : { clockOffset }),
  });
}

function prepareDirectory(data: string): void {
  try {
    makeDirectory(data);
  } catch (cause) {
    throw new Failure('io', `the data directory cannot be made: ${messageOf(cause)}`, {
      hint: 'name a directory this user may write with --data',
      cause,
    });
  }
}

function transportOf({ settings, clock, log, version }: AgentOptions): Transport {
  const { collector, tokenFile, caFile } = settings;
  if (tokenFile === '') {
    throw new Failure('usage', 'the agent has no token', {
      hint: 'make one with "collector agent add NAME" and name its file with --token-file',
    });
  }
  if (/^http:\/\/(?!127\.|localhost[:/]|\[::1\])/.test(collector)) {
    log.warn('the token goes over the network in clear; use https', { collector });
  }
  const userAgent = `watchkeeper-agent/${version}`;
  return openTransport({ collector, tokenFile, caFile, userAgent, clock });
}

function pushOf({ settings, clock, log }: AgentOptions, spool: Spool, transport: Transport): Push {
  return openPush({
    spool,
    transport,
    clock,
    log: log.room('push'),
    agent: settings.name,
    backlogFactor: BACKLOG_FACTOR,
    outageMs: OUTAGE_MS,
  });
}

function samplerOf(options: AgentOptions, push: Push, intake: Intake): Sampler {
  const { settings, clock, log } = options;
  const sources = options.sources ?? listSources();
  return openSampler({
    host: hostOf(settings, clock, () => push.stats().clockOffsetSeconds),
    sources: sources.filter(({ name }) => !settings.off.includes(name)),
    clock,
    log: log.room('sampler'),
    labels: labelsOf(settings),
    intervals: { ...settings.intervals, default: settings.intervalMs },
    timeoutMs: settings.timeoutMs,
    onBatch: (samples) => intake.take(samples),
  });
}

/** Null when nothing but this host is watched. */
function remoteOf(options: AgentOptions, intake: Intake): Promise<Remote> | null {
  const { settings, clock, log, version, script = '' } = options;
  const { snmp, probes, traps } = settings;
  if (snmp === null && probes === null && traps === null) return null;
  const onBatch: Intake['pass'] = (samples, lane) => intake.pass(samples, lane);
  return openRemote({ settings, clock, log, version, script, onBatch });
}

function ownOf(
  { clock, version, isReloaded }: AgentOptions,
  { spool, push, remote }: { spool: Spool; push: Push; remote: Remote | null },
): readonly OwnSample[] {
  const { user, system } = process.cpuUsage();
  return ownSamples({
    spool: spool.stats(),
    push: push.stats(),
    rounds: remote?.rounds.stats() ?? null,
    traps: remote?.traps?.stats() ?? null,
    nowMs: clock.now(),
    version,
    residentBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    isReloaded: isReloaded?.() ?? true,
  });
}

/** Once a minute: limits of age, and the books (P3). */
async function takeCare(spool: Spool, log: Log): Promise<void> {
  try {
    await spool.enforceLimits();
  } catch (error) {
    log.error('the limits of the spool cannot be kept', { reason: messageOf(error) });
  }
  const samples = accountingDifference(spool.stats());
  if (samples !== 0) log.error('BUG: issued is not acknowledged + waiting + dropped', { samples });
}
