/**
 * `npm start`: a collector and an agent for this host, as two processes. The agent's token is made
 * on the first start and reused after. Ctrl-C stops both.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { callJson, socketApi } from '../src/collector/cli/api.ts';
import type { Api } from '../src/collector/cli/cli.ts';
import { isClaimed, socketPath } from '../src/collector/directory.ts';
import { describeFailure } from '../src/shared/errors.ts';

const FLAGS = ['--disable-warning=ExperimentalWarning'];
const program = (name: string): string => fileURLToPath(new URL(`../src/${name}`, import.meta.url));

interface AgentView {
  readonly name: string;
  readonly revoked: string | null;
}

function run(main: string, args: readonly string[], stdout: 'pipe' | 'inherit'): ChildProcess {
  return spawn(process.execPath, [...FLAGS, program(main), ...args], {
    stdio: ['ignore', stdout, 'inherit'],
  });
}

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((done) => {
    // A child that is stopped before it listens to signals ends by the signal itself.
    child.once('exit', (code, signal) => done(code ?? (signal === 'SIGTERM' ? 0 : 1)));
  });

/** The address the collector prints, or null when it ended instead. */
function addressOf(collector: ChildProcess): Promise<string | null> {
  return new Promise((done) => {
    let text = '';
    collector.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.indexOf('\n');
      if (line >= 0) done(text.slice(0, line));
    });
    collector.once('exit', () => done(null));
  });
}

/** A token for this host's agent: the one in the file while it is good, else a new one. */
async function agentToken(api: Api, name: string, file: string): Promise<void> {
  const { agents } = await callJson<{ agents: AgentView[] }>(api, {
    method: 'GET',
    path: '/api/v1/agents',
  });
  const known = agents.some((agent) => agent.name === name && agent.revoked === null);
  if (known && existsSync(file)) return;
  const { token } = await callJson<{ token: string }>(
    api,
    known
      ? {
          method: 'POST',
          path: `/api/v1/agents/${encodeURIComponent(name)}/rotate`,
          body: { overlap_seconds: 0 },
        }
      : { method: 'POST', path: '/api/v1/agents', body: { name } },
  );
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: './data' },
      listen: { type: 'string' },
      config: { type: 'string' },
    },
  });
  const data = resolve(values.data);
  if (await isClaimed(data)) {
    process.stderr.write(
      `a collector runs on ${data} already\n  mend: stop it, or choose --data\n`,
    );
    return 1;
  }
  const collector = run(
    'collector/main.ts',
    [
      ...['serve', '--data', data],
      ...(values.listen === undefined ? [] : ['--listen', values.listen]),
      ...(values.config === undefined ? [] : ['--config', values.config]),
    ],
    'pipe',
  );
  const children = [collector];
  // Told once: a second signal would end a child in the middle of its last commit.
  const stopAll = (): void => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGTERM');
  };
  // The terminal sends Ctrl-C to the children too; here it only must not end us first.
  process.on('SIGINT', stopAll);
  process.on('SIGTERM', stopAll);

  const collectorEnd = ended(collector);
  const url = await addressOf(collector);
  if (url === null) return collectorEnd;
  const name = hostname();
  const tokenFile = join(data, 'agent.token');
  await agentToken(socketApi(socketPath(data)), name, tokenFile);
  const agent = run(
    'agent/main.ts',
    ['run', '--collector', url, '--token-file', tokenFile, '--data', join(data, 'agent')],
    'inherit',
  );
  children.push(agent);
  const agentEnd = ended(agent);
  process.stdout.write(
    `Watchkeeper is on watch: ${url}/\n  this host is ${name}; data is in ${data}; Ctrl-C stops it\n`,
  );
  const first = await Promise.race([collectorEnd, agentEnd]);
  stopAll();
  const codes = await Promise.all([collectorEnd, agentEnd]);
  return first === 0 ? Math.max(...codes) : first;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}
