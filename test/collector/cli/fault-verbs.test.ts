/** `collector fault …` over real rooms opened in this process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliHost, runCli } from '../../../src/collector/cli/cli.ts';
import { makeHost } from '../../../src/collector/run.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { projectFile } from '../../support/parts.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fault-verbs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function fault(...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
    isTerminal: false,
  });
  const host: CliHost = {
    ...makeHost({
      args: [],
      clock: systemClock,
      version: '1.2.3',
      entry: pathToFileURL(projectFile('src/collector/main.ts')),
      machineTimezone: 'Asia/Shanghai',
      nodeWarning: null,
    }),
    stdout: output('stdout'),
    stderr: output('stderr'),
  };
  const code = await runCli(['fault', ...args, '--data', join(directory, 'data')], host);
  return { code, ...said };
}

async function good(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await fault(...args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

test('a reported fault is opened, looked up, worked on, explained and reported', async () => {
  const opened = await good(
    'open',
    '报表系统',
    '无法登录',
    '--urgency',
    'high',
    '--reporter',
    '李',
  );
  expect(opened).toBe('F-000001\n');
  const card = await good('show', 'F-000001');
  expect(card).toMatch(/F-000001 {2}level 2 {2}open/);
  expect(card).toMatch(/respond +running within 10 min until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m);
  expect(await good('list', '--level', '2')).toContain('F-000001');
  expect(await good('list', '--level', '1')).toBe('no faults\n');
  await good('respond', 'F-000001', '--by', 'wang', '--note', 'on it');
  await good('pause', 'F-000001', '--reason', 'waiting_for_user', '--note', 'calls back');
  await good('resume', 'F-000001');
  await good('level', 'F-000001', '--level', '3', '--note', 'one user only');
  await good('repair', 'F-000001', '--measures', 'unlocked', '--cause', 'locked account');
  await good('verify', 'F-000001', '--result', 'works');
  await good('close', 'F-000001', '--cause-class', 'operation');
  const closed = await good('show', 'F-000001');
  expect(closed).toMatch(/closed +\d{4}/);
  expect(closed).toMatch(/responded +wang +on it/);
  expect(closed).toMatch(/levelled +\w+ +2 → 3; one user only/);
  expect(closed).toMatch(
    /cause class operation\ncause +locked account\nmeasures +unlocked\nresult +works/,
  );
  const files = await good('report', 'F-000001', '--locale', 'zh-CN', '--out', directory);
  expect(files.trim().split('\n')).toHaveLength(2);
  expect(readFileSync(join(directory, 'F-000001.html'), 'utf8')).toContain('locked account');
  expect(readFileSync(join(directory, 'F-000001.docx')).subarray(0, 2).toString()).toBe('PK');
});

test('what belongs together is merged, taken apart and linked', async () => {
  for (const what of ['slow', 'down']) await good('open', 'mail', what);
  await good('merge', 'F-000001', '--into', 'F-000002');
  expect(await good('show', 'F-000001')).toContain('quiet       merged: F-000002');
  expect(await good('list', '--cause', 'F-000002')).toContain('F-000001');
  expect(await good('list', '--state', 'announced')).not.toContain('F-000001');
  await good('split', 'F-000001');
  await good('link', 'F-000001', '--to', 'F-000002');
  await good('correct', 'F-000001', '--began', '2026-01-05T02:14:00Z', '--note', 'phone log');
  const card = await good('show', 'F-000001');
  expect(card).toMatch(/links +F-000002 \(split\), F-000002 \(related\)|links +F-000002/);
  expect(card).toMatch(/corrected +\S+ +began 20\S+ \S+ → 2026-01-05 10:14:00; phone log/);
  expect(card).toMatch(/merged +\S+ +into F-000002/);
  await good('false-alarm', 'F-000001', '--note', 'wrong window');
});

test('a file is attached, told of in the card and saved again', async () => {
  await good('open', 'mail', 'down');
  const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1]);
  writeFileSync(join(directory, 'fuse.PNG'), picture);
  const file = join(directory, 'fuse.PNG');
  expect(await good('attach', 'F-000001', file, '--note', 'the fuse')).toBe(
    'F-000001: fuse.PNG is attached\n',
  );
  expect(await good('show', 'F-000001')).toMatch(/attached +fuse\.PNG, 5 bytes, [0-9a-f]{64}/);
  const out = join(directory, 'out');
  const saved = await good('file', 'F-000001', 'fuse.PNG', '--out', out);
  expect(readFileSync(saved.trimEnd())).toEqual(picture);
  const none = await fault('file', 'F-000001', 'fuse.jpg');
  expect([none.code, none.stderr]).toEqual([
    1,
    'F-000001 has no file "fuse.jpg"\n  mend: attached are: fuse.PNG\n',
  ]);
  for (const [name, code, message] of [
    ['nowhere.png', 2, /cannot read .*nowhere\.png/],
    ['nowhere.exe', 2, /nowhere\.exe is of no type that can be attached\n {2}mend: .*\.png/],
  ] as const) {
    const refused = await fault('attach', 'F-000001', join(directory, name));
    expect([refused.code, refused.stderr]).toEqual([code, expect.stringMatching(message)]);
  }
});

test('nothing is reported that has not begun', async () => {
  const early = await fault('open', 'mail', 'down', '--began', '2999-01-01T00:00:00Z');
  expect([early.code, early.stderr]).toEqual([
    1,
    expect.stringMatching(/^the fault cannot have happened later than now\n {2}mend: now is /),
  ]);
  expect((await fault('list', '--state', 'all')).stdout).not.toContain('F-');
});

test.each([
  [['list', '--limit', 'many'], 'limit: must be a number, not "many"'],
  [['list', '--after', '7'], 'after: a fault id looks like F-000123'],
  [['list', '--from', 'x', '--to', 'y'], /^from: "x" is not a time: [^;]*; to: "y" is not a time/],
  [['show', '7'], 'id: a fault id looks like F-000123'],
])('%j is told in words of the command line', async (args, message) => {
  await good('open', 'mail', 'down');
  const { code, stderr } = await fault(...args);
  const [said, mend] = stderr.trimEnd().split('\n');
  expect(code).toBe(1);
  expect(said).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  expect(mend).toBe('  mend: correct what is named; --help says what the verb takes');
});

test('what cannot be is refused with the collector’s own words', async () => {
  await good('open', 'mail', 'down');
  const late = await fault('respond', 'F-000001', '--when', '2999-01-01T00:00:00Z');
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('later than now')]);
  const calm = await fault('resume', 'F-000001');
  expect(calm.stderr).toContain('F-000001 is not paused');
  const form = await fault('report', 'F-000001', '--format', 'pdf', '--out', directory);
  expect([form.code, form.stderr]).toEqual([1, expect.stringContaining('pdf')]);
});
