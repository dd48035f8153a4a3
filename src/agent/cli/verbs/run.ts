/** `agent run` */
import type { Command } from 'commander';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

export function addRun(program: Command, { host, outcome }: VerbContext): void {
  const command = program
    .command('run')
    .description('sample this host and send to the collector, until SIGTERM or Ctrl-C')
    .action(async (options) => {
      outcome.code = await host.run(flagsOf(options));
    });
  withExample(
    withPlace(command),
    'agent run --collector https://watch.example:8420 --token-file token --data /var/lib/agent',
    'agent run --config /etc/watchkeeper/agent.yaml',
  );
}
