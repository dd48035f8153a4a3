/** `collector event` and `collector dependency`, over real rooms opened in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliHost, runCli } from '../../../src/collector/cli/cli.ts';
import { openDesk, openEvents } from '../../../src/collector/desk/desk.ts';
import { makeHost } from '../../../src/collector/run.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { DeviceEvent } from '../../../src/shared/device-event.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { projectFile } from '../../support/parts.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'field-verbs-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function verb(...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
    isTerminal: false,
  });
  const host: CliHost = {
    ...makeHost({
      args: [],
      clock: systemClock,
      version: '1.2.3',
      entry: pathToFileURL(projectFile('src/collector/main.ts')),
      machineTimezone: 'Asia/Shanghai',
      nodeWarning: null,
    }),
    stdout: output('stdout'),
    stderr: output('stderr'),
  };
  return { code: await runCli([...args, '--data', data], host), ...said };
}

/** An event that arrived before the verb looks. */
async function arrived(event: Partial<DeviceEvent>): Promise<void> {
  const room = { directory: data, clock: systemClock, log: silentLog };
  const desk = await openDesk(room);
  const events = await openEvents({ ...room, device: (name) => desk.device(name) });
  await events.add('site-a', [
    {
      ...{ id: '1', device: '', kind: 'link_down', atMs: Date.UTC(2026, 0, 5), item: 'GE0/0/1' },
      ...{ source: '192.0.2.1', verified: false, oid: '1.3', fields: {}, repeats: 3, fault: null },
      text: { en: 'Interface GE0/0/1 is down', zh: '接口 GE0/0/1 中断' },
      ...event,
    },
  ]);
  await events.close();
  await desk.close();
}

test('events are listed, searched and counted', async () => {
  await verb('agent', 'add', 'site-a');
  expect((await verb('event', 'list')).stdout).toBe('no events\n');
  await arrived({});
  const { code, stdout } = await verb('event', 'list', '--search', 'interface');
  expect(code).toBe(0);
  expect(stdout.split('\n')[1]).toMatch(
    /^2026-01-05 08:00:00 +192\.0\.2\.1 +link_down +\+3 +Interface GE0\/0\/1 is down$/,
  );
  expect((await verb('event', 'list', '--search', '风扇')).stdout).toBe('no events\n');
  const json = JSON.parse((await verb('event', 'list', '--json', '--kind', 'link_down')).stdout);
  expect(json.events).toMatchObject([{ id: '1', source: '192.0.2.1', agent: 'site-a' }]);
  expect((await verb('event', 'list', '--from', 'yesterday')).code).toBe(1);
});

test('dependencies are listed and decided', async () => {
  await verb('agent', 'add', 'site-a');
  const desk = await openDesk({ directory: data, clock: systemClock, log: silentLog });
  for (const name of ['access-1', 'access-2', 'core-1']) desk.sawDevice(name, 'site-a', 1_000);
  await desk.close();
  expect((await verb('dependency', 'list')).stdout).toBe('no dependencies\n');
  const confirmed = await verb('dependency', 'confirm', 'access-1', 'core-1');
  expect(confirmed).toMatchObject({ code: 0, stdout: 'access-1 behind core-1: confirmed\n' });
  const circle = await verb('dependency', 'confirm', 'core-1', 'access-1');
  expect(circle.code).toBe(1);
  expect(circle.stderr).toMatch(/access-1 sits behind core-1 already\n {2}mend:/);
  await verb('dependency', 'reject', 'access-2', 'core-1');
  const { stdout } = await verb('dependency', 'list');
  expect(stdout).toMatch(/access-1 +core-1 +confirmed +person/);
  expect(stdout).toMatch(/access-2 +core-1 +rejected +person/);
  const only = await verb('dependency', 'list', '--state', 'rejected');
  expect(only.stdout).not.toContain('access-1');
  expect((await verb('dependency', 'list', '--state', 'maybe')).code).toBe(2);
});
