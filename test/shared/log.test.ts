import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLog, type LogLevel, silentLog } from '../../src/shared/log.ts';

function logged(level: LogLevel = 'debug', room?: string) {
  const lines: string[] = [];
  const log = createLog({
    level,
    write: (line) => lines.push(line),
    now: () => Date.UTC(2026, 0, 5, 8),
    ...(room === undefined ? {} : { room }),
  });
  return { log, lines, records: () => lines.map((line) => JSON.parse(line)) };
}

test('one JSON object a line: time, level, room, message, fields', () => {
  const { log, lines } = logged('debug', 'agent');
  log.info('started', { port: 8420, ok: true });
  expect(lines).toEqual([
    '{"time":"2026-01-05T08:00:00.000Z","level":"info","room":"agent","message":"started","port":8420,"ok":true}\n',
  ]);
});

test.each<[LogLevel, string[]]>([
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
])('level %s lets through %j', (level, expected) => {
  const { log, records } = logged(level);
  log.debug('x');
  log.info('x');
  log.warn('x');
  log.error('x');
  expect(records().map((record) => record.level)).toEqual(expected);
});

test('without a level, debug is left out', () => {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  log.debug('x');
  log.info('x');
  expect(lines).toHaveLength(1);
});

test('a room has its name on every line, and its parent has not', () => {
  const { log, records } = logged();
  log.room('push').warn('x');
  log.warn('y');
  expect(records().map((record) => record.room)).toEqual(['push', undefined]);
});

test('an error as a field is its message, without a stack', () => {
  const { log, lines, records } = logged();
  log.error('failed', { error: new Error('no space left'), count: 2n ** 60n });
  expect(records()[0]).toMatchObject({ error: 'no space left', count: '1152921504606846976' });
  expect(lines[0]).not.toContain('at ');
});

describe('text from a device', () => {
  test('cannot begin a second line', () => {
    const { log, lines } = logged();
    log.info('trap', { text: 'x\n{"level":"error"}\r\n\u2028\u2029\u0085' });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.split(/[\n\r\u2028\u2029\u0085]/)).toHaveLength(2);
  });

  test('cannot move the cursor or turn the text around', () => {
    const { log, lines } = logged();
    log.info('\u001b[2J\u009b31m\u202e\u2066\u200f', { '\u001bkey': '\u007f' });
    expect(lines[0]?.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  test('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { log, lines, records } = logged();
        log.warn(text, { text });
        expect(lines).toHaveLength(1);
        expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
        expect(records()[0]).toMatchObject({ message: text, text });
      }),
    );
  });
});

test('the silent log says nothing', () => {
  expect(() => silentLog.room('x').error('y')).not.toThrow();
});
