/** What every verb shares: the flags, how help shows an example. */
import type { Command } from 'commander';
import { Failure } from '../../shared/errors.ts';
import type { CliHost, Flags } from './cli.ts';

/** Where a verb leaves its exit code. */
export interface Outcome {
  code: number;
}

export interface VerbContext {
  readonly host: CliHost;
  readonly outcome: Outcome;
}

interface Flag {
  readonly name: keyof Flags;
  readonly flag: string;
  readonly value: string;
  readonly help: string;
}

/** Where the agent's things are; verbs that look at them take what `run` takes. */
export const FLAGS: readonly Flag[] = Object.freeze([
  { name: 'config', flag: '--config', value: 'file', help: 'configuration file' },
  {
    name: 'collector',
    flag: '--collector',
    value: 'url',
    help: 'address of the collector (default: http://127.0.0.1:8420)',
  },
  {
    name: 'tokenFile',
    flag: '--token-file',
    value: 'file',
    help: 'file with the token of this agent, mode 0600',
  },
  {
    name: 'data',
    flag: '--data',
    value: 'dir',
    help: 'directory of the spool (default: data/agent)',
  },
]);

export function withPlace(command: Command): Command {
  for (const { flag, value, help } of FLAGS) command.option(`${flag} <${value}>`, help);
  return command;
}

/** `--help` ends with an example. */
export function withExample(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) => `  ${example}`).join('\n');
  return command.addHelpText('after', `\nExample:\n${lines}`);
}

/** Throws `usage` for a format that is none. */
export function checkFormat(format: unknown): void {
  if (format === 'text' || format === 'json') return;
  const hint = 'write --format text or --format json';
  throw new Failure('usage', `there is no format "${format}"`, { hint });
}

export function flagsOf(options: Readonly<Record<string, unknown>>): Flags {
  const given = FLAGS.filter(({ name }) => typeof options[name] === 'string');
  return Object.fromEntries(given.map(({ name }) => [name, options[name]]));
}
