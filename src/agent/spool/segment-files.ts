/**
 * The segment files: the spool's one log in pieces, appended at the end, read anywhere, removed
 * whole. Nothing here knows what is acknowledged. Damage is stepped over and reported, never
 * repaired: the next sound header is searched for, and its index tells what is missing.
 */
import { join } from 'node:path';
import type { Position } from './ledger.ts';
import {
  bodyMatches,
  decodeHeader,
  findHeader,
  HEADER_BYTES,
  type NewRecord,
  type RecordHeader,
} from './record.ts';
import { SegmentWriter, type SegmentWriterOptions } from './segment-writer.ts';

export interface Segment {
  readonly name: string;
  readonly number: number;
  /** Of its first sound record. */
  readonly first: Position;
  readonly firstMs: number;
  readonly epoch: string;
  readonly seq: number;
  readonly bytes: number;
}

/** Bytes of a file that are not a sound record. */
export interface Damage {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface Found {
  readonly header: RecordHeader;
  /** Empty when only the header was asked for. */
  readonly body: Buffer;
}

export interface SearchResult {
  readonly found: Found | null;
  readonly damages: readonly Damage[];
}

export interface HowToFind {
  readonly withBody: boolean;
  /** Skips what is before it; by default `from`'s. */
  readonly index?: number;
  /** Of the records; one of another epoch is damage. */
  readonly epoch?: string;
}

interface Place {
  readonly segment: Segment;
  readonly offset: number;
}

const NAME = /^(\d{10})\.seg$/;
const WINDOW_BYTES = 256 * 1024;
/** Read with the header, so that most records need one read. */
const BODY_GUESS_BYTES = 32 * 1024;
const PLACES_MAX = 32;
const NOTHING = Buffer.alloc(0);
/** A bad sector, a file that somebody removed or locked. */
const UNREADABLE = new Set(['EIO', 'ENOENT', 'EACCES', 'EISDIR']);
/** More of one damaged piece is not worth keeping for a look. */
export const DAMAGE_BYTES_MAX = 1024 * 1024;

export const positionOf = ({ index, issuedBefore }: RecordHeader): Position => ({
  index,
  issued: issuedBefore,
});
export const positionAfter = ({ index, issuedBefore, samples }: RecordHeader): Position => ({
  index: index + 1,
  issued: issuedBefore + samples,
});

function fits(header: RecordHeader, from: Position, end: Position): boolean {
  const { index, issuedBefore, samples } = header;
  const follows = index === from.index ? issuedBefore === from.issued : issuedBefore >= from.issued;
  return follows && issuedBefore + samples <= end.issued;
}

function segmentOf(name: string, record: NewRecord, bytes: number): Segment {
  const { index, issuedBefore, firstMs, epoch, seq } = record;
  const first = { index, issued: issuedBefore };
  return { name, number: Number(NAME.exec(name)?.[1]), first, firstMs, epoch, seq, bytes };
}

export class SegmentFiles {
  readonly #options: SegmentWriterOptions;
  readonly #writer: SegmentWriter;
  /** In order of the log. */
  #segments: readonly Segment[] = [];
  /** Index of a record → where to look for it: after the one before. */
  readonly #places = new Map<number, Place>();

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#writer = new SegmentWriter(options);
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  isActive(segment: Segment): boolean {
    return this.#writer.name === segment.name;
  }

  next(segment: Segment): Segment | null {
    return this.#segments[this.#segments.indexOf(segment) + 1] ?? null;
  }

  /** New files get higher numbers than this one. */
  neverReuse(name: string): void {
    const number = Number(NAME.exec(name)?.[1] ?? 0);
    this.#writer.lastNumber = Math.max(this.#writer.lastNumber, number);
  }

  /** Reads the first record of every file; returns what holds none, and the damage before it. */
  async scan(): Promise<{ unreadable: readonly string[]; damages: readonly Damage[] }> {
    const { fs, directory } = this.#options;
    const names = (await fs.list(directory)).filter((name) => NAME.test(name)).sort();
    const segments: Segment[] = [];
    const unreadable: string[] = [];
    const damages: Damage[] = [];
    for (const name of names) {
      const bytes = await fs.size(this.#path(name)).catch(() => 0);
      const offset = await this.#nextHeader(name, 0, bytes);
      const header = offset < 0 ? null : decodeHeader(await this.#read(name, offset, 0));
      if (header === null) unreadable.push(name);
      else segments.push(segmentOf(name, header, bytes));
      if (header !== null && offset > 0) damages.push({ name, offset: 0, bytes: offset });
    }
    const newest = names.at(-1);
    if (newest) this.neverReuse(newest);
    this.#segments = segments.sort((a, b) => a.first.index - b.first.index || a.number - b.number);
    return { unreadable, damages };
  }

  /**
   * The first sound record at or after `from` and before `end`. One whose counts contradict the
   * two (a file of another history) is damage as well, so positions only ever move forward.
   */
  async find(from: Position, end: Position, how: HowToFind): Promise<SearchResult> {
    const { withBody, epoch, index = from.index } = how;
    const damages: Damage[] = [];
    for (let place = this.#placeOf(index); place !== null; ) {
      const { segment, offset } = place;
      const following = this.next(segment);
      if (offset >= segment.bytes) {
        place = following && { segment: following, offset: 0 };
        continue;
      }
      const head = await this.#read(segment.name, offset, withBody ? BODY_GUESS_BYTES : 0);
      const header = decodeHeader(head);
      const after = offset + HEADER_BYTES + (header?.bodyBytes ?? 0);
      if (header === null || after > segment.bytes) {
        const at = await this.#nextHeader(segment.name, offset + 1, segment.bytes);
        const to = at < 0 ? segment.bytes : at;
        damages.push({ name: segment.name, offset, bytes: to - offset });
        place = { segment, offset: to };
        continue;
      }
      // A later file that begins with this index wins: the end of this one was given up.
      const superseded = following !== null && header.index >= following.first.index;
      if (!superseded && header.index >= end.index) break;
      place = superseded ? { segment: following, offset: 0 } : { segment, offset: after };
      if (superseded || header.index < index) continue;
      const body = withBody ? await this.#body(segment.name, offset, header, head) : NOTHING;
      const sound = !withBody || bodyMatches(header, body);
      if (sound && (epoch ?? header.epoch) === header.epoch && fits(header, from, end)) {
        this.#remember(header.index + 1, place);
        return { found: { header, body }, damages };
      }
      damages.push({ name: segment.name, offset, bytes: after - offset });
    }
    return { found: null, damages };
  }

  /** Durable when it returns. When it throws, the record is not in the log. */
  async append(record: NewRecord, body: Uint8Array): Promise<void> {
    const last = this.#segments.at(-1);
    const { name, bytes } = await this.#writer.append(record, body);
    this.#segments =
      last?.name === name
        ? [...this.#segments.slice(0, -1), { ...last, bytes }]
        : [...this.#segments, segmentOf(name, record, bytes)];
  }

  /** Ends the file being written when it is full, old or of another epoch; true when it did. */
  roll(epoch: string): Promise<boolean> {
    return this.#writer.roll(epoch);
  }

  /** Forgets the file; what becomes of it is the caller's. */
  forget(name: string): void {
    this.#segments = this.#segments.filter((segment) => segment.name !== name);
    this.#places.clear();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  #path(name: string): string {
    return join(this.#options.directory, name);
  }

  #placeOf(index: number): Place | null {
    const known = this.#places.get(index);
    const current = known && this.#segments.find((s) => s.name === known.segment.name);
    if (known && current) return { segment: current, offset: known.offset };
    const segment =
      this.#segments.findLast(({ first }) => first.index <= index) ?? this.#segments[0];
    return segment ? { segment, offset: 0 } : null;
  }

  #remember(index: number, place: Place): void {
    if (this.#places.size >= PLACES_MAX) this.#places.clear();
    this.#places.set(index, place);
  }

  /** Empty where the disk or a missing file says no: that is damage, and the rest goes on. */
  async #part(name: string, offset: number, length: number): Promise<Buffer> {
    try {
      return await this.#options.fs.read(this.#path(name), offset, length);
    } catch (error) {
      if (!UNREADABLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      return NOTHING;
    }
  }

  #read(name: string, offset: number, more: number): Promise<Buffer> {
    return this.#part(name, offset, HEADER_BYTES + more);
  }

  async #body(name: string, offset: number, header: RecordHeader, head: Buffer): Promise<Buffer> {
    const end = HEADER_BYTES + header.bodyBytes;
    if (head.length >= end) return head.subarray(HEADER_BYTES, end);
    return this.#part(name, offset + HEADER_BYTES, header.bodyBytes);
  }

  /** Offset of the next sound header from `from` on, −1 for none. */
  async #nextHeader(name: string, from: number, size: number): Promise<number> {
    for (let at = from; at < size; at += WINDOW_BYTES) {
      const window = await this.#part(name, at, WINDOW_BYTES + HEADER_BYTES);
      const found = findHeader(window, 0);
      if (found >= 0) return at + found;
    }
    return -1;
  }
}
