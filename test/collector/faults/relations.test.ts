/** How faults belong together, and the files that belong to them. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Draft } from '../../../src/collector/faults/draft.ts';
import type { Case } from '../../../src/collector/faults/life.ts';
import { addClosed } from '../../../src/collector/faults/owed.ts';
import { Shelf } from '../../../src/collector/faults/shelf.ts';
import { RECORD } from './context.ts';
import { LEVELS, openedEntry } from './ledger-entries.ts';
import { Room, said } from './room.ts';
import { breached, ok, START_MS } from './verdicts.ts';

let room: Room;
beforeEach(async () => {
  room = new Room();
  await room.open();
  await room.tick(breached('critical'), breached('warning', { item: '/' }));
  await room.raise();
});
afterEach(() => room.close());

const step = { by: '王芳', note: 'same disk' };
const stateOf = async (id: string): Promise<string> => (await room.fault(id)).state;
const close = (fault: string) => room.do('closed', { fault, record: RECORD });

describe('a merge', () => {
  it('makes one fault a quiet part of another, linked both ways', async () => {
    expect(await room.faults.merge('F-2', 'F-1', step)).toMatchObject({
      kind: 'merged',
      detail: { why: 'merged', by: 'F-000001' },
    });
    expect(await room.fault('F-2')).toMatchObject({
      state: 'suppressed',
      quiet: { why: 'merged', by: 'F-000001' },
      links: [{ fault: 'F-000001', how: 'merged' }],
      clocks: [{ state: 'waiting' }, { state: 'waiting' }, { state: 'waiting' }],
    });
    expect((await room.fault('F-1')).links).toEqual([{ fault: 'F-000002', how: 'merged' }]);
    await room.restart();
    room.wait(10_000);
    const owed = await room.tick();
    expect(owed.filter((one) => one.startsWith('2 '))).toEqual([]);
  });

  it('ends with the whole; what goes on by itself is a fault of its own again', async () => {
    await room.faults.merge('F-2', 'F-1', step);
    await room.faults.merge('F-3', 'F-1', step);
    await room.restart();
    await close('F-000001');
    expect([await stateOf('F-2'), await stateOf('F-3')]).toEqual(['open', 'closed']);
    const ledger = await room.faults.ledgerAfter(0, 100);
    expect(said(ledger).slice(-3)).toEqual(['1 closed', '2 split', '3 closed']);
  });

  it('recovers by itself, and the whole closes it', async () => {
    await room.faults.merge('F-2', 'F-1', step);
    expect(await room.tick(ok({ item: '/' }))).toEqual(['2 recovered']);
    await close('F-000001');
    expect(await stateOf('F-2')).toBe('closed');
  });

  it('is undone by a split, with clocks of its own from then', async () => {
    await room.faults.merge('F-2', 'F-1', step);
    room.wait(30);
    await room.faults.split('F-2', step);
    expect(await room.fault('F-2')).toMatchObject({ state: 'open', quiet: null, links: [] });
    expect((await room.fault('F-2')).clocks[0]?.startMs).toBe(room.clock.now());
    expect((await room.faults.show('F-1')).symptoms).toBe(0);
  });

  it('of a fault that has parts is refused until they are split from it', async () => {
    await room.faults.merge('F-3', 'F-2', step);
    await expect(room.faults.merge('F-2', 'F-1', step)).rejects.toMatchObject({
      code: 'conflict',
      detail: { parts: ['F-000003'] },
    });
    await room.faults.split('F-3', step);
    expect(await room.faults.merge('F-2', 'F-1', step)).toMatchObject({ kind: 'merged' });
  });

  it('of older days, part of a part, ends with the whole too', () => {
    const shelf = new Shelf(LEVELS, new Map());
    const draft = new Draft({ head: 0, newestFault: 0, nowMs: START_MS });
    const into = (by: string) => ({ why: 'merged', by, note: '' });
    const cases = ['F-000001', 'F-000002', 'F-000003'].map((_, i) => {
      const { detail } = openedEntry(3, START_MS);
      const origin = 'person';
      return draft.add(undefined, {
        ...{ kind: 'opened', note: '', detail: { ...detail, origin, item: String(i) } },
      });
    });
    const [whole, part, partOfPart] = cases as [Case, Case, Case];
    draft.add(partOfPart, { kind: 'merged', note: '', detail: into('F-000002') });
    draft.add(part, { kind: 'merged', note: '', detail: into('F-000001') });
    for (const one of draft.cases.values()) shelf.adopt(one);
    addClosed(draft, shelf, draft.add(whole, { kind: 'closed', note: '', detail: {} }));
    expect(said(draft.entries).slice(-3)).toEqual(['1 closed', '2 closed', '3 closed']);
  });

  it('is refused with itself, into a part, into what is over, and twice', async () => {
    const merge = (one: string, into: string) => room.faults.merge(one, into, step);
    await expect(merge('F-1', 'F-1')).rejects.toMatchObject({ code: 'bad_request' });
    await merge('F-2', 'F-1');
    await expect(merge('F-3', 'F-2')).rejects.toMatchObject({ code: 'conflict' });
    await expect(merge('F-2', 'F-3')).rejects.toMatchObject({ code: 'conflict' });
    await expect(merge('F-3', 'F-9')).rejects.toMatchObject({ code: 'not_found' });
    await close('F-000001');
    await expect(merge('F-2', 'F-1')).rejects.toMatchObject({ code: 'conflict' });
    await expect(room.faults.split('F-3', step)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a link', () => {
  it('is known to both, once, also when one is over', async () => {
    await close('F-000001');
    await room.faults.link('F-3', 'F-1', step);
    await room.faults.link('F-3', 'F-1', step);
    expect((await room.fault('F-3')).links).toEqual([{ fault: 'F-000001', how: 'related' }]);
    expect((await room.fault('F-1')).links).toEqual([{ fault: 'F-000003', how: 'related' }]);
  });
});

describe('an attachment', () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const attach = (name: string, type: string, content: Buffer | string) =>
    room.faults.attach('F-000001', { name, type, content: Buffer.from(content) }, step);

  it('is kept by the hash of its bytes, and comes back as it was', async () => {
    const kept = await attach('机房.png', 'image/png', png);
    expect(kept).toMatchObject({ name: '机房.png', bytes: 8 });
    const { attachments, ledger } = await room.faults.show('F-1');
    expect(attachments).toEqual([kept]);
    expect(ledger.at(-1)).toMatchObject({ kind: 'attached', by: '王芳' });
    const read = await room.faults.readAttachment('F-1', kept.sha256);
    expect(read.content.equals(png)).toBe(true);
    await attach('again.png', 'image/png', png);
    const folder = join(room.directory, 'attachments', kept.sha256.slice(0, 2));
    expect(readdirSync(folder)).toEqual([kept.sha256]);
  });

  it('that was changed on disk, or never was attached, is not given', async () => {
    const { sha256 } = await attach('log.txt', 'text/plain', 'disk failed');
    writeFileSync(join(room.directory, 'attachments', sha256.slice(0, 2), sha256), 'all is well');
    await expect(room.faults.readAttachment('F-1', sha256)).rejects.toMatchObject({ code: 'io' });
    await expect(room.faults.readAttachment('F-2', sha256)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it.each<[string, string, Buffer | string, string]>([
    ['page.html', 'text/html', '<script>', 'unsupported_media'],
    ['photo.png', 'image/png', 'not a picture', 'unsupported_media'],
    ['empty.txt', 'text/plain', '', 'unsupported_media'],
    ['log.txt', 'text/plain', Buffer.from([0xff, 0xfe, 0x41]), 'unsupported_media'],
    ['a.zip', 'application/zip', 'PK', 'unsupported_media'],
    ['../../etc/passwd', 'text/plain', 'x', 'bad_request'],
    ['a\u202etxt.exe', 'text/plain', 'x', 'bad_request'],
    ['big.txt', 'text/plain', Buffer.alloc(10 * 1024 * 1024 + 1, 65), 'too_large'],
  ])('%s (%s) is refused', async (name, type, content, code) => {
    await expect(attach(name, type, content)).rejects.toMatchObject({ code });
    expect((await room.faults.show('F-1')).attachments).toEqual([]);
  });

  it('of a fault that does not exist is refused before anything is written', async () => {
    const file = { name: 'a.txt', type: 'text/plain', content: Buffer.from('x') };
    await expect(room.faults.attach('F-9', file, step)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(readdirSync(room.directory)).not.toContain('attachments');
  });
});
