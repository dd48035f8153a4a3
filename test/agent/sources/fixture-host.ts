/** Hosts for the tests of the sources: a folder of /proc and /sys text, kept or made on the spot. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  collectOnce,
  type FileSystemSizes,
  type Host,
  type HostOptions,
  openHost,
  type Source,
  type Statfs,
} from '../../../src/agent/sources/sources.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { projectFile } from '../../support/parts.ts';

const SIZES: FileSystemSizes = Object.freeze({
  sizeBytes: 107_374_182_400,
  freeBytes: 64_424_509_440,
  availableBytes: 58_982_400_000,
  files: 6_553_600,
  filesFree: 6_400_000,
});

/** Every file system has the same sizes. */
const evenStatfs: Statfs = { now: () => SIZES, later: () => Promise.resolve(SIZES) };

export interface TestHost extends Host {
  readonly clock: ManualClock;
  /** The folder that holds `proc`, `sys` and `rootfs`. */
  readonly root: string;
}

export function hostAt(root: string, options: Partial<HostOptions> = {}): TestHost {
  const clock = manualClock();
  const host = openHost({
    clock,
    procPath: join(root, 'proc'),
    sysPath: join(root, 'sys'),
    rootfsPath: join(root, 'rootfs'),
    statfs: evenStatfs,
    ...options,
  });
  return { ...host, clock: (options.clock as ManualClock | undefined) ?? clock, root };
}

/** The recorded host of one source. */
export function fixtureHost(name: string, options: Partial<HostOptions> = {}): TestHost {
  return hostAt(projectFile(`test/agent/sources/fixtures/${name}`), options);
}

/** A host made of these files, for this test only. */
export function hostOf(
  files: Readonly<Record<string, string>>,
  options: Partial<HostOptions> = {},
): TestHost {
  const root = mkdtempSync(join(tmpdir(), 'watchkeeper-host-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) put(root, path, text);
  return hostAt(root, options);
}

export function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The samples of one reading as `name{label="value"} number` lines, without HELP and TYPE. */
export async function linesOf(host: Host, source: Source): Promise<string[]> {
  const text = await collectOnce(host, source);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
