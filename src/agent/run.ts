/** The agent as a program: what the verbs need of this process, and `run` until a signal. */
import type { Clock } from '../shared/clock.ts';
import { describeFailure, messageOf } from '../shared/errors.ts';
import { createLog, type Log } from '../shared/log.ts';
import { type Agent, hostOf, openAgent } from './agent.ts';
import { type AgentSettings, type CliHost, type Flags, type Output, runCli } from './cli/cli.ts';
import { loadSettings } from './settings.ts';

/** A request in flight may take so long after the signal. */
const GRACE_MS = 5_000;

export interface ProgramOptions {
  /** The program's own file. */
  readonly script: string;
  readonly args: readonly string[];
  readonly clock: Clock;
  readonly version: string;
}

function output(stream: NodeJS.WriteStream): Output {
  return { write: (text) => void stream.write(text) };
}

/** One agent after the other: each accepted configuration opens a new one on the same spool. */
export class Service {
  readonly #program: ProgramOptions;
  readonly #flags: Flags;
  readonly #log: (settings: AgentSettings) => Log;
  #running: { readonly agent: Agent; readonly settings: AgentSettings } | null = null;
  #isReloaded = true;

  constructor(program: ProgramOptions, flags: Flags, log: (settings: AgentSettings) => Log) {
    this.#program = program;
    this.#flags = flags;
    this.#log = log;
  }

  get agent(): Agent | null {
    return this.#running?.agent ?? null;
  }

  async start(): Promise<void> {
    await this.#open(await loadSettings(this.#flags));
  }

  /** Check, then swap. What is refused leaves, or brings back, the last one that worked. */
  async reload(): Promise<void> {
    const last = this.#running;
    if (last === null) return;
    const log = this.#log(last.settings);
    try {
      const settings = await loadSettings(this.#flags);
      await last.agent.stop(GRACE_MS);
      await this.#open(settings);
      this.#isReloaded = true;
      log.info('the configuration was read again');
    } catch (error) {
      this.#isReloaded = false;
      log.error('the configuration is refused; the last good one goes on', {
        reason: messageOf(error),
      });
      if (this.#running !== last) await this.#open(last.settings);
    }
  }

  async stop(): Promise<void> {
    await this.#running?.agent.stop(GRACE_MS);
    this.#running = null;
  }

  async #open(settings: AgentSettings): Promise<void> {
    this.#running = null;
    const { clock, version } = this.#program;
    const log = this.#log(settings);
    const isReloaded = (): boolean => this.#isReloaded;
    const agent = await openAgent({
      settings,
      clock,
      version,
      log,
      isReloaded,
      script: this.#program.script,
    });
    this.#running = { agent, settings };
    agent.start();
    const { collector, data, name } = settings;
    log.info('the agent runs', { collector, data, name, metrics: agent.metricsUrl });
  }
}

/** Signals one after the other, also those that come while one is dealt with. */
function signals(): { next(): Promise<NodeJS.Signals> } {
  const waiting: NodeJS.Signals[] = [];
  let arrived = (): void => {};
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      waiting.push(signal);
      arrived();
    });
  }
  return {
    next: async () => {
      for (;;) {
        const signal = waiting.shift();
        if (signal !== undefined) return signal;
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
    },
  };
}

/** A state nobody foresaw: say it and end; the supervisor starts a clean process (S59). */
function endOnSurprise(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error('unexpected failure, the process ends', {
      reason: messageOf(error),
      stack: error instanceof Error ? error.stack : '',
    });
    process.exit(1);
  });
}

async function runUntilStopped(program: ProgramOptions, flags: Flags): Promise<number> {
  const { now } = program.clock;
  const log = ({ logLevel }: AgentSettings): Log => createLog({ now, level: logLevel });
  const service = new Service(program, flags, log);
  const asked = signals();
  await service.start();
  endOnSurprise(createLog({ now }));
  while ((await asked.next()) === 'SIGHUP') await service.reload();
  await service.stop();
  return 0;
}

export function makeHost(program: ProgramOptions): CliHost {
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    clock: program.clock,
    version: program.version,
    run: (flags) => runUntilStopped(program, flags),
    settings: loadSettings,
    schema: async (name) => (await import('./schemas.ts')).schemaOf(name),
    openHost: (settings) => hostOf(settings, program.clock),
  };
}

export async function run(program: ProgramOptions): Promise<number> {
  try {
    return await runCli(program.args, makeHost(program));
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    return 1;
  }
}
