/** The verbs of windows, problems, changes and knowledge, over real rooms in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { queryOf } from '../../../src/collector/cli/ask.ts';
import { type CliHost, runCli } from '../../../src/collector/cli/cli.ts';
import { bodyOf, cardOf, type Field } from '../../../src/collector/cli/item-verbs.ts';
import { makeHost } from '../../../src/collector/run.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { projectFile } from '../../support/parts.ts';

let data: string;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'item-verbs-'));
});
afterEach(() => {
  rmSync(data, { recursive: true, force: true });
});

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
      clock: systemClock,
      version: '1.2.3',
      entry: pathToFileURL(projectFile('src/collector/main.ts')),
      machineTimezone: 'Asia/Shanghai',
      nodeWarning: null,
    }),
    stdout: output('stdout'),
    stderr: output('stderr'),
  };
  const code = await runCli([...args, '--data', data], host);
  return { code, ...said };
}

/** A directory that a collector has worked on. */
const begin = () => verb('agent', 'add', 'a');
const inHours = (hours: number): string =>
  new Date(systemClock.now() + hours * 3_600_000).toISOString();
const works = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await verb(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};

test('a window is looked at, registered, listed and ended', async () => {
  await begin();
  const when = ['--from', inHours(1), '--to', inHours(2)];
  const why = ['--reason', 'patch', '--approver', 'zhao', '--by', 'wang'];
  const what = ['--device', 'web-*,db-1', '--label', 'site=north'];
  expect(await works('window', 'preview', ...what, ...when, ...why)).toMatch(
    /^covers 0 devices: \nFROM +TO +\(\+08:00\)\n20.*\nwarning: no device is named "db-1"\nwarning: it covers no/,
  );
  expect(await works('window', 'add', ...what, ...when, ...why)).toBe('W-000001 is registered\n');
  expect(await works('window', 'list')).toMatch(/W-000001 +upcoming +patch +wang +zhao +true/);
  const shown = await works('window', 'show', 'W-000001');
  expect(shown).toContain('covers: {"devices":["web-*","db-1"],"labels":{"site":"north"}}');
  expect(await works('window', 'end', 'W-000001', '--note', 'no')).toBe('W-000001 is past\n');
  const late = ['--from', inHours(-1), '--to', inHours(1)];
  expect(await works('window', 'add', '--group', 'shop', ...late, ...why)).toBe(
    'W-000002 is registered, not as planned\n',
  );
});

test('a window that is wrong says what, and how to mend it', async () => {
  await begin();
  const why = ['--reason', 'patch', '--approver', 'zhao', '--by', 'wang'];
  const none = await verb('window', 'add', '--device', 'a', ...why);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('give --from and --to')]);
  const past = ['--from', inHours(-2), '--to', inHours(-1)];
  const gone = await verb('window', 'add', '--device', 'a', ...past, ...why);
  expect([gone.code, gone.stderr]).toEqual([
    1,
    expect.stringMatching(/to: is in the past.*\n {2}mend: /),
  ]);
  const label = await verb('window', 'add', '--label', 'north', ...past, ...why);
  expect([label.code, label.stderr]).toEqual([2, expect.stringContaining('write name=value')]);
});

test('a problem goes through its steps', async () => {
  await begin();
  for (const word of ['beeps', 'smells']) await works('fault', 'open', 'ups-1', word, '--by', 'li');
  const fault = ['--fault', 'F-000001', '--fault', 'F-000002'];
  expect(await works('problem', 'open', '--title', 'old UPS', ...fault, '--by', 'wang')).toBe(
    'P-000001 is open\n',
  );
  const cause = ['--text', 'eight years\nold', '--by', 'wang'];
  expect(await works('problem', 'root-cause', 'P-000001', ...cause)).toBe(
    'P-000001 is cause_known\n',
  );
  const shown = await works('problem', 'show', 'P-000001');
  expect(shown).toContain('root cause: eight years\n  old\n');
  expect(shown).toContain('faults: ["F-000001","F-000002"]');
  expect(shown).toMatch(/AT +STEP +STATE +BY +NOTE\n.* open .*\n.* root_cause +cause_known +wang/);
  expect(await works('problem', 'list', '--state', 'cause_known')).toContain('old UPS');
  expect(await works('problem', 'list', '--fault', 'F-000009')).toBe('no problems\n');
  const wrong = await verb('problem', 'close', 'P-000001');
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('possible now: ') });
});

test('a change is requested, approved and announced', async () => {
  await begin();
  const texts = ['content', 'purpose', 'risk-text', 'rollback', 'verification'];
  const request = [
    ...['--kind', 'emergency', '--title', 'New kernel', '--risk', 'low', '--by', 'wang'],
    ...texts.flatMap((name) => [`--${name}`, `the ${name}`]),
    ...['--device', 'web-*', '--except', 'web-9', '--from', inHours(1), '--to', inHours(2)],
  ];
  expect(await works('change', 'request', ...request)).toBe('C-000001 is requested\n');
  await works('change', 'assess', 'C-000001', '--by', 'zhao', '--note', 'fine');
  await works('change', 'approve', 'C-000001', '--by', 'zhao');
  const told = ['--announcement', 'at nine', '--by', 'wang'];
  expect(await works('change', 'announce', 'C-000001', ...told)).toBe('C-000001 is announced\n');
  const list = JSON.parse(await works('change', 'list', '--json'));
  expect(list.changes[0]).toMatchObject({
    kind: 'emergency',
    scope: { devices: ['web-*'], except: ['web-9'] },
    window: 'W-000001',
  });
  const early = await verb('change', 'start', 'C-000001', '--by', 'wang');
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('has not come yet') });
});

test('a note is written, found in Chinese, changed and archived', async () => {
  await begin();
  const texts = ['--symptom', '端口丢包', '--solution', '更换光模块', '--by', 'wang'];
  const add = ['knowledge', 'add', '--title', '光模块老化', '--word', '丢包, flap', ...texts];
  expect(await works(...add)).toBe('K-000001 is written (version 1)\n');
  expect(await works('knowledge', 'search', '丢包', '光模块')).toContain('光模块老化');
  expect(await works('knowledge', 'list')).toMatch(/K-000001 .* 丢包 flap/);
  const fault = ['fault', 'open', 'switch-1', '大量丢包', '--by', 'wang'];
  await works(...fault);
  expect(await works('knowledge', 'offers', 'F-000001')).toMatch(
    /title: 光模块老化\nbecause: \["word:丢包"\]/,
  );
  await works('knowledge', 'change', 'K-000001', '--title', '新', ...texts);
  expect(await works('knowledge', 'show', 'K-000001')).toContain('title: 新\n');
  await works('knowledge', 'archive', 'K-000001');
  expect(await works('knowledge', 'search', '丢包')).toBe('nothing found\n');
});

test('what was not given is not sent', () => {
  const fields: Field[] = [
    { flags: '--risk-text <text>', help: '', field: 'risk_text' },
    { flags: '--rule <name>', help: '', field: 'rules', list: true },
  ];
  expect(bodyOf(fields, { riskText: 'x', other: 1 })).toEqual({ risk_text: 'x' });
  expect(queryOf({ limit: '5', state: undefined }, ['limit', 'state'])).toBe('?limit=5');
  expect(queryOf({}, ['limit'])).toBe('');
});

test('a card shows what there is, and nothing that could move the cursor', () => {
  expect(cardOf({ id: 'P-1', root_cause: '', closed: null, faults: [], note: 'a\u001b[2J' })).toBe(
    'id: P-1\nnote: a\\u001b[2J\n',
  );
});
