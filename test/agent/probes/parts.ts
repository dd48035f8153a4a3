/** Real servers on loopback, certificates of our own, and probes read from a file as they are in use. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  type ProbeSettings,
  probeOnce,
  type Report,
  readProbes,
} from '../../../src/agent/probes/probes.ts';
import type { Resolve } from '../../../src/shared/address-policy.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLog } from '../../../src/shared/log.ts';

export const LOOPBACK = ['127.0.0.0/8', '::1'];

const cleanups: (() => void | Promise<void>)[] = [];

/** After each test: servers down, files gone. */
export async function closeAll(): Promise<void> {
  for (const step of cleanups.splice(0).reverse()) await step();
}

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'probes-'));
  cleanups.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

export function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder(), name);
  writeFileSync(path, text, { mode });
  return path;
}

/** `${name}` as a probes file writes it. */
export const place = (name: string): string => `\${${name}}`;

export interface LookOptions {
  readonly resolve?: Resolve;
  readonly allow?: readonly string[];
}

/** A file with this one probe, read and checked. */
export function settingsOf(spec: object, allow = LOOPBACK): Promise<ProbeSettings> {
  return readProbes(file('probes.yaml', stringify({ allow, probes: { it: spec } })));
}

/** Runs one probe, written as in the file. */
export async function look(spec: object, options: LookOptions = {}): Promise<Report> {
  const { allow = LOOPBACK, ...more } = options;
  const settings = await settingsOf(spec, [...allow]);
  return probeOnce(settings, settings.probes[0]!, { clock: systemClock, log: silentLog, ...more });
}

/** `name{a=b}` → value. */
export function figuresOf({ figures }: Report): Record<string, number> {
  return Object.fromEntries(
    figures.map(({ name, value, labels }) => {
      const pairs = labels.flatMap((label, i) =>
        i % 2 === 0 ? [`${label}=${labels[i + 1]}`] : [],
      );
      return [pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`, value];
    }),
  );
}

/** Listens on an address of loopback; closed after the test with all its connections. */
async function listen(server: Server, address: string): Promise<number> {
  await new Promise<void>((done) => server.listen(0, address, done));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  });
  return (server.address() as AddressInfo).port;
}

export async function web(handle: RequestListener, address = '127.0.0.1'): Promise<string> {
  const port = await listen(createHttp(handle), address);
  return `http://${address}:${port}`;
}

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export function secureWeb(handle: RequestListener, pair: KeyPair): Promise<number> {
  return listen(createHttps(pair, handle) as unknown as Server, '127.0.0.1');
}

/** A TCP server that does this with every connection. */
export async function tcpServer(take: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    take(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((done) => server.close(() => done()));
  });
  return (server.address() as AddressInfo).port;
}

/** A port nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createTcp();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((done) => server.close(() => done()));
  return port;
}

export interface Authority {
  /** Path of its own certificate. */
  readonly file: string;
  issue(name: string, dates?: { readonly from: string; readonly to: string }): KeyPair;
}

const CA_CONFIG = `
[ca]
default_ca = own
[own]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

/** A certificate authority in a folder of its own, by Debian's openssl. */
export function makeAuthority(openssl: string): Authority {
  const cwd = folder();
  const run = (...args: string[]): void =>
    void execFileSync(openssl, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  writeFileSync(join(cwd, 'ca.cnf'), CA_CONFIG);
  writeFileSync(join(cwd, 'index.txt'), '');
  writeFileSync(join(cwd, 'serial'), '01\n');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const self = ['-x509', '-days', '3650', '-subj', '/CN=Test authority'];
  run('req', ...self, ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem');
  return {
    file: join(cwd, 'ca.pem'),
    issue: (name, dates) => {
      mkdirSync(join(cwd, 'out'), { recursive: true });
      const alternative = /^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`;
      const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternative}`];
      run('req', ...subject, ...newKey, '-keyout', 'out/key.pem', '-out', 'out/req.pem');
      const { from = '20200101000000Z', to = '20991231000000Z' } = dates ?? {};
      const period = ['-startdate', from, '-enddate', to];
      const by = ['-cert', 'ca.pem', '-keyfile', 'ca.key', '-config', 'ca.cnf'];
      run(
        'ca',
        '-batch',
        '-notext',
        ...by,
        ...period,
        '-in',
        'out/req.pem',
        '-out',
        'out/cert.pem',
      );
      const read = (part: string): string => readFileSync(join(cwd, 'out', part), 'utf8');
      return { cert: read('cert.pem'), key: read('key.pem') };
    },
  };
}
