/** The collector under test, with a token for every host of the load. */
import { join } from 'node:path';
import { openDesk } from '../../src/collector/desk/desk.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLog } from '../../src/shared/log.ts';
import { freePort, type Server, startServer } from './child.ts';
import { hostName } from './load-protocol.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];

/** One token per host, in order. */
export async function makeTokens(directory: string, hosts: number): Promise<readonly string[]> {
  const desk = await openDesk({ directory, clock: systemClock, log: silentLog });
  const tokens: string[] = [];
  for (let host = 0; host < hosts; host++) {
    const actor = { who: 'bench', from: 'bench' };
    tokens.push((await desk.addAgent(hostName(host), 'agent', actor)).token);
  }
  await desk.close();
  return tokens;
}

/** `collector serve`, as it is installed: everything on. */
export async function startCollector(directory: string, config?: string): Promise<Server> {
  const port = await freePort();
  return startServer({
    name: 'watchkeeper',
    program: process.execPath,
    args: [
      ...NODE_FLAGS,
      join(ROOT, 'src/collector/main.ts'),
      'serve',
      '--data',
      directory,
      '--listen',
      `127.0.0.1:${port}`,
      ...(config === undefined ? [] : ['--config', config]),
    ],
    port,
    readyPath: '/-/ready',
  });
}
