import { expect, test } from 'vitest';
import type { Fault } from '../../../src/collector/faults/faults.ts';
import {
  agentView,
  auditView,
  deviceView,
  faultView,
  gapView,
  indicatorView,
  isoOrNull,
  ledgerView,
  numberOrNull,
  openFaultsByDevice,
  seriesView,
} from '../../../src/collector/web/views.ts';

const T = Date.UTC(2026, 0, 5, 8);
const ISO = '2026-01-05T08:00:00.000Z';

const fault: Fault = {
  id: 'F-000001',
  device: 'web',
  rule: 'cpu_busy',
  indicator: 'cpu_used_ratio',
  item: '',
  state: 'open',
  level: 3,
  severity: 'warning',
  urgency: 'medium',
  impact: 'medium',
  phenomenon: { en: 'CPU use is high', zh: 'CPU 使用率过高' },
  value: 0.97,
  limit: Number.NaN,
  beganMs: T,
  openedMs: T,
  respondedMs: T,
  arrivedMs: null,
  repairedMs: null,
  recoveredMs: null,
  verifiedMs: null,
  closedMs: null,
  origin: 'threshold',
  policy: 'four_level',
  systems: ['billing'],
  owner: 'Ann',
  quiet: null,
  flapping: false,
  reopened: 0,
  late: false,
  falseAlarm: false,
  paused: { fromMs: T, toMs: null, reason: 'agreed', by: 'Ann' },
  clocks: [
    {
      clock: 'respond',
      state: 'met',
      limitMs: 300_000,
      startMs: T,
      deadlineMs: T,
      stoppedMs: T,
      told: 0.5,
    },
    {
      clock: 'repair',
      state: 'none',
      limitMs: null,
      startMs: T,
      deadlineMs: null,
      stoppedMs: null,
      told: 0,
    },
  ],
  record: { causeClass: 'capacity', cause: '', measures: '', result: '' },
  links: [{ fault: 'F-000002', how: 'related' }],
  last: 7,
};

test('never and unknown are null, never zero', () => {
  expect([isoOrNull(0), isoOrNull(null), isoOrNull(Number.NaN)]).toEqual([null, null, null]);
  expect(isoOrNull(T)).toBe(ISO);
  expect(numberOrNull(Number.NaN)).toBeNull();
  expect(numberOrNull(Number.POSITIVE_INFINITY)).toBeNull();
  expect(numberOrNull(0)).toBe(0);
});

test('a fault has its times in ISO form and no unknown number', () => {
  expect(faultView(fault)).toEqual({
    id: 'F-000001',
    device: 'web',
    rule: 'cpu_busy',
    indicator: 'cpu_used_ratio',
    item: '',
    state: 'open',
    level: 3,
    severity: 'warning',
    urgency: 'medium',
    impact: 'medium',
    phenomenon: { en: 'CPU use is high', zh: 'CPU 使用率过高' },
    value: 0.97,
    limit: null,
    began: ISO,
    opened: ISO,
    responded: ISO,
    arrived: null,
    repaired: null,
    recovered: null,
    verified: null,
    closed: null,
    origin: 'threshold',
    policy: 'four_level',
    systems: ['billing'],
    owner: 'Ann',
    quiet: null,
    flapping: false,
    reopened: 0,
    late: false,
    false_alarm: false,
    paused: { from: ISO, reason: 'agreed', by: 'Ann' },
    clocks: [
      {
        clock: 'respond',
        state: 'met',
        limit_seconds: 300,
        start: ISO,
        deadline: ISO,
        stopped: ISO,
        told: 0.5,
      },
      {
        clock: 'repair',
        state: 'none',
        limit_seconds: null,
        start: ISO,
        deadline: null,
        stopped: null,
        told: 0,
      },
    ],
    record: { cause_class: 'capacity', cause: '', measures: '', result: '' },
    links: [{ fault: 'F-000002', how: 'related' }],
    version: 7,
  });
  const quiet = { why: 'dependency', by: 'F-000009', note: 'its switch', secret: 1 } as const;
  expect(faultView({ ...fault, quiet, paused: null })).toMatchObject({
    quiet: { why: 'dependency', by: 'F-000009', note: 'its switch' },
    paused: null,
  });
  expect(faultView({ ...fault, recoveredMs: T, closedMs: T + 1 })).toMatchObject({
    recovered: ISO,
    closed: '2026-01-05T08:00:00.001Z',
  });
});

test('open faults are found by device, oldest first as they came', () => {
  const found = openFaultsByDevice([
    fault,
    { ...fault, id: 'F-000002', device: 'db' },
    { ...fault, id: 'F-000003' },
  ]);
  expect(Object.fromEntries(found)).toEqual({ web: ['F-000001', 'F-000003'], db: ['F-000002'] });
});

test('a device shows what it is, not what it is made of', () => {
  const view = deviceView(
    {
      name: 'web',
      kind: 'server',
      firstSeenMs: T,
      agents: ['a'],
      facts: { os_name: 'Debian' },
      labels: { impact: 'high' },
      status: 'live',
    },
    {
      store: { newest: () => 0 } as never,
      live: {
        of: () => [{ device: 'web', indicator: 'load1', item: '', timeMs: T, value: Number.NaN }],
      } as never,
    },
    ['F-000001'],
  );
  expect(view).toEqual({
    name: 'web',
    kind: 'server',
    status: 'live',
    first_seen: ISO,
    newest: null,
    agents: ['a'],
    labels: { impact: 'high' },
    facts: { os_name: 'Debian' },
    indicators: [{ indicator: 'load1', item: '', unit: 'count', value: null, time: ISO }],
    open_faults: ['F-000001'],
  });
});

test('slots keep their holes', () => {
  const values = Float64Array.of(1, Number.NaN);
  expect(
    seriesView({
      indicator: 'cpu_used_ratio',
      item: '',
      startMs: T,
      mean: values,
      max: values,
      last: values,
    }),
  ).toEqual({
    indicator: 'cpu_used_ratio',
    item: '',
    unit: 'ratio',
    start: ISO,
    step_seconds: 300,
    mean: [1, null],
    max: [1, null],
    last: [1, null],
  });
});

test('the other records say when in ISO form', () => {
  const { indicator, ...rest } = {
    indicator: 'load1' as const,
    device: 'web',
    item: '',
    timeMs: T,
    value: 2,
  };
  expect(indicatorView({ indicator, ...rest })).toMatchObject({ unit: 'count', time: ISO });
  expect(
    agentView({
      name: 'a',
      kind: 'agent',
      createdMs: T,
      revokedMs: null,
      heardMs: 0,
      clockOffsetSeconds: Number.NaN,
    }),
  ).toEqual({
    name: 'a',
    kind: 'agent',
    created: ISO,
    revoked: null,
    heard: null,
    clock_offset_seconds: null,
  });
  expect(
    gapView({ agent: 'a', reason: 'quota', fromMs: T, toMs: T, samples: 5, receivedMs: T }),
  ).toEqual({ agent: 'a', reason: 'quota', samples: 5, from: ISO, to: ISO, received: ISO });
  expect(
    auditView({
      number: 1,
      atMs: T,
      who: 'w',
      from: 'socket',
      action: 'x',
      subject: 's',
      result: 'done',
      detail: {},
    }),
  ).toMatchObject({ number: 1, at: ISO, who: 'w' });
  expect(
    ledgerView({
      number: 1,
      fault: 'F-1',
      kind: 'opened',
      atMs: T,
      by: 'system',
      note: '',
      detail: { a: 1 },
    }),
  ).toEqual({
    number: 1,
    fault: 'F-1',
    kind: 'opened',
    at: ISO,
    by: 'system',
    note: '',
    detail: { a: 1 },
  });
});
