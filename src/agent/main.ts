/**
 * Entry of the agent's program; the bundle is this one file, in CommonJS, so nothing here waits at
 * the top level. Nothing that needs a recent Node is loaded before the version is checked.
 */
import manifest from '../../package.json' with { type: 'json' };
import { nodeComplaint } from './node-floor.ts';

async function main(): Promise<number> {
  const complaint = nodeComplaint(process.versions.node);
  if (complaint !== null) {
    process.stderr.write(complaint);
    return 1;
  }
  // Waiting for a time alone does not keep a process alive; an agent at work must stay.
  const alive = setInterval(() => {}, 2 ** 30);
  const { systemClock } = await import('../shared/clock.ts');
  const { run } = await import('./run.ts');
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
