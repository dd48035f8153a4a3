/** Probes as targets of the sampler: one look, and the series it makes. */
import { addressPolicy, type Resolve, systemResolve } from '../../shared/address-policy.ts';
import type { Log } from '../../shared/log.ts';
import type { Target } from '../sampler/sampler.ts';
import type { Emit } from '../sources/sources.ts';
import { createPinger } from './icmp/pinger.ts';
import { findPingTool } from './icmp/tool.ts';
import type { Tools } from './look.ts';
import type { Probe, ProbeOptions, ProbeSettings, Report } from './probes.ts';
import { KINDS } from './registry.ts';
import { runProbe } from './run-probe.ts';
import { createTrust } from './trust.ts';

/** The probe's own deadline comes first, so that its failure is still told. */
const GRACE_MS = 1_000;

function makeTools(settings: ProbeSettings, options: ProbeOptions, gatherMs?: number): Tools {
  const { clock, resolve = systemResolve } = options;
  return {
    clock,
    resolve: oneAtATime(resolve),
    policy: addressPolicy(settings.allow),
    trust: createTrust(),
    pinger: createPinger({
      clock,
      tool: findPingTool,
      ...(gatherMs === undefined ? {} : { gatherMs }),
    }),
  };
}

/**
 * One look-up per name at a time: while a name server hangs, rounds must not pile up behind it. The
 * system's look-ups share four threads with everything else.
 */
function oneAtATime(resolve: Resolve): Resolve {
  const underWay = new Map<string, ReturnType<Resolve>>();
  return (name) => {
    const found = underWay.get(name) ?? resolve(name).finally(() => void underWay.delete(name));
    underWay.set(name, found);
    return found;
  };
}

export function makeTargets(
  settings: ProbeSettings,
  options: ProbeOptions & { readonly agent: string },
): readonly Target[] {
  const tools = makeTools(settings, options);
  let open = settings.probes.length;
  // The last one to go takes along what they share.
  const close = (): void => {
    if (--open === 0) tools.pinger.close();
  };
  return settings.probes.map((probe) => makeTarget(probe, { tools, ...options, close }));
}

export async function runOnce(
  settings: ProbeSettings,
  probe: Probe,
  options: ProbeOptions,
): Promise<Report> {
  const tools = makeTools(settings, options, 0);
  try {
    return await runProbe(probe, tools);
  } finally {
    tools.pinger.close();
  }
}

interface Around {
  readonly tools: Tools;
  readonly log: Log;
  readonly agent: string;
  readonly close: () => void;
}

function makeTarget(probe: Probe, { tools, log, agent, close }: Around): Target {
  const { name, instance, intervalMs, timeoutMs } = probe;
  let said = '';
  /** When it begins or changes, and its end; never once per round. */
  const tell = ({ outcome, reason, message, step }: Report): void => {
    const now = outcome === 'unknown' ? reason : '';
    if (now !== said && now !== '')
      log.warn('a probe could not look', { probe: name, reason: message });
    else if (now !== said) log.info('the probe looks again', { probe: name });
    if (outcome === 'failure')
      log.debug('a probe failed', { probe: name, reason, detail: message, step });
    said = now;
  };
  const company = KINDS[probe.kind]?.company(probe.spec, timeoutMs, tools) ?? null;
  return {
    name,
    labels: { ...probe.labels, instance, agent, job: 'probe' },
    intervalMs,
    timeoutMs: timeoutMs + GRACE_MS,
    ...(company === null ? {} : { company }),
    close,
    collect: async (emit, signal) => {
      const report = await runProbe(probe, tools, signal);
      // Cut short by us (the agent stops, a new configuration): that is no news of the target.
      if (signal.aborted) return;
      tell(report);
      emitReport(report, emit);
    },
  };
}

/** A probe that could not look has no success to tell, neither 0 nor 1. */
export function emitReport({ outcome, reason, seconds, figures }: Report, emit: Emit): void {
  if (outcome !== 'unknown') {
    emit('probe_success', outcome === 'success' ? 1 : 0);
    emit('probe_duration_seconds', seconds);
    for (const { name, value, labels } of figures) emit(name, value, ...labels);
  }
  if (outcome !== 'success') emit('probe_failure_info', 1, 'reason', reason);
}
