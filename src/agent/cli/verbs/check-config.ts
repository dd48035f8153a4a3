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

const EXIT_CODES = `
Exit codes:
  0  everything is well
  1  everything can be used, and there are warnings
  2  there are mistakes, each with its file, place and reason
  3  the files could not be checked`;

/** What is allowed and probably not meant. */
export function warningsOf({ collector, tokenFile, snmp, traps }: AgentSettings): string[] {
  const warnings: string[] = [...(snmp?.warnings ?? []), ...(traps?.warnings ?? [])];
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
    .option(
      '--schema [file]',
      'print a JSON Schema instead: agent (default), probes, credentials, profile, known-traps',
    )
    .action(async (options) => {
      try {
        if (options.schema !== undefined) {
          const name = options.schema === true ? 'agent' : String(options.schema);
          host.stdout.write(`${JSON.stringify(await host.schema(name), null, 2)}\n`);
          return;
        }
        const warnings = warningsOf(await host.settings(flagsOf(options)));
        for (const warning of warnings) host.stdout.write(`warning: ${plain(warning)}\n`);
        const said = warnings.length > 0 ? 'usable, with warnings' : 'ok';
        host.stdout.write(`${said}: ${plain(options.config ?? 'no file, all defaults')}\n`);
        outcome.code = warnings.length > 0 ? CODES.warning : CODES.ok;
      } catch (error) {
        host.stderr.write(`${plain(describeFailure(error))}\n`);
        const isOurs = error instanceof Failure && error.code === 'config';
        outcome.code = isOurs ? CODES.critical : CODES.unknown;
      }
    });
  command.addHelpText('after', EXIT_CODES);
  withExample(
    withPlace(command),
    'agent check-config --config config/agent.yaml',
    'agent check-config --schema probes > probes.schema.json',
  );
}
