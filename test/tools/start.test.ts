/** `npm start` as a process, restarted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isClaimed } from '../../src/collector/directory.ts';
import { projectFile } from '../support/parts.ts';

let data: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'start-'));
});
afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGTERM');
    await new Promise((resolve) => child?.once('exit', resolve));
  }
  rmSync(data, { recursive: true, force: true });
});

interface Run {
  readonly url: string;
  /** As Ctrl-C does; the exit code. */
  stop(): Promise<number | null>;
}

function start(): Promise<Run> {
  const started = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      projectFile('tools/start.ts'),
      ...['--data', data, '--listen', '127.0.0.1:0'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child = started;
  let text = '';
  started.stderr.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    const ended = new Promise<number | null>((done) => started.once('exit', done));
    ended.then((code) => reject(new Error(`ended with ${code}: ${text}`)));
    started.stdout.on('data', (chunk) => {
      text += chunk;
      const url = /on watch: (http:\S+)\/\n/.exec(text)?.[1];
      if (url === undefined) return;
      resolve({
        url,
        stop: () => {
          started.kill('SIGINT');
          return ended;
        },
      });
    });
  });
}

interface DeviceView {
  readonly name: string;
  readonly status: string;
  readonly newest: string;
  readonly indicators: readonly { readonly indicator: string; readonly value: number }[];
}

async function devices(url: string): Promise<readonly DeviceView[]> {
  const answer = await fetch(`${url}/api/v1/devices`);
  return ((await answer.json()) as { devices: DeviceView[] }).devices;
}

test('this host appears with plausible figures, a stop is clean, the token lasts', async () => {
  const first = await start();
  const figure = async (name: string): Promise<number> => {
    const [host] = await devices(first.url);
    return host?.indicators.find(({ indicator }) => indicator === name)?.value ?? Number.NaN;
  };
  await expect
    .poll(() => figure('memory_size_bytes'), { timeout: 40_000 })
    .toBeGreaterThan(2 ** 28);
  expect(await devices(first.url)).toMatchObject([{ name: hostname(), status: 'live' }]);
  expect(await figure('memory_used_bytes')).toBeLessThan(await figure('memory_size_bytes'));
  expect(await figure('cpu_cores')).toBeGreaterThanOrEqual(1);
  const tokenFile = join(data, 'agent.token');
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  const token = readFileSync(tokenFile, 'utf8');
  expect(await first.stop()).toBe(0);
  expect(await isClaimed(data)).toBe(false);

  const second = await start();
  const before = Date.parse((await devices(second.url))[0]?.newest ?? '');
  await expect
    .poll(async () => Date.parse((await devices(second.url))[0]?.newest ?? ''), { timeout: 40_000 })
    .toBeGreaterThan(before);
  expect(readFileSync(tokenFile, 'utf8')).toBe(token);
  expect(await second.stop()).toBe(0);
}, 120_000);

test('a second start on the same data says so and leaves the first alone', async () => {
  const first = await start();
  const running = child;
  await expect(start()).rejects.toThrow(/a collector runs on .* already/);
  child = running;
  expect((await fetch(`${first.url}/-/healthy`)).status).toBe(200);
  expect(await first.stop()).toBe(0);
}, 120_000);
