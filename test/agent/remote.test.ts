/** An agent that also looks at something else than its host: file → targets → batches. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Agent, openAgent } from '../../src/agent/agent.ts';
import type { Transport } from '../../src/agent/push/push.ts';
import { loadSettings } from '../../src/agent/settings.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLog } from '../../src/shared/log.ts';
import { HEADER_EPOCH, HEADER_RECEIPT, HEADER_SEQ } from '../../src/shared/protocol.ts';
import { decodeWrite } from '../support/decode-write.ts';
import { needs } from '../support/parts.ts';

let home: string;
let server: Server;
let agent: Agent | undefined;
const received: ReturnType<typeof decodeWrite>[number][] = [];

const transport: Transport = {
  send: async ({ headers, body }) => {
    received.push(...decodeWrite(Buffer.from(body)));
    const receipt = `${headers[HEADER_EPOCH]}/${headers[HEADER_SEQ]}`;
    return { status: 204, headers: { [HEADER_RECEIPT]: receipt }, body: '' };
  },
  close: () => {},
};

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'remote-'));
  received.length = 0;
  server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await agent?.stop(0);
  server.close();
  rmSync(home, { recursive: true });
});

/** An agent that looks at what `probes.yaml` names. */
async function openWithProbes(): Promise<void> {
  const config = join(home, 'agent.yaml');
  writeFileSync(config, `name: site-1\ntoken_file: t\ndata: data\nprobes: probes.yaml\n`);
  const settings = await loadSettings({ config });
  const quick = { ...settings, spool: { ...settings.spool, minFreeRatio: 0 } };
  const options = { clock: systemClock, log: silentLog, version: '1', sources: [], transport };
  agent = await openAgent({ settings: quick, ...options });
  agent.start();
}

test('what a probe sees leaves under the name and labels of its target', async () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  writeFileSync(
    join(home, 'probes.yaml'),
    `allow: [127.0.0.0/8]
interval: 1s
timeout: 500ms
probes:
  intranet: { kind: tcp, host: 127.0.0.1, port: ${port}, labels: { site: hq } }
`,
  );
  await openWithProbes();
  const seen = () =>
    received
      .filter(({ labels }) => labels.__name__ === 'probe_success')
      .map(({ labels, value }) => ({ ...labels, value }));
  await expect.poll(seen, { timeout: 20_000 }).toContainEqual({
    __name__: 'probe_success',
    instance: 'intranet',
    agent: 'site-1',
    job: 'probe',
    site: 'hq',
    value: 1,
  });
  const about = (name: string) => received.filter(({ labels }) => labels.__name__ === name);
  expect(about('watchkeeper_target_info')[0]?.labels).toMatchObject({ site: 'hq' });
  // The agent's own figures stay those of its host.
  expect(received.every(({ labels }) => labels.instance !== undefined)).toBe(true);
});

test('echo requests to several addresses arrive together, each under its own name', async (context) => {
  needs('fping', context);
  const names = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
  const lines = names.map((host, i) => `  host-${i}: { kind: icmp, host: ${host}, count: 2 }`);
  writeFileSync(
    join(home, 'probes.yaml'),
    `allow: [127.0.0.0/8]\ninterval: 5s\ntimeout: 4s\nprobes:\n${lines.join('\n')}\n`,
  );
  await openWithProbes();
  const answered = () => received.filter(({ labels }) => labels.__name__ === 'probe_success');
  await expect.poll(() => answered().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
  const first = answered().slice(0, 3);
  expect(first.map(({ labels }) => labels.instance)).toEqual(['host-0', 'host-1', 'host-2']);
  expect(new Set(first.map(({ timeMs }) => timeMs)).size).toBe(1);
  expect(first.map(({ value }) => value)).toEqual([1, 1, 1]);
});
