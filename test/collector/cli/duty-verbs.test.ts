/** `collector duty` and `collector people`, over real rooms opened in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliHost, runCli } from '../../../src/collector/cli/cli.ts';
import { makeHost } from '../../../src/collector/run.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { projectFile } from '../../support/parts.ts';

/** Monday, 10:00 in Shanghai. */
const NOW = Date.parse('2026-01-05T10:00:00+08:00');

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'duty-verbs-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function verb(...args: string[]) {
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
      clock: manualClock(NOW),
      version: '1.2.3',
      entry: pathToFileURL(projectFile('src/collector/main.ts')),
      machineTimezone: 'Asia/Shanghai',
      nodeWarning: null,
    }),
    stdout: output('stdout'),
    stderr: output('stderr'),
  };
  return { code: await runCli([...args, '--data', data], host), ...said };
}

async function works(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await verb(...args);
  expect([args.join(' '), code, stderr]).toEqual([args.join(' '), 0, '']);
  return stdout;
}

test('the note of a shift is left and read again, page by page, in local time', async () => {
  await works('agent', 'add', 'a');
  expect(await works('duty', 'hand-overs')).toBe('no hand-overs\n');
  for (const note of ['first', 'second', 'third']) {
    const said = ['--by', 'duty-desk', '--note', note];
    await works('duty', 'hand-over', 'duty', 'day', '2026-01-05', ...said);
  }
  const page = await works('duty', 'hand-overs', '--limit', '2');
  expect(page.split('\n')).toEqual([
    expect.stringMatching(/^AT +ROLE +SHIFT +DATE +FROM +TO +NOTE +\(\+08:00\)$/),
    expect.stringMatching(/^2026-01-05 10:00:00 +duty +day +2026-01-05 +duty-desk .*third$/),
    expect.stringMatching(/ second$/),
    'more: --after 2',
    '',
  ]);
  const rest = await works('duty', 'hand-overs', '--limit', '2', '--after', '2');
  expect(rest.split('\n').slice(1)).toEqual([expect.stringMatching(/ first$/), '']);
  const json = JSON.parse(await works('duty', 'hand-overs', '--json'));
  expect(json).toMatchObject({
    handovers: [{ at: '2026-01-05T02:00:00.000Z' }, {}, {}],
    next: null,
  });
});

test('swaps are listed page by page', async () => {
  await works('agent', 'add', 'a');
  for (const date of ['2026-01-06', '2026-01-07']) {
    const by = ['--by', 'duty-desk', '--note', 'ill'];
    await works('duty', 'swap', 'ask', 'duty', 'day', date, 'night-phone', ...by);
  }
  const page = await works('duty', 'swap', 'list', '--limit', '1');
  expect(page).toMatch(/^2 +duty +day +2026-01-07 +duty-desk +night-phone +asked +2026-01-05 10/m);
  expect(page).toContain('more: --after 2\n');
  expect(await works('duty', 'swap', 'list', '--after', '2')).toMatch(/^1 +duty .* ill$/m);
});

test('who is there, and whom a level is told to', async () => {
  await works('agent', 'add', 'a');
  expect(await works('duty', 'who')).toMatch(/^duty +day +2026-01-05 .* 2026-01-05 07:30:00/m);
  expect(await works('people', 'list')).toMatch(/^night-phone .* first-line$/m);
  expect(await works('people', 'chains')).toMatch(/^1 +respond 80 % +group supervisors$/m);
});
