import { expect, test } from 'vitest';
import { voicesText } from '../../../src/collector/cli/verbs/threshold.ts';

test('a disagreement has names', () => {
  const time = '2026-01-05T08:00:00.000Z';
  const text = voicesText([
    { agent: 'north', answers: true, time },
    { agent: '\u001b[2J', answers: false, time },
    { agent: '', answers: true, time },
  ]);
  expect(text).toBe(
    [
      ...['', 'agents', `  north gets an answer (${time})`],
      ...[`  \\u001b[2J gets no answer (${time})`, `  (no agent) gets an answer (${time})`, ''],
    ].join('\n'),
  );
});

test('where nobody votes nothing is said', () => {
  expect(voicesText([])).toBe('');
});
