/**
 * Probes: configuration → targets that look at hosts, links, services and business functions from
 * outside. Names are blackbox_exporter's (`probe_success`, `probe_http_status_code` …), so that its
 * dashboards and rules work. A probe that failed says so with its reason; one that could not look
 * at all (no program, no right, no secret) says nothing of the target: that is not "down".
 *
 * Nothing here is loaded before it is used: an agent without probes pays for this file alone.
 */
import type { Resolve } from '../../shared/address-policy.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Target } from '../sampler/sampler.ts';

/** What a probes file says, checked and complete. */
export interface ProbeSettings {
  /** Networks that may be reached although they are guarded; see `shared/address-policy.ts`. */
  readonly allow: readonly string[];
  readonly probes: readonly Probe[];
}

export interface Probe {
  readonly name: string;
  /** A key of the registry: `icmp`, `tcp`, `dns`, `tls`, `http`, `flow`. */
  readonly kind: string;
  /** The device it speaks of. Agents that probe one device use one instance. */
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** As the schema of its kind left it. */
  readonly spec: unknown;
}

/** One probe, run once: all that was seen, in order. Holds no secret and nothing captured. */
export interface Report {
  /** `unknown`: it could not look. */
  readonly outcome: 'success' | 'failure' | 'unknown';
  /** `ok`, or why not, as one stable word (`timeout`, `certificate_expired` …). */
  readonly reason: string;
  /** The reason in a sentence. */
  readonly message: string;
  /** The step of a flow where it ended; '' otherwise. */
  readonly step: string;
  readonly seconds: number;
  readonly phases: readonly Phase[];
  readonly checks: readonly Check[];
  readonly figures: readonly Figure[];
}

export interface Phase {
  readonly step: string;
  readonly name: string;
  readonly seconds: number;
}

export interface Check {
  readonly step: string;
  /** What was asked for, e.g. `status is 200`. */
  readonly what: string;
  readonly ok: boolean;
  /** What was there instead; '' where it may not be shown. */
  readonly found: string;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Names and values in turn. */
  readonly labels: readonly string[];
}

export interface ProbeOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Replaced by tests; default: as this host resolves names. */
  readonly resolve?: Resolve;
}

/** Reads and checks a probes file. Throws `config` with every problem. */
export async function readProbes(file: string): Promise<ProbeSettings> {
  return (await import('./settings-file.ts')).readProbeSettings(file);
}

/** JSON Schema of the file, for editors. */
export async function probesJsonSchema(): Promise<unknown> {
  return (await import('./settings-file.ts')).probesSchema();
}

/** Files that probes read anew for every look: secrets and authorities. All could be read just now. */
export async function probeFiles(settings: ProbeSettings): Promise<readonly string[]> {
  return (await import('./named-files.ts')).namedFiles(settings);
}

/** One target per probe; `agent` is the agent's name. Labels win as: own, then configured. */
export async function openProbeTargets(
  settings: ProbeSettings,
  options: ProbeOptions & { readonly agent: string },
): Promise<readonly Target[]> {
  return (await import('./target.ts')).makeTargets(settings, options);
}

/** Runs one probe now. */
export async function probeOnce(
  settings: ProbeSettings,
  probe: Probe,
  options: ProbeOptions,
): Promise<Report> {
  return (await import('./target.ts')).runOnce(settings, probe, options);
}

/** Which program sends echo requests here, with which right, and whether that works. */
export async function examineIcmp(clock: Clock): Promise<IcmpDiagnosis> {
  return (await import('./icmp/diagnosis.ts')).diagnoseIcmp(clock);
}

export interface IcmpDiagnosis {
  readonly state: 'works' | 'fails';
  readonly text: string;
  readonly mend: string;
}
