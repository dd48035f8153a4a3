/** Strangers' texts, times and severities. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  deviceOf,
  nameText,
  phenomenonText,
  readBody,
  timeOf,
  urgencyOf,
} from '../../../src/collector/notify/inbound/reading.ts';

const SETTINGS = {
  deviceLabels: ['instance', 'host'],
  urgencies: { critical: 'high', warning: 'medium', info: 'low' },
  unnamed: 'token',
} as const;

test.each([
  [{ instance: 'web-1:9100' }, 'web-1'],
  [{ instance: 'web-1' }, 'web-1'],
  [{ instance: '10.0.0.1:161' }, '10.0.0.1'],
  [{ instance: '[2001:db8::1]:9100' }, '[2001:db8::1]:9100'],
  [{ instance: 'http://shop.example/login' }, 'http://shop.example/login'],
  [{ host: 'db-1' }, 'db-1'],
  [{ instance: ' ', host: 'db-1' }, 'db-1'],
  [{ job: 'node' }, ''],
  [{}, ''],
])('the device of %j is %j', (labels, device) => {
  expect(deviceOf(labels as Record<string, string>, SETTINGS)).toBe(device);
});

test('labels of the language itself name no device', () => {
  const settings = { ...SETTINGS, deviceLabels: ['constructor', '__proto__', 'toString'] };
  expect(deviceOf({}, settings)).toBe('');
});

test.each([
  ['critical', 'high'],
  [' Critical ', 'high'],
  ['warning', 'medium'],
  ['info', 'low'],
  ['whatever', 'medium'],
  ['constructor', 'medium'],
  [undefined, 'medium'],
])('severity %j is urgency %s', (severity, urgency) => {
  expect(urgencyOf(severity, SETTINGS)).toBe(urgency);
});

test.each([
  ['2026-01-05T01:00:00Z', 1_767_574_800_000],
  ['2026-01-05T09:00:00+08:00', 1_767_574_800_000],
  ['0001-01-01T00:00:00Z', 7],
  ['tomorrow', 7],
  ['', 7],
  [undefined, 7],
])('the time %j is %i', (text, ms) => {
  expect(timeOf(text, 7)).toBe(ms);
});

describe('texts', () => {
  test('are one line without hidden characters, and of a bounded length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 900 }), (text) => {
        for (const [read, longest] of [
          [nameText(text), 200],
          [phenomenonText(text), 500],
        ] as const) {
          expect(read.length).toBeLessThanOrEqual(longest);
          expect(read).not.toMatch(/\p{Cc}|[\u2028-\u202e\u2066-\u2069]/u);
        }
      }),
    );
  });
  test('that are harmless stay as they are', () => {
    expect(nameText('核心交换机 Gi0/1 — "uplink"')).toBe('核心交换机 Gi0/1 — "uplink"');
  });
});

test('a body is refused with every mistake in it, and where to read on', () => {
  const schema = z.strictObject({ a: z.string(), b: z.object({ c: z.int() }) });
  const refusal = (() => {
    try {
      return readBody(schema, { b: { c: 'x' }, d: 1 }, 'the test');
    } catch (error) {
      return error as { code: string; message: string; hint: string };
    }
  })();
  expect(refusal).toMatchObject({
    code: 'bad_request',
    hint: expect.stringContaining('/api/docs'),
  });
  expect((refusal as { message: string }).message).toMatch(/a:[\s\S]*b\.c:[\s\S]*"d"/);
  expect(readBody(schema, { a: 'x', b: { c: 1 } }, 'the test')).toEqual({ a: 'x', b: { c: 1 } });
});
