/**
 * Entry of the agent's program; the bundle is this one file, in CommonJS, so nothing here waits at
 * the top level. Nothing that needs a recent Node is loaded before the version is checked.
 */
import manifest from '../../package.json' with { type: 'json' };
import { nodeComplaint } from './node-floor.ts';
import { keepSlim, slimRestart } from './slim.ts';

/** Does not return when it succeeds; when it cannot, the agent is only larger. */
function restartSlim(): void {
  const restart = slimRestart({
    program: process.execPath,
    flags: process.execArgv,
    script: process.argv[1] ?? '',
    args: process.argv.slice(2),
    env: process.env,
    platform: process.platform,
  });
  if (restart === null || process.execve === undefined) return;
  try {
    process.execve(restart.program, restart.argv, restart.env);
  } catch {
    // A sandbox may forbid it.
  }
}

async function main(): Promise<number> {
  const complaint = nodeComplaint(process.versions.node);
  if (complaint !== null) {
    process.stderr.write(complaint);
    return 1;
  }
  restartSlim();
  // Waiting for a time alone does not keep a process alive; an agent at work must stay.
  const alive = setInterval(() => {}, 2 ** 30);
  const { systemClock } = await import('../shared/clock.ts');
  const { run } = await import('./run.ts');
  keepSlim(systemClock);
  const { version } = manifest;
  const code = await run({ args: process.argv.slice(2), clock: systemClock, version });
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
