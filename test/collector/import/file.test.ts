import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { checkDeviceName } from '../../../src/collector/import/device-name.ts';
import { contentHash, textChunks } from '../../../src/collector/import/file.ts';

const directory = mkdtempSync(join(tmpdir(), 'file-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function read(path: string, encoding = 'utf-8') {
  const tally = { bytes: 0, totalBytes: 0, rows: 0, badRows: 0 };
  let text = '';
  for await (const chunk of textChunks(path, encoding, tally)) text += chunk;
  return { text, tally };
}

// Three bytes a character, so that every chunk border falls inside one.
const LONG = '值守'.repeat(300_000);

test.each([
  ['plain', Buffer.from(LONG)],
  ['gzip', gzipSync(LONG)],
])('%s text of many chunks comes whole, and its bytes are counted', async (name, content) => {
  const { text, tally } = await read(file(name, content));
  expect(text === LONG).toBe(true);
  expect(tally.bytes).toBe(content.length);
  expect(tally.totalBytes).toBe(content.length);
});

test('two gzip members behind each other are one text', async () => {
  const content = Buffer.concat([gzipSync('one '), gzipSync('two')]);
  expect((await read(file('members', content))).text).toBe('one two');
});

test('a byte order mark is not part of the first name', async () => {
  expect((await read(file('bom', '\ufeffvm,ts'))).text).toBe('vm,ts');
});

test('an empty file is an empty text', async () => {
  expect((await read(file('empty', ''))).text).toBe('');
});

test('bytes of another encoding are told, cut characters too', async () => {
  await expect(read(file('latin', Buffer.from([0x61, 0xe9, 0x62])))).rejects.toMatchObject({
    code: 'malformed',
    hint: expect.stringContaining('gb18030'),
  });
  await expect(read(file('cut', Buffer.from('值').subarray(0, 2)))).rejects.toMatchObject({
    code: 'malformed',
  });
});

test('what cannot be opened is named', async () => {
  await expect(read(join(directory, 'nowhere'))).rejects.toMatchObject({ code: 'not_found' });
  await expect(read(directory)).rejects.toMatchObject({ code: 'io' });
  await expect(contentHash(join(directory, 'nowhere'), '')).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('the hash stands for the content and for what else decides, not for the name', async () => {
  const one = await contentHash(file('a', 'text'), 'map');
  expect(await contentHash(file('b', 'text'), 'map')).toBe(one);
  expect(await contentHash(file('c', 'texts'), 'map')).not.toBe(one);
  expect(await contentHash(file('d', 'text'), 'maps')).not.toBe(one);
  // Moving a character from one to the other is another import.
  expect(await contentHash(file('e', 'textm'), 'ap')).not.toBe(one);
  expect(one).toMatch(/^[0-9a-f]{64}$/);
});

test('names of devices are plain and bounded', () => {
  expect(checkDeviceName('数据库 1 / prod "x"')).toBeNull();
  expect(checkDeviceName('值'.repeat(85))).toBeNull();
  expect(checkDeviceName('值'.repeat(86))).toContain('longer than 256 bytes');
  for (const bad of ['a\u0000', 'a\n', '\u001b[31m', 'a\u202eb', 'a\u2066b', 'a\u0085']) {
    expect(checkDeviceName(bad)).toContain('control characters');
  }
});
