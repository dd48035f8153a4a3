import { expect, test } from 'vitest';
import { PORTABLE_SOURCES } from '../../../src/agent/sources/portable.ts';
import { LINUX_SOURCES } from '../../../src/agent/sources/registry.ts';
import { examine, openHost } from '../../../src/agent/sources/sources.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { fixtureHost, linesOf } from './fixture-host.ts';
import { recordedPlatform } from './recorded-platform.ts';

const portable = (name: string) => PORTABLE_SOURCES.find((source) => source.name === name)!;

/** A platform on which one call of the library answers as given. */
function platformWith(call: string, answer: unknown) {
  const { os, systemInformation } = recordedPlatform('darwin');
  return fixtureHost('portable', {
    os,
    systemInformation: async () => ({ ...(await systemInformation()), [call]: async () => answer }),
  });
}

test('what the library could not read and calls 0 is no sample', async () => {
  const memory = { total: 0, free: 0, available: 0, swaptotal: 0, swapfree: 0 };
  expect(await linesOf(platformWith('mem', memory), portable('meminfo'))).toEqual([]);
  const volume = { fs: 'D:', type: '', mount: 'D:', size: 0, used: 0, available: 0, rw: null };
  expect(await linesOf(platformWith('fsSize', [volume]), portable('filesystem'))).toEqual([]);
  const hot = { main: -1, max: -1, cores: [] };
  expect(await linesOf(platformWith('cpuTemperature', hot), portable('hwmon'))).toEqual([]);
});

test('a library call that fails, fails the source', async () => {
  const host = fixtureHost('portable', {
    systemInformation: async () => {
      throw new Error('powershell is not there');
    },
  });
  const diagnoses = await examine(host, [portable('meminfo')]);
  expect(diagnoses[0]).toMatchObject({ state: 'fails', reason: 'powershell is not there' });
});

test('the real library answers here as our own sources do', async () => {
  const host = openHost({ clock: systemClock });
  const sizes = async (source: (typeof PORTABLE_SOURCES)[number], metric: string) =>
    (await linesOf(host, source)).find((line) => line.startsWith(metric));
  const own = LINUX_SOURCES.find(({ name }) => name === 'meminfo')!;
  if (process.platform !== 'linux') return;
  const metric = 'node_memory_MemTotal_bytes';
  expect(await sizes(portable('meminfo'), metric)).toBe(await sizes(own, metric));
});

test('Linux never loads the library', async () => {
  let loaded = 0;
  const host = fixtureHost('cpu', {
    systemInformation: async () => {
      loaded++;
      return recordedPlatform('darwin').systemInformation();
    },
  });
  await examine(host, LINUX_SOURCES);
  expect(loaded).toBe(0);
});
