import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  claimDirectory,
  isClaimed,
  prepareDirectory,
  requireDirectory,
  socketPath,
} from '../../src/collector/directory.ts';
import { isRoot } from '../support/parts.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'claim-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('the first claim holds, the second is refused, a released one is free', async () => {
  expect(await isClaimed(directory)).toBe(false);
  const first = await claimDirectory(directory);
  expect(await isClaimed(directory)).toBe(true);
  expect(statSync(socketPath(directory)).mode & 0o777).toBe(0o600);
  await expect(claimDirectory(directory)).rejects.toMatchObject({
    code: 'conflict',
    hint: expect.stringContaining('--data'),
  });
  first.close();
  expect(await isClaimed(directory)).toBe(false);
  (await claimDirectory(directory)).close();
});

test('a socket left behind by a killed process is replaced', async () => {
  const dead = createServer().listen(socketPath(directory));
  await new Promise((resolve) => dead.once('listening', resolve));
  // Linked away, it survives the close: a file nobody answers on.
  const { linkSync, renameSync } = await import('node:fs');
  linkSync(socketPath(directory), join(directory, 'left'));
  await new Promise((resolve) => dead.close(resolve));
  renameSync(join(directory, 'left'), socketPath(directory));
  expect(existsSync(socketPath(directory))).toBe(true);
  expect(await isClaimed(directory)).toBe(false);
  (await claimDirectory(directory)).close();
});

test('what connects and speaks before anybody serves is served afterwards', async () => {
  const claim = await claimDirectory(directory);
  const client = createConnection({ path: socketPath(directory) });
  const heard = new Promise<string>((resolve) => {
    client.once('data', (data) => resolve(data.toString()));
  });
  await new Promise((resolve) => client.once('connect', resolve));
  client.write('early');
  await new Promise((resolve) => setImmediate(resolve));
  claim.serve((socket: Socket) => {
    socket.on('data', (data) => socket.end(`${data.toString()} bird`));
  });
  expect(await heard).toBe('early bird');
  claim.close();
});

test('a path too long for a socket is refused before anything is opened', async () => {
  const long = join(directory, 'x'.repeat(100));
  prepareDirectory(long);
  await expect(claimDirectory(long)).rejects.toMatchObject({
    code: 'usage',
    hint: expect.stringContaining('at most 92 bytes'),
  });
});

test('a missing directory is made for this user only', () => {
  const made = join(directory, 'a', 'b');
  prepareDirectory(made);
  expect(statSync(made).mode & 0o777).toBe(0o700);
});

test('a file where the directory should be is named', () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  expect(() => prepareDirectory(join(file, 'data'))).toThrow(/cannot write to the data directory/);
});

test('a directory without write permission is named', (context) => {
  if (isRoot) context.skip('root may write everywhere');
  chmodSync(directory, 0o500);
  expect(() => prepareDirectory(directory)).toThrow(directory);
  chmodSync(directory, 0o700);
});

test('a verb that looks wants data to be there', () => {
  expect(() => requireDirectory(directory)).toThrow(`no collector data in ${directory}`);
  writeFileSync(join(directory, 'samples.db'), '');
  expect(() => requireDirectory(directory)).not.toThrow();
});
