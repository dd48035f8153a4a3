import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FACT_MS } from '../../../src/agent/sources/host.ts';
import { openHost } from '../../../src/agent/sources/sources.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { hostOf, put } from './fixture-host.ts';

test('by default it is this machine', () => {
  const host = openHost({ clock: manualClock() });
  expect([host.procPath, host.sysPath, host.rootfsPath]).toEqual(['/proc', '/sys', '']);
  expect(host.clockOffset()).toBeNaN();
});

test.each([
  ['/', ''],
  ['/host/', '/host'],
  ['/host', '/host'],
])('the root %s goes before paths as %j', (rootfsPath, prefix) => {
  expect(openHost({ clock: manualClock(), rootfsPath }).rootfsPath).toBe(prefix);
});

describe('nothing there and could not look are two answers', () => {
  test('a missing file is null', async () => {
    const host = hostOf({ 'sys/file': 'x' });
    const gone = join(host.root, 'sys/gone');
    expect(host.text(gone)).toBeNull();
    expect(host.live(gone)).toBeNull();
    expect(host.line(gone)).toBeNull();
    expect(host.list(gone)).toBeNull();
    expect(host.realPath(gone)).toBeNull();
    expect(await host.slowLine(gone)).toBeNull();
    // Below a file there is nothing either.
    expect(host.text(join(host.root, 'sys/file/deeper'))).toBeNull();
  });

  test('a file that cannot be read throws, and names it', async () => {
    const host = hostOf({});
    const folder = join(host.root, 'sys/attribute');
    mkdirSync(folder, { recursive: true });
    const failure = expect.objectContaining({
      code: 'io',
      message: `cannot read ${folder}: EISDIR`,
    });
    expect(() => host.text(folder)).toThrow(failure);
    expect(() => host.live(folder)).toThrow(failure);
    expect(() => host.line(folder)).toThrow(failure);
    await expect(host.slowLine(folder)).rejects.toBeInstanceOf(Failure);
    expect(host.fact(folder)).toBeNull();
  });

  test('a loop of links is an error of its own', () => {
    const host = hostOf({});
    const loop = join(host.root, 'loop');
    symlinkSync(loop, loop);
    expect(() => host.list(loop)).toThrow('ELOOP');
  });
});

test('attributes are trimmed, texts are not, names are sorted', async () => {
  const host = hostOf({ 'sys/b': ' up \n', 'sys/a': '' });
  const path = join(host.root, 'sys/b');
  expect(host.text(path)).toBe(' up \n');
  expect(host.line(path)).toBe('up');
  expect(await host.slowLine(path)).toBe('up');
  expect(host.list(join(host.root, 'sys'))).toEqual(['a', 'b']);
});

describe('live files', () => {
  test('are read to their end, however long, and anew each time', () => {
    const long = 'x'.repeat(100_000);
    const host = hostOf({ 'proc/stat': long });
    const path = join(host.root, 'proc/stat');
    expect(host.live(path)).toBe(long);
    put(host.root, 'proc/stat', 'short');
    expect(host.live(path)).toBe('short');
    put(host.root, 'proc/stat', `${long}${long}`);
    expect(host.live(path)?.length).toBe(200_000);
  });

  test('of exactly the length of the buffer are whole', () => {
    const host = hostOf({ 'proc/stat': 'y'.repeat(16 * 1024) });
    expect(host.live(join(host.root, 'proc/stat'))?.length).toBe(16 * 1024);
  });

  test.skipIf(process.platform !== 'linux')('that go away are gone, and stay gone', async () => {
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const host = openHost({ clock: manualClock() });
    const path = `/proc/${child.pid}/stat`;
    expect(host.live(path)).toContain('(sleep)');
    child.kill('SIGKILL');
    await ended;
    expect(host.live(path)).toBeNull();
    expect(host.live(path)).toBeNull();
  });

  test('hold names in any language', () => {
    const host = hostOf({ 'proc/mounts': '/数据/磁盘' });
    expect(host.live(join(host.root, 'proc/mounts'))).toBe('/数据/磁盘');
  });
});

describe('facts', () => {
  test('are kept for a while, then read again', async () => {
    const host = hostOf({ 'sys/speed': '1000\n' });
    const path = join(host.root, 'sys/speed');
    expect(host.fact(path)).toBe('1000');
    put(host.root, 'sys/speed', '10000\n');
    expect(host.fact(path)).toBe('1000');
    await host.clock.advance(FACT_MS);
    expect(host.fact(path)).toBe('10000');
  });

  test('that are missing are remembered as missing', async () => {
    const host = hostOf({});
    const path = join(host.root, 'sys/speed');
    expect(host.fact(path)).toBeNull();
    put(host.root, 'sys/speed', '1000\n');
    expect(host.fact(path)).toBeNull();
    await host.clock.advance(FACT_MS);
    expect(host.fact(path)).toBe('1000');
    rmSync(path);
  });
});

test('statfs of this machine gives sizes that fit together', async () => {
  const host = openHost({ clock: manualClock() });
  const now = host.sizesNow('/');
  const [later] = await host.sizes([{ path: '/', remote: false }]);
  for (const sizes of [now, later]) {
    expect(sizes?.sizeBytes).toBeGreaterThan(0);
    expect(sizes?.freeBytes).toBeLessThanOrEqual(sizes?.sizeBytes ?? 0);
    expect(sizes?.availableBytes).toBeLessThanOrEqual(sizes?.freeBytes ?? 0);
  }
  expect(later?.sizeBytes).toBe(now?.sizeBytes);
  expect(host.sizesNow('/no/such/place')).toBeNull();
  expect(await host.sizes([{ path: '/no/such/place', remote: false }])).toEqual([null]);
});
