/**
 * The ledger on disk: `ledger.json`, a line with a CRC and a line of JSON, replaced by write-temp,
 * sync, rename, sync directory. The one before stays as `ledger.old`, for the day a bit flips.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { emptyLedger, type Ledger, type Position, type Stream } from './ledger.ts';
import type { SpoolFs } from './spool-fs.ts';

export const LEDGER_NAME = 'ledger.json';
const OLD = 'ledger.old';
const TEMPORARY = 'ledger.tmp';
const READ_BYTES_MAX = 4 * 1024 * 1024;

export function formatLedger(ledger: Ledger): Buffer {
  const json = JSON.stringify(ledger);
  return Buffer.from(`watchkeeper-spool 1 ${crc32(json)}\n${json}\n`);
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isPosition = (p: Position | null | undefined): boolean =>
  isCount(p?.index) && isCount(p?.issued);

function isStream(stream: Stream): boolean {
  const { origin, sent, from, cursor, end, sentTo, reservedTo } = stream;
  const named = [origin, sent].every((n) => /^[0-9a-f]{32}$/.test(n.epoch) && isCount(n.base));
  const placed = isPosition(from) && isPosition(cursor) && (end === null || isPosition(end));
  return named && placed && from.index <= cursor.index && isCount(sentTo) && isCount(reservedTo);
}

/** Null for anything that is not a whole ledger of this version. */
export function parseLedger(bytes: Buffer): Ledger | null {
  const match = /^watchkeeper-spool 1 (\d+)\n(.*)\n$/.exec(bytes.toString());
  if (!match || crc32(match[2] ?? '') !== Number(match[1])) return null;
  try {
    const ledger: Ledger = { ...emptyLedger, ...JSON.parse(match[2] ?? '') };
    const counted = isPosition(ledger.tail) && isCount(ledger.acked) && isCount(ledger.unlogged);
    const lists = Array.isArray(ledger.gaps) && Array.isArray(ledger.removing);
    return counted && lists && ledger.streams.every(isStream) ? ledger : null;
  } catch {
    return null;
  }
}

export interface StoredLedger {
  readonly ledger: Ledger;
  /** False when the newest one is unreadable: then this one misses the last change. */
  readonly newest: boolean;
}

/** Null when there is no readable ledger. */
export async function readLedger(fs: SpoolFs, directory: string): Promise<StoredLedger | null> {
  for (const name of [LEDGER_NAME, OLD]) {
    const bytes = await fs.read(join(directory, name), 0, READ_BYTES_MAX).catch(() => null);
    const ledger = bytes === null ? null : parseLedger(bytes);
    if (ledger !== null) return { ledger, newest: name === LEDGER_NAME };
  }
  return null;
}

export async function writeLedger(fs: SpoolFs, directory: string, ledger: Ledger): Promise<void> {
  const path = (name: string): string => join(directory, name);
  await fs.unlink(path(TEMPORARY)).catch(() => undefined);
  const file = await fs.create(path(TEMPORARY));
  try {
    await file.append(formatLedger(ledger));
    await file.sync();
  } finally {
    await file.close();
  }
  // Each rename is atomic; between the two, or when only one survives a power cut, a whole ledger
  // is under one of the names.
  await fs.rename(path(LEDGER_NAME), path(OLD)).catch(() => undefined);
  await fs.rename(path(TEMPORARY), path(LEDGER_NAME));
  await fs.syncDirectory(directory);
}
