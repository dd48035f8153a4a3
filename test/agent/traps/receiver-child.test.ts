/** The child dies in every way it can; the parent goes on. */
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Trap } from '../../../src/agent/traps/frames.ts';
import { childFlags, ReceiverChild } from '../../../src/agent/traps/receiver-child.ts';
import { TRAP_RECEIVER } from '../../../src/agent/traps/traps.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createLog } from '../../../src/shared/log.ts';
import { runProgram } from '../../../src/shared/programs.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { projectFile } from '../../support/parts.ts';
import { DATAGRAMS } from './datagrams.ts';
import { SETTINGS, temporaryDirectory } from './rig.ts';

interface ChildRig {
  readonly child: ReceiverChild;
  readonly traps: Trap[];
  readonly logged: string[];
  readonly directory: string;
}

function openChild(script: string, clock: Clock, port = 0): ChildRig {
  const directory = temporaryDirectory();
  const traps: Trap[] = [];
  const logged: string[] = [];
  const { host, sources, credentials, rates } = SETTINGS;
  const child = new ReceiverChild({
    script,
    verb: TRAP_RECEIVER,
    settings: { host, port, sources, credentials, rates },
    directory: join(directory, 'crashes'),
    clock,
    log: createLog({ write: (line) => void logged.push(line) }),
    onTrap: (trap) => void traps.push(trap),
    onRefusal: () => {},
    onCounts: () => {},
  });
  onTestFinished(() => child.stop());
  return { child, traps, logged, directory };
}

/** A program that stands for the receiver: it gets its settings, then does what the test wants. */
function pretend(body: string): string {
  const file = join(temporaryDirectory(), 'pretend.cjs');
  const say =
    'const say = (f) => process.stdout.write(typeof f === "string" ? f : JSON.stringify(f) + "\\n");';
  writeFileSync(file, `${say}\nprocess.stdin.once('data', () => {\n${body}\n});`);
  return file;
}

const RAW = Buffer.from('what ended it').toString('base64');
const readies = ({ logged }: ChildRig): number =>
  logged.filter((line) => line.includes('traps are received')).length;

/** Processes whose parent is this one and that run the receiver. */
function pidsOfChildren(): number[] {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return pids.split(' ').flatMap((pid) => {
    if (pid === '') return [];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes('trap-receiver') ? [Number(pid)] : [];
  });
}

describe('a receiver that is killed', () => {
  test('is there again, on the same port, and receives', async () => {
    const rig = openChild(projectFile('src/agent/main.ts'), systemClock);
    await rig.child.start();
    const { port } = rig.child;
    for (const round of [1, 2]) {
      for (const pid of pidsOfChildren()) process.kill(pid, 'SIGKILL');
      await expect.poll(() => readies(rig), { timeout: 20_000 }).toBe(round + 1);
      expect(rig.child.crashes).toBe(round);
    }
    expect(rig.child.port).toBe(port);
    const socket = createSocket('udp4');
    socket.send(DATAGRAMS['v2c linkDown'], port, '127.0.0.1', () => socket.close());
    await expect.poll(() => rig.traps.length).toBe(1);
  });

  test('is started again within half a second, however often it ends', async () => {
    const clock = manualClock();
    const rig = openChild(pretend('say({kind:"ready",port:7}); process.exit(1);'), clock);
    await rig.child.start();
    for (let ends = 1; ends <= 7; ends++) {
      await expect.poll(() => rig.child.crashes, { timeout: 20_000 }).toBe(ends);
      await clock.advance(500);
    }
    await expect.poll(() => readies(rig), { timeout: 20_000 }).toBe(8);
  });
});

test('a receiver is started also from a link to the program', async () => {
  const link = join(temporaryDirectory(), 'watchkeeper-agent');
  symlinkSync(pretend('say({kind:"ready",port:7}); setInterval(() => {}, 1000)'), link);
  const rig = openChild(link, manualClock());
  await rig.child.start();
  expect(rig.child.port).toBe(7);
});

describe('what a receiver was decoding', () => {
  const input = (then: string): string =>
    pretend(`say({kind:"ready",port:7}); say({kind:"input",raw:${JSON.stringify(RAW)}}); ${then}`);

  test('when it ended is kept', async () => {
    const rig = openChild(input('setTimeout(() => process.abort(), 50)'), manualClock());
    await rig.child.start();
    await expect.poll(() => rig.child.crashes, { timeout: 20_000 }).toBe(1);
    const folder = join(rig.directory, 'crashes');
    const [file = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, file), 'utf8')).toBe('what ended it');
  });

  test('when it hung for five seconds is kept, and it is ended', async () => {
    const clock = manualClock();
    const rig = openChild(input('setInterval(() => {}, 1000)'), clock);
    await rig.child.start();
    // The frame follows "ready" in another turn.
    await expect
      .poll(
        async () => {
          await clock.advance(1_000);
          return rig.child.crashes;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    expect(readdirSync(join(rig.directory, 'crashes')).length).toBeGreaterThan(0);
    expect(rig.logged.join('')).toContain('the decoder hangs');
  });

  test('and was decoded is not kept', async () => {
    const script = input('say({kind:"refused"}); setTimeout(() => process.exit(1), 50)');
    const rig = openChild(script, manualClock());
    await rig.child.start();
    await expect.poll(() => rig.child.crashes, { timeout: 20_000 }).toBe(1);
    expect(() => readdirSync(join(rig.directory, 'crashes'))).toThrow(/ENOENT/);
  });

  test('is kept up to a number of files', async () => {
    const many = `for (let i = 0; i < 50; i++) { say({kind:"input",raw:${JSON.stringify(RAW)}}); say({kind:"broken",reason:"x"}); }`;
    const rig = openChild(
      pretend(`${many} say({kind:"ready",port:7}); setInterval(() => {}, 1e3)`),
      manualClock(),
    );
    await rig.child.start();
    expect(readdirSync(join(rig.directory, 'crashes')).length).toBe(32);
    expect(rig.child.crashes).toBe(0);
  });
});

describe('a receiver that is not what it should be', () => {
  test('may say what it likes: nonsense is no trap', async () => {
    const nonsense = [
      'say("not json\\n".repeat(100)); say("x".repeat(1e6) + "\\n");',
      'say({kind:"trap",trap:{from:1}}); say({kind:"trap",trap:null}); say([]); say({kind:"?"});',
      'say({kind:"counts",counts:{received:-1,dropped:{},unlisted:{}}});',
      'say({kind:"ready",port:9}); setInterval(() => {}, 1000)',
    ].join('\n');
    const rig = openChild(pretend(nonsense), manualClock());
    await rig.child.start();
    expect(rig.child.port).toBe(9);
    expect(rig.traps).toEqual([]);
  });

  test('and cannot listen says why, is no crash, and is tried again later', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const clock = manualClock();
    const rig = openChild(projectFile('src/agent/main.ts'), clock, taken.address().port);
    await rig.child.start();
    expect(rig.logged.join('')).toMatch(/traps cannot be received.*EADDRINUSE/);
    expect(rig.child.crashes).toBe(0);
    await clock.advance(9_000);
    expect(rig.logged.length).toBe(1);
    await expect
      .poll(
        async () => {
          await clock.advance(1_000);
          return rig.logged.length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(1);
  });

  test('has nothing secret in its arguments or its environment', async () => {
    const rig = openChild(projectFile('src/agent/main.ts'), systemClock);
    await rig.child.start();
    const [pid] = pidsOfChildren();
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    for (const secret of ['secret-community', 'authpass123', 'privpass123']) {
      expect(command).not.toContain(secret);
    }
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
    expect(environment.map((variable) => variable.split('=')[0])).toEqual(['PATH']);
  });
});

test('the child reads its packages also where node_modules is a link', async () => {
  const [checkout, packages] = [temporaryDirectory(), temporaryDirectory()];
  writeFileSync(join(packages, 'one.js'), 'module.exports = "a package"');
  writeFileSync(join(checkout, 'package.json'), '{}');
  symlinkSync(packages, join(checkout, 'node_modules'));
  const code = `console.log(require(${JSON.stringify(join(checkout, 'node_modules/one.js'))}))`;
  const call = {
    path: process.execPath,
    args: [...childFlags(join(checkout, 'src/agent/main.ts')), '-e', code],
    timeoutMs: 60_000,
    outputBytes: 1_000,
  };
  const { stdout } = await runProgram(call, systemClock);
  expect(stdout.trim()).toBe('a package');
});

test('the child may not open a file, start a process or write (S24)', async () => {
  const script = projectFile('src/agent/main.ts');
  const tries = [
    'require("fs").readFileSync("/etc/passwd")',
    `require("fs").readFileSync(${JSON.stringify(projectFile('config/traps.yaml'))})`,
    `require("fs").readFileSync(${JSON.stringify(projectFile('README.md'))})`,
    `require("fs").readdirSync(${JSON.stringify(projectFile('.'))})`,
    'require("fs").writeFileSync("/tmp/by-the-child", "x")',
    'require("child_process").execFileSync("/bin/true")',
    'new (require("worker_threads").Worker)("1", { eval: true })',
    `process.dlopen({ exports: {} }, ${JSON.stringify(projectFile('node_modules/x.node'))})`,
  ];
  for (const code of tries) {
    const attempt = `try { ${code}; console.log("DONE"); } catch (e) { console.log(e.code); }`;
    const call = {
      path: process.execPath,
      args: [...childFlags(script), '-e', attempt],
      timeoutMs: 60_000,
      outputBytes: 1_000,
    };
    const { stdout } = await runProgram(call, systemClock);
    expect(stdout.trim(), code).toMatch(/^ERR_(ACCESS_DENIED|DLOPEN_DISABLED)$/);
  }
});
