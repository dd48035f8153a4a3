/** The table of sealed blocks, and what it holds in numbers. */
import { crc32 } from 'node:zlib';
import type { Log } from '../../shared/log.ts';
import { type Database, isCorrupt, type Statement } from './database.ts';
import type { DeviceState } from './device-state.ts';
import type { Staged } from './staged.ts';

/** A block without its bytes. */
export interface BlockFacts {
  readonly id: number;
  /** 0 straight from the journal; one more for each merge (see `compact.ts`). */
  readonly level: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: number;
  readonly bytes: number;
}

export type NewBlock = Omit<BlockFacts, 'id' | 'bytes'> & { readonly payload: Uint8Array };

/** The level of a block that failed its checksum: kept for whoever wants to look, left alone. */
export const DAMAGED = 99;

const FACTS = 'id, level, from_ms AS fromMs, to_ms AS toMs, samples, bytes';

export class Blocks implements Staged {
  count = 0;
  samples = 0;
  bytes = 0;
  corrupt = 0;
  readonly #log: Log;
  readonly #insert: Statement;
  readonly #replace: Statement;
  readonly #delete: Statement;
  readonly #mark: Statement;
  readonly #list: Statement;
  readonly #payload: Statement;
  readonly #sums: Statement;
  readonly #staged = { count: 0, samples: 0, bytes: 0 };

  constructor(database: Database, log: Log) {
    this.#log = log;
    this.#insert = database.prepare(
      'INSERT INTO blocks(device, level, from_ms, to_ms, samples, bytes, checksum, payload) ' +
        'VALUES(?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#replace = database.prepare(
      'UPDATE blocks SET level = ?, from_ms = ?, to_ms = ?, samples = ?, bytes = ?, ' +
        'checksum = ?, payload = ? WHERE id = ?',
    );
    this.#delete = database.prepare('DELETE FROM blocks WHERE id = ?');
    this.#mark = database.prepare('UPDATE blocks SET level = ? WHERE id = ?');
    this.#list = database.prepare(
      `SELECT ${FACTS} FROM blocks INDEXED BY blocks_by_device WHERE device = ? ORDER BY id`,
    );
    this.#payload = database.prepare('SELECT checksum, payload FROM blocks WHERE id = ?');
    this.#sums = database.prepare(
      'SELECT count(*) AS count, total(samples) AS samples, total(bytes) AS bytes ' +
        'FROM blocks INDEXED BY blocks_by_device',
    );
  }

  load(): void {
    Object.assign(this, this.#sums.get());
  }

  /** Oldest writing first: where two blocks hold the same time, the later one wins. */
  list(device: DeviceState): BlockFacts[] {
    return this.#list.all(device.id) as BlockFacts[];
  }

  /** The bytes of a block; null when it is gone or damaged, which is counted. */
  payload(device: DeviceState, id: number): Uint8Array | null {
    try {
      const row = this.#payload.get(id) as { checksum: number; payload: Uint8Array } | undefined;
      if (row === undefined) return null;
      if (crc32(row.payload, device.id) === row.checksum) return row.payload;
    } catch (error) {
      if (!isCorrupt(error)) throw error;
    }
    this.#noteDamage(device, id);
    return null;
  }

  #noteDamage(device: DeviceState, id: number): void {
    this.corrupt++;
    this.#log.error('a damaged block was left out', { device: device.name, block: id });
  }

  /** Inside a transaction. */
  insert(device: DeviceState, block: NewBlock): void {
    const { level, fromMs, toMs, samples, payload } = block;
    const checksum = crc32(payload, device.id);
    const { length } = payload;
    this.#insert.run(device.id, level, fromMs, toMs, samples, length, checksum, payload);
    this.#add(1, samples, length);
  }

  /** Inside a transaction: `block` takes the place of `old`, which are neighbours in age. */
  merge(device: DeviceState, old: readonly BlockFacts[], block: NewBlock): void {
    const last = old.at(-1);
    if (last === undefined) return;
    const { level, fromMs, toMs, samples, payload } = block;
    const checksum = crc32(payload, device.id);
    this.delete(old.slice(0, -1));
    this.#replace.run(level, fromMs, toMs, samples, payload.length, checksum, payload, last.id);
    this.#add(0, samples - last.samples, payload.length - last.bytes);
  }

  /** Inside a transaction. */
  delete(blocks: readonly BlockFacts[]): void {
    for (const { id, samples, bytes } of blocks) {
      this.#delete.run(id);
      this.#add(-1, -samples, -bytes);
    }
  }

  /** Inside a transaction: the block is not merged and not looked at again. */
  markDamaged(id: number): void {
    this.#mark.run(DAMAGED, id);
  }

  #add(count: number, samples: number, bytes: number): void {
    this.#staged.count += count;
    this.#staged.samples += samples;
    this.#staged.bytes += bytes;
  }

  write(): void {}

  commit(): void {
    this.count += this.#staged.count;
    this.samples += this.#staged.samples;
    this.bytes += this.#staged.bytes;
    this.rollback();
  }

  rollback(): void {
    this.#staged.count = this.#staged.samples = this.#staged.bytes = 0;
  }
}
