/** What `agent doctor` says of the receiver of traps: tried, not guessed, and nothing is changed. */
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isIP, isIPv6 } from 'node:net';
import { messageOf } from '../../shared/errors.ts';
import { parseRange, rangeTest } from './gate.ts';
import { SOCKET_BUFFER_BYTES } from './receiver.ts';
import type { ExaminedTraps, TrapSettings } from './traps.ts';

type Named = readonly { readonly name: string; readonly address: string }[];

/** `verb`: by which a receiver of ours is known among processes. */
export async function examineReceiver(
  settings: TrapSettings,
  targets: Named,
  verb: string,
): Promise<readonly ExaminedTraps[]> {
  return [
    await examinePort(settings, verb),
    await examineBuffer(),
    examineSources(settings, targets),
    examineCredentials(settings),
  ];
}

const works = (text: string, mend = ''): ExaminedTraps => ({ state: 'works', text, mend });
const fails = (text: string, mend: string): ExaminedTraps => ({ state: 'fails', text, mend });

async function examinePort({ host, port }: TrapSettings, verb: string): Promise<ExaminedTraps> {
  const where = `UDP port ${port}`;
  const error = await bindError(host, port);
  switch (error?.code) {
    case undefined: {
      if (error !== null)
        return fails(`${where}: ${messageOf(error)}`, 'write another traps.listen');
      const right =
        'the agent itself may need AmbientCapabilities=CAP_NET_BIND_SERVICE in its unit';
      const isForRoot = process.getuid?.() === 0 && port < firstFreePort();
      return works(`${where} is free: no agent receives now`, isForRoot ? right : '');
    }
    case 'EADDRINUSE':
      return inUse(where, holderOf(port), verb);
    case 'EACCES':
      return fails(
        `${where} needs a right that this user has not`,
        `listen on ${DEFAULT_PORT} and let devices send there, or give the unit AmbientCapabilities=CAP_NET_BIND_SERVICE`,
      );
    case 'EADDRNOTAVAIL':
      return fails(
        `no interface of this host has ${host}`,
        'write 0.0.0.0 or [::] in traps.listen',
      );
    default:
      return fails(`${where}: ${messageOf(error)}`, 'write another traps.listen');
  }
}

const DEFAULT_PORT = 1_162;

function bindError(address: string, port: number): Promise<NodeJS.ErrnoException | null> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    socket.on('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}

function firstFreePort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  } catch {
    return 1_024;
  }
}

interface Holder {
  readonly pid: string;
  readonly command: readonly string[];
}

function inUse(where: string, holder: Holder | null, verb: string): ExaminedTraps {
  if (holder === null) {
    return works(
      `${where} is in use; whether by the agent cannot be seen`,
      'run it as root, or as the user of the agent, to see who listens there',
    );
  }
  const { pid, command } = holder;
  if (command.includes(verb)) return works(`an agent receives on ${where} (pid ${pid})`);
  return fails(
    `${where} is held by ${command[0] ?? 'another program'} (pid ${pid})`,
    'stop that program, or write another port in traps.listen and at the devices',
  );
}

/** Who has the UDP port, as far as this user may see; null otherwise. */
function holderOf(port: number): Holder | null {
  const inodes = new Set(
    ['/proc/net/udp', '/proc/net/udp6'].flatMap((file) => inodesOf(file, port)),
  );
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const isHolder = list(`/proc/${pid}/fd`).some((fd) =>
      inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)),
    );
    if (isHolder)
      return { pid, command: readText(`/proc/${pid}/cmdline`).split('\0').filter(Boolean) };
  }
  return null;
}

/** As `/proc/PID/fd` shows them. */
function inodesOf(file: string, port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readText(file)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap((cells) => (cells[1]?.endsWith(wanted) ? [`socket:[${cells[9]}]`] : []));
}

/** What is not there, or not ours to see, is empty. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
const list = (folder: string): readonly string[] => attempt(() => readdirSync(folder), []);
const linkOf = (path: string): string => attempt(() => readlinkSync(path), '');
const readText = (file: string): string => attempt(() => readFileSync(file, 'utf8'), '');

/** Linux counts its own bookkeeping in: it gives twice what may be used. */
const BOOKKEEPING = process.platform === 'linux' ? 2 : 1;
const KIB = 1_024;

async function examineBuffer(): Promise<ExaminedTraps> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BUFFER_BYTES });
  const bytes = await new Promise<number>((resolve) => {
    socket.on('error', () => resolve(0));
    socket.bind(0, '127.0.0.1', () => resolve(socket.getRecvBufferSize() / BOOKKEEPING));
  });
  socket.close();
  const text = `the kernel keeps ${Math.floor(bytes / KIB)} KiB of traps that wait`;
  if (bytes >= SOCKET_BUFFER_BYTES) return works(text);
  const mend = `for storms: sysctl -w net.core.rmem_max=${SOCKET_BUFFER_BYTES}, and write it into /etc/sysctl.d`;
  return works(`${text}, of ${SOCKET_BUFFER_BYTES / KIB} asked for`, mend);
}

const NAMES_MAX = 5;

function examineSources({ sources, relays, host }: TrapSettings, targets: Named): ExaminedTraps {
  const text = `ranges that may send: ${sources.length}, relays: ${relays.length}`;
  if (sources.some((range) => parseRange(range)?.prefix === 0)) {
    return works(`${text}: anybody may`, 'name the networks of your devices under traps.sources');
  }
  if (!isIPv6(host) && sources.some((range) => range.includes(':'))) {
    const mend = 'listen on [::] (it takes IPv4 too), or leave those ranges out';
    return fails(`${text}: those of IPv6 cannot reach ${host}`, mend);
  }
  const isListed = rangeTest(sources);
  const outside = targets.filter(({ address }) => isIP(address) !== 0 && !isListed(address));
  if (outside.length === 0) return works(text);
  const names = outside.slice(0, NAMES_MAX).map(({ name }) => name);
  const more = outside.length > NAMES_MAX ? ` and ${outside.length - NAMES_MAX} more` : '';
  return works(
    `${text}; not ${names.join(', ')}${more}, which are asked over SNMP`,
    'add them to traps.sources, unless they send no traps',
  );
}

function examineCredentials({ credentials, known }: TrapSettings): ExaminedTraps {
  const users = credentials.filter((one) => one.version === '3');
  const safe = users.filter(({ priv }) => priv !== undefined).length;
  const communities = credentials.length - users.length;
  const kinds = `known kinds of traps: ${known.byOid.size}`;
  return works(
    `users: ${users.length} (${safe} with privacy), communities: ${communities}; ${kinds}`,
  );
}
