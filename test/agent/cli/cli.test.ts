/** The verbs, in this process: what they print and how they end. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CliHost, type Flags, runCli } from '../../../src/agent/cli/cli.ts';
import { makeHost } from '../../../src/agent/run.ts';
import { openSpool } from '../../../src/agent/spool/spool.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { HEADER_AGENT, HEADER_RECEIPT, HEADER_TIME } from '../../../src/shared/protocol.ts';
import { closeAll, fakeCollector, type Manner, refuse, reply, TOKEN } from '../push/parts.ts';
import { batchOf, stepClock } from '../spool/parts.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(async () => {
  await closeAll();
  rmSync(home, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function agent(args: readonly string[], more: Partial<CliHost> = {}): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const real = makeHost({ script: 'agent.ts', args: [], clock: systemClock, version: '9.9.9' });
  const host: CliHost = {
    ...real,
    stdout: { write: (text) => void out.push(text) },
    stderr: { write: (text) => void err.push(text) },
    ...more,
  };
  const code = await runCli(args, host);
  return { code, out: out.join(''), err: err.join('') };
}

const write = (name: string, text: string, mode = 0o600): string => {
  const file = join(home, name);
  writeFileSync(file, text, { mode });
  return file;
};

describe('usage', () => {
  test.each(['run', 'once', 'check-config', 'doctor', 'spool'])(
    '%s --help shows an example',
    async (verb) => {
      const { code, out } = await agent([verb, '--help']);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: agent ${verb}`);
      expect(out).toMatch(new RegExp(`Example:\\n {2}agent ${verb}`));
    },
  );

  test('--help names every verb, --version the version', async () => {
    const { code, out } = await agent(['--help']);
    expect(code).toBe(0);
    for (const verb of ['run', 'once', 'check-config', 'doctor', 'spool'])
      expect(out).toContain(verb);
    expect((await agent(['--version'])).out).toBe('9.9.9\n');
  });

  test.each([
    [['walk'], "unknown command 'walk'"],
    [['run', '--nonsense'], "unknown option '--nonsense'"],
    [['run', '--data'], 'argument missing'],
    [['once'], 'missing required argument'],
    [['spool', 'extra'], 'too many arguments'],
  ])('wrong usage ends with 2: %j', async (args, text) => {
    const { code, err } = await agent(args);
    expect(code).toBe(2);
    expect(err).toContain(text);
  });
});

describe('run', () => {
  test('passes its flags, and the exit code back', async () => {
    let seen: Flags | undefined;
    const run = async (flags: Flags): Promise<number> => {
      seen = flags;
      return 7;
    };
    const args = ['--collector', 'http://a:1', '--token-file', 't', '--data', 'd', '--config', 'c'];
    expect((await agent(['run', ...args], { run })).code).toBe(7);
    expect(seen).toEqual({ collector: 'http://a:1', tokenFile: 't', data: 'd', config: 'c' });
  });

  test('without a token: wrong usage, with the mend', async () => {
    const { code, err } = await agent(['run', '--data', join(home, 'data')]);
    expect(code).toBe(2);
    expect(err).toContain('collector agent add NAME');
    expect(readdirSync(home)).toEqual([]);
  });

  test('with a configuration that is wrong: failed, every mistake named', async () => {
    const { code, err } = await agent(['run', '--config', write('c.yaml', 'x: 1\ninterval: 3')]);
    expect(code).toBe(1);
    expect(err).toContain('unknown key "x"');
    expect(err).toContain('interval: must be text');
  });
});

describe('once', () => {
  test('prints the samples of one source as exposition text', async () => {
    const { code, out } = await agent(['once', 'loadavg']);
    expect(code).toBe(0);
    expect(out).toMatch(/^# HELP node_load1 .*\n# TYPE node_load1 gauge\nnode_load1 [\d.]+\n/);
  });

  test('a source that is none: wrong usage, with the list', async () => {
    const { code, err } = await agent(['once', 'cpux']);
    expect(code).toBe(2);
    expect(err).toContain('there is no source "cpux"');
    expect(err).toContain('cpu, ');
  });
});

describe('check-config', () => {
  test('0: nothing to say', async () => {
    const config = write('c.yaml', 'token_file: token\n');
    expect(await agent(['check-config', '--config', config])).toEqual({
      code: 0,
      out: `ok: ${config}\n`,
      err: '',
    });
  });

  test('1: allowed, and probably not meant', async () => {
    const config = write('c.yaml', 'collector: http://watch.example:8420\n');
    const { code, out } = await agent(['check-config', '--config', config]);
    expect(code).toBe(1);
    expect(out).toContain('warning: token_file is not set');
    expect(out).toContain('warning: the token goes to http://watch.example:8420 in clear');
  });

  test('2: wrong', async () => {
    const config = write('c.yaml', 'intervall: 15s\n');
    const { code, err } = await agent(['check-config', '--config', config]);
    expect(code).toBe(2);
    expect(err).toContain('unknown key "intervall" (did you mean "interval"?)');
    expect(err).toContain('mend:');
  });

  test('--help says what the exit codes mean', async () => {
    const { out } = await agent(['check-config', '--help']);
    for (const code of ['0  everything is well', '1  ', '2  ', '3  '])
      expect(out).toContain(`\n  ${code}`);
  });

  test('3: could not be looked at', async () => {
    const settings = () => Promise.reject(new Error('out of memory'));
    expect((await agent(['check-config'], { settings })).code).toBe(3);
  });

  test('--schema prints the JSON Schema for editors', async () => {
    const { code, out } = await agent(['check-config', '--schema']);
    expect(code).toBe(0);
    const schema = JSON.parse(out);
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.interval.type).toBe('string');
  });

  test.each([
    ['probes', 'probes'],
    ['credentials', 'credentials'],
    ['profile', 'match'],
    ['known-traps', 'traps'],
  ])('--schema %s is that of the other file', async (name, key) => {
    const { code, out } = await agent(['check-config', '--schema', name]);
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(out).properties)).toContain(key);
  });

  test('--schema of what is no file says what there is', async () => {
    const { code, err } = await agent(['check-config', '--schema', 'probe']);
    expect(code).toBe(3);
    expect(err).toContain('there is no schema "probe" (did you mean "probes"?)');
    expect(err).toContain('mend: write one of agent, probes');
  });

  test('what comes from a file cannot move the cursor', async () => {
    const config = write('c.yaml', '"\\e[2J\\u202e": 1\n');
    const { err } = await agent(['check-config', '--config', config]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
    expect(err).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('spool', () => {
  async function fill(): Promise<void> {
    const spool = await openSpool({
      directory: join(home, 'data', 'spool'),
      clock: stepClock(),
      log: silentLog,
      maxBytes: 2 ** 24,
      maxAgeMs: 2 ** 42,
      minFreeRatio: 0,
    });
    for (const id of [1, 2, 3]) await spool.append(batchOf(id));
    await spool.append(batchOf(4, 2 ** 21)).catch(() => undefined);
    await spool.close();
  }

  test('shows what waits, since when, in which epochs, and what was lost why', async () => {
    await fill();
    const { code, out } = await agent(['spool', '--data', join(home, 'data')]);
    expect(code).toBe(0);
    expect(out).toMatch(/waiting +9 samples in 3 batches/);
    expect(out).toMatch(/oldest +\d+ d/);
    expect(out).toMatch(/dropped: oversize +5 samples/);
    expect(out).toMatch(/losses not yet declared +1/);
    expect(out).toMatch(/EPOCH +WAITING\n[0-9a-f]{32} +1 to 3\n/);
  });

  test('changes nothing', async () => {
    await fill();
    const directory = join(home, 'data', 'spool');
    const content = (): string[] =>
      readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => `${name} ${readFileSync(join(directory, name)).toString('hex')}`);
    const before = content();
    await agent(['spool', '--data', join(home, 'data')]);
    expect(content()).toEqual(before);
  });

  test('what is no directory is told with the mend', async () => {
    const { code, err } = await agent(['spool', '--data', write('file', '')]);
    expect(code).toBe(1);
    expect(err).toMatch(/the spool .*file\/spool cannot be read: ENOTDIR/);
    expect(err).toContain('mend: name the data directory of the agent with --data');
  });

  test('where no agent ran', async () => {
    const { code, out } = await agent(['spool', '--data', home]);
    expect([code, out]).toEqual([0, `there is no spool in ${home}: no agent ran here\n`]);
  });
});

describe('doctor', () => {
  const OFF = 'off: [hwmon, timex, dmi, filesystem, netdev, netclass, diskstats, processes]\n';
  const works: Manner = (response, { headers }) => {
    const time = { [HEADER_TIME]: String(Date.now()) };
    if (headers[HEADER_AGENT] === undefined) {
      response.writeHead(204, { ...time, [HEADER_RECEIPT]: 'stored' }).end();
    } else refuse(400, 'bad_request', time)(response, {} as never, () => {});
  };

  async function doctor(manner: Manner, settings = ''): Promise<Ended & { calls: number }> {
    const collector = await fakeCollector();
    collector.always(manner);
    const config = write('c.yaml', `${OFF}name: web-01\n${settings}`);
    const token = write('token', TOKEN);
    const where = ['--collector', collector.url, '--token-file', token, '--data', home];
    const ended = await agent(['doctor', '--config', config, ...where]);
    return { ...ended, calls: collector.calls.length };
  }

  test('all well: every source, the spool and the collector, and nothing is stored', async () => {
    const { code, out, calls } = await doctor(works);
    expect(out).toMatch(/^works +cpu +\d+ samples in [\d.]+ ms$/m);
    expect(out).toMatch(/^works +collector +http:.* takes the token$/m);
    expect(out).toMatch(/^works +name +web-01$/m);
    expect(out).toMatch(/^works +clock +-?0\.\d s off/m);
    expect(out).toMatch(/^- +spool +none in/m);
    expect(out).not.toContain('FAILS');
    expect(code).toBe(0);
    expect(calls).toBe(2);
    expect(readdirSync(home).sort()).toEqual(['c.yaml', 'token']);
  });

  test.each<[string, Manner, RegExp]>([
    ['a token that is refused', refuse(401, 'unauthorised'), /mend collector: make a new token/],
    [
      'a proxy in between',
      reply(200, {}, '<html>'),
      /but it is not a collector.*mend collector: check the address/s,
    ],
    [
      'a collector in trouble',
      refuse(503, 'unavailable'),
      /answers 503.*the log of the collector/s,
    ],
    [
      'a token of another agent',
      (response, call, next) =>
        (call.headers[HEADER_AGENT] ? refuse(403, 'forbidden') : works)(response, call, next),
      /FAILS +name +the token belongs to another agent than web-01.*mend name: set "name"/s,
    ],
    [
      'a clock that is off',
      (response) => {
        response.writeHead(204, { [HEADER_TIME]: String(Date.now() - 100_000) }).end();
      },
      /FAILS +clock +-100\.\d s off.*mend clock: synchronise/s,
    ],
  ])('%s: fails, and says how to mend it', async (_, manner, text) => {
    const { code, out } = await doctor(manner);
    expect(out).toMatch(text);
    expect(code).toBe(1);
  });

  test('a token file that others can read', async () => {
    const token = write('open', TOKEN, 0o644);
    const config = write('c.yaml', OFF);
    const { code, out } = await agent(['doctor', '--config', config, '--token-file', token]);
    expect(code).toBe(1);
    expect(out).toContain(`mend collector: chmod 600 ${token}`);
  });

  test('a collector whose name has no address', async () => {
    const token = write('token', TOKEN);
    const where = ['--collector', 'http://no-such-name.invalid:8420', '--token-file', token];
    const { out } = await agent(['doctor', '--config', write('c.yaml', OFF), ...where]);
    expect(out).toMatch(
      /FAILS +collector +the name in http:\/\/no-such-name\.invalid:8420 has no address/,
    );
    expect(out).toContain('mend collector: check its spelling');
    expect(out).not.toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  test('no token, and nobody who listens', async () => {
    const config = write('c.yaml', OFF);
    const none = await agent(['doctor', '--config', config, '--data', home]);
    expect(none.out).toMatch(/FAILS +token +there is none/);
    const token = write('token', TOKEN);
    const away = ['--collector', 'http://127.0.0.1:9', '--token-file', token, '--data', home];
    const { code, out } = await agent(['doctor', '--config', config, ...away]);
    expect(code).toBe(1);
    expect(out).toContain('ECONNREFUSED');
    expect(out).toContain('mend collector: check that the collector runs');
  });
});
