/** Gaps of late data in `desk.db`, on a connection of their own. */
import type { Gap, Gaps } from './desk.ts';
import { openDatabase } from './open-database.ts';

export function makeGaps(directory: string): Gaps {
  const connection = openDatabase(directory);
  const all = connection.prepare(
    `SELECT device, from_ms AS fromMs, to_ms AS toMs, since_ms AS sinceMs, step_ms AS stepMs
     FROM desk_gaps ORDER BY since_ms, device, to_ms`,
  );
  const insert = connection.prepare(
    'INSERT OR REPLACE INTO desk_gaps VALUES (@device, @toMs, @fromMs, @sinceMs, @stepMs)',
  );
  const remove = connection.prepare('DELETE FROM desk_gaps WHERE device = ? AND to_ms = ?');
  const keep = connection.transaction((gaps: readonly Gap[]) => {
    for (const { device, fromMs, toMs, sinceMs, stepMs } of gaps) {
      insert.run({ device, fromMs, toMs, sinceMs, stepMs });
    }
  });
  const drop = connection.transaction((gaps: readonly Gap[]) => {
    for (const { device, toMs } of gaps) remove.run(device, toMs);
  });
  return {
    all: () => all.all() as Gap[],
    keep: (gaps) => {
      if (gaps.length > 0) keep.immediate(gaps);
    },
    drop: (gaps) => {
      if (gaps.length > 0) drop.immediate(gaps);
    },
    close: async () => void connection.close(),
  };
}
