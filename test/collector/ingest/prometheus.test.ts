/** Debian's Prometheus scrapes itself and writes what it finds to us: nothing here is made up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDesk } from '../../../src/collector/desk/desk.ts';
import { openIngest } from '../../../src/collector/ingest/ingest.ts';
import { openStore } from '../../../src/collector/store/store.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { WRITE_PATH } from '../../../src/shared/protocol.ts';
import { formatSeries } from '../../../src/shared/sample.ts';
import { needs } from '../../support/parts.ts';

async function freePort(): Promise<number> {
  const probe = createSocketServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function configuration(ownPort: number, writePort: number, token: string): string {
  return JSON.stringify({
    global: { scrape_interval: '1s' },
    scrape_configs: [
      {
        job_name: 'prometheus',
        static_configs: [{ targets: [`127.0.0.1:${ownPort}`] }],
        relabel_configs: [{ target_label: 'instance', replacement: 'prom-host' }],
      },
    ],
    remote_write: [
      {
        url: `http://127.0.0.1:${writePort}${WRITE_PATH}`,
        authorization: { credentials: token },
        queue_config: { batch_send_deadline: '1s' },
      },
    ],
  });
}

it('stores what a real Prometheus sends', async (context) => {
  const program = needs('prometheus', context);
  const directory = mkdtempSync(join(tmpdir(), 'watchkeeper-prometheus-'));
  const desk = await openDesk({ directory, clock: systemClock, log: silentLog });
  const { token } = await desk.addAgent('prom', 'remote-write', { who: 'test', from: 'here' });
  const store = await openStore({ directory, clock: systemClock, log: silentLog });
  const ingest = openIngest({ store, desk, clock: systemClock, log: silentLog });

  const statuses: number[] = [];
  let enough = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const refusal = ingest.precheck(request.headers, '127.0.0.1');
    const body = Buffer.concat(chunks);
    const answer =
      refusal ?? (await ingest.receive({ headers: request.headers, body, from: '127.0.0.1' }));
    statuses.push(answer.status);
    response.writeHead(answer.status, answer.headers).end(answer.body);
    const { samples, templateMisses } = ingest.counters();
    if (answer.status !== 204 || (samples > 1_500 && templateMisses > 2)) enough();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const ownPort = await freePort();
  const file = join(directory, 'prometheus.yml');
  writeFileSync(file, configuration(ownPort, (server.address() as AddressInfo).port, token));
  const prometheus = spawn(
    program,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${ownPort}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(async () => {
    const ended = once(prometheus, 'exit');
    prometheus.kill('SIGKILL');
    await ended;
    server.closeAllConnections();
    server.close();
    await store.close();
    await desk.close();
    rmSync(directory, { recursive: true });
  });

  await arrived;
  expect(new Set(statuses)).toEqual(new Set([204]));
  expect(ingest.counters().rejected).toEqual({});
  expect(desk.device('prom-host')).toMatchObject({ agents: ['prom'], status: 'live' });
  const windows = await store.read('prom-host', 0, systemClock.now() + 60_000);
  const up = windows.find(({ labels }) => labels.__name__ === 'up');
  expect(formatSeries(up!.labels)).toBe('up{instance="prom-host",job="prometheus"}');
  expect(new Set(up!.values)).toEqual(new Set([1]));
  expect(windows.length).toBeGreaterThan(300);
}, 60_000);
