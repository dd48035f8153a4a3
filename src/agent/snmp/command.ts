/** What `agent snmp test` and `agent snmp discover` were asked, made into a target or a scan. */
import { readFileSync, statSync } from 'node:fs';
import { stringify } from 'yaml';
import { Failure, messageOf } from '../../shared/errors.ts';
import { parseDuration } from '../../shared/units.ts';
import {
  AUTH_PROTOCOLS,
  authProtocol,
  type Credential,
  PRIV_PROTOCOLS,
  privProtocol,
} from './protocols.ts';
import { isHost, profileFoldersWith } from './settings.ts';
import type { Found, Scan, SnmpTarget } from './snmp.ts';

/** As commander names them. */
export interface CommandOptions {
  readonly community?: string;
  readonly communityFile?: string;
  readonly snmpVersion?: string;
  readonly v3User?: string;
  readonly v3AuthProtocol?: string;
  readonly v3AuthKey?: string;
  readonly v3AuthKeyFile?: string;
  readonly v3PrivProtocol?: string;
  readonly v3PrivKey?: string;
  readonly v3PrivKeyFile?: string;
  readonly v3Context?: string;
  readonly profile?: string;
  readonly profiles?: readonly string[];
  readonly timeout?: string;
  readonly retries?: string;
  readonly port?: string;
  readonly atOnce?: string;
}

const usage = (message: string, hint: string): Failure => new Failure('usage', message, { hint });

/** One secret, alone in a file that nobody else may read. It is never in a message. */
export function secretFrom(file: string, platform: NodeJS.Platform = process.platform): string {
  try {
    const mode = statSync(file).mode & 0o777;
    if (platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Failure('config', `the key file ${file} is open to others`, {
        hint: `chmod 600 ${file}`,
      });
    }
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('config', `the key file cannot be read: ${messageOf(cause)}`, { cause });
  }
}

const keyFrom = (key: string | undefined, file: string | undefined): string | undefined =>
  file === undefined ? key : secretFrom(file);

function community(options: CommandOptions): Credential {
  const { snmpVersion: version = '2c' } = options;
  if (version !== '1' && version !== '2c') {
    throw usage(`there is no community in SNMP version ${version}`, 'write 1 or 2c, or --v3-user');
  }
  const name = keyFrom(options.community, options.communityFile);
  if (name === undefined || name === '') {
    throw usage('no credential', 'add --community C, --community-file FILE or --v3-user NAME');
  }
  return { version, community: name };
}

function layer<P extends string>(
  of: { readonly flag: string; readonly protocols: object },
  protocol: P | null,
  key: string | undefined,
): { readonly protocol: P; readonly key: string } | undefined {
  if (key === undefined) return undefined;
  if (protocol !== null) return { protocol, key };
  throw usage(`unknown --${of.flag}`, `one of ${Object.keys(of.protocols).join(', ')}`);
}

export function credentialFrom(options: CommandOptions): Credential {
  const { v3User: user, v3Context: context = '' } = options;
  if (user === undefined) return community(options);
  const auth = layer(
    { flag: 'v3-auth-protocol', protocols: AUTH_PROTOCOLS },
    authProtocol(options.v3AuthProtocol ?? 'sha256'),
    keyFrom(options.v3AuthKey, options.v3AuthKeyFile),
  );
  const priv = layer(
    { flag: 'v3-priv-protocol', protocols: PRIV_PROTOCOLS },
    privProtocol(options.v3PrivProtocol ?? 'aes'),
    keyFrom(options.v3PrivKey, options.v3PrivKeyFile),
  );
  if (priv !== undefined && auth === undefined) {
    throw usage('privacy needs authentication', 'add --v3-auth-key-file FILE');
  }
  return {
    version: '3',
    user,
    context,
    ...(auth === undefined ? {} : { auth }),
    ...(priv === undefined ? {} : { priv }),
  };
}

function integer(text: string | undefined, usual: number, limits: readonly [number, number]) {
  if (text === undefined) return usual;
  const value = Number(text);
  if (Number.isInteger(value) && value >= limits[0] && value <= limits[1]) return value;
  throw usage(`"${text}" is not a number from ${limits[0]} to ${limits[1]}`, 'mend this option');
}

/** `switch.example`, `192.0.2.1:1161`, `[2001:db8::1]:161`, `2001:db8::1`. */
export function hostAndPort(text: string): { readonly address: string; readonly port: number } {
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? /^([^:]+)(?::(\d+))?$/.exec(text);
  const address = match?.[1] ?? text;
  if (!isHost(address)) {
    throw usage(`"${text}" is no address`, 'write HOST, HOST:PORT or [IPv6]:PORT');
  }
  return { address, port: integer(match?.[2], 161, [1, 65_535]) };
}

/** For a device that is asked once: its profile's time-out and retries are not yet known. */
export function targetFrom(text: string, options: CommandOptions): SnmpTarget {
  const { address, port } = hostAndPort(text);
  const { timeout, retries } = options;
  return {
    name: address,
    address,
    port,
    credential: credentialFrom(options),
    profile: options.profile ?? '',
    labels: {},
    intervalMs: 60_000,
    timeoutMs: timeout === undefined ? undefined : parseDuration(timeout),
    retries: retries === undefined ? undefined : integer(retries, 1, [0, 5]),
    namesIntervalMs: 600_000,
    neighbours: true,
    interfaces: { only: [], ignore: [], ignoreTypes: [], speeds: [] },
  };
}

export const foldersFrom = ({ profiles = [] }: CommandOptions): readonly string[] =>
  profileFoldersWith(profiles);

export function scanFrom(
  range: string,
  options: CommandOptions,
  onProgress: Scan['onProgress'],
): Scan {
  return {
    range,
    port: integer(options.port, 161, [1, 65_535]),
    credential: credentialFrom(options),
    timeoutMs: parseDuration(options.timeout ?? '1s'),
    retries: integer(options.retries, 1, [0, 5]),
    profileFolders: foldersFrom(options),
    atOnce: integer(options.atOnce, 64, [1, 512]),
    onProgress,
  };
}

/** The part `snmp:` of an agent's configuration, to review and take over. */
export function foundYaml(found: readonly Found[], { port }: Pick<Scan, 'port'>): string {
  const names = new Map<string, number>();
  const targets = found.map(({ address, sysName }) => {
    const usual = /^[\w.-]{1,60}$/.test(sysName) ? sysName : address;
    const count = (names.get(usual) ?? 0) + 1;
    names.set(usual, count);
    const name = count === 1 ? usual : address;
    return { name, address, ...(port === 161 ? {} : { port }) };
  });
  const notes = found.map(
    ({ address, profile, reason, sysDescr }) =>
      `# ${address}: ${profile} (${reason}) ${sysDescr.slice(0, 100)}`,
  );
  const part = {
    snmp: { credentials_file: 'snmp-credentials.yaml', credential: 'NAME', targets },
  };
  return [
    '# Found by "agent snmp discover". Review it, then put it into the agent\'s configuration.',
    ...notes,
    stringify(part),
  ].join('\n');
}
