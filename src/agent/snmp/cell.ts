/**
 * One value a device answered. Counters of 64 bits are BigInt: above 2^53 a number would lose
 * octets. Text is cleaned here, once, before anybody shows, stores or compares it (S23).
 */

/** null: the device said that it has no such instance. */
export type Cell = number | bigint | string | Buffer | null;

/** As net-snmp hands it over. */
export interface Varbind {
  readonly oid: string;
  readonly type: number;
  readonly value: unknown;
}

/** ASN.1 tags of SNMPv2 (RFC 3416); net-snmp uses the same numbers. */
const COUNTER64 = 70;
const NO_SUCH_OBJECT = 128;
const NO_SUCH_INSTANCE = 129;
const END_OF_MIB_VIEW = 130;

const TEXT_BYTES_MAX = 1024;

export function isAbsent({ type }: Varbind): boolean {
  return type === NO_SUCH_OBJECT || type === NO_SUCH_INSTANCE || type === END_OF_MIB_VIEW;
}

function counter64(bytes: Buffer): bigint {
  if (bytes.length === 8) return bytes.readBigUInt64BE();
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`);
}

export function cellOf(varbind: Varbind): Cell {
  const { type, value } = varbind;
  if (isAbsent(varbind)) return null;
  if (type === COUNTER64) return Buffer.isBuffer(value) ? counter64(value) : null;
  if (typeof value === 'number' || typeof value === 'string' || Buffer.isBuffer(value)) {
    return value;
  }
  return typeof value === 'boolean' ? Number(value) : null;
}

/** C0 and C1 controls, marks that reorder or hide text, line separators, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** At most 1 KiB of plain text: UTF-8 with replacement, without controls and bidi marks. */
export function cleanText(raw: Buffer | string): string {
  const bytes = Buffer.isBuffer(raw) ? raw.subarray(0, TEXT_BYTES_MAX) : raw;
  const text = (Buffer.isBuffer(bytes) ? bytes.toString('utf8') : bytes).replace(UNSAFE, ' ');
  const short = text.replace(/\s+/g, ' ').trim();
  if (Buffer.byteLength(short) <= TEXT_BYTES_MAX) return short;
  return Buffer.from(short)
    .subarray(0, TEXT_BYTES_MAX)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}

/** The text of a cell; '' where there is none. */
export function textOf(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : cleanText(cell);
}

/** A short octet string as an address: six bytes a MAC, anything else as text. */
export function addressOf(cell: Cell | undefined): string {
  if (!Buffer.isBuffer(cell)) return textOf(cell);
  if (cell.length === 4) return [...cell].join('.');
  if (cell.length === 6) return cell.toString('hex').replace(/(..)(?=.)/g, '$1:');
  return cleanText(cell);
}

/** The number of a cell, of text the first one in it; NaN where there is none. */
export function numberOf(cell: Cell | undefined): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return Number(cell);
  if (cell === null || cell === undefined) return Number.NaN;
  const found = /[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/i.exec(cleanText(cell));
  return found === null ? Number.NaN : Number(found[0]);
}

/** The collector takes no longer values of labels. */
const LABEL_BYTES_MAX = 256;

export function labelText(text: string): string {
  if (Buffer.byteLength(text) <= LABEL_BYTES_MAX) return text;
  const cut = Buffer.from(text).subarray(0, LABEL_BYTES_MAX);
  return cut.toString('utf8').replace(/\ufffd+$/u, '');
}
