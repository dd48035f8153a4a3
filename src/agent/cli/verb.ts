/** What every verb shares: the flags, how help shows an example. */
import type { Command } from 'commander';
import type { CliHost, Flags } from './cli.ts';

/** Where a verb leaves its exit code. */
export interface Outcome {
  code: number;
}

export interface VerbContext {
  readonly host: CliHost;
  readonly outcome: Outcome;
}

/** Where the agent's things are; verbs that look at them take what `run` takes. */
export function withPlace(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file')
    .option('--collector <url>', 'address of the collector (default: http://127.0.0.1:8420)')
    .option('--token-file <file>', 'file with the token of this agent, mode 0600')
    .option('--data <dir>', 'directory of the spool (default: data/agent)');
}

/** `--help` ends with an example. */
export function withExample(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) => `  ${example}`).join('\n');
  return command.addHelpText('after', `\nExample:\n${lines}`);
}

export function flagsOf(options: Readonly<Record<string, unknown>>): Flags {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    config: text('config'),
    collector: text('collector'),
    tokenFile: text('tokenFile'),
    data: text('data'),
  };
}
