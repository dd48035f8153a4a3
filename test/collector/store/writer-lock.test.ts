import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeWriterLock } from '../../../src/collector/store/writer-lock.ts';
import { projectFile } from '../../support/parts.ts';
import { append, rig, series, T0, temporaryDirectory } from './rig.ts';

test('a second writer is refused with a mend; a reader is not', async () => {
  const { directory, store } = await rig();
  await append(store, [[series('up', { instance: 'a' }), T0, 1]]);
  await expect(rig({ directory, leaveOpen: true })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(directory),
    hint: expect.stringContaining('stop the other collector'),
  });
  const reader = await rig({ directory, readOnly: true });
  expect(reader.store.devices()).toEqual(['a']);
});

test('a closed store, and one that could not be opened, leave no lock', async () => {
  const first = await rig();
  await first.store.close();
  const second = await rig({ directory: first.directory });
  await second.store.close();
  takeWriterLock(first.directory).release();
});

test('the lock of a process that was killed is free at once', async () => {
  const directory = temporaryDirectory();
  const module = projectFile('src/collector/store/writer-lock.ts');
  const script = `
    const { takeWriterLock } = await import(${JSON.stringify(module)});
    globalThis.lock = takeWriterLock(${JSON.stringify(directory)});
    process.stdout.write('locked');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: join(projectFile('.')),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(() => takeWriterLock(directory)).toThrow('in use');
  child.kill('SIGKILL');
  await once(child, 'exit');
  takeWriterLock(directory).release();
});
