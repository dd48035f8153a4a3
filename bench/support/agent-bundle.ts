/** The agent as it is installed: one file, made anew before it is measured. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
export const BUNDLE = join(ROOT, 'dist/watchkeeper-agent.cjs');

export function buildBundle(): void {
  const made = spawnSync(process.execPath, ['tools/build.ts'], { cwd: ROOT, encoding: 'utf8' });
  if (made.status !== 0 || !existsSync(BUNDLE)) throw new Error(`no bundle: ${made.stderr}`);
}
