import { afterEach, expect, test } from 'vitest';
import { closeAll, closedPort, figuresOf, look, tcpServer } from '../parts.ts';

afterEach(closeAll);

test('an open port is a success, with the times of its phases', async () => {
  const port = await tcpServer(() => {});
  const report = await look({ kind: 'tcp', host: '127.0.0.1', port });
  expect(report).toMatchObject({ outcome: 'success', reason: 'ok', message: '', step: '' });
  expect(report.phases.map(({ name }) => name)).toEqual(['resolve', 'connect']);
  expect(figuresOf(report)).toMatchObject({ probe_ip_protocol: 4 });
});

test('a closed port is refused', async () => {
  const port = await closedPort();
  const report = await look({ kind: 'tcp', host: '127.0.0.1', port });
  expect(report).toMatchObject({ outcome: 'failure', reason: 'refused' });
  expect(report.message).toContain(`127.0.0.1 port ${port}`);
});

test('a greeting is compared, also one that comes in pieces', async () => {
  const port = await tcpServer((socket) => {
    socket.write('SSH-2');
    setImmediate(() => socket.write('.0-OpenSSH_9.2\r\n'));
  });
  const report = await look({ kind: 'tcp', host: '127.0.0.1', port, banner: '^SSH-2\\.0-' });
  expect(report.outcome).toBe('success');
  expect(report.checks).toMatchObject([{ ok: true }]);
  expect(figuresOf(report).probe_failed_due_to_regex).toBe(0);
});

test('a greeting of another kind is shown, without what could move a cursor', async () => {
  const port = await tcpServer((socket) => socket.end('220 \u001b[2Jmail\r\n'));
  const report = await look({ kind: 'tcp', host: '127.0.0.1', port, banner: '^SSH' });
  expect(report).toMatchObject({ outcome: 'failure', reason: 'banner' });
  expect(report.message).toContain('it was "220 \\u001b[2Jmail\\r\\n"');
  expect(figuresOf(report).probe_failed_due_to_regex).toBe(1);
});

test('a greeting that never ends is read to its cap', async () => {
  const port = await tcpServer((socket) => {
    const more = (): void => void socket.write('x'.repeat(1_000), () => setImmediate(more));
    more();
  });
  const report = await look({ kind: 'tcp', host: '127.0.0.1', port, banner: '^y' });
  expect(report.reason).toBe('banner');
});

test('silence is a timeout that says where', async () => {
  const port = await tcpServer(() => {});
  const spec = { kind: 'tcp', host: '127.0.0.1', port, banner: 'x', timeout: '200ms' };
  const report = await look(spec);
  expect(report).toMatchObject({ outcome: 'failure', reason: 'timeout' });
  expect(report.message).toBe('no answer within 0.2 s (during banner)');
});

test('another greeting before the silence is a wrong greeting', async () => {
  const port = await tcpServer((socket) => socket.write('hello'));
  const spec = { kind: 'tcp', host: '127.0.0.1', port, banner: 'x', timeout: '300ms' };
  expect((await look(spec)).reason).toBe('banner');
});

test('a name goes to a checked address', async () => {
  const port = await tcpServer(() => {});
  const report = await look(
    { kind: 'tcp', host: 'a.example', port },
    { resolve: async () => ['127.0.0.1'] },
  );
  expect(report.outcome).toBe('success');
});

test('a name with one address that is not allowed is refused, whichever comes first', async () => {
  const port = await tcpServer(() => expect.unreachable());
  const spec = { kind: 'tcp', host: 'a.example', port };
  for (const found of [
    ['93.184.216.34', '169.254.169.254'],
    ['169.254.169.254', '93.184.216.34'],
  ]) {
    const report = await look(spec, { resolve: async () => found });
    expect(report).toMatchObject({ outcome: 'failure', reason: 'address_not_allowed' });
    expect(report.message).toContain('metadata');
  }
});

test('the wanted protocol is taken, and missed when there is none', async () => {
  const port = await tcpServer(() => {});
  const resolve = async (): Promise<string[]> => ['::1', '127.0.0.1'];
  const spec = { kind: 'tcp', host: 'a.example', port, ip: 4 };
  expect(figuresOf(await look(spec, { resolve })).probe_ip_protocol).toBe(4);
  const report = await look({ ...spec, ip: 6 }, { resolve: async () => ['127.0.0.1'] });
  expect(report).toMatchObject({
    reason: 'name_not_resolved',
    message: 'a.example has no IPv6 address',
  });
});

test('a name server that does not answer is a timeout in resolve', async () => {
  const spec = { kind: 'tcp', host: 'a.example', port: 1, timeout: '150ms' };
  const report = await look(spec, { resolve: () => new Promise(() => {}) });
  expect(report.message).toBe('no answer within 0.15 s (during resolve)');
});
