/** The agent's own `/metrics`, on loopback and only when asked for. */
import { createServer } from 'node:http';
import { Failure, messageOf } from '../shared/errors.ts';
import { formatExposition } from '../shared/exposition.ts';
import { makeLabels } from '../shared/sample.ts';
import { OWN_METRICS, type OwnSample } from './own-series.ts';

export interface MetricsServer {
  readonly url: string;
  close(): void;
}

const HELP = new Map(OWN_METRICS.map((metric) => [metric.name, metric]));

export function ownText(samples: readonly OwnSample[]): string {
  return formatExposition(
    samples.map(({ name, label, value }) => ({
      labels: makeLabels([['__name__', name], ...(label === null ? [] : [label])]),
      timeMs: 0,
      value,
    })),
    { describe: (name) => HELP.get(name) },
  );
}

/** `listen` is HOST:PORT. Throws `io` when the port is taken. */
export async function serveMetrics(
  listen: string,
  samples: () => readonly OwnSample[],
): Promise<MetricsServer> {
  const at = listen.lastIndexOf(':');
  const host = listen.slice(0, at).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    const found = request.url === '/metrics' && request.method === 'GET';
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(found ? ownText(samples()) : 'only GET /metrics is here\n');
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  server.maxConnections = 16;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Failure('io', `cannot listen on ${listen}: ${messageOf(cause)}`, {
          hint: 'choose another port as metrics_listen',
          cause,
        }),
      ),
    );
    server.listen(Number(listen.slice(at + 1)), host, resolve);
  });
  server.unref();
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    url: `http://${host}:${port}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
