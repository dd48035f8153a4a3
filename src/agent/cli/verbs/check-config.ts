/** `agent check-config` */
import type { Command } from 'commander';
import { describeFailure, Failure } from '../../../shared/errors.ts';
import type { AgentSettings } from '../cli.ts';
import { plain } from '../text.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

/** As monitoring plugins count: ok, warning, critical, unknown. */
const CODES = Object.freeze({ ok: 0, warning: 1, critical: 2, unknown: 3 });

const isLoopback = (url: string): boolean =>
  /^https?:\/\/(127\.|localhost(:|\/|$)|\[::1\])/.test(url);

/** What is allowed and probably not meant. */
export function warningsOf({ collector, tokenFile, snmp }: AgentSettings): string[] {
  const warnings: string[] = [...(snmp?.warnings ?? [])];
  if (tokenFile === '') warnings.push('token_file is not set: give it with --token-file');
  if (collector.startsWith('http:') && !isLoopback(collector)) {
    warnings.push(`the token goes to ${collector} in clear: use https`);
  }
  return warnings;
}

export function addCheckConfig(program: Command, { host, outcome }: VerbContext): void {
  const command = program
    .command('check-config')
    .description('read the configuration file and name every mistake, without starting')
    .option('--schema', 'print the JSON Schema of the file instead')
    .action(async (options) => {
      try {
        if (options.schema) {
          host.stdout.write(`${JSON.stringify(await host.schema(), null, 2)}\n`);
          return;
        }
        const warnings = warningsOf(await host.settings(flagsOf(options)));
        for (const warning of warnings) host.stdout.write(`warning: ${plain(warning)}\n`);
        host.stdout.write(`ok: ${plain(options.config ?? 'no file, all defaults')}\n`);
        outcome.code = warnings.length > 0 ? CODES.warning : CODES.ok;
      } catch (error) {
        host.stderr.write(`${plain(describeFailure(error))}\n`);
        const isOurs = error instanceof Failure && error.code === 'config';
        outcome.code = isOurs ? CODES.critical : CODES.unknown;
      }
    });
  withExample(withPlace(command), 'agent check-config --config config/agent.yaml');
}
