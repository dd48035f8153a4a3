/** Command lines that never reach a collector: help and wrong usage. */
import { expect, test } from 'vitest';
import { type CliHost, runCli } from '../../../src/collector/cli/cli.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { manualClock } from '../../support/manual-clock.ts';

function stage(over: Partial<CliHost> = {}) {
  const text = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (more: string) => {
      text[name] += more;
    },
    isTerminal: false,
  });
  const unreachable = (): never => {
    throw new Error('the verb went on');
  };
  const host: CliHost = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    clock: manualClock(),
    version: '1.2.3',
    user: 'wang',
    serve: unreachable,
    checkConfig: unreachable,
    dataDirectory: unreachable,
    isClaimed: unreachable,
    socketPath: unreachable,
    openHere: unreachable,
    ...over,
  };
  return { text, run: (...args: string[]) => runCli(args, host) };
}

const VERBS = [
  'serve',
  'check-config',
  'import csv',
  'import openmetrics',
  'report',
  'agent add',
  'agent list',
  'agent rotate',
  'agent revoke',
  'fault list',
  'fault show',
  'fault respond',
  'fault arrive',
  'fault repair',
  'fault close',
  'fault comment',
  'fault open',
  'fault verify',
  'fault false-alarm',
  'fault pause',
  'fault resume',
  'fault level',
  'fault correct',
  'fault merge',
  'fault split',
  'fault link',
  'fault report',
  'fault attach',
  'fault file',
  'duty who',
  'duty roster',
  'duty hand-over',
  'duty hand-overs',
  'duty export',
  'duty import',
  'notice list',
  'notice channels',
  'notice test',
  'people list',
  'people chains',
  'reload',
  'window list',
  'window show',
  'window preview',
  'window add',
  'window end',
  'problem list',
  'problem show',
  'problem open',
  'problem investigate',
  'problem root-cause',
  'problem solve',
  'problem verify',
  'problem close',
  'problem reject',
  'problem comment',
  'change list',
  'change show',
  'change request',
  'change assess',
  'change approve',
  'change reject',
  'change announce',
  'change start',
  'change finish',
  'change roll-back',
  'change verify',
  'change close',
  'change withdraw',
  'change comment',
  'knowledge list',
  'knowledge show',
  'knowledge search',
  'knowledge offers',
  'knowledge add',
  'knowledge change',
  'knowledge archive',
  'threshold explain',
  'device list',
  'device show',
  'audit list',
  'device label',
  'device remove',
];

test.each(VERBS)('%s --help ends with an example of itself', async (verb) => {
  const { run, text } = stage();
  expect(await run(...verb.split(' '), '--help')).toBe(0);
  expect(text.stdout).toContain(`Example:\n  collector ${verb}`);
  expect(text.stdout).toContain('--data <dir>');
});

test.each([
  [['nonsense'], /unknown command 'nonsense'/],
  [['serve', '--port', '1'], /unknown option '--port'/],
  [['report', 'capacity'], /required option '--month/],
  [['report', 'capacity', '--month', '2025-13'], /write YYYY-MM/],
  [['report', 'capacity', '--month', '2025-12', '--format', 'doc'], /"doc" is not one of/],
  [['report', 'capacity', '--month', '2025-12', '--locale', 'fr'], /Allowed choices are zh-CN, en/],
  [['import', 'csv', 'x.csv'], /required option '--map/],
  [['agent', 'add'], /missing required argument 'name'/],
  [['agent', 'add', 'x', '--kind', 'king'], /Allowed choices are agent, remote-write/],
  [['agent', 'add', 'x', 'y'], /too many arguments/],
  [['device', 'label', 'x', '--set', 'impact'], /write name=value/],
  [['fault', 'pause', 'F-1'], /required option '--reason/],
  [['fault', 'pause', 'F-1', '--reason', 'tea'], /Allowed choices are force_majeure/],
  [['fault', 'level', 'F-1', '--level', '5'], /Allowed choices are 1, 2, 3, 4/],
  [['fault', 'open', 'server'], /missing required argument 'phenomenon'/],
])('%j is wrong usage', async (args, message) => {
  const { run, text } = stage();
  expect(await run(...args)).toBe(2);
  expect(text.stderr).toMatch(message);
  expect(text.stderr).toContain('--help');
});

test('no verb at all shows the help and is wrong usage', async () => {
  const { run, text } = stage();
  expect(await run()).toBe(2);
  expect(text.stderr).toContain('Usage: collector');
});

test('a failure is one line with its mend and code 1, wrong usage found later is 2', async () => {
  const failing = (code: 'io' | 'usage') =>
    stage({
      serve: async () => {
        throw new Failure(code, 'the disk \u001b[31mis gone', { hint: 'plug it in' });
      },
    });
  const io = failing('io');
  expect(await io.run('serve')).toBe(1);
  expect(io.text.stderr).toBe('the disk \\u001b[31mis gone\n  mend: plug it in\n');
  expect(await failing('usage').run('serve')).toBe(2);
});

test('what serve returns is the exit code', async () => {
  const seen: unknown[] = [];
  const { run } = stage({
    serve: async (flags) => {
      seen.push(flags);
      return 7;
    },
  });
  expect(await run('serve', '--data', 'd', '--listen', ':1', '--config', 'c')).toBe(7);
  expect(seen).toEqual([{ data: 'd', listen: ':1', config: 'c' }]);
});

test.each<[string[], number, string]>([
  [[], 0, 'ok: a.yaml\n'],
  [['old'], 1, 'warning: old\nusable, with warnings: a.yaml\n'],
])('check-config with the warnings %j exits with %i', async (warnings, code, stdout) => {
  const { run, text } = stage({ checkConfig: () => ({ files: ['a.yaml'], warnings }) });
  expect(await run('check-config')).toBe(code);
  expect(text.stdout).toBe(stdout);
});

test.each([
  [new Failure('config', 'bad'), 2],
  [new Error('bad'), 3],
])('check-config fails with %s: %i', async (error, code) => {
  const { run, text } = stage({
    checkConfig: () => {
      throw error;
    },
  });
  expect(await run('check-config')).toBe(code);
  expect(text.stderr).toContain('bad');
});

test('only a running collector reloads', async () => {
  const { run, text } = stage({ dataDirectory: () => '/d', isClaimed: async () => false });
  expect(await run('reload')).toBe(1);
  expect(text.stderr).toBe(
    'no collector works on /d\n  mend: it reads its configuration when it starts: collector serve\n',
  );
});

test('a fault is answered under the name of whoever types', async () => {
  const asked: unknown[] = [];
  const { run, text } = stage({
    dataDirectory: () => '/d',
    isClaimed: async () => false,
    openHere: async () => ({
      window: 1,
      request: async (request) => {
        asked.push(request);
        return { status: 200, headers: {}, body: Buffer.from('{}') };
      },
      close: async () => void asked.push('closed'),
    }),
  });
  expect(await run('fault', 'respond', 'F-000001', '--note', 'on my way')).toBe(0);
  expect(asked).toEqual([
    {
      method: 'POST',
      path: '/api/v1/faults/F-000001/respond',
      body: { by: 'wang', note: 'on my way' },
    },
    'closed',
  ]);
  expect(text.stdout).toBe('F-000001: noted\n');
});

test("the collector's own words reach the terminal, and the rooms are closed after a failure", async () => {
  let closed = false;
  const body = JSON.stringify({ error: { code: 'not_found', message: 'no F-9', hint: 'look' } });
  const { run, text } = stage({
    dataDirectory: () => '/d',
    isClaimed: async () => false,
    openHere: async () => ({
      window: 1,
      request: async () => ({ status: 404, headers: {}, body: Buffer.from(body) }),
      close: async () => {
        closed = true;
      },
    }),
  });
  expect(await run('fault', 'show', 'F-9')).toBe(1);
  expect(text.stderr).toBe('no F-9\n  mend: look\n');
  expect(closed).toBe(true);
});
