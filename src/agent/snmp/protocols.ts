/**
 * What a device is asked with: the versions, and the algorithms of SNMPv3. Names as people write
 * them; numbers as net-snmp counts them. AES-192 is not in net-snmp 3.29: its table of ciphers is
 * completed here with the same two ways to lengthen a key that it has for AES-256 (Blumenthal's
 * draft, and Reeder's, which Cisco devices use).
 */
import type * as NetSnmp from 'net-snmp';

export const AUTH_PROTOCOLS = Object.freeze({
  sha: 3,
  sha224: 4,
  sha256: 5,
  sha384: 6,
  sha512: 7,
});
/** `b` and `r`: how a key too short for the cipher is lengthened. */
export const PRIV_PROTOCOLS = Object.freeze({
  aes: 4,
  aes192b: 192,
  aes192r: 193,
  aes256b: 6,
  aes256r: 8,
});
export type AuthProtocol = keyof typeof AUTH_PROTOCOLS;
export type PrivProtocol = keyof typeof PRIV_PROTOCOLS;

/** Other spellings: of net-snmp's tools, of device manuals. */
const SPELLINGS: Readonly<Record<string, AuthProtocol | PrivProtocol>> = Object.freeze({
  sha1: 'sha',
  sha2256: 'sha256',
  aes128: 'aes',
  aes192: 'aes192b',
  aes192c: 'aes192r',
  aes256: 'aes256b',
  aes256c: 'aes256r',
});

const spelled = (text: string): string => {
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SPELLINGS[plain] ?? plain;
};

/** `SHA-256` → sha256; null for what there is not. MD5 is broken and not offered. */
export function authProtocol(text: string): AuthProtocol | null {
  const name = spelled(text);
  return Object.hasOwn(AUTH_PROTOCOLS, name) ? (name as AuthProtocol) : null;
}

/** `AES-256` → aes256b; null for what there is not. DES is broken and not offered. */
export function privProtocol(text: string): PrivProtocol | null {
  const name = spelled(text);
  return Object.hasOwn(PRIV_PROTOCOLS, name) ? (name as PrivProtocol) : null;
}

/** RFC 3414 wants passwords of eight characters at least. */
export const KEY_MIN = 8;

export interface CommunityCredential {
  readonly version: '1' | '2c';
  readonly community: string;
}

export interface UserCredential {
  readonly version: '3';
  readonly user: string;
  readonly auth?: { readonly protocol: AuthProtocol; readonly key: string };
  readonly priv?: { readonly protocol: PrivProtocol; readonly key: string };
  /** Name of the context; '' for the default one. */
  readonly context: string;
}

export type Credential = CommunityCredential | UserCredential;

const LEVEL = Object.freeze({ noAuthNoPriv: 1, authNoPriv: 2, authPriv: 3 });

/** The user as net-snmp wants it. */
export function netSnmpUser({ user, auth, priv }: UserCredential): NetSnmp.User {
  if (auth === undefined) return { name: user, level: LEVEL.noAuthNoPriv };
  const authenticated = {
    name: user,
    authProtocol: AUTH_PROTOCOLS[auth.protocol],
    authKey: auth.key,
  };
  if (priv === undefined) return { ...authenticated, level: LEVEL.authNoPriv };
  return {
    ...authenticated,
    level: LEVEL.authPriv,
    // The numbers of AES-192 are ours.
    privProtocol: PRIV_PROTOCOLS[priv.protocol] as NetSnmp.PrivProtocols,
    privKey: priv.key,
  };
}

/** The part of net-snmp that its types leave out. */
interface Cipher {
  readonly CRYPTO_ALGORITHM: string;
  readonly KEY_LENGTH: number;
}
interface WithCiphers {
  readonly Encryption: { readonly algorithms: Record<number, Cipher> };
}

const AES_192_KEY_BYTES = 24;

/** Loaded only where something is asked over SNMP: it costs an idle agent nothing. */
export async function loadNetSnmp(): Promise<typeof NetSnmp> {
  const loaded = await import('net-snmp');
  // In CommonJS the exports are the default one.
  const snmp = ('default' in loaded ? loaded.default : loaded) as typeof NetSnmp;
  const { algorithms } = (snmp as unknown as WithCiphers).Encryption;
  const ours = [
    ['aes192b', 'aes256b'],
    ['aes192r', 'aes256r'],
  ] as const;
  for (const [name, like] of ours) {
    const model = algorithms[PRIV_PROTOCOLS[like]];
    if (model === undefined) continue;
    algorithms[PRIV_PROTOCOLS[name]] ??= {
      ...model,
      CRYPTO_ALGORITHM: 'aes-192-cfb',
      KEY_LENGTH: AES_192_KEY_BYTES,
    };
  }
  return snmp;
}
