/**
 * The command line: arguments → exit code. `run` is the agent itself; the other verbs look at this
 * host, the spool or the collector and change nothing. Exit codes: 0 done, 1 failed, 2 wrong
 * usage; `check-config` 0/1/2/3 like monitoring plugins.
 */
import type { Clock } from '../../shared/clock.ts';
import type { LogLevel } from '../../shared/log.ts';
import type { ProbeSettings } from '../probes/probes.ts';
import type { SnmpSettings } from '../snmp/snmp.ts';
import type { Host } from '../sources/sources.ts';
import type { TrapSettings } from '../traps/traps.ts';
import { runCommand } from './command.ts';

/** What the agent does, after file and flags; times in milliseconds, sizes in bytes. */
export interface AgentSettings {
  readonly collector: string;
  /** '' when none is named. */
  readonly tokenFile: string;
  /** '' for the system's authorities alone. */
  readonly caFile: string;
  readonly data: string;
  /** The name the token was made for; label `agent`. */
  readonly name: string;
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** By source. */
  readonly intervals: Readonly<Record<string, number>>;
  readonly timeoutMs: number;
  /** Names of sources. */
  readonly off: readonly string[];
  readonly spool: {
    readonly maxBytes: number;
    readonly maxAgeMs: number;
    readonly minFreeRatio: number;
  };
  /** HOST:PORT on loopback, or '' for no endpoint. */
  readonly metricsListen: string;
  /** Where the host is seen; other than '/' in a container. */
  readonly paths: { readonly proc: string; readonly sys: string; readonly rootfs: string };
  readonly logLevel: LogLevel;
  /** What is watched beside this host; null where the file says nothing of it. */
  readonly snmp: SnmpSettings | null;
  readonly probes: ProbeSettings | null;
  readonly traps: TrapSettings | null;
}

/** Flags win over the file. */
export interface Flags {
  readonly config?: string | undefined;
  readonly collector?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly data?: string | undefined;
}

export interface Output {
  write(text: string): void;
}

/** What the program around the verbs provides. */
export interface CliHost {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  readonly version: string;
  /** Runs the agent until it is told to stop; the exit code. */
  run(flags: Flags): Promise<number>;
  /** Reads and checks file and flags. Throws `config`. */
  settings(flags: Flags): Promise<AgentSettings>;
  /** JSON Schema of a file the agent reads: `agent`, `probes`, … Throws `usage` for others. */
  schema(name: string): Promise<unknown>;
  openHost(settings: AgentSettings): Host;
}

/** Runs one command; `args` without the interpreter and the script. Resolves to the exit code. */
export function runCli(args: readonly string[], host: CliHost): Promise<number> {
  return runCommand(args, host);
}
