/**
 * One command. `run`, when it is written as it should be, is started directly: the reader of
 * command lines would stay in the agent's memory for ever. Everything else, also a `run` with a
 * mistake or with --help, goes to the program with all its verbs.
 */
import { describeFailure, Failure } from '../../shared/errors.ts';
import type { CliHost, Flags } from './cli.ts';
import { plain } from './text.ts';
import { FLAGS } from './verb.ts';

/** The flags of a faultless `run`; null for anything else. */
export function runFlags(args: readonly string[]): Flags | null {
  const [verb, ...rest] = args;
  if (verb !== 'run' || rest.length % 2 !== 0) return null;
  const flags: Record<string, string> = {};
  for (let i = 0; i < rest.length; i += 2) {
    const name = FLAGS.find(({ flag }) => flag === rest[i])?.name;
    const value = rest[i + 1] ?? '-';
    if (name === undefined || value.startsWith('-')) return null;
    flags[name] = value;
  }
  return flags;
}

/** Failures go to stderr: the thing, the reason, the mend. Wrong usage ends with 2. */
export function failed(error: unknown, host: CliHost): number {
  host.stderr.write(`${plain(describeFailure(error))}\n`);
  return error instanceof Failure && error.code === 'usage' ? 2 : 1;
}

export async function runCommand(args: readonly string[], host: CliHost): Promise<number> {
  const flags = runFlags(args);
  try {
    if (flags !== null) return await host.run(flags);
    const { runProgram } = await import('./program.ts');
    return await runProgram(args, host);
  } catch (error) {
    return failed(error, host);
  }
}
