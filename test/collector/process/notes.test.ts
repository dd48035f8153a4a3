/** Knowledge: written, found in both languages, offered when the symptom returns (R19). */
import { expect, test } from 'vitest';
import type { NoteText } from '../../../src/collector/process/process.ts';
import { type ProcessRig, processRig, WRITING } from './rig.ts';

const note = (title: string, rest: Partial<NoteText> = {}): NoteText => ({
  title,
  symptom: 'the disk fills within hours',
  cause: '',
  solution: 'rotate the logs',
  rules: [],
  kinds: [],
  words: [],
  ...rest,
});

async function library(): Promise<ProcessRig> {
  const rig = await processRig();
  const { knowledge } = rig.room;
  await knowledge.write(note('Disk full by logs', { rules: ['disk_full'] }), 'wang', WRITING);
  await knowledge.write(
    note('交换机端口抖动', {
      symptom: '端口反复 up/down,大量丢包',
      cause: '光模块老化',
      solution: '更换光模块,检查**光衰**',
      words: ['丢包', 'flap'],
      kinds: ['network'],
    }),
    'wang',
    WRITING,
  );
  await knowledge.write(
    note('100% "CPU" of the backup_agent', { symptom: 'load is high at night' }),
    'wang',
    WRITING,
  );
  return rig;
}

test.each([
  ['端口抖动', ['交换机端口抖动']],
  ['丢包', ['交换机端口抖动']],
  ['光模块 更换', ['交换机端口抖动']],
  ['交', ['交换机端口抖动']],
  ['LOGS', ['100% "CPU" of the backup_agent', 'Disk full by logs']],
  ['disk logs', ['Disk full by logs']],
  ['disk_full', ['Disk full by logs']],
  ['"CPU"', ['100% "CPU" of the backup_agent']],
  ['0%', ['100% "CPU" of the backup_agent']],
  ['p_a', ['100% "CPU" of the backup_agent']],
  ['disk AND NOT logs', []],
  ['title:disk', []],
  ['NEAR(disk', []],
  ['*', ['交换机端口抖动']],
  ['', []],
  ['没有这个', []],
])('searching for %j finds %j', async (words, titles) => {
  const rig = await library();
  const found = rig.room.knowledge.search(words, 10).map(({ title }) => title);
  expect(new Set(found)).toEqual(new Set(titles));
});

test('a hit in the title comes before one in the solution', async () => {
  const rig = await library();
  expect(rig.room.knowledge.search('logs', 10)[0]?.title).toBe('Disk full by logs');
  expect(rig.room.knowledge.search('logs', 1)).toHaveLength(1);
});

test('a rewritten note is found by its new words only; every wording is kept', async () => {
  const rig = await library();
  const { knowledge } = rig.room;
  const text = note('Disk full by core dumps', { symptom: 'crashes', solution: 'ulimit' });
  const changed = await knowledge.rewrite('K-1', text, 'zhao', { ...WRITING, version: 1 });
  expect(changed).toMatchObject({ id: 'K-000001', by: 'zhao', version: 2 });
  expect(knowledge.search('rotate disk_full', 10)).toEqual([]);
  expect(knowledge.search('ulimit', 10)).toEqual([changed]);
  const again = await rig.restart();
  expect(again.knowledge.show('K-1')).toEqual(changed);
  const { default: Database } = await import('better-sqlite3');
  const file = new Database(`${rig.directory}/desk.db`, { readonly: true });
  const versions = file.prepare('SELECT version FROM process_note_versions WHERE number = 1');
  expect(versions.pluck().all()).toEqual([1, 2]);
  file.close();
  expect((await rig.audit()).slice(-1)).toEqual(['knowledge.rewrite K-000001']);
});

test('two who write at once: the second is told', async () => {
  const rig = await library();
  const seen = { ...WRITING, version: 1 };
  await rig.room.knowledge.rewrite('K-1', note('first'), 'zhao', seen);
  await expect(
    rig.room.knowledge.rewrite('K-1', note('second'), 'wang', seen),
  ).rejects.toMatchObject({ code: 'stale' });
  expect(rig.room.knowledge.show('K-1').title).toBe('first');
});

test('an archived note is readable, but neither found, listed nor offered', async () => {
  const rig = await library();
  const { knowledge } = rig.room;
  await knowledge.archive('K-1', 'zhao', WRITING);
  expect(knowledge.show('K-1').archived).toBe(true);
  expect(knowledge.search('Disk full', 10)).toEqual([]);
  expect(knowledge.list({}).map(({ id }) => id)).toEqual(['K-000003', 'K-000002']);
  const signs = { rule: 'disk_full', kind: 'server', phenomenon: { en: '', zh: '' } };
  expect(knowledge.offers(signs)).toEqual([]);
});

test('a note that is sent twice is written once', async () => {
  const rig = await processRig();
  const keyed = { ...WRITING, repeat: { key: 'k', request: 'note' } };
  const first = await rig.room.knowledge.write(note('a'), 'wang', keyed);
  expect(await rig.room.knowledge.write(note('a'), 'wang', keyed)).toEqual(first);
  expect(rig.room.knowledge.list({})).toHaveLength(1);
});

test.each<[string, Partial<NoteText>]>([
  ['title: is missing', { title: '' }],
  ['symptom: is missing', { symptom: ' ' }],
  ['solution: is missing', { solution: '' }],
  ['words: is missing', { words: [''] }],
  ['cause: holds control characters', { cause: 'a\u0000' }],
])('%s', async (message, wrong) => {
  const rig = await processRig();
  await expect(rig.room.knowledge.write(note('a', wrong), 'w', WRITING)).rejects.toThrow(message);
});

test('what is not there is named', async () => {
  const rig = await processRig();
  expect(() => rig.room.knowledge.show('K-9')).toThrow('there is no knowledge "K-9"');
});

test('notes are listed page by page, newest first', async () => {
  const rig = await library();
  expect(rig.room.knowledge.list({ limit: 2 }).map(({ id }) => id)).toEqual([
    'K-000003',
    'K-000002',
  ]);
  expect(rig.room.knowledge.list({ after: 2 }).map(({ id }) => id)).toEqual(['K-000001']);
});
