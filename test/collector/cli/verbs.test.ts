/** Verbs over real rooms opened in this process: what goes wrong is named, with its mend. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliHost, runCli } from '../../../src/collector/cli/cli.ts';
import { makeHost } from '../../../src/collector/run.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { projectFile } from '../../support/parts.ts';

let directory: string;
let data: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'verbs-'));
  data = join(directory, 'data');
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** The time of `check-config`, which warns of years whose holidays are not known. */
let now = systemClock.now;

async function collector(...args: string[]) {
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
      clock: { ...systemClock, now: () => now() },
      version: '1.2.3',
      entry: pathToFileURL(projectFile('src/collector/main.ts')),
      machineTimezone: 'Asia/Shanghai',
      nodeWarning: null,
    }),
    stdout: output('stdout'),
    stderr: output('stderr'),
  };
  return { code: await runCli(args, host), ...said };
}

const verb = (...args: string[]) => collector(...args, '--data', data);

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function fails(message: RegExp, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await verb(...args);
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
}

test('a verb that looks does not make a data directory', async () => {
  await fails(/no collector data in .*\n {2}mend:/, 'device', 'list');
  await fails(/no collector data/, 'report', 'capacity', '--month', '2025-12');
});

test('what is not there is named', async () => {
  expect((await verb('agent', 'add', 'a')).code).toBe(0);
  await fails(/\ba\b/, 'agent', 'add', 'a');
  await fails(/\bb\b/, 'agent', 'revoke', 'b');
  await fails(/no device "c"/, 'device', 'remove', 'c');
  await fails(/F-000009/, 'fault', 'show', 'F-000009');
  await fails(/looks like F-000123/, 'fault', 'show', 'nine');
  await fails(/wealth/, 'report', 'wealth', '--month', '2025-12');
  await fails(/no device "c"/, 'threshold', 'explain', 'c', 'load1');
});

const MAP = `time: { column: ts, unit: seconds }
device: { column: vm }
indicators: { cpu_used_ratio: { column: cpu, scale: 0.01 } }
`;

test('bad files are named with line, column and value, or what is missing', async () => {
  const map = file('map.yaml', MAP);
  const bad = file('usage.csv', 'vm,ts,cpu\nweb,1735689600,1\nweb,1735689900,many\n');
  const short = file('short.csv', 'vm,ts,cores\nweb,1735689600,4\n');
  const cell = /usage\.csv: line 3: column cpu: "many" is not a number/;
  await fails(cell, 'import', 'csv', bad, '--map', map);
  await fails(/no column "cpu"[\s\S]*vm, ts, cores/, 'import', 'csv', short, '--map', map);
  await fails(/cannot read \/nowhere\.csv/, 'import', 'csv', '/nowhere.csv', '--map', map);
  await fails(/cannot read .*nowhere\.yaml/, 'import', 'csv', bad, '--map', 'nowhere.yaml');
  const skipped = await verb('import', 'csv', bad, '--map', map, '--skip-bad-rows');
  expect(skipped.stdout).toMatch(/^1 samples of 1 devices from 2 rows.*\n1 rows could not be read/);
});

test('OpenMetrics text is imported the same way, and repeated it changes nothing', async () => {
  const dump = file('dump.om', 'node_load1{instance="web"} 1.5 1735689600\n# EOF\n');
  const first = await verb('import', 'openmetrics', dump);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^1 samples of 1 devices from 1 rows/);
  const again = await verb('import', 'openmetrics', dump);
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(again.stdout).toContain('1 of 1 batches were stored before');
  const list = await verb('device', 'list');
  expect(list.stdout).toMatch(/^web +unknown +imported +2025-01-01 08:00:00$/m);
  await verb('device', 'label', 'web', '--set', 'name=other');
  const card = await verb('device', 'show', 'web');
  expect(card.stdout).toMatch(/^name: web\nkind: unknown\nstatus: imported\n/);
  expect(card.stdout).toContain('\nlabel name: other\n');
  expect((await verb('device', 'show', 'nobody')).stderr).toMatch(/nobody[\s\S]*mend: /);
  const audit = await verb('audit', 'list');
  expect(audit.stdout).toMatch(/^NUMBER +AT +WHO +WHAT +OF +RESULT +\(\S+\)\n1 +20\d\d-/);
});

test('a configuration is refused whole, every mistake at once', async () => {
  const config = file('collector.yaml', 'listn: 1\nlocale: fr\n');
  const { code, stderr } = await collector('device', 'list', '--config', config);
  expect(code).toBe(1);
  expect(stderr).toContain('unknown key "listn" (did you mean "listen"?)');
  expect(stderr).toContain('"fr" is not one of zh-CN, en');
});

test('an address that is none is refused', async () => {
  const { code, stderr } = await verb('serve', '--listen', 'here');
  expect([code, stderr]).toEqual([1, expect.stringContaining('not an address to listen on')]);
});

test('check-config warns of a year whose holidays are not known', async () => {
  now = () => Date.UTC(2026, 10, 30);
  expect(await collector('check-config')).toMatchObject({ code: 0 });
  now = () => Date.UTC(2026, 11, 1, 1);
  const { code, stdout } = await collector('check-config');
  now = systemClock.now;
  expect(code).toBe(1);
  expect(stdout).toMatch(/^warning: the calendar office knows no holidays from 2027-01-01 on/m);
  expect(stdout).toMatch(/^warning: the calendar inspection knows no/m);
  expect(stdout).not.toContain('day_desk');
});

test('check-config reads everything that serve would', async () => {
  now = () => Date.UTC(2026, 5, 1);
  const check = (text: string) => collector('check-config', '--config', file('c.yaml', text));
  const good = await check('timezone: UTC\n');
  expect(good).toMatchObject({ code: 0, stderr: '' });
  for (const name of [
    'c.yaml',
    'thresholds.yaml',
    'calendars.yaml',
    'levels.yaml',
    'capacity.yaml',
  ]) {
    expect(good.stdout).toContain(name);
  }
  const missing = await check('policies: { levels: nowhere.yaml, capacity: nothing.yaml }\n');
  expect(missing.code).toBe(2);
  expect(missing.stderr).toMatch(/nowhere\.yaml[\s\S]*nothing\.yaml/);
  const open = await check('listen: ":8420"\n');
  expect(open.code).toBe(2);
  expect(open.stderr).toContain('web.token_file');
  now = systemClock.now;
});

test('a report goes to stdout as JSON alone, else into files', async () => {
  const map = file('map.yaml', MAP);
  const rows = Array.from(
    { length: 31 * 288 },
    (_, i) => `web,${Date.UTC(2025, 11, 1) / 1000 + i * 300},${i % 50}`,
  );
  await verb('import', 'csv', file('u.csv', `vm,ts,cpu\n${rows.join('\n')}\n`), '--map', map);
  const month = ['--month', '2025-12', '--timezone', 'UTC'];
  const json = await verb('report', 'capacity', ...month, '--format', 'json');
  expect(JSON.parse(json.stdout)).toMatchObject({ month: '2025-12', timezone: 'UTC' });
  const again = await verb('report', 'capacity', ...month, '--format', 'json');
  expect(again.stdout).toBe(json.stdout);
  const out = join(directory, 'reports');
  const files = await verb('report', 'capacity', ...month, '--format', 'csv,json', '--out', out);
  expect(files.stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/reports\/capacity-2025-12.*\.csv$/),
    expect.stringMatching(/reports\/capacity-2025-12.*\.json$/),
  ]);
  const nowhere = file('plain', '');
  await fails(/cannot write .*plain/, 'report', 'capacity', ...month, '--out', join(nowhere, 'x'));
});
