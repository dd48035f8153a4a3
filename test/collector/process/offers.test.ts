/** Which notes a fault is offered. */
import { expect, test } from 'vitest';
import { offersFor } from '../../../src/collector/process/offers.ts';
import type { KnowledgeNote, Signs } from '../../../src/collector/process/process.ts';

let changedMs = 0;
const note = (title: string, rest: Partial<KnowledgeNote>): KnowledgeNote => ({
  id: 'K-000001',
  title,
  symptom: '',
  cause: '',
  solution: '',
  rules: [],
  kinds: [],
  words: [],
  by: 'wang',
  writtenMs: 0,
  changedMs: ++changedMs,
  archived: false,
  version: 1,
  ...rest,
});
const SIGNS: Signs = {
  rule: 'loss_high',
  kind: 'network',
  phenomenon: { en: 'Packets are lost: Loss 12% > 5%', zh: '丢包:丢包率 12% > 5%' },
};
const titles = (...notes: KnowledgeNote[]): string[] =>
  offersFor(SIGNS, notes).map((offer) => offer.note.title);

test('by rule, by words in either language, in any case', () => {
  expect(titles(note('rule', { rules: ['loss_high'] }))).toEqual(['rule']);
  expect(titles(note('zh', { words: ['丢包'] }))).toEqual(['zh']);
  expect(titles(note('en', { words: ['PACKETS'] }))).toEqual(['en']);
  expect(titles(note('other', { rules: ['disk_full'], words: ['磁盘'] }))).toEqual([]);
});

test('the kind of device narrows and ranks, but offers nothing by itself', () => {
  expect(titles(note('kind', { kinds: ['network'] }))).toEqual([]);
  expect(titles(note('servers', { kinds: ['server'], rules: ['loss_high'] }))).toEqual([]);
  expect(
    titles(
      note('any', { rules: ['loss_high'] }),
      note('net', { rules: ['loss_high'], kinds: ['network'] }),
    ),
  ).toEqual(['net', 'any']);
});

test('the best comes first, with what made it fit; equal ones newest first', () => {
  const best = note('best', { rules: ['loss_high'], words: ['丢包', 'lost'] });
  const old = note('old', { words: ['lost'] });
  const fresh = note('fresh', { words: ['lost'] });
  expect(titles(old, best, fresh)).toEqual(['best', 'fresh', 'old']);
  expect(offersFor(SIGNS, [best])).toEqual([
    { note: best, score: 16, because: ['rule', 'word:丢包', 'word:lost'] },
  ]);
});

test('at most five, none that is archived', () => {
  const many = Array.from({ length: 9 }, (_, i) => note(`n${i}`, { words: ['lost'] }));
  expect(titles(...many)).toHaveLength(5);
  expect(titles(note('gone', { words: ['lost'], archived: true }))).toEqual([]);
});
