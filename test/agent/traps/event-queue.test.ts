import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EventQueue } from '../../../src/agent/traps/event-queue.ts';
import type { DeviceEvent } from '../../../src/shared/device-event.ts';
import { temporaryDirectory } from './rig.ts';

const MIB = 1024 * 1024;

function event(id: string, filler = ''): DeviceEvent {
  return {
    id,
    device: 'core-1',
    kind: 'link_down',
    atMs: 1,
    source: '192.0.2.1',
    verified: false,
    oid: '1.3',
    item: '',
    text: { en: filler, zh: '' },
    fields: {},
    repeats: 0,
    fault: null,
  };
}

/** Every event that is still there, taken out one request after the other. */
async function drain(queue: EventQueue): Promise<string[][]> {
  const requests: string[][] = [];
  for (let next = await queue.oldest(); next !== null; next = await queue.oldest()) {
    requests.push(next.events.map(({ id }) => id));
    await next.done();
  }
  return requests;
}

describe('events', () => {
  test('come out in order, also after a restart', async () => {
    const directory = temporaryDirectory();
    const queue = new EventQueue(directory, MIB);
    for (const id of ['a', 'b']) queue.add(event(id));
    await queue.flush();
    queue.add(event('c'));
    await queue.flush();
    await queue.close();
    const again = new EventQueue(directory, MIB);
    expect(again.isEmpty).toBe(false);
    again.add(event('d'));
    await again.flush();
    expect((await drain(again)).flat()).toEqual(['a', 'b', 'c', 'd']);
    expect(again.isEmpty).toBe(true);
    expect(again.bytes).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that nobody took are offered again', async () => {
    const queue = new EventQueue(temporaryDirectory(), MIB);
    queue.add(event('a'));
    await queue.flush();
    expect((await queue.oldest())?.events.length).toBe(1);
    expect((await queue.oldest())?.events[0]).toEqual(event('a'));
    expect(queue.events).toBe(1);
  });

  test('make requests of at most 500 events and a quarter of a megabyte', async () => {
    const directory = temporaryDirectory();
    const queue = new EventQueue(directory, 16 * MIB);
    for (let i = 0; i < 1_201; i++) queue.add(event(String(i)));
    await queue.flush();
    expect((await drain(queue)).map((ids) => ids.length)).toEqual([500, 500, 201]);
    for (let i = 0; i < 1_000; i++) queue.add(event(String(i), '名'.repeat(400)));
    await queue.flush();
    expect(readdirSync(directory).length).toBeGreaterThanOrEqual(4);
    expect((await drain(queue)).flat().length).toBe(1_000);
  });

  test('beyond the limit push out the oldest, which are counted', async () => {
    const queue = new EventQueue(temporaryDirectory(), MIB / 2);
    for (let i = 0; i < 1_900; i++) queue.add(event(String(i), 'x'.repeat(700)));
    await queue.flush();
    expect(queue.bytes).toBeLessThanOrEqual(MIB / 2);
    const left = (await drain(queue)).flat();
    expect(queue.lost).toBeGreaterThan(0);
    expect(queue.lost + left.length).toBe(1_900);
    expect(left.at(-1)).toBe('1899');
  });

  test('of an earlier run that are pushed out are counted too', async () => {
    const directory = temporaryDirectory();
    const before = new EventQueue(directory, MIB);
    for (let i = 0; i < 500; i++) before.add(event(String(i), 'x'.repeat(300)));
    await before.flush();
    await before.close();
    const files = readdirSync(directory).length;
    const after = new EventQueue(directory, 1);
    after.add(event('new'));
    await after.flush();
    expect([files, after.lost]).toEqual([1, 500]);
    expect(await drain(after)).toEqual([['new']]);
  });
});

describe('what a crash leaves behind', () => {
  test('is read up to the line that was cut short', async () => {
    const directory = temporaryDirectory();
    const before = new EventQueue(directory, MIB);
    for (const id of ['a', 'b']) before.add(event(id));
    await before.flush();
    await before.close();
    const [name = ''] = readdirSync(directory);
    appendFileSync(join(directory, name), '{"id":"c","dev');
    const after = new EventQueue(directory, MIB);
    expect(await drain(after)).toEqual([['a', 'b']]);
    expect(after.lost).toBe(1);
  });

  test('empty files, foreign files and nonsense stop nobody', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'events-0000000001.jsonl'), '');
    writeFileSync(join(directory, 'events-0000000002.jsonl'), 'null\n[]\n{}\nnonsense\n\u0000\n');
    writeFileSync(join(directory, 'events-0000000003.jsonl'), `${JSON.stringify(event('a'))}\n`);
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    const queue = new EventQueue(directory, MIB);
    queue.add(event('b'));
    await queue.flush();
    expect((await drain(queue)).flat()).toEqual(['a', 'b']);
    expect(readdirSync(directory)).toEqual(['notes.txt']);
  });

  test('any cut of the newest file loses at most the events behind the cut', async () => {
    const directory = temporaryDirectory();
    const before = new EventQueue(directory, MIB);
    for (let i = 0; i < 5; i++) before.add(event(String(i)));
    await before.flush();
    await before.close();
    const [name = ''] = readdirSync(directory);
    const line = `${JSON.stringify(event('0'))}\n`.length;
    for (let cut = 5 * line; cut > 0; cut -= 37) {
      truncateSync(join(directory, name), cut);
      const request = await new EventQueue(directory, MIB).oldest();
      const whole = Math.floor((cut + 1) / line);
      expect(request?.events.length ?? 0, String(cut)).toBe(whole);
      if (request === null) return;
    }
  });
});

/** A file system that fails half-way through the writes it is told to. */
function halfWay(failing: Set<number>, canTruncate: boolean): typeof open {
  let writes = 0;
  return async (...args) => {
    const handle = await open(...args);
    const append = handle.appendFile.bind(handle);
    handle.appendFile = async (data) => {
      writes += 1;
      if (!failing.has(writes)) return append(data);
      const bytes = Buffer.from(data as Uint8Array);
      await append(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    if (!canTruncate) handle.truncate = () => Promise.reject(new Error('EIO'));
    return handle;
  };
}

test.each([true, false])(
  'a disk that fills up half-way costs no event (%j)',
  async (canTruncate) => {
    const directory = temporaryDirectory();
    const queue = new EventQueue(directory, MIB, halfWay(new Set([2, 3]), canTruncate));
    queue.add(event('a'));
    await queue.flush();
    queue.add(event('b'));
    await expect(queue.flush()).rejects.toThrow(/ENOSPC/);
    queue.add(event('c'));
    await expect(queue.flush()).rejects.toThrow(/ENOSPC/);
    await queue.flush();
    queue.add(event('d'));
    await queue.flush();
    expect((await drain(queue)).flat()).toEqual(['a', 'b', 'c', 'd']);
    expect([queue.lost, readdirSync(directory)]).toEqual([0, []]);
  },
);

test('while the disk does not take them, memory keeps a bounded number', async () => {
  const directory = temporaryDirectory();
  const queue = new EventQueue(join(directory, 'q'), MIB);
  rmSync(join(directory, 'q'), { recursive: true });
  for (let i = 0; i < 2_500; i++) queue.add(event(String(i)));
  await expect(queue.flush()).rejects.toThrow(/ENOENT/);
  expect([queue.events, queue.lost]).toEqual([2_000, 500]);
  mkdirSync(join(directory, 'q'));
  await queue.flush();
  expect((await drain(queue)).flat().at(0)).toBe('500');
});
