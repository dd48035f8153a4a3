import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, Lines, readFrame, writeFrame } from '../../../src/agent/traps/frames.ts';

const TRAP = {
  version: 2,
  from: '192.0.2.1',
  verified: false,
  inform: true,
  oid: '1.3.6.1.6.3.1.1.5.3',
  agentAddress: '',
  varbinds: [{ oid: '1.3.6.1.2.1.2.2.1.1.3', value: '3' }],
} as const;

const FRAMES: readonly Frame[] = [
  { kind: 'ready', port: 1162 },
  { kind: 'failed', reason: 'the port is taken' },
  { kind: 'broken', reason: 'not a string' },
  { kind: 'input', raw: 'AAAA' },
  { kind: 'refused', refusal: null },
  { kind: 'refused', refusal: { version: 3, from: '192.0.2.1', user: 'x', why: 'auth' } },
  { kind: 'trap', trap: TRAP },
  { kind: 'counts', counts: { received: 3, dropped: { rate: 2 }, unlisted: { '10.0.0.1': 1 } } },
];

describe('a frame', () => {
  test.each(FRAMES.map((frame) => [frame.kind, frame] as const))(
    '%s is read as written',
    (_, f) => {
      const line = writeFrame(f);
      expect(line.endsWith('\n')).toBe(true);
      expect(line.trimEnd()).not.toContain('\n');
      expect(readFrame(line)).toEqual(f);
    },
  );

  test.each([
    ['', 'nothing'],
    ['null', 'null'],
    ['[]', 'a list'],
    ['{"kind":"other"}', 'unknown'],
    ['{"kind":"ready","port":-1}', 'no port'],
    ['{"kind":"input"}', 'without input'],
    ['{"kind":"counts","counts":{"received":1.5,"dropped":{},"unlisted":{}}}', 'half a datagram'],
    ['{"kind":"counts","counts":{"received":1,"dropped":{"a":"b"},"unlisted":{}}}', 'words'],
  ])('%j is none: %s', (line) => expect(readFrame(line)).toBeNull());

  test.each([
    { version: 4, from: '192.0.2.1', user: '', why: 'user' },
    { version: 3, from: 7, user: '', why: 'user' },
    { version: 3, from: '192.0.2.1', user: null, why: 'user' },
    { version: 3, from: '192.0.2.1', user: '', why: 'mood' },
    'no',
  ])('a refusal like %j says nothing', (refusal) => {
    const read = readFrame(JSON.stringify({ kind: 'refused', refusal }));
    expect(read).toEqual({ kind: 'refused', refusal: null });
  });

  test('a refusal is short and plain, whatever the child says', () => {
    const refusal = {
      version: 3,
      from: 'a\n'.repeat(99),
      user: '\u001b[2J'.repeat(99),
      why: 'user',
    };
    const read = readFrame(JSON.stringify({ kind: 'refused', refusal }));
    expect(JSON.stringify(read)).not.toMatch(/\\n|\\u001b/);
    expect(JSON.stringify(read).length).toBeLessThan(300);
  });

  test.each([
    { version: 4 },
    { from: 7 },
    { verified: 1 },
    { oid: '' },
    { oid: '1.3.x' },
    { oid: '1.3.-6' },
    { varbinds: {} },
    { varbinds: [{ oid: '1.3.6', value: 3 }] },
    { varbinds: [null] },
    { agentAddress: null },
    { inform: 'yes' },
  ])('a trap with %j is none', (wrong) => {
    expect(readFrame(JSON.stringify({ kind: 'trap', trap: { ...TRAP, ...wrong } }))).toBeNull();
  });

  test('reading anything gives a frame or null', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const frame = readFrame(line);
        expect(frame === null || typeof frame.kind === 'string').toBe(true);
      }),
    );
  });
});

describe('lines', () => {
  test('come whole, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 0, maxLength: 20 }).map((s) => s.replaceAll('\n', ' '))),
        fc.array(fc.nat(30)),
        (wanted, cuts) => {
          const text = wanted.map((line) => `${line}\n`).join('');
          const got: string[] = [];
          const lines = new Lines((line) => void got.push(line));
          let at = 0;
          for (const cut of cuts) {
            lines.push(text.slice(at, at + cut));
            at += cut;
          }
          lines.push(text.slice(at));
          expect(got).toEqual(wanted);
        },
      ),
    );
  });

  test('that never end take no memory, and the next one is read', () => {
    const got: string[] = [];
    const lines = new Lines((line) => void got.push(line));
    for (let i = 0; i < 100; i++) lines.push('x'.repeat(10_000));
    lines.push('tail\nnext\n');
    lines.push(`${'y'.repeat(300_000)}\nlast\n`);
    expect(got).toEqual(['next', 'last']);
  });
});
