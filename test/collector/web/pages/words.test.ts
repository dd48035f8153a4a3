import { expect, test } from 'vitest';
import { chooseWords } from '../../../../src/collector/web/pages/words.ts';

test.each([
  [undefined, 'en-GB,en;q=0.9', 'zh-CN', 'en'],
  [undefined, 'zh-TW,zh;q=0.8,en;q=0.7', 'en', 'zh-CN'],
  [undefined, 'fr,de;q=0.9', 'zh-CN', 'zh-CN'],
  [undefined, 'fr,en;q=0.2,zh;q=0.1', 'zh-CN', 'en'],
  [undefined, undefined, 'en', 'en'],
  ['zh-CN', 'en', 'en', 'zh-CN'],
] as const)('asked %s, browser %s, default %s: %s', (asked, header, fallback, language) => {
  expect(chooseWords(asked, header, fallback).language).toBe(language);
});

test('both languages have every word', () => {
  const en = chooseWords('en', undefined, 'en');
  const zh = chooseWords('zh-CN', undefined, 'en');
  expect(Object.keys(zh)).toEqual(Object.keys(en));
  expect(Object.keys(zh.states)).toEqual(Object.keys(en.states));
});

test.each([
  [0, '0s ago', '0 秒前'],
  [119, '119s ago', '119 秒前'],
  [120, '2min ago', '2 分钟前'],
  [7_300, '2h ago', '2 小时前'],
  [400_000, '4d ago', '4 天前'],
  [-5, '0s ago', '0 秒前'],
])('%i seconds are %s', (seconds, en, zh) => {
  expect(chooseWords('en', undefined, 'en').ago(seconds)).toBe(en);
  expect(chooseWords('zh-CN', undefined, 'en').ago(seconds)).toBe(zh);
});
