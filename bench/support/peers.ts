/** The programs we are measured against, as Debian ships them and with their default durability. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPart } from '../../tools/parts.ts';
import { freePort, type Server, startServer } from './child.ts';

/** Null where the program is not installed. */
export async function startVictoriaMetrics(directory: string): Promise<Server | null> {
  const program = findPart('victoria-metrics', process.env.PATH ?? '');
  if (program === null) return null;
  const port = await freePort();
  return startServer({
    name: 'victoria-metrics',
    program,
    args: [
      `-storageDataPath=${join(directory, 'victoria-metrics')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-retentionPeriod=100y',
      '-loggerLevel=ERROR',
    ],
    port,
    readyPath: '/health',
  });
}

/** Null where the program is not installed. */
export async function startPrometheus(directory: string): Promise<Server | null> {
  const program = findPart('prometheus', process.env.PATH ?? '');
  if (program === null) return null;
  const port = await freePort();
  const home = join(directory, 'prometheus');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'prometheus.yml'), 'global: {}\n');
  return startServer({
    name: 'prometheus',
    program,
    args: [
      `--config.file=${join(home, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(home, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--log.level=error',
    ],
    port,
    readyPath: '/-/ready',
  });
}
