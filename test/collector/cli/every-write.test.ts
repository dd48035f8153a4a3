/** Whatever the API can change, a verb can change: the table of routes against the verbs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ApiRequest, type CliHost, runCli } from '../../../src/collector/cli/cli.ts';
import type { OwnMetrics } from '../../../src/collector/web/metrics/own-metrics.ts';
import { routeTable } from '../../../src/collector/web/route-table.ts';
import { manualClock } from '../../support/manual-clock.ts';

const directory = mkdtempSync(join(tmpdir(), 'every-write-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const picture = join(directory, 'fuse.png');
writeFileSync(picture, 'x');
const calendar = join(directory, 'duty.ics');
writeFileSync(calendar, 'BEGIN:VCALENDAR');

/** What other programs send, and what `import` and `reload` do over several requests. */
const NOT_BY_VERBS = [
  ...['POST /api/v1/write', 'POST /api/v1/events', 'PUT /-/reload', 'POST /-/reload'],
  ...['alertmanager', 'zabbix', 'generic'].map((form) => `POST /api/v1/inbound/${form}`),
  ...['POST /api/v1/imports', 'POST /api/v1/imports/:agent/finish'],
];

const NOTE = ['--note', 'x'];
const TEXTS = ['--title', 't', '--symptom', 's', '--solution', 'h'];
const WINDOW = ['--device', 'a', '--cron', '0 2 * * *', '--duration', '2h', '--timezone', 'UTC'];
const WHY = ['--reason', 'r', '--approver', 'zhao'];
const CHANGE = ['content', 'purpose', 'risk-text'].flatMap((name) => [`--${name}`, 'x']);
const TIMES = ['--from', '2026-02-07T02:00:00Z', '--to', '2026-02-07T04:00:00Z'];
const FAULT_STEPS = ['respond', 'arrive', 'repair', 'verify', 'close', 'false-alarm', 'comment'];
const PROBLEM_STEPS = ['investigate', 'verify', 'close', 'reject', 'comment'];
const CHANGE_STEPS = [
  ...['assess', 'approve', 'reject', 'start', 'finish', 'roll-back', 'verify', 'withdraw'],
  'comment',
];

const COMMANDS: readonly (readonly string[])[] = [
  ...[...FAULT_STEPS, 'resume', 'split'].map((step) => ['fault', step, 'F-1']),
  ['fault', 'open', 'mail', 'is down'],
  ['fault', 'pause', 'F-1', '--reason', 'agreed'],
  ['fault', 'level', 'F-1', '--level', '1', '--when', '2026-02-07T02:00:00Z'],
  ['fault', 'correct', 'F-1', '--excluded-from', '2026-02-07T02:00:00Z', ...NOTE],
  ['fault', 'merge', 'F-1', '--into', 'F-2'],
  ['fault', 'link', 'F-1', '--to', 'F-2'],
  ['fault', 'attach', 'F-1', picture],
  ['duty', 'swap', 'ask', 'duty', 'night', '2026-02-07', 'li'],
  ...['approve', 'refuse'].map((verb) => ['duty', 'swap', verb, '1', '--by', 'chief']),
  ['duty', 'hand-over', 'duty', 'day', '2026-02-07', ...NOTE],
  ['duty', 'import', calendar],
  ['notice', 'test', 'mail'],
  ['window', 'preview', ...WINDOW, ...WHY],
  ['window', 'add', ...WINDOW, ...WHY],
  ['window', 'end', 'W-1'],
  ['problem', 'open', '--title', 't'],
  ...['root-cause', 'solve'].map((step) => ['problem', step, 'P-1', '--text', 'x']),
  ...PROBLEM_STEPS.map((step) => ['problem', step, 'P-1']),
  ['change', 'request', '--title', 't', '--risk', 'low', ...CHANGE, ...TIMES],
  ...CHANGE_STEPS.map((step) => ['change', step, 'C-1']),
  ['change', 'announce', 'C-1', '--announcement', 'x'],
  ['change', 'close', 'C-1', '--result', 'success'],
  ['knowledge', 'add', ...TEXTS],
  ['knowledge', 'change', 'K-1', ...TEXTS],
  ['knowledge', 'archive', 'K-1'],
  ['device', 'label', 'web', '--set', 'a=b'],
  ['device', 'remove', 'web'],
  ...['confirm', 'reject'].map((verb) => ['dependency', verb, 'a', 'b']),
  ['agent', 'add', 'web'],
  ['agent', 'rotate', 'web'],
  ['agent', 'revoke', 'web'],
];

/** Every answer has what any verb reads of it. */
const ANSWER = {
  ...{ timezone: 'UTC', now: '2026-02-07T02:00:00Z', outcome: 'accepted', token: 't', id: 'X-1' },
  ...{ devices: [], occurrences: [], warnings: [], explanations: [], voices: [] },
};

async function asked(args: readonly string[]): Promise<readonly ApiRequest[]> {
  const requests: ApiRequest[] = [];
  const said: string[] = [];
  const output = { write: (text: string) => void said.push(text), isTerminal: false };
  const unreachable = (): never => {
    throw new Error('the verb went elsewhere');
  };
  const host: CliHost = {
    ...{ stdout: output, stderr: output, clock: manualClock(), version: '1.2.3', user: 'wang' },
    ...{ serve: unreachable, checkConfig: unreachable, socketPath: unreachable },
    dataDirectory: () => directory,
    isClaimed: async () => false,
    openHere: async () => ({
      window: 1,
      request: async (request) => {
        requests.push(request);
        return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(ANSWER)) };
      },
      close: async () => {},
    }),
  };
  expect([await runCli(args, host), said.join('')], args.join(' ')).toEqual([
    0,
    expect.any(String),
  ]);
  return requests;
}

const writes = routeTable({} as OwnMetrics)
  .filter(({ method }) => method !== 'GET')
  .map(({ method, path }) => ({
    name: `${method} ${path}`,
    method,
    pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`),
  }));

/** The most literal one: `/windows/preview` before `/windows/:id`. */
function routeOf({ method, path }: ApiRequest): string | undefined {
  const [place = ''] = path.split('?');
  const matching = writes.filter((one) => one.method === method && one.pattern.test(place));
  return matching.toSorted((a, b) => a.name.split(':').length - b.name.split(':').length)[0]?.name;
}

test('every address that changes something has a verb', async () => {
  const reached = new Set<string | undefined>();
  for (const args of COMMANDS) {
    for (const request of await asked(args)) {
      if (request.method !== 'GET') reached.add(routeOf(request));
    }
  }
  expect(reached).not.toContain(undefined);
  const names = writes.map(({ name }) => name).filter((name) => !NOT_BY_VERBS.includes(name));
  expect([...reached].toSorted()).toEqual(names.toSorted());
});

test('what a correction leaves out of the clocks goes out as one field', async () => {
  const span = ['--excluded-from', '2026-02-07T02:00:00Z', '--excluded-to', '2026-02-07T03:00:00Z'];
  const why = ['--excluded-reason', 'force_majeure', '--note', 'typhoon'];
  const [request] = await asked(['fault', 'correct', 'F-1', ...span, ...why]);
  expect(request?.body).toEqual({
    ...{ by: 'wang', note: 'typhoon' },
    excluded: {
      ...{ from: '2026-02-07T02:00:00Z', to: '2026-02-07T03:00:00Z', reason: 'force_majeure' },
    },
  });
});
