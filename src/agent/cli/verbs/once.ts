/** `agent once SOURCE` */
import type { Command } from 'commander';
import { Failure } from '../../../shared/errors.ts';
import { collectOnce, listSources } from '../../sources/sources.ts';
import { flagsOf, type VerbContext, withExample } from '../verb.ts';

export function addOnce(program: Command, { host }: VerbContext): void {
  const command = program
    .command('once <source>')
    .description('read one source once and print its samples as exposition text')
    .option('--config <file>', 'configuration file')
    .action(async (name: string, options) => {
      const source = listSources().find((each) => each.name === name);
      if (source === undefined) {
        const names = listSources().map((each) => each.name);
        throw new Failure('usage', `there is no source "${name}"`, {
          hint: `choose one of ${names.join(', ')}`,
        });
      }
      const settings = await host.settings(flagsOf(options));
      host.stdout.write(await collectOnce(host.openHost(settings), source));
    });
  withExample(command, 'agent once cpu');
}
