/** A receiver on loopback that keeps every request and answers as it is told. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: Record<string, unknown>;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What the next requests are answered; 200 and `{}` when there is none. */
  readonly answers: { status: number; body: string; headers?: Record<string, string> }[];
  /** The answer when `answers` is empty. */
  usual: { status: number; body: string; headers?: Record<string, string> };
  /** Requests are taken and never answered. */
  hold: boolean;
  close(): Promise<void>;
}

export async function openReceiver(
  body = '{"errcode":0,"errmsg":"ok","code":0}',
): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Receiver['answers'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      let json = {};
      try {
        json = JSON.parse(text || '{}');
      } catch {
        json = {};
      }
      received.push({
        method: request.method ?? '',
        url: new URL(request.url ?? '/', receiver.url),
        headers: request.headers,
        body: text,
        json,
      });
      if (receiver.hold) return;
      const answer = answers.shift() ?? receiver.usual;
      response.writeHead(answer.status, answer.headers ?? {});
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    usual: { status: 200, body },
    hold: false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}
