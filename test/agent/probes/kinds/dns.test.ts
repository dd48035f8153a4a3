import { afterEach, expect, test } from 'vitest';
import {
  a,
  aaaa,
  caa,
  type DnsServer,
  dnsServer,
  mx,
  named,
  type Reply,
  soa,
  srv,
  txt,
} from '../dns-server.ts';
import { closeAll, figuresOf, look } from '../parts.ts';

let server: DnsServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
  await closeAll();
});

async function ask(reply: Reply, more: object = {}) {
  server = await dnsServer(reply);
  const place = { server: '127.0.0.1', port: server.port };
  return look({ kind: 'dns', query: 'www.example', ...place, ...more });
}

test('an answer, how many records, and how long it took', async () => {
  const report = await ask(() => [a('192.0.2.1'), a('192.0.2.2')]);
  expect(report).toMatchObject({ outcome: 'success' });
  expect(report.phases.map(({ name }) => name)).toEqual(['resolve', 'request']);
  expect(figuresOf(report)).toMatchObject({
    probe_dns_query_succeeded: 1,
    probe_dns_answer_rrs: 2,
  });
  expect(server?.asked).toEqual(['A www.example']);
});

test.each<[string, Reply, object]>([
  ['AAAA', () => [aaaa(1)], { answer: ['::1'] }],
  ['MX', () => [mx(10, 'mail.example')], { answer: ['10 mail.example'] }],
  ['TXT', () => [txt('v=spf1 ', '-all')], { match: '^v=spf1 -all$' }],
  ['CNAME', () => [named('CNAME', 'other.example')], { answer: ['Other.example.'] }],
  [
    'NS',
    () => [named('NS', 'b.example'), named('NS', 'a.example')],
    { answer: ['a.example', 'b.example'] },
  ],
  ['SRV', () => [srv(5, 5060, 'sip.example')], { answer: ['5 0 5060 sip.example'] }],
  ['CAA', () => [caa('issue', 'ca.example')], { match: 'ca\\.example' }],
])('records of type %s', async (type, reply, expected) => {
  const report = await ask(reply, { type, ...expected });
  expect(report.checks.every(({ ok }) => ok)).toBe(true);
  expect(report.outcome).toBe('success');
});

test('the serial of a zone', async () => {
  const report = await ask(() => [soa(2_026_112_201)], { type: 'SOA' });
  expect(figuresOf(report).probe_dns_serial).toBe(2_026_112_201);
});

test('the name of an address', async () => {
  const spec = { type: 'PTR', query: '192.0.2.1', answer: ['host.example'] };
  const report = await ask(() => [named('PTR', 'host.example')], spec);
  expect(report.outcome).toBe('success');
  expect(server?.asked).toEqual(['PTR 1.2.0.192.in-addr.arpa']);
});

test('another answer than expected is shown', async () => {
  const report = await ask(() => [a('192.0.2.66')], { answer: ['192.0.2.1'] });
  expect(report).toMatchObject({ outcome: 'failure', reason: 'dns_answer' });
  expect(report.message).toBe('not so: the answer is 192.0.2.1; the answer is 192.0.2.66');
  const unlike = await look({
    ...{ kind: 'dns', query: 'www.example', match: '^10\\.' },
    ...{ server: '127.0.0.1', port: server?.port },
  });
  expect(unlike.reason).toBe('dns_answer');
  expect(figuresOf(unlike).probe_failed_due_to_regex).toBe(1);
});

test.each<[string, number, string]>([
  ['no such name', 3, 'ENOTFOUND'],
  ['a failing server', 2, 'ESERVFAIL'],
  ['a server that will not', 5, 'EREFUSED'],
])('%s is an error of the name server', async (_, code, text) => {
  const report = await ask(() => code);
  expect(report).toMatchObject({ outcome: 'failure', reason: 'dns_error' });
  expect(report.message).toBe(`A www.example: ${text}`);
  expect(figuresOf(report).probe_dns_query_succeeded).toBe(0);
});

test('an empty answer is one too', async () => {
  expect((await ask(() => [])).message).toBe('A www.example: ENODATA');
});

test('silence is a timeout', async () => {
  const report = await ask(() => null, { timeout: '300ms' });
  expect(report).toMatchObject({ outcome: 'failure', reason: 'timeout' });
});

test('nobody listens there', async () => {
  server = await dnsServer(() => null);
  const { port } = server;
  await server.close();
  server = undefined;
  const report = await look({ kind: 'dns', query: 'a.example', server: '127.0.0.1', port });
  expect(['refused', 'timeout']).toContain(report.reason);
});

test('the name server is held against the policy', async () => {
  const spec = { kind: 'dns', query: 'a.example', server: 'ns.example' };
  const report = await look(spec, { resolve: async () => ['169.254.169.254'] });
  expect(report.reason).toBe('address_not_allowed');
});
