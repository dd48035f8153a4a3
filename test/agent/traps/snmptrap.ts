/** Debian's `snmptrap` and `snmpinform`, and varbinds as they take them. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const LINK_DOWN = '1.3.6.1.6.3.1.1.5.3';
export const LINK_UP = '1.3.6.1.6.3.1.1.5.4';

/** `[oid, type, value]` */
export type Written = readonly [string, 'i' | 's' | 'x' | 'o' | 'a', string];

export const IF_INDEX: Written = ['1.3.6.1.2.1.2.2.1.1.3', 'i', '3'];

/** Resolves to the exit code; the program reads and writes nothing of this machine. */
export function send(program: string, args: readonly string[]): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'snmptrap-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const env = { PATH: '/usr/bin', SNMP_PERSISTENT_DIR: home, SNMPCONFPATH: home, MIBS: '' };
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: 30_000 }, (error) =>
      resolve(error === null ? 0 : Number(error.code ?? 1)),
    );
  });
}

export const flat = (varbinds: readonly Written[]): string[] => varbinds.flat();

export const V2C = ['-v2c', '-c', 'secret-community'];
export const v3 = (more: Partial<Record<'user' | 'authKey' | 'engine', string>> = {}): string[] => [
  '-v3',
  ...(more.engine === '' ? [] : ['-e', more.engine ?? '0x8000000001020304']),
  ...['-l', 'authPriv', '-u', more.user ?? 'watch'],
  ...['-a', 'SHA-256', '-A', more.authKey ?? 'authpass123', '-x', 'AES', '-X', 'privpass123'],
];
