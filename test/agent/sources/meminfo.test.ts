import { expect, test } from 'vitest';
import { meminfo } from '../../../src/agent/sources/meminfo.ts';
import { collectOnce } from '../../../src/agent/sources/sources.ts';
import { hostOf, linesOf } from './fixture-host.ts';

test('a field of a future kernel has a name, a type and a help text', async () => {
  const host = hostOf({ 'proc/meminfo': 'MemTotal: 1 kB\nNewThing(x86): 3 kB\nNewCount: 4\n' });
  expect(await collectOnce(host, meminfo)).toContain(
    [
      '# HELP node_memory_NewThing_x86_bytes Memory information field NewThing_x86_bytes.',
      '# TYPE node_memory_NewThing_x86_bytes gauge',
      'node_memory_NewThing_x86_bytes 3072',
    ].join('\n'),
  );
  expect(await linesOf(host, meminfo)).toContain('node_memory_NewCount 4');
});

test('a kernel before 3.14 has no MemAvailable, and none is made up', async () => {
  const host = hostOf({ 'proc/meminfo': 'MemTotal: 2048 kB\nMemFree: 1024 kB\n' });
  expect(await linesOf(host, meminfo)).toEqual([
    'node_memory_MemFree_bytes 1048576',
    'node_memory_MemTotal_bytes 2097152',
  ]);
});

test('a line that is no figure is left out, the others are read', async () => {
  const host = hostOf({ 'proc/meminfo': 'MemTotal: 2 kB\nMemFree: many kB\n\nBuffers: 1 kB\n' });
  expect(await linesOf(host, meminfo)).toEqual([
    'node_memory_Buffers_bytes 1024',
    'node_memory_MemTotal_bytes 2048',
  ]);
});
