/**
 * The command line. Every verb but `serve` and `check-config` is a client of the API: over the
 * control socket of the collector that works on the data directory, or, when none does, of one
 * opened in this process for the duration of the verb. Exit codes: 0 done, 1 failed, 2 wrong
 * usage; `check-config` 0/1/2/3 like monitoring plugins.
 */
import type { Clock } from '../../shared/clock.ts';
import { runProgram } from './program.ts';

export interface Flags {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly listen?: string | undefined;
}

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A Buffer goes out as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: Buffer;
}

export interface Api {
  /** Requests that may be under way at once and still arrive in order. */
  readonly window: number;
  request(request: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}

export interface ConfigCheck {
  /** Files that were read. */
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** What the program around the verbs provides. */
export interface CliHost {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  readonly version: string;
  /** Who runs the command, for the ledger of faults. */
  readonly user: string;
  /** Serves until it is told to stop; the exit code. */
  serve(flags: Flags): Promise<number>;
  /** Reads everything `serve` would read. Throws `config`. */
  checkConfig(flags: Flags): ConfigCheck;
  dataDirectory(flags: Flags): string;
  /** True when a collector answers on the directory's socket. */
  isClaimed(directory: string): Promise<boolean>;
  socketPath(directory: string): string;
  /** Opens the rooms in this process. `create` allows an empty or missing directory. */
  openHere(flags: Flags, options: { readonly create: boolean }): Promise<Api>;
}

/** Runs one command; `args` without the interpreter and the script. Resolves to the exit code. */
export function runCli(args: readonly string[], host: CliHost): Promise<number> {
  return runProgram(args, host);
}
