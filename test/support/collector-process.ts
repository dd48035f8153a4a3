/** A real collector in a process of its own, for tests that kill it. Loopback only. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from './parts.ts';

const MAIN = projectFile('src/collector/main.ts');
/** Programs started again and again read their compiled code from here. */
export const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'watchkeeper-test-cache') };
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];

export interface CollectorProcess {
  readonly url: string;
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything it wrote to stderr so far. */
  log(): string;
  /** SIGKILL and wait: nothing in the process gets a last word. */
  kill(): Promise<void>;
  /** SIGTERM and wait for the exit code. */
  stop(): Promise<number | null>;
}

/** Runs one verb to its end. */
export function collectorVerb(...args: string[]): {
  status: number | null;
  stdout: string;
  stderr: string;
} {
  const run = spawnSync(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...compileCache },
  });
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** Makes a token; call it while no collector runs, or while one does: both work. */
export function addToken(directory: string, name: string, kind = 'agent'): string {
  const made = collectorVerb('agent', 'add', name, '--kind', kind, '--data', directory);
  if (made.status !== 0) throw new Error(`agent add ${name}: ${made.stderr}`);
  return made.stdout.trimEnd().split('\n').at(-1) ?? '';
}

export interface StartOptions {
  /** Port to listen on; 0 picks one. A restarted collector keeps its senders' address this way. */
  readonly port?: number;
  readonly extraArgs?: readonly string[];
  /** Put before node: `['strace', …]`. */
  readonly wrapper?: readonly string[];
}

/** The process a wrapper like strace started; the wrapper itself does not pass signals on. */
export function wrappedPid(wrapperPid: number): number {
  const children = readFileSync(`/proc/${wrapperPid}/task/${wrapperPid}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}

/** Starts `serve` and waits until it says its URL and is ready. */
export async function startCollector(
  directory: string,
  options: StartOptions = {},
): Promise<CollectorProcess> {
  const command = [
    ...(options.wrapper ?? []),
    process.execPath,
    ...NODE_FLAGS,
    MAIN,
    'serve',
    '--data',
    directory,
    '--listen',
    `127.0.0.1:${options.port ?? 0}`,
    ...(options.extraArgs ?? []),
  ];
  const child = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...compileCache },
  });
  let stdout = '';
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout);
      if (found) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`collector ended with ${code}: ${stderr}`)));
  });
  await untilReady(url);
  const ended = once(child, 'exit');
  const pid = options.wrapper ? wrappedPid(child.pid ?? 0) : (child.pid ?? 0);
  return {
    url,
    pid,
    child,
    log: () => stderr,
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      await ended;
    },
    stop: async () => {
      process.kill(pid, 'SIGTERM');
      const [code] = await ended;
      return code as number | null;
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const ready = await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not become ready`);
}
