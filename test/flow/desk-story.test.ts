/**
 * A night at the desk, in domain time, through the whole collector: a switch dies at 02:10, what
 * hangs behind it stays quiet, nobody answers until it has gone up the chain, and in the morning
 * there is a report that explains it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSettings } from '../../src/collector/settings.ts';
import { openStage, type Stage, sample } from '../collector/stage.ts';
import { manualClock } from '../support/manual-clock.ts';

const STEP_MS = 30_000;
const NIGHT_MS = Date.parse('2026-01-06T02:05:00+08:00');
const APS = ['ap-1', 'ap-2', 'ap-3'];

const PEOPLE = `
people:
  night: { name: 夜间电话, channels: [{ channel: log }] }
  desk: { name: 值班台, channels: [{ channel: log }] }
  second: { name: 二线工程师, channels: [{ channel: log }] }
  chief: { name: 主管, channels: [{ channel: log }] }
  leader: { name: 领导, channels: [{ channel: log }] }
`;
const DUTY = `
timezone: Asia/Shanghai
roles:
  duty:
    name: { en: Duty, zh: 值班 }
    shifts:
      day: { from: "07:30", to: "18:30", people: [desk] }
      night: { from: "18:30", to: "07:30", people: [night] }
chains:
  - levels: [1, 2, 3, 4]
    steps:
      - { at: opened, tell: [{ role: duty }] }
      - { at: { respond: 0.5 }, tell: [{ person: second }] }
      - { at: { respond: 0.8 }, tell: [{ person: chief }] }
      - { at: { respond: 1 }, tell: [{ person: leader }] }
`;
const QUIET = `
dependencies:
  causes: [reachable, agent_silent]
  connectivity: [reachable, agent_silent]
  await_parent: 2m
  after_recovery: { checks: 3, at_most: 5m }
  parents: [{ parents: [sw-core], children: { devices: ["ap-*"] } }]
flapping: { changes: 5, within: 30m, steady: 8m }
storm: { openings: 30, within: 1m, calm: 1m, longest: 3m }
windows: { longest: 24h, ahead: 400d, four_eyes: true }
`;

interface Entry {
  readonly kind: string;
  readonly at: string;
  readonly by: string;
  readonly detail: { readonly clock?: string; readonly share?: number };
}
interface Notice {
  readonly fault: string;
  readonly step: string;
  readonly recipient: string;
}
interface Shown {
  readonly fault: { readonly state: string; readonly level: number; readonly flapping: boolean };
  readonly ledger: readonly Entry[];
  readonly symptoms: number;
  readonly devices: readonly string[];
}

let stage: Stage;
let directory: string;
let token: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'desk-story-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const { policies } = loadSettings({ data: directory, machineTimezone: 'Asia/Shanghai' });
  const own = {
    people: file('people.yaml', PEOPLE),
    duty: file('duty.yaml', DUTY),
    quiet: file('quiet.yaml', QUIET),
  };
  stage = await openStage({
    clock: manualClock(NIGHT_MS),
    settings: { policies: { ...policies, ...own }, organisation: '省信息中心' },
  });
  ({ token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
    name: 'probe',
    kind: 'remote-write',
  }));
});
afterAll(async () => {
  await stage.close();
  rmSync(directory, { recursive: true });
});

/** Minutes pass; the probes get an answer or they do not. */
async function pass(minutes: number, answers: 0 | 1): Promise<void> {
  for (let step = 0; step < (minutes * 60_000) / STEP_MS; step++) {
    const timeMs = stage.clock.now();
    const samples = ['sw-core', ...APS].map((device) =>
      sample('reachable', device, { value: answers, timeMs }),
    );
    await stage.write(token, samples);
    await stage.clock.advance(STEP_MS);
  }
}

const step = (verb: string, body: object = {}) =>
  stage.ask('POST', `/api/v1/faults/${cause}/${verb}`, { by: '二线工程师', ...body });
const shown = (): Promise<Shown> => stage.ask<Shown>('GET', `/api/v1/faults/${cause}`);
let cause = '';

const clockTime = (at: string): string =>
  new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(11, 16);

test('a switch dies at 02:10, and the desk forgets nothing', async () => {
  await pass(5, 1);
  await pass(2, 0);
  const { faults } = await stage.ask<{ faults: { id: string; device: string; state: string }[] }>(
    'GET',
    '/api/v1/faults?state=open',
  );
  cause = faults.find(({ device }) => device === 'sw-core')?.id ?? '';
  const behind = faults.filter(({ device }) => device !== 'sw-core');
  expect(behind.map(({ state }) => state)).toEqual(['suppressed', 'suppressed', 'suppressed']);

  // Nobody answers: second line at 50 %, supervisor at 80 %, promotion at 100 %.
  await pass(11, 0);
  expect((await shown()).fault).toMatchObject({ state: 'open', level: 1 });
  await step('respond', { note: '路上' });
  await pass(3, 0);
  await step('arrive');
  await pass(4, 0);
  await step('repair', { measures: '更换电源模块', cause: '电源模块烧毁' });

  // It comes back, and goes again, twice.
  for (const [up, down] of [
    [2, 2],
    [2, 2],
  ] as const) {
    await pass(up, 1);
    await pass(down, 0);
  }
  await pass(2, 1);
  expect((await shown()).fault).toMatchObject({ state: 'recovered', flapping: true, level: 1 });
  await pass(10, 1);
  const calm = await shown();
  expect(calm.fault.flapping).toBe(false);
  expect([calm.symptoms, calm.devices]).toEqual([3, ['sw-core', ...APS]]);
  await step('verify', { result: '业务恢复,双电源冗余', note: '业务、性能、数据正常' });
  await step('close', { cause_class: 'power' });

  const told = calm.ledger.map(({ kind, at, by, detail: { clock, share } }) =>
    [clockTime(at), kind, clock, share && `${share * 100}%`, by === 'system' ? '' : by]
      .filter((word) => word)
      .join(' '),
  );
  expect(told).toEqual([
    '02:11 opened',
    '02:16 clock respond 50%',
    '02:18 clock arrive 50%',
    '02:19 clock respond 80%',
    '02:21 clock respond 100%',
    '02:21 promoted respond',
    '02:23 responded 二线工程师',
    '02:23 clock arrive 80%',
    '02:26 arrived 二线工程师',
    '02:30 repaired 二线工程师',
    '02:30 recovered',
    '02:33 reopened',
    '02:34 recovered',
    '02:37 reopened',
    '02:37 flapping',
    '02:38 recovered',
    '02:46 steadied',
  ]);
  const { notices } = await stage.ask<{ notices: readonly Notice[] }>(
    'GET',
    '/api/v1/notices?limit=1000',
  );
  // Nobody ever heard of what hangs behind the switch.
  expect(new Set(notices.map(({ fault }) => fault))).toEqual(new Set([cause]));
  const chain = notices.toReversed().slice(0, 4);
  expect(chain.map(({ step: at, recipient }) => `${at} ${recipient}`)).toEqual([
    'opened night',
    'clock second',
    'clock chief',
    'clock leader',
  ]);

  const page = await stage.collector.web.local({
    method: 'GET',
    url: `/api/v1/faults/${cause}/report?locale=zh-CN&timezone=Asia/Shanghai`,
  });
  for (const words of [
    '省信息中心',
    '电力与环境',
    '电源模块烧毁',
    '更换电源模块',
    '超时',
    'ap-3',
  ]) {
    expect(page.body).toContain(words);
  }
}, 240_000);
