/**
 * Entry of the agent's program; the bundle is this one file, in CommonJS, so nothing here waits at
 * the top level. Nothing that needs a recent Node is loaded before the version is checked.
 */
import { readFileSync } from 'node:fs';
import manifest from '../../package.json' with { type: 'json' };
import { nodeComplaint } from './node-floor.ts';
import { keepSlim, slimRestart } from './slim.ts';
import { runTrapReceiver, TRAP_RECEIVER } from './traps/traps.ts';

/** '' without a file, and for one that cannot be read: that is said later, by its reader. */
function configText(args: readonly string[]): string {
  const file = args[args.indexOf('--config') + 1];
  if (!args.includes('--config') || file === undefined) return '';
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Does not return when it succeeds; when it cannot, the agent is only larger. */
function restartSlim(): void {
  const restart = slimRestart({
    program: process.execPath,
    flags: process.execArgv,
    script: process.argv[1] ?? '',
    args: process.argv.slice(2),
    env: process.env,
    platform: process.platform,
    config: configText(process.argv.slice(2)),
  });
  if (restart === null || process.execve === undefined) return;
  try {
    process.execve(restart.program, restart.argv, restart.env);
  } catch {
    // A sandbox may forbid it.
  }
}

/** The child that decodes traps; it has nothing to do with the agent but its program. */
async function receiveTraps(): Promise<never> {
  const { systemClock: clock } = await import('../shared/clock.ts');
  const write = (line: string): void => void process.stdout.write(line);
  process.exit(await runTrapReceiver({ input: process.stdin, write, clock }));
}

async function main(): Promise<number> {
  const complaint = nodeComplaint(process.versions.node);
  if (complaint !== null) {
    process.stderr.write(complaint);
    return 1;
  }
  if (process.argv[2] === TRAP_RECEIVER) return await receiveTraps();
  restartSlim();
  // A reader that has seen enough (`| head`) ends us as SIGPIPE would, without a stack trace.
  if (process.argv[2] !== 'run') process.stdout.on('error', () => process.exit(141));
  // Waiting for a time alone does not keep a process alive; an agent at work must stay.
  const alive = setInterval(() => {}, 2 ** 30);
  const { systemClock } = await import('../shared/clock.ts');
  const { run } = await import('./run.ts');
  keepSlim(systemClock);
  const { version } = manifest;
  const script = process.argv[1] ?? '';
  const code = await run({ script, args: process.argv.slice(2), clock: systemClock, version });
  clearInterval(alive);
  return code;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
