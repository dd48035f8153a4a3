/** `collector check-config` */
import type { Command } from 'commander';
import { CHECK_EXIT_CODES, checkFailedCode, checkPassed } from '../../../shared/config-check.ts';
import { describeFailure } from '../../../shared/errors.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

export function addCheckConfig(program: Command, { host, outcome }: VerbContext): void {
  const command = program
    .command('check-config')
    .description('read every configuration file and name every mistake, without starting')
    .addHelpText('after', CHECK_EXIT_CODES)
    .action((options) => {
      try {
        const { files, warnings } = host.checkConfig(flagsOf(options));
        for (const warning of warnings) host.stdout.write(`warning: ${plain(warning)}\n`);
        const { said, code } = checkPassed(warnings);
        host.stdout.write(`${said}: ${files.map(plain).join(', ')}\n`);
        outcome.code = code;
      } catch (error) {
        host.stderr.write(`${plain(describeFailure(error))}\n`);
        outcome.code = checkFailedCode(error);
      }
    });
  withExample(withPlace(command), 'collector check-config --config config/collector.yaml');
}
