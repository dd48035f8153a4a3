import { describe, expect, test } from 'vitest';
import { REFUSALS, type Refusal } from '../../../src/agent/traps/frames.ts';
import { RefusalLog } from '../../../src/agent/traps/refusal-log.ts';
import { createLog } from '../../../src/shared/log.ts';

const MINUTES = 60_000;

function open() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ write: (line) => void lines.push(JSON.parse(line)) });
  return { lines, refusals: new RefusalLog(log) };
}

const refusal = (more: Partial<Refusal> = {}): Refusal => ({
  from: '192.0.2.1',
  version: 3,
  user: 'watch',
  why: 'auth',
  ...more,
});

describe('a line', () => {
  test.each(REFUSALS)('says what arrived, why it is refused (%s), and the mend', (why) => {
    const { lines, refusals } = open();
    refusals.refused(refusal({ why }), 0);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      ...{ level: 'warn', message: 'a trap is refused', source: '192.0.2.1', version: 'v3' },
      reason: expect.stringMatching(/\w+ /),
      mend: expect.stringMatching(/credential|device/),
    });
    if (why !== 'community') expect(lines[0]?.reason).toContain('"watch"');
  });

  test('names the version as people do', () => {
    const { lines, refusals } = open();
    refusals.refused(refusal({ version: 2, user: '', why: 'community' }), 0);
    refusals.refused(refusal({ version: 1, from: '192.0.2.2', user: '', why: 'community' }), 0);
    expect(lines.map(({ version }) => version)).toEqual(['v2c', 'v1']);
  });

  test('of a source that is not listed says where to list it', () => {
    const { lines, refusals } = open();
    refusals.unlisted('203.0.113.9', 12, 0);
    expect(lines[0]).toMatchObject({ source: '203.0.113.9' });
    expect(lines[0]?.mend).toContain('traps.sources');
  });
});

describe('how often', () => {
  test('once in ten minutes for a source and a reason, then with how many there were', () => {
    const { lines, refusals } = open();
    for (let second = 0; second < 600; second++) refusals.refused(refusal(), second * 1_000);
    expect(lines).toHaveLength(1);
    refusals.refused(refusal(), 10 * MINUTES);
    expect(lines).toHaveLength(2);
    expect(lines[0]).not.toHaveProperty('more');
    expect(lines[1]).toMatchObject({ more: 599 });
  });

  test('another reason, another user and another source are news', () => {
    const { lines, refusals } = open();
    refusals.refused(refusal(), 0);
    refusals.refused(refusal({ why: 'priv' }), 0);
    refusals.refused(refusal({ user: 'other' }), 0);
    refusals.refused(refusal({ from: '192.0.2.2' }), 0);
    refusals.unlisted('192.0.2.1', 1, 0);
    expect(lines).toHaveLength(5);
  });

  test('a storm of forged sources fills no disk, and says that it is one', () => {
    const { lines, refusals } = open();
    for (let i = 0; i < 20_000; i++) {
      refusals.refused(refusal({ from: `198.18.${i >> 8}.${i & 255}` }), i);
    }
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toMatchObject({ message: expect.stringContaining('only counted') });
    refusals.refused(refusal(), 11 * MINUTES);
    expect(lines).toHaveLength(52);
  });
});
