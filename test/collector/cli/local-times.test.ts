import { expect, test } from 'vitest';
import { listText } from '../../../src/collector/cli/ask.ts';
import { localTimes } from '../../../src/collector/cli/local-times.ts';

const WINTER = Date.UTC(2026, 0, 5, 12);

test('times are local, to the second, and say their offset once', () => {
  const times = localTimes('Asia/Shanghai', WINTER);
  expect(times.offset).toBe('+08:00');
  expect(times.of('2026-01-04T18:10:00.123Z')).toBe('2026-01-05 02:10:00');
  expect(times.of(null)).toBe('');
  expect(times.of(null, 'never')).toBe('never');
});

test('a time from before the clocks were changed says its own offset', () => {
  const times = localTimes('Europe/Berlin', WINTER);
  expect(times.of('2026-01-04T18:10:00Z')).toBe('2026-01-04 19:10:00');
  expect(times.of('2025-07-04T18:10:00Z')).toBe('2025-07-04 20:10:00+02:00');
});

test('inside an answer only times are changed', () => {
  const answer = {
    ...{ id: 'F-1', at: '2026-01-05T00:00:00.000Z', none: null, count: 3 },
    spans: [{ from: '2026-01-05T00:00:00Z' }],
    note: 'since 2026-01-05T00:00:00Z',
  };
  expect(localTimes('Asia/Shanghai', WINTER).within(answer)).toEqual({
    ...{ id: 'F-1', at: '2026-01-05 08:00:00', none: null, count: 3 },
    spans: [{ from: '2026-01-05 08:00:00' }],
    note: 'since 2026-01-05T00:00:00Z',
  });
});

test('a list has the offset in its head line and says how to go on', () => {
  const form = { none: 'nothing', offset: '+08:00', next: 7 };
  expect(listText(['AT'], [['2026-01-05 08:00:00']], form)).toBe(
    'AT                   (+08:00)\n2026-01-05 08:00:00\nmore: --after 7\n',
  );
  expect(listText(['AT'], [], { none: 'nothing' })).toBe('nothing\n');
});
