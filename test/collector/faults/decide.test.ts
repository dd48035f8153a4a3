import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/collector/evaluate/evaluate.ts';
import { closing, decide, type Step } from '../../../src/collector/faults/decide.ts';
import { loadLevels } from '../../../src/collector/faults/faults.ts';
import { type Case, fold } from '../../../src/collector/faults/life.ts';
import { circumstancesOf } from '../../../src/collector/faults/policy-book.ts';
import { projectFile } from '../../support/parts.ts';
import { context } from './context.ts';
import { breached, ok, START_MS, unknown } from './verdicts.ts';

const levels = loadLevels(projectFile('config/levels.yaml'));
const at = (nowMs: number, impact: 'high' | 'medium' | 'low' = 'medium') =>
  circumstancesOf(levels, { device: 'web-1', nowMs, context: context({ impactOf: () => impact }) });

/** The case after verdicts that come a minute apart. */
function caseAfter(...verdicts: readonly Verdict[]): Case | undefined {
  return verdicts.reduce<Case | undefined>((current, verdict, i) => {
    const nowMs = START_MS + i * 60_000;
    const step = decide(current, verdict, at(nowMs));
    return step === null ? current : fold(current, entryOf(step, nowMs, i + 1));
  }, undefined);
}

function entryOf(step: Step, atMs: number, number: number) {
  return { number, fault: 'F-000001', atMs, by: 'system', ...step };
}

const CLOSED: Case = fold(caseAfter(breached(), ok()), {
  number: 9,
  fault: 'F-000001',
  kind: 'closed',
  atMs: START_MS + 120_000,
  by: '王芳',
  note: '',
  detail: {},
});

describe('what a verdict does', () => {
  it.each<[string, Case | undefined, Verdict, string | null]>([
    ['a breach without a fault', undefined, breached(), 'opened'],
    ['the same breach again', caseAfter(breached()), breached(), null],
    [
      'the same breach with another value',
      caseAfter(breached()),
      breached('warning', { value: 1 }),
      null,
    ],
    ['a worse breach', caseAfter(breached()), breached('critical'), 'worsened'],
    ['a milder breach', caseAfter(breached('critical')), breached(), 'eased'],
    ['ok on an open fault', caseAfter(breached()), ok(), 'recovered'],
    ['ok again', caseAfter(breached(), ok()), ok(), null],
    ['ok without a fault', undefined, ok(), null],
    ['unknown without a fault', undefined, unknown(), null],
    ['unknown on an open fault', caseAfter(breached()), unknown(), null],
    ['unknown on a recovered fault', caseAfter(breached(), ok()), unknown(), null],
    ['a breach soon after recovery', caseAfter(breached(), ok()), breached(), 'reopened'],
    ['a breach after a person closed it', CLOSED, breached(), 'opened'],
    ['ok on a closed fault', CLOSED, ok(), null],
  ])('%s', (_, current, verdict, kind) => {
    const step = decide(current, verdict, at(START_MS + 180_000));
    expect(step?.kind ?? null).toBe(kind);
  });

  it('depends on how long ago the recovery became known', () => {
    const recovered = caseAfter(breached(), ok());
    const known = START_MS + 60_000;
    const kind = (nowMs: number) => decide(recovered, breached(), at(nowMs))?.kind;
    expect(kind(known + levels.reopen_within)).toBe('reopened');
    expect(kind(known + levels.reopen_within + 1)).toBe('opened');
  });

  it('has its level from urgency and impact', () => {
    const levelOf = (verdict: Verdict, impact: 'high' | 'medium' | 'low') =>
      decide(undefined, verdict, at(START_MS, impact))?.detail.level;
    expect(levelOf(breached('critical'), 'high')).toBe(1);
    expect(levelOf(breached(), 'medium')).toBe(3);
    expect(levelOf(breached('warning', { urgency: 'low' }), 'low')).toBe(4);
    expect(decide(caseAfter(breached()), breached('critical'), at(START_MS))?.detail.level).toBe(2);
  });

  it('says what, where, how much and since when', () => {
    expect(decide(undefined, breached(), at(START_MS))).toEqual({
      kind: 'opened',
      note: 'Disk use 92% > 90%, for 1 min',
      detail: {
        device: 'web-1',
        rule: 'disk_full',
        indicator: 'filesystem_used_bytes',
        item: '/data',
        severity: 'warning',
        urgency: 'medium',
        impact: 'medium',
        level: 3,
        phenomenon: {
          en: 'Disk is nearly full (/data): Disk use 92% > 90%, for 1 min',
          zh: '磁盘空间不足(/data):磁盘使用率 92% > 90%,已持续 1 分钟',
        },
        value: 0.92,
        limit: 0.9,
        beganMs: START_MS - 60_000,
        layer: 'default',
        systems: [],
        policy: 'four_level',
        terms: expect.stringMatching(/^[0-9a-f]{16}$/),
        startMs: START_MS,
      },
    });
  });

  it('never ends a fault before it began', () => {
    const step = decide(caseAfter(breached()), ok({ sinceMs: START_MS - 3_600_000 }), at(START_MS));
    expect(step?.detail.recoveredMs).toBe(START_MS - 60_000);
  });

  it('keeps what is no number out of the record', () => {
    const step = decide(
      undefined,
      breached('warning', { value: Number.POSITIVE_INFINITY, limit: Number.NaN }),
      at(START_MS),
    );
    expect(step?.detail).toMatchObject({ value: null, limit: null });
  });
});

describe('closing by policy', () => {
  const due = (current: Case | undefined, minutes: number): string | null =>
    closing(current as Case, levels, START_MS + 60_000 + minutes * 60_000)?.kind ?? null;

  it('comes for levels 3 and 4 when it is due', () => {
    const level3 = caseAfter(breached(), ok());
    expect([due(level3, 59), due(level3, 60)]).toEqual([null, 'closed']);
    const level4 = caseAfter(breached('warning', { urgency: 'low' }), ok());
    expect([due(level4, 29), due(level4, 30)]).toEqual([null, 'closed']);
  });

  it('never comes for levels 1 and 2, nor for what has not recovered', () => {
    expect(due(caseAfter(breached('critical'), ok()), 1e6)).toBeNull();
    expect(due(caseAfter(breached()), 1e6)).toBeNull();
  });
});
