/** `collector check-config` */
import type { Command } from 'commander';
import { describeFailure, Failure } from '../../../shared/errors.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

/** As monitoring plugins count: ok, warning, critical, unknown. */
const CODES = Object.freeze({ ok: 0, warning: 1, critical: 2, unknown: 3 });
const MEANINGS = `
Exit codes:
  0  everything is well
  1  everything can be used, and there are warnings
  2  there are mistakes, each with its file, place and reason
  3  the files could not be checked`;

export function addCheckConfig(program: Command, { host, outcome }: VerbContext): void {
  const command = program
    .command('check-config')
    .description('read every configuration file and name every mistake, without starting')
    .addHelpText('after', MEANINGS)
    .action((options) => {
      try {
        const { files, warnings } = host.checkConfig(flagsOf(options));
        for (const warning of warnings) host.stdout.write(`warning: ${plain(warning)}\n`);
        const said = warnings.length > 0 ? 'usable, with warnings' : 'ok';
        host.stdout.write(`${said}: ${files.map(plain).join(', ')}\n`);
        outcome.code = warnings.length > 0 ? CODES.warning : CODES.ok;
      } catch (error) {
        host.stderr.write(`${plain(describeFailure(error))}\n`);
        outcome.code =
          error instanceof Failure && error.code === 'config' ? CODES.critical : CODES.unknown;
      }
    });
  withExample(withPlace(command), 'collector check-config --config config/collector.yaml');
}
