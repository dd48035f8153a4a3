/** The reading half of the store. */
import type { Labels } from '../../shared/sample.ts';
import { assemble, type Range, type Sources } from './assemble.ts';
import { readTogether } from './database.ts';
import type { DeviceState } from './device-state.ts';
import type {
  Latest,
  PendingHour,
  RollupDay,
  SeriesEntry,
  SeriesWindow,
  StoredGap,
} from './store.ts';
import type { StoreParts } from './store-parts.ts';

export class StoreReader {
  protected parts: StoreParts;

  constructor(parts: StoreParts) {
    this.parts = parts;
  }

  /** Runs `look` on one state of the file. */
  protected consistent<Result>(look: () => Result): Result {
    return readTogether(this.parts.database, look);
  }

  /** Catches up with the process that writes, where that is another one. */
  protected follow(): void {}

  get generation(): number {
    return this.parts.dictionary.generation;
  }

  get latest(): Latest {
    return this.parts.latest;
  }

  cursor(agent: string, epoch: string): number {
    return this.parts.cursors.seq(agent, epoch);
  }

  labelsOf(series: number): Labels {
    return this.parts.dictionary.labelsOf(series);
  }

  deviceOf(series: number): string {
    return this.parts.dictionary.deviceOf(series).name;
  }

  devices(): readonly string[] {
    this.follow();
    return [...this.parts.dictionary.devices.keys()];
  }

  deviceRevision(device: string): number {
    return this.device(device)?.revision ?? 0;
  }

  seriesOf(device: string): readonly SeriesEntry[] {
    const known = this.device(device);
    return known === undefined ? [] : this.parts.dictionary.entriesOf(known);
  }

  newest(device: string): number {
    return this.device(device)?.newestMs ?? 0;
  }

  async read(device: string, fromMs: number, toMs: number): Promise<readonly SeriesWindow[]> {
    const range = { fromMs, toMs };
    const found = this.consistent(() => {
      const known = this.device(device);
      return known === undefined ? null : { known, sources: this.#sources(known, range) };
    });
    if (found === null) return [];
    const columns = await assemble(found.sources, range);
    // The device may have been removed while this waited for its turn.
    if (found.known.removed) return [];
    const own = new Set(found.known.series);
    return columns
      .filter(({ series }) => own.has(series))
      .map((column) => ({ ...column, labels: this.labelsOf(column.series) }));
  }

  async gaps(fromMs: number, toMs: number): Promise<readonly StoredGap[]> {
    return this.consistent(() => this.parts.gaps.overlapping(fromMs, toMs));
  }

  pendingHours(device?: string): readonly PendingHour[] {
    this.follow();
    const { dictionary, hours } = this.parts;
    if (device === undefined) return hours.list(dictionary.devices.values());
    const known = this.device(device);
    return known === undefined ? [] : hours.list([known]);
  }

  async rollups(device: string, fromMs: number, toMs: number): Promise<readonly RollupDay[]> {
    return this.consistent(() => {
      const known = this.device(device);
      return known === undefined ? [] : this.parts.rollups.days(known, fromMs, toMs);
    });
  }

  protected device(name: string): DeviceState | undefined {
    return this.parts.dictionary.devices.get(name);
  }

  /** The bytes that may hold samples of the range, oldest writing first. */
  #sources(device: DeviceState, { fromMs, toMs }: Range): Sources {
    const { blocks, journal } = this.parts;
    const payloads: Uint8Array[] = [];
    for (const block of blocks.list(device)) {
      if (block.toMs < fromMs || block.fromMs >= toMs) continue;
      const payload = blocks.payload(device, block.id);
      if (payload !== null) payloads.push(payload);
    }
    const { ids, fromMs: firsts, toMs: lasts } = device.rows;
    const inside = ids.filter((_, i) => (lasts[i] ?? 0) >= fromMs && (firsts[i] ?? 0) < toMs);
    return { blocks: payloads, rows: journal.payloads(inside) };
  }
}
