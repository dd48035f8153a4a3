/** Opens and recovers a spool: whatever the directory holds, it starts. */
import { join } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import { SpoolCore } from './core.ts';
import { openLive } from './ledger.ts';
import { LEDGER_NAME, readLedger, type StoredLedger } from './ledger-file.ts';
import { Quarantine } from './quarantine.ts';
import { foreignSegments, recover } from './recover.ts';
import { SegmentFiles } from './segment-files.ts';
import { SegmentSpool } from './segment-spool.ts';
import type { Spool, SpoolOptions } from './spool.ts';
import { nodeSpoolFs } from './spool-fs.ts';

const HOUR_MS = 3_600_000;
/** However much is allowed, never more of the file system than this. */
const DISK_SHARE_MAX = 0.05;
/** Of the quota: what is put aside; one segment file. */
const QUARANTINE_SHARE = 1 / 8;
const SEGMENT_SHARE = 1 / 64;
const SEGMENT_BYTES_MAX = 8 * 1024 * 1024;

export async function openSegmentSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, clock, log, fs = nodeSpoolFs } = options;
  await fs.makeDirectory(directory);
  const { totalBytes } = await fs.space(directory);
  const quota = Math.floor(Math.min(options.maxBytes, totalBytes * DISK_SHARE_MAX));
  const segmentBytes = Math.min(SEGMENT_BYTES_MAX, quota * SEGMENT_SHARE);
  const files = new SegmentFiles({ fs, directory, clock, segmentBytes, segmentAgeMs: HOUR_MS });
  const asideBytes = Math.floor(quota * QUARANTINE_SHARE);
  const quarantine = new Quarantine({ fs, directory, maxBytes: asideBytes });
  await quarantine.open();
  const stored = await readLedger(fs, directory);
  await tidy({ ...options, fs }, { files, quarantine, stored });
  const recovered = await recover(stored?.ledger ?? null, files);
  const ledger = openLive(recovered, clock.randomHex(16));
  const core = new SpoolCore({ directory, fs, clock, log }, { files, quarantine, ledger });
  await core.persist();
  return new SegmentSpool({ ...options, fs }, core, quota - asideBytes);
}

/** Leaves in the directory, and in `files`, only what is of this spool and can be read. */
async function tidy(
  { directory, fs, log }: Required<SpoolOptions>,
  parts: { files: SegmentFiles; quarantine: Quarantine; stored: StoredLedger | null },
): Promise<void> {
  const { files, quarantine, stored } = parts;
  const aside = async (name: string, reason: string): Promise<void> => {
    log.warn('a file of the spool was put aside', { directory, file: name, reason });
    files.forget(name);
    await quarantine
      .takeFile(name)
      .catch((error) => log.warn('it stays where it is', { reason: messageOf(error) }));
  };
  if (stored?.newest !== true && (await fs.list(directory)).includes(LEDGER_NAME)) {
    await aside(LEDGER_NAME, 'the ledger cannot be read');
  }
  for (const name of stored?.ledger.removing ?? []) {
    await fs.unlink(join(directory, name)).catch(() => undefined);
  }
  files.neverReuse(stored?.ledger.seen.name ?? '');
  const { unreadable, damages } = await files.scan();
  for (const name of unreadable) await aside(name, 'it holds no record that can be read');
  for (const { name } of foreignSegments(stored, files.all)) {
    await aside(name, 'its records belong to another spool, or contradict the ledger');
  }
  for (const damage of damages) await quarantine.copyPiece(damage).catch(() => undefined);
}
