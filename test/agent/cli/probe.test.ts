/** `agent probe` and the line about ICMP of `agent doctor`. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CliHost, runCli } from '../../../src/agent/cli/cli.ts';
import { icmpFinding } from '../../../src/agent/cli/icmp-finding.ts';
import { DEFAULTS } from '../../../src/agent/default-settings.ts';
import type { IcmpDiagnosis, ProbeSettings } from '../../../src/agent/probes/probes.ts';
import { makeHost } from '../../../src/agent/run.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { closeAll, file } from '../probes/parts.ts';

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer((request, answer) => {
    answer.writeHead(request.url === '/down' ? 503 : 200).end('two chairs');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await closeAll();
});

async function agent(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const host: CliHost = {
    ...makeHost({ script: 'agent.ts', args: [], clock: systemClock, version: '1' }),
    stdout: { write: (text) => void out.push(text) },
    stderr: { write: (text) => void err.push(text) },
  };
  const code = await runCli(args, host);
  return { code, out: out.join(''), err: err.join('') };
}

const probes = (): string =>
  file(
    'probes.yaml',
    `
allow: [127.0.0.0/8]
probes:
  shop:
    kind: flow
    steps:
      - { name: open, url: "http://127.0.0.1:${port}/", expect: { body: [chairs] } }
      - { name: buy, url: /down }
  page: { kind: http, url: "http://127.0.0.1:${port}/" }
`,
  );

test('shows every phase, check and series, and where it fails', async () => {
  const { code, out } = await agent('probe', 'shop', '--file', probes());
  expect(code).toBe(1);
  expect(out).toMatch(/^FAILS {2}shop \(flow\) in [\d.]+ ms: status at step "buy"\n/);
  expect(out).toContain('  not so: the status is 2xx; it is 503\n');
  expect(out).toMatch(/^ {2}phase +open +processing +[\d.]+ ms$/m);
  expect(out).toMatch(/^ {2}holds +open +the body matches \/chairs\/su +it has 10 bytes$/m);
  expect(out).toMatch(/^ {2}FAILS +buy +the status is 2xx +it is 503$/m);
  expect(out).toMatch(/^ {2}probe_step_success\{step="open"\} +1$/m);
  expect(out).toMatch(/^ {2}probe_step_success\{step="buy"\} +0$/m);
});

test('without a name all of the file are run', async () => {
  const { code, out } = await agent('probe', '--file', probes());
  expect(code).toBe(1);
  expect(out.match(/^(works|FAILS) {2}\w+ \(\w+\)/gm)).toEqual([
    ...['FAILS  shop (flow)', 'works  page (http)'],
  ]);
});

test('a success ends with 0; JSON is for programs', async () => {
  const { code, out } = await agent('probe', 'page', '--file', probes(), '--format', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([{ probe: 'page', outcome: 'success', reason: 'ok' }]);
});

test.each<[string[], string]>([
  [['probe', 'shopp'], 'there is no probe "shopp" (did you mean "shop"?)'],
  [['probe', 'a', 'b'], 'too many arguments'],
  [['probe', 'shop', '--format', 'xml'], 'there is no format "xml"'],
])('wrong usage ends with 2: %j', async (args, text) => {
  const { code, err } = await agent(...args, '--file', probes());
  expect([code, err]).toEqual([2, expect.stringContaining(text)]);
});

test('without a file and without a configuration there is nothing to run', async () => {
  const { code, err } = await agent('probe', 'x');
  expect([code, err]).toEqual([2, expect.stringContaining('no probes are configured')]);
});

test('a file with mistakes is refused with all of them', async () => {
  const bad = file(
    'probes.yaml',
    'probes: { a: { kind: tcp, host: -f, port: 1 }, b: { kind: x } }',
  );
  const { code, err } = await agent('probe', '--file', bad);
  expect(code).toBe(1);
  expect(err).toContain('probes.a.host: begins with "-"');
  expect(err).toContain('probes.b.kind: "x" is not one of');
});

describe('the line about ICMP', () => {
  const fails: IcmpDiagnosis = { state: 'fails', text: 'no program', mend: 'install fping' };
  const host = makeHost({ script: 'agent.ts', args: [], clock: systemClock, version: '1' });
  const finding = (found: IcmpDiagnosis, settings: ProbeSettings | null) =>
    icmpFinding(host, { ...DEFAULTS, probes: settings }, async () => found);
  const probe = { name: 'gw', instance: 'gw', labels: {}, intervalMs: 1, timeoutMs: 1, spec: {} };

  test('is a fault only where a probe needs it', async () => {
    const wanting = { allow: [], probes: [{ ...probe, kind: 'icmp' }] };
    expect(await finding(fails, wanting)).toEqual({ subject: 'icmp', ...fails });
    const others = { allow: [], probes: [{ ...probe, kind: 'tcp' }] };
    for (const settings of [others, null]) {
      expect(await finding(fails, settings)).toMatchObject({ state: 'nothing', mend: '' });
    }
  });

  test('says that it works', async () => {
    const works: IcmpDiagnosis = { state: 'works', text: '/usr/bin/fping, as root', mend: '' };
    expect(await finding(works, null)).toMatchObject({ state: 'works' });
  });
});
