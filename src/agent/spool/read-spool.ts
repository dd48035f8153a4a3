/** A look at a spool that another process may be working on: reads only. */
import type { Clock } from '../../shared/clock.ts';
import { silentLog } from '../../shared/log.ts';
import { SpoolCore } from './core.ts';
import { readLedger } from './ledger-file.ts';
import { Quarantine } from './quarantine.ts';
import { recover } from './recover.ts';
import { SegmentFiles } from './segment-files.ts';
import type { SpoolStats } from './spool.ts';
import { nodeSpoolFs as fs } from './spool-fs.ts';
import { spoolStats } from './stats.ts';

export async function readSpool(directory: string, clock: Clock): Promise<SpoolStats | null> {
  const there = await fs.list(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (there === null) return null;
  const limits = { segmentBytes: Infinity, segmentAgeMs: Infinity };
  const files = new SegmentFiles({ fs, directory, clock, ...limits });
  await files.scan();
  const quarantine = new Quarantine({ fs, directory, maxBytes: 0 });
  await quarantine.read();
  const stored = await readLedger(fs, directory);
  const ledger = await recover(stored?.ledger ?? null, files);
  const core = new SpoolCore(
    { fs, directory, clock, log: silentLog },
    { files, quarantine, ledger },
  );
  core.diskFreeBytes = (await fs.space(directory)).freeBytes;
  return spoolStats(core, new Map());
}
