/**
 * Real programs and recordings for tests. Where one is absent the test is skipped and says why;
 * in CI (`CI=true`) a missing program is a failure instead.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import { findPart, PARTS, type PartName } from '../../tools/parts.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Path of a program, or null where it is absent; for `test.skipIf(part('x') === null)`. */
export function part(name: PartName): string | null {
  return findPart(name, process.env.PATH ?? '');
}

/** Path of a program inside a test: `const promtool = needs('promtool', context)`. */
export function needs(name: PartName, context: TestContext): string {
  const found = part(name);
  if (found !== null) return found;
  const why = `needs ${name} (Debian package ${PARTS[name].package})`;
  if (process.env.CI === 'true') throw new Error(`CI must have every part: ${why}`);
  context.skip(why);
  throw new Error('unreachable');
}

/** A recording beside the checkout (`../shared/…`); the test is skipped where it is absent. */
export function sharedFile(name: string, context: TestContext): string {
  const file = join(ROOT, '..', 'shared', name);
  if (!existsSync(file)) context.skip(`needs the recording ../shared/${name}`);
  return file;
}

/** Path of a file of this project. */
export function projectFile(name: string): string {
  return join(ROOT, name);
}

export const isRoot = process.getuid?.() === 0;
