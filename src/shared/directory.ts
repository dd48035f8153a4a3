/** Directories for our own data. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Ours alone: samples and faults name hosts and people. */
const MODE = 0o700;

/**
 * Makes a directory and the ones above it. Throws the file system's own error. Node's recursive
 * form never returns below a directory that nobody can write to, such as /proc.
 */
export function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  const above = dirname(path);
  if (above !== path) makeDirectory(above);
  try {
    mkdirSync(path, { mode: MODE });
  } catch (error) {
    // Another process may have been quicker.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
