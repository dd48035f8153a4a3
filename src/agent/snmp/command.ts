/** What `agent snmp test` and `agent snmp discover` were asked, made into a target or a scan. */
import { stringify } from 'yaml';
import { Failure, messageOf } from '../../shared/errors.ts';
import { parseDuration } from '../../shared/units.ts';
import { type CredentialOptions, credentialFrom, usage } from './command-credential.ts';
import { hostProblem, profileFoldersWith } from './settings.ts';
import type { Found, Scan, SnmpTarget } from './snmp.ts';

/** As commander names them. */
export interface CommandOptions extends CredentialOptions {
  readonly profile?: string;
  readonly profiles?: readonly string[];
  readonly timeout?: string;
  readonly retries?: string;
  readonly port?: string;
  readonly atOnce?: string;
}

interface Whole {
  /** What is said to be wrong. */
  readonly option: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

function integer(text: string | undefined, { option, usual, least, most }: Whole): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw usage(
    `${option} "${text}" is not a whole number from ${least} to ${most}`,
    `write for example ${usual}`,
  );
}

const PORT = { usual: 161, least: 1, most: 65_535 } as const;
const RETRIES = { option: '--retries', usual: 1, least: 0, most: 5 } as const;
const AT_ONCE = { option: '--at-once', usual: 64, least: 1, most: 512 } as const;

/** How long a device is waited for at most: longer than anybody looks at a terminal. */
const TIMEOUT_MAX_MS = 300_000;

function timeoutFrom(text: string): number {
  let timeoutMs: number;
  try {
    timeoutMs = parseDuration(text);
  } catch (error) {
    const hint = error instanceof Failure ? error.hint : '';
    throw usage(`--timeout ${messageOf(error)}`, hint);
  }
  if (timeoutMs >= 1 && timeoutMs <= TIMEOUT_MAX_MS) return timeoutMs;
  throw usage(`--timeout ${text} is not between 1ms and 5m`, 'write for example 3s');
}

/** `switch.example`, `192.0.2.1:1161`, `[2001:db8::1]:161`, `2001:db8::1`. */
export function hostAndPort(text: string): { readonly address: string; readonly port: number } {
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? /^([^:]+)(?::(\d+))?$/.exec(text);
  const address = match?.[1] ?? text;
  const problem = hostProblem(address);
  if (problem !== null) throw usage(problem, 'write HOST, HOST:PORT or [IPv6]:PORT');
  return { address, port: integer(match?.[2], { ...PORT, option: `the port of ${text}:` }) };
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
    timeoutMs: timeout === undefined ? undefined : timeoutFrom(timeout),
    retries: retries === undefined ? undefined : integer(retries, RETRIES),
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
    port: integer(options.port, { ...PORT, option: '--port' }),
    credential: credentialFrom(options),
    timeoutMs: timeoutFrom(options.timeout ?? '1s'),
    retries: integer(options.retries, RETRIES),
    profileFolders: foldersFrom(options),
    atOnce: integer(options.atOnce, AT_ONCE),
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
