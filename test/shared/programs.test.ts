import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import {
  findProgram,
  type ProgramCall,
  runProgram,
  startCompanion,
} from '../../src/shared/programs.ts';
import { manualClock } from '../support/manual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));

/** Runs a script of this Node to its end, on real time. */
function node(script: string, more: Partial<ProgramCall> = {}) {
  const call = { path: process.execPath, args: ['-e', script], timeoutMs: 30_000 };
  return runProgram({ ...call, outputBytes: 1_000, ...more }, systemClock);
}

/** Everything a stream brings until it ends. */
async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

describe('finding a program', () => {
  test('gives the absolute path of what is installed', () => {
    expect(findProgram('sh')).toMatch(/^\/(usr\/)?bin\/sh$/);
  });

  test('gives null for what is not there, not executable or not a plain name', () => {
    writeFileSync(join(folder, 'data'), 'x');
    expect(findProgram('no-such-program')).toBeNull();
    expect(findProgram('data', [folder])).toBeNull();
    for (const name of ['../bin/sh', '/bin/sh', '-x', '', 'sh;ls', 'a b']) {
      expect(findProgram(name), name).toBeNull();
    }
  });
});

describe('a program that is run', () => {
  test('gives its code and what it wrote', async () => {
    const end = await node(
      'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3',
    );
    expect(end).toEqual({ code: 3, stdout: 'out', stderr: 'err', stopped: null });
  });

  test('may say more on stderr where that is what was asked for; the rest is dropped', async () => {
    const script = 'process.stderr.write("x".repeat(10_000))';
    expect((await node(script)).stderr).toHaveLength(4_096);
    expect(await node(script, { errorBytes: 8_000 })).toMatchObject({
      stderr: 'x'.repeat(8_000),
      stopped: null,
    });
  });

  test('gets its input and sees nothing of our environment but a PATH', async () => {
    process.env.PROGRAMS_TEST_SECRET = 'secret';
    const script =
      'process.stdin.on("data", (d) => process.stdout.write(d)).on("end", () => process.stdout.write(JSON.stringify(process.env) + process.cwd()))';
    const { stdout } = await node(script, { input: 'hello ' });
    delete process.env.PROGRAMS_TEST_SECRET;
    expect(stdout).toMatch(/^hello \{"PATH":"[^"]+"\}\/$/);
  });

  test('gets every argument as it is: nothing is a command, a wildcard or a variable', async () => {
    const hostile = ['$(touch /tmp/x)', '`id`', '*', '; rm -rf /', '"', "'", '\n', '--', '$HOME'];
    const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const end = await node('', { args: ['-e', script, '--', ...hostile] });
    expect(JSON.parse(end.stdout)).toEqual(hostile);
  });

  test('is killed when its time is over, and what it wrote is kept', async () => {
    const clock = manualClock();
    const script = 'process.stdout.write("begun"); setInterval(() => {}, 1000)';
    const file = join(folder, 'begun');
    const call = {
      path: process.execPath,
      args: ['-e', `${script}; require("fs").writeFileSync(${JSON.stringify(file)}, "")`],
      timeoutMs: 5_000,
      outputBytes: 100,
    };
    const ending = runProgram(call, clock);
    await expect.poll(() => existsSync(file), { timeout: 30_000 }).toBe(true);
    await clock.advance(5_000);
    const end = await ending;
    expect(end).toMatchObject({ code: null, stopped: 'timeout' });
  });

  test('is killed when it writes more than it may', async () => {
    const end = await node('setInterval(() => process.stdout.write("x".repeat(700)), 1)');
    expect(end.stopped).toBe('output');
    expect(end.stdout).toBe('x'.repeat(1_000));
  });

  test('is killed when nobody waits for it any more', async () => {
    const running = new AbortController();
    const ending = node('setInterval(() => {}, 1000)', { signal: running.signal });
    running.abort();
    expect((await ending).stopped).toBe('aborted');
    const never = await node('process.stdout.write("x")', { signal: running.signal });
    expect(never.stopped).toBe('aborted');
  });

  test('may end without reading its input', async () => {
    const end = await node('process.exit(0)', { input: 'x'.repeat(1_000_000) });
    expect(end.code).toBe(0);
  });

  test('that cannot be started is a failure that names it', async () => {
    const file = join(folder, 'not-a-program');
    writeFileSync(file, 'data');
    chmodSync(file, 0o644);
    const start = runProgram(
      { path: file, args: [], timeoutMs: 30_000, outputBytes: 1 },
      systemClock,
    );
    await expect(start).rejects.toMatchObject({ code: 'unavailable' });
    const missing = { path: join(folder, 'none'), args: [], timeoutMs: 30_000, outputBytes: 1 };
    await expect(runProgram(missing, systemClock)).rejects.toThrow(/none cannot be started/);
  });

  test('is never looked up by a relative name', async () => {
    const call = { path: 'sh', args: [], timeoutMs: 30_000, outputBytes: 1 };
    await expect(runProgram(call, systemClock)).rejects.toThrow(/BUG/);
  });
});

describe('a companion', () => {
  const script = join(folder, 'companion.cjs');
  writeFileSync(
    script,
    'process.stdin.on("data", (d) => { process.stdout.write(process.argv[2] + d); process.exit(7); })',
  );

  test('is our own program, fed by a pipe, and tells how it ended', async () => {
    const companion = startCompanion({ flags: [], script, args: ['said:'] });
    companion.stdin.write('secret');
    expect(await text(companion.stdout)).toBe('said:secret');
    expect(await companion.ended).toEqual({ code: 7, signal: null, reason: '' });
  });

  test('can be ended', async () => {
    const companion = startCompanion({ flags: [], script, args: [] });
    companion.stdout.resume();
    companion.stderr.resume();
    companion.kill();
    expect(await companion.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('can be kept from files by flags of Node', async () => {
    const reader = join(folder, 'reader.cjs');
    writeFileSync(reader, 'require("fs").readFileSync("/etc/passwd")');
    const flags = ['--permission', `--allow-fs-read=${reader}`];
    const companion = startCompanion({ flags, script: reader, args: [] });
    companion.stdout.resume();
    expect(await text(companion.stderr)).toContain('ERR_ACCESS_DENIED');
    expect((await companion.ended).code).toBe(1);
  });
});
