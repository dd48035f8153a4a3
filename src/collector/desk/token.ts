/**
 * Tokens (S1): `wk_`, 256 random bits and a checksum, so that scanners for leaked secrets know one
 * when they see it. Only the SHA-256 is kept; 256 bits cannot be guessed, so a slow hash would
 * protect nothing.
 */
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';

const PREFIX = 'wk_';
const SECRET_BYTES = 32;
const LENGTH = 75;

export function makeToken(clock: Pick<Clock, 'randomHex'>): string {
  const secret = PREFIX + clock.randomHex(SECRET_BYTES);
  return secret + checksum(secret);
}

function checksum(secret: string): string {
  return crc32(secret).toString(16).padStart(8, '0');
}

/** Whether a text can be a token at all; cheap, so that nothing else need be hashed. */
export function looksLikeToken(text: string): boolean {
  return text.length === LENGTH && text.startsWith(PREFIX);
}

/** False for a token that was mistyped or cut short. */
export function isWholeToken(text: string): boolean {
  return looksLikeToken(text) && checksum(text.slice(0, -8)) === text.slice(-8);
}

/** Hexadecimal, 64 digits. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/** In time that does not depend on where two hashes differ. */
export function sameHash(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++) {
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  }
  return difference === 0;
}

const NAME = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Names of agents are label values and appear in logs and headers; they are never used as a path,
 * and those that mean something in one are refused anyway. Throws `usage`.
 */
export function checkName(name: string): void {
  if (NAME.test(name) && name !== '.' && name !== '..') return;
  throw new Failure('usage', `${JSON.stringify(name.slice(0, 80))} is not a name for a token`, {
    hint: 'use 1 to 64 letters, digits, dots, hyphens and underscores',
  });
}
