/** `collector serve` */
import type { Command } from 'commander';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

export function addServe(program: Command, { host, outcome }: VerbContext): void {
  const command = program
    .command('serve')
    .description('run the collector until it is told to stop (SIGHUP reloads the configuration)')
    .option('--listen <host:port>', 'address of the HTTP server (default: 127.0.0.1:8420)')
    .action(async (options) => {
      outcome.code = await host.serve(flagsOf(options));
    });
  withExample(
    withPlace(command),
    'collector serve --data /var/lib/watchkeeper --listen 127.0.0.1:8420',
  );
}
