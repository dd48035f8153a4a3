/**
 * Entry of the collector's program and of its worker threads; the bundle is this one file. Nothing
 * that needs a recent Node is imported before the version is checked.
 */
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import manifest from '../../package.json' with { type: 'json' };
import { nodeComplaint, nodeWarning } from './node-floor.ts';

// A checkout consists of hundreds of small TypeScript files: remembering them halves the start.
if (import.meta.url.endsWith('/src/collector/main.ts')) {
  nodeModule.enableCompileCache(
    fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url)),
  );
}

// A reader that has seen enough (`| head`) ends us as SIGPIPE would, without a stack trace.
process.stdout.on('error', () => process.exit(141));

const complaint = nodeComplaint(process.versions.node);
if (complaint !== null) {
  process.stderr.write(complaint);
  process.exitCode = 1;
} else if (isMainThread) {
  // Compiled code is kept in the system's temporary directory: later starts take half the time.
  (await import('node:module')).enableCompileCache();
  // Waiting for a time alone does not keep a process alive; a verb under way must.
  const alive = setInterval(() => {}, 2 ** 30);
  const { systemClock } = await import('../shared/clock.ts');
  const { run } = await import('./run.ts');
  process.exitCode = await run({
    args: process.argv.slice(2),
    clock: systemClock,
    version: manifest.version,
    entry: new URL(import.meta.url),
    machineTimezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    nodeWarning: nodeWarning(process.versions.node),
  });
  clearInterval(alive);
} else {
  const { runReportWorker } = await import('./report-worker.ts');
  await runReportWorker();
}
