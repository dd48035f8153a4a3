import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processes } from '../../../src/agent/sources/processes.ts';
import { hostOf, linesOf } from './fixture-host.ts';

const stat = (comm: string, state: string, threads: number): string =>
  `9 (${comm}) ${state} ${Array(16).fill('0').join(' ')} ${threads} 0 0\n`;

test('a command may look like anything', async () => {
  const host = hostOf({
    'proc/1/stat': stat('init', 'S', 1),
    'proc/20/stat': stat(') Z 1 (', 'R', 3),
    'proc/21/stat': stat('a b\nc', 'S', 2),
  });
  expect(await linesOf(host, processes)).toEqual([
    'node_processes_pids 3',
    'node_processes_state{state="S"} 2',
    'node_processes_state{state="R"} 1',
    'node_processes_threads 6',
  ]);
});

test('a process that ends while we look is not counted', async () => {
  const host = hostOf({ 'proc/1/stat': stat('init', 'S', 1), 'proc/20/stat': stat('x', 'R', 1) });
  rmSync(join(host.root, 'proc/20/stat'));
  expect(await linesOf(host, processes)).toContain('node_processes_pids 1');
});

test('who may not see the processes of others counts none rather than too few', async () => {
  const host = hostOf({ 'proc/20/stat': stat('own', 'S', 1) });
  await expect(linesOf(host, processes)).rejects.toThrow('hidden');
  expect(processes.missing(host)?.mend).toContain('hidepid');
});

test('files and folders of /proc that are no process are passed over', async () => {
  const host = hostOf({
    'proc/1/stat': stat('init', 'S', 1),
    'proc/self/stat': stat('self', 'R', 1),
    'proc/0day/stat': stat('no', 'R', 1),
    'proc/meminfo': '',
  });
  expect(await linesOf(host, processes)).toContain('node_processes_pids 1');
});

test('costs a file per process, so its pace is slower than the others', () => {
  expect(processes.intervalMs).toBe(60_000);
});
