/** `agent check-config` */
import type { Command } from 'commander';
import { CHECK_EXIT_CODES, checkFailedCode, checkPassed } from '../../../shared/config-check.ts';
import { describeFailure } from '../../../shared/errors.ts';
import type { AgentSettings } from '../cli.ts';
import { plain } from '../text.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

const isLoopback = (url: string): boolean =>
  /^https?:\/\/(127\.|localhost(:|\/|$)|\[::1\])/.test(url);

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
        const { said, code } = checkPassed(warnings);
        host.stdout.write(`${said}: ${plain(options.config ?? 'no file, all defaults')}\n`);
        outcome.code = code;
      } catch (error) {
        host.stderr.write(`${plain(describeFailure(error))}\n`);
        outcome.code = checkFailedCode(error);
      }
    });
  command.addHelpText('after', CHECK_EXIT_CODES);
  withExample(
    withPlace(command),
    'agent check-config --config config/agent.yaml',
    'agent check-config --schema probes > probes.schema.json',
  );
}
