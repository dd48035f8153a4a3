/**
 * Before the tests: installs the missing Debian programs, once and quietly, when this runs as root
 * on Debian. Elsewhere it changes nothing; the tests that need them are skipped and say why.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { findPart, PARTS, type PartName } from './parts.ts';

const path = process.env.PATH ?? '';
const say = (line: string): void => console.log(`test parts: ${line}`);

function missing(): PartName[] {
  return (Object.keys(PARTS) as PartName[]).filter((name) => findPart(name, path) === null);
}

/** Debian starts services on installation; a policy that refuses keeps them from running here. */
const POLICY = '/usr/sbin/policy-rc.d';

function install(packages: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): boolean =>
    spawnSync('apt-get', ['-qq', '-y', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
      .status === 0;
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(POLICY, 0o755);
  }
  try {
    return apt('update') && apt('install', '--no-install-recommends', ...packages);
  } finally {
    if (ownPolicy) rmSync(POLICY);
  }
}

const wanted = missing();
if (wanted.length > 0) {
  const packages = [...new Set(wanted.map((name) => PARTS[name].package))].sort();
  const debian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!debian) {
    say(`not root on Debian: tests that need ${packages.join(', ')} will be skipped`);
  } else {
    say(`installing ${packages.join(', ')} from Debian, once`);
    if (!install(packages)) say('the installation failed; tests that need them will be skipped');
  }
}
