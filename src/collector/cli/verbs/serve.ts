/** `collector serve` and `collector reload` */
import type { Command } from 'commander';
import { Failure } from '../../../shared/errors.ts';
import { call, socketApi } from '../api.ts';
import type { CliHost, Flags } from '../cli.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

/** Only a running collector has something to reload. */
async function reload(host: CliHost, flags: Flags): Promise<void> {
  const directory = host.dataDirectory(flags);
  if (!(await host.isClaimed(directory))) {
    throw new Failure('unavailable', `no collector works on ${directory}`, {
      hint: 'it reads its configuration when it starts: collector serve',
    });
  }
  await call(socketApi(host.socketPath(directory)), { method: 'POST', path: '/-/reload' });
}

export function addReload(program: Command, { host }: VerbContext): void {
  const command = program
    .command('reload')
    .description('the running collector checks its configuration files and takes them')
    .action(async (options) => {
      await reload(host, flagsOf(options));
      host.stdout.write('reloaded\n');
    });
  withExample(withPlace(command), 'collector reload --data ./data');
}

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
