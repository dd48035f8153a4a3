/**
 * Every source reads its recorded host and gives exactly the recorded text. `UPDATE_GOLDEN=1`
 * rewrites the recordings; read the difference before committing it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PORTABLE_SOURCES } from '../../../src/agent/sources/portable.ts';
import { LINUX_SOURCES } from '../../../src/agent/sources/registry.ts';
import { collectOnce, type HostOptions } from '../../../src/agent/sources/sources.ts';
import { projectFile } from '../../support/parts.ts';
import { fixtureHost } from './fixture-host.ts';
import { recordedPlatform } from './recorded-platform.ts';

function expectGolden(name: string, text: string): void {
  const file = projectFile(`test/agent/sources/golden/${name}.prom`);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(existsSync(file), `${name}.prom is missing: run with UPDATE_GOLDEN=1`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

/** What a source takes from elsewhere than files. */
const OTHER_INPUT: Readonly<Record<string, Partial<HostOptions>>> = {
  uname: { os: { machine: () => 'x86_64' } as HostOptions['os'] },
  timex: { clockOffset: () => -0.125 },
};

test.each(LINUX_SOURCES.map((source) => [source.name, source] as const))(
  '%s reads its recorded host',
  async (name, source) => {
    expectGolden(name, await collectOnce(fixtureHost(name, OTHER_INPUT[name]), source));
  },
);

test.each(['darwin', 'win32'] as const)('the portable sources read %s', async (platform) => {
  const host = fixtureHost('portable', {
    ...recordedPlatform(platform),
    clockOffset: () => 0.002,
  });
  const texts: string[] = [];
  for (const source of PORTABLE_SOURCES) texts.push(await collectOnce(host, source));
  expectGolden(`portable-${platform}`, texts.join(''));
});
