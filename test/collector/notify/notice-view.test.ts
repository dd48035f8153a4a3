/** What a notice says of a fault, in both languages. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaultState } from '../../../src/collector/faults/faults.ts';
import {
  alertFacts,
  type EntryFacts,
  FIELDS,
  gravest,
  isOver,
  localTime,
  noticeView,
  type Telling,
} from '../../../src/collector/notify/notice-view.ts';
import type { Step } from '../../../src/collector/notify/notify.ts';
import { eventText, WORDS } from '../../../src/collector/notify/words.ts';
import { faultNow, MORNING_MS } from './faults.ts';

const ENTRY: EntryFacts = { step: 'opened', by: 'system', note: 'cpu is high', detail: {} };
const telling = (locale: 'zh-CN' | 'en', nowMs = MORNING_MS): Telling => ({
  ...{ locale, timezone: 'Asia/Shanghai', nowMs, why: 'duty' },
});

test('times are those of the wall', () => {
  expect(localTime(MORNING_MS, 'Asia/Shanghai')).toBe('2026-01-05 09:00:00');
  expect(localTime(MORNING_MS, 'Europe/Berlin')).toBe('2026-01-05 02:00:00');
});

test('a fault in Chinese and in English', () => {
  const zh = noticeView(faultNow(), ENTRY, telling('zh-CN'));
  expect(zh).toMatchObject({
    ...{ event: '新故障', level_name: '一级', state: '未响应', systems: '收费、监控' },
    ...{ phenomenon: '2分钟无应答', lasted: '1分钟', respond_by: '2026-01-05 09:05:00' },
    ...{ repair_by: '', recovered: '', over: false },
  });
  expect(noticeView(faultNow(), ENTRY, telling('en'))).toMatchObject({
    ...{ event: 'New fault', level_name: 'level 1', state: 'open', systems: '收费, 监控' },
    ...{ phenomenon: 'does not answer for 2 min', lasted: '1 min' },
  });
});

test('a clock that stopped has no deadline any more', () => {
  const clocks = faultNow().clocks.map((clock) => ({ ...clock, stoppedMs: MORNING_MS }));
  expect(noticeView(faultNow({ clocks }), ENTRY, telling('en'))).toMatchObject({
    ...{ respond_by: '', arrive_by: '', repair_by: '' },
  });
});

test('how long it lasted ends with the fault, not with the reader', () => {
  const over = faultNow({ state: 'recovered', recoveredMs: MORNING_MS + 60_000 });
  const view = noticeView(over, ENTRY, telling('en', MORNING_MS + 86_400_000));
  expect(view).toMatchObject({ lasted: '2 min', recovered: '2026-01-05 09:01:00', over: true });
  const closed = faultNow({ state: 'closed', closedMs: MORNING_MS + 120_000 });
  expect(noticeView(closed, ENTRY, telling('en', MORNING_MS + 9e9)).lasted).toBe('3 min');
});

test('the words of the program are no note of a person', () => {
  expect(noticeView(faultNow(), ENTRY, telling('en'))).toMatchObject({ by: '', note: '' });
  const said = { ...ENTRY, by: '李工', note: 'on my way' };
  expect(noticeView(faultNow(), said, telling('en'))).toMatchObject({
    by: '李工',
    note: 'on my way',
  });
});

test.each([
  [0, 'under a minute', '不到1分钟'],
  [59_999, 'under a minute', '不到1分钟'],
  [60_000, '1 min', '1分钟'],
  [3_600_000, '1 h', '1小时'],
  [90_060_000, '1 d 1 h 1 min', '1天1小时1分钟'],
])('%i ms are %s, %s', (ms, en, zh) => {
  expect(WORDS.en.lasted(ms)).toBe(en);
  expect(WORDS['zh-CN'].lasted(ms)).toBe(zh);
});

describe('what happened', () => {
  const text = (step: Step, detail: object, locale: 'zh-CN' | 'en') =>
    eventText({ step, detail: detail as Record<string, unknown> }, 2, locale);
  test.each([
    [
      'clock',
      { clock: 'respond', share: 0.5 },
      '响应时限已用50%',
      '50% of the response time is used',
    ],
    [
      'clock',
      { clock: 'arrive', share: 0.8 },
      '到场时限已用80%',
      '80% of the arrival time is used',
    ],
    ['clock', { clock: 'repair', share: 1 }, '修复超时', 'The repair is overdue'],
    ['promoted', {}, '升级为二级故障', 'Raised to level 2'],
    ['released', {}, '故障仍未恢复', 'Still failing'],
    ['recovered', {}, '故障已恢复', 'Recovered'],
  ] as const)('%s %j', (step, detail, zh, en) => {
    expect(text(step, detail, 'zh-CN')).toBe(zh);
    expect(text(step, detail, 'en')).toBe(en);
  });
  test('both languages have every word', () => {
    for (const key of ['levels', 'states', 'steps', 'clocks'] as const) {
      expect(Object.keys(WORDS.en[key])).toEqual(Object.keys(WORDS['zh-CN'][key]));
      for (const word of Object.values(WORDS['zh-CN'][key]))
        expect(word).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});

test('a summary of late data speaks of numbers, not of one fault', () => {
  const entry = { ...ENTRY, step: 'late_summary' as const, detail: { faults: 12, devices: 3 } };
  expect(noticeView(faultNow(), entry, telling('en')).phenomenon).toContain(
    '12 faults of 3 devices',
  );
  expect(noticeView(faultNow(), entry, telling('zh-CN')).phenomenon).toContain(
    '3台设备曾发生12起故障',
  );
});

test('templates know every field of a view, and no other', () => {
  const fields = Object.keys(FIELDS.notices as object).toSorted();
  expect(Object.keys(noticeView(faultNow(), ENTRY, telling('en'))).toSorted()).toEqual(fields);
});

test('machines get the end of what is over', () => {
  expect(alertFacts(faultNow())).toMatchObject({
    fault: 'F-000001',
    endedMs: null,
    severity: 'critical',
  });
  const over = faultNow({ state: 'verified', recoveredMs: 5 });
  expect(alertFacts(over).endedMs).toBe(5);
});

test('over is recovered, verified or closed', () => {
  const states: FaultState[] = ['open', 'suppressed', 'responded', 'arrived', 'repaired'];
  expect(states.map((state) => isOver({ state }))).toEqual([false, false, false, false, false]);
  expect((['recovered', 'verified', 'closed'] as const).map((state) => isOver({ state }))).toEqual([
    true,
    true,
    true,
  ]);
});

test('the gravest level is the smallest number', () => {
  const level = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const);
  fc.assert(
    fc.property(fc.array(level, { minLength: 1 }), (levels) => {
      expect(gravest(levels)).toBe(Math.min(...levels));
    }),
  );
});
