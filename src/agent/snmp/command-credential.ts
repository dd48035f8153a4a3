/** The credential that options of a command line make: every slip is named with its option. */
import { Failure } from '../../shared/errors.ts';
import { readSecretFile } from '../../shared/secret-file.ts';
import {
  AUTH_PROTOCOLS,
  authProtocol,
  type Credential,
  KEY_MIN,
  PRIV_PROTOCOLS,
  privProtocol,
} from './protocols.ts';

/** As commander names them. */
export interface CredentialOptions {
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
}

export const usage = (message: string, hint: string): Failure =>
  new Failure('usage', message, { hint });

/** One secret, alone in a file that nobody else may read. It is never in a message. */
function secretFrom(file: string): string {
  const text = readSecretFile({ file, what: 'the key file' }).trim();
  if (text !== '') return text;
  throw new Failure('config', `the key file ${file} is empty`, {
    hint: 'put the community or key alone in it, on one line',
  });
}

const given = (value: string | undefined, file: string | undefined): string | undefined =>
  file === undefined ? value : secretFrom(file);

function community(options: CredentialOptions): Credential {
  const { snmpVersion: version = '2c' } = options;
  const name = given(options.community, options.communityFile);
  const v3 = Object.keys(options).find((key) => key.startsWith('v3'));
  if (v3 !== undefined || version === '3') {
    throw usage('SNMP v3 needs a user', 'add --v3-user NAME, with --v3-auth-key-file FILE');
  }
  if (version !== '1' && version !== '2c') {
    throw usage(`--snmp-version "${version}" is none`, 'write 1 or 2c; for SNMP v3 --v3-user NAME');
  }
  if (name === undefined || name === '') {
    throw usage('no credential', 'add --community C, --community-file FILE or --v3-user NAME');
  }
  return { version, community: name };
}

interface Layer<P> {
  /** `--v3-auth` or `--v3-priv`. */
  readonly flag: string;
  readonly protocols: object;
  readonly named: (text: string) => P | null;
  readonly usual: string;
}

const AUTH = {
  flag: '--v3-auth',
  protocols: AUTH_PROTOCOLS,
  named: authProtocol,
  usual: 'sha256',
} as const;
const PRIV = {
  flag: '--v3-priv',
  protocols: PRIV_PROTOCOLS,
  named: privProtocol,
  usual: 'aes',
} as const;

function layer<P>(
  { flag, protocols, named, usual }: Layer<P>,
  protocol: string | undefined,
  key: string | undefined,
): { readonly protocol: P; readonly key: string } | undefined {
  if (key === undefined && protocol === undefined) return undefined;
  const names = Object.keys(protocols);
  const found = named(protocol ?? usual);
  if (found === null) {
    throw usage(`${flag}-protocol "${protocol}" is none`, `write one of ${names.join(', ')}`);
  }
  if (key === undefined) throw usage(`${flag}-protocol needs a key`, `add ${flag}-key-file FILE`);
  if (key.length >= KEY_MIN) return { protocol: found, key };
  const hint = `SNMP v3 wants ${KEY_MIN} at least (RFC 3414)`;
  throw usage(`the key of ${flag}-key has fewer than ${KEY_MIN} characters`, hint);
}

/** Throws `usage`, or `config` for a file. */
export function credentialFrom(options: CredentialOptions): Credential {
  const { v3User: user, v3Context: context = '' } = options;
  if (user === undefined) return community(options);
  if (options.community !== undefined || options.communityFile !== undefined) {
    throw usage('a community and a user', 'give --community (v1, v2c) or --v3-user (v3), not both');
  }
  const authKey = given(options.v3AuthKey, options.v3AuthKeyFile);
  const auth = layer(AUTH, options.v3AuthProtocol, authKey);
  const privKey = given(options.v3PrivKey, options.v3PrivKeyFile);
  const priv = layer(PRIV, options.v3PrivProtocol, privKey);
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
