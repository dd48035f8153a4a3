/** `collector fault …` over real rooms opened in this process. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  expect(card).toMatch(/respond +running until \d{4}-/);
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
  await good('false-alarm', 'F-000001', '--note', 'wrong window');
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
