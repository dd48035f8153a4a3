/** A small file system of its own, where root may mount one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { isRoot } from '../../support/parts.ts';
import { temporaryDirectory } from './rig.ts';

/** The test is skipped where mounting is not allowed. */
export function smallFileSystem(bytes: number, context: TestContext): string {
  const directory = join(temporaryDirectory(), 'small');
  mkdirSync(directory);
  if (!isRoot) context.skip('needs root to mount a small tmpfs');
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory]);
  } catch (error) {
    context.skip(`cannot mount a tmpfs: ${String(error).split('\n')[0]}`);
  }
  onTestFinished(() => {
    execFileSync('/bin/umount', ['-l', directory]);
  });
  return directory;
}

export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** Somebody else fills the file system, up to `leave` bytes. */
export function fillUp(directory: string, leave: number): string {
  const file = join(directory, 'other');
  writeFileSync(file, Buffer.alloc(Math.max(0, freeBytes(directory) - leave), 1));
  return file;
}
