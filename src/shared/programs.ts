/**
 * The one place that starts processes (S16). No shell: a program is named by its absolute path,
 * its arguments are a fixed list, its environment is a PATH and nothing else, and it has a time and
 * an amount of output after which it is ended. Whatever comes from configuration is validated by
 * the caller and stands behind a `--`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from './clock.ts';
import { bug, Failure, messageOf } from './errors.ts';

/** Where programs may be; the caller's PATH is not asked. */
const FOLDERS: readonly string[] = Object.freeze([
  '/usr/bin',
  '/usr/sbin',
  '/bin',
  '/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
]);
const ENVIRONMENT = Object.freeze({ PATH: FOLDERS.join(':') });
/** Of stderr, which mostly only explains. */
const STDERR_BYTES = 4_096;

/** The absolute path of an installed program, or null. */
export function findProgram(name: string, folders = FOLDERS): string | null {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name)) return null;
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface ProgramCall {
  /** Absolute, as `findProgram` gives it. */
  readonly path: string;
  readonly args: readonly string[];
  /** After it the program is killed. */
  readonly timeoutMs: number;
  /** Of stdout; with one byte more the program is killed. */
  readonly outputBytes: number;
  /** Of stderr, for a program that says there what was asked for; what is more is dropped. */
  readonly errorBytes?: number;
  /** Written to its stdin. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

export interface ProgramEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why we ended it; null when it ended by itself. What it had written is there all the same. */
  readonly stopped: 'timeout' | 'output' | 'aborted' | null;
}

/** Runs a program to its end. Throws `unavailable` when it cannot be started. */
export function runProgram(call: ProgramCall, clock: Clock): Promise<ProgramEnd> {
  const { path, args, timeoutMs, outputBytes, errorBytes = STDERR_BYTES, input, signal } = call;
  return new Promise((resolve, reject) => {
    const child = start(path, args);
    let stopped: ProgramEnd['stopped'] = null;
    const stop = (why: NonNullable<ProgramEnd['stopped']>): void => {
      stopped ??= why;
      child.kill('SIGKILL');
      // What a grandchild holds open would keep this waiting.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const abort = (): void => stop('aborted');
    const timer = clock.after(timeoutMs, () => stop('timeout'));
    const stdout = gather(child.stdout, outputBytes, () => stop('output'));
    const stderr = gather(child.stderr, errorBytes);
    const settle = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', abort);
    };
    child.once('error', (cause) => {
      settle();
      reject(notStarted(path, cause));
    });
    child.once('close', (code: number | null) => {
      settle();
      resolve({ code, stdout: stdout(), stderr: stderr(), stopped });
    });
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    // A program that ends without reading its input is no failure of ours.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}

function start(path: string, args: readonly string[]) {
  if (!isAbsolute(path)) bug(`a program is named by its absolute path, not ${path}`);
  return spawn(path, args, {
    shell: false,
    env: ENVIRONMENT,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

function notStarted(path: string, cause: Error): Failure {
  return new Failure('unavailable', `${path} cannot be started: ${messageOf(cause)}`, {
    hint: 'is it installed, and may this user run it?',
    cause,
  });
}

/** What a stream has brought so far, at most `bytes`; `full` is told when there is more. */
function gather(stream: Readable, bytes: number, full = (): void => {}): () => string {
  const chunks: Buffer[] = [];
  let left = bytes;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk.subarray(0, left));
    if (chunk.length > left) full();
    left = Math.max(0, left - chunk.length);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** A process of our own that goes on until it ends or is ended. */
export interface Companion {
  readonly pid: number;
  /** Settings and secrets go in here: never as arguments, never in the environment. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when it has ended and its output was read. Never rejects. */
  readonly ended: Promise<CompanionEnd>;
  kill(): void;
}

export interface CompanionEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started, or ''. */
  readonly reason: string;
}

export interface CompanionCall {
  /** Node's own flags, e.g. what the process may not do. */
  readonly flags: readonly string[];
  /** The program's file: our own. */
  readonly script: string;
  readonly args: readonly string[];
}

/** Starts our own program once more, in the same Node. */
export function startCompanion({ flags, script, args }: CompanionCall): Companion {
  const child = start(process.execPath, [...flags, script, ...args]);
  child.stdin.on('error', () => {});
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: endOf(child),
    kill: () => void child.kill('SIGKILL'),
  };
}

function endOf(child: ChildProcess): Promise<CompanionEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, reason: error.message }));
    child.once('close', (code, signal) => resolve({ code, signal, reason: '' }));
  });
}
