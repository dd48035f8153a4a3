/** The collector as a program: what the verbs need of this process, and `serve` until a signal. */
import { userInfo } from 'node:os';
import type { Clock } from '../shared/clock.ts';
import { flawless } from '../shared/config-parts.ts';
import { describeFailure, messageOf } from '../shared/errors.ts';
import { createLog, type Log } from '../shared/log.ts';
import { holidayWarnings, loadCalendars } from './calendars/calendars.ts';
import type { Api, CliHost, ConfigCheck, Flags, Output } from './cli/cli.ts';
import { runCli } from './cli/cli.ts';
import { type Collector, type CollectorOptions, openCollector } from './collector.ts';
import { isClaimed, requireDirectory, socketPath } from './directory.ts';
import { inspectConfiguration } from './policies.ts';
import {
  type CollectorSettings,
  isLoopback,
  loadSettings,
  type SettingsSource,
} from './settings.ts';

export interface ProgramOptions {
  readonly args: readonly string[];
  readonly clock: Clock;
  readonly version: string;
  /** The program's own file, for worker threads. */
  readonly entry: URL;
  readonly machineTimezone: string;
  /** What is wrong with this Node for a production host, or null. */
  readonly nodeWarning: string | null;
}

function output(stream: NodeJS.WriteStream): Output {
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY === true };
}

function user(): string {
  try {
    return userInfo().username;
  } catch {
    return 'administrator';
  }
}

/** In-process API: the same routes, as the local administrator. */
function localApi(collector: Collector): Api {
  return {
    window: 8,
    request: async ({ method, path, headers, body }) => {
      const answer = await collector.web.local({
        method,
        url: path,
        ...(headers === undefined ? {} : { headers: { ...headers } }),
        ...(body === undefined ? {} : { payload: body as object }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload };
    },
    close: () => collector.close(),
  };
}

/** Resolves at the first SIGINT or SIGTERM; SIGHUP reloads meanwhile. */
function untilStopped(collector: Collector): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGHUP', () => {
      // A refused configuration is logged where it is read; the last good one goes on.
      collector.reload().catch(() => {});
    });
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

/** A state nobody foresaw: say it and end; the supervisor starts a clean process (S59). */
function endOnSurprise(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error('unexpected failure, the process ends', {
      error: messageOf(error),
      stack: error instanceof Error ? error.stack : '',
    });
    process.exit(1);
  });
}

function collectorOptions(
  program: ProgramOptions,
  flags: Flags,
  rest: Pick<CollectorOptions, 'serve' | 'log' | 'entry'>,
): CollectorOptions {
  const { clock, version } = program;
  const reread = (): CollectorSettings => readSettings(program, flags);
  return { settings: reread(), reread, clock, version, ...rest };
}

function sourceOf({ machineTimezone }: ProgramOptions, flags: Flags): SettingsSource {
  const { config, data, listen } = flags;
  return { file: config, data, listen, machineTimezone };
}

function readSettings(program: ProgramOptions, flags: Flags): CollectorSettings {
  return loadSettings(sourceOf(program, flags));
}

async function serve(program: ProgramOptions, flags: Flags): Promise<number> {
  const log = createLog({ now: program.clock.now });
  const options = collectorOptions(program, flags, { serve: true, log, entry: program.entry });
  endOnSurprise(log);
  if (program.nodeWarning !== null && !isLoopback(options.settings.listen.host)) {
    log.warn(program.nodeWarning);
  }
  const collector = await openCollector(options);
  const stopped = untilStopped(collector);
  process.stdout.write(`${collector.url}\n`);
  // When rebuilding fails there is nothing to watch with: end, and say why.
  await Promise.race([stopped, collector.ready.then(() => stopped)]);
  log.info('stopping');
  await collector.close();
  return 0;
}

function checkConfig(program: ProgramOptions, flags: Flags): ConfigCheck {
  const files = flawless(inspectConfiguration(sourceOf(program, flags)));
  const calendars = loadCalendars(readSettings(program, flags).policies.calendars);
  const warnings = [...holidayWarnings(calendars, program.clock.now())];
  if (program.nodeWarning !== null) warnings.unshift(program.nodeWarning);
  return { files, warnings };
}

export function makeHost(program: ProgramOptions): CliHost {
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    clock: program.clock,
    version: program.version,
    user: user(),
    serve: (flags) => serve(program, flags),
    checkConfig: (flags) => checkConfig(program, flags),
    dataDirectory: (flags) => readSettings(program, flags).data,
    isClaimed,
    socketPath,
    openHere: async (flags, { create }) => {
      const log = createLog({ level: 'warn', now: program.clock.now });
      const options = collectorOptions(program, flags, { serve: false, log, entry: null });
      if (!create) requireDirectory(options.settings.data);
      return localApi(await openCollector(options));
    },
  };
}

export async function run(program: ProgramOptions): Promise<number> {
  // Whoever reads our output may have read enough (`… | head`): that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  try {
    return await runCli(program.args, makeHost(program));
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    return 1;
  }
}
