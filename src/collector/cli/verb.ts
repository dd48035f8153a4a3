/** What every verb shares: where the collector is, how help shows an example. */
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

/** Every verb of the collector takes these two. */
export function withPlace(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory of the collector (default: ./data)')
    .option('--config <file>', 'configuration file');
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
  return { config: text('config'), data: text('data'), listen: text('listen') };
}
