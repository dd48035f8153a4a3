/** Memory for the rows of one commit group, used again by the next group. */

const CHUNK_BYTES = 1024 * 1024;
/** Chunks kept for the next group; what a rare larger group took is given back. */
const KEPT_CHUNKS = 16;

export class Chunk {
  readonly bytes: Buffer;
  readonly doubles: Float64Array;
  readonly words: Uint32Array;
  used = 0;

  constructor(size: number) {
    const memory = new ArrayBuffer(size);
    this.bytes = Buffer.from(memory);
    this.doubles = new Float64Array(memory);
    this.words = new Uint32Array(memory);
  }
}

export class Arena {
  #chunks: Chunk[] = [];
  #current = 0;

  /** A chunk with at least `bytes` free behind `used`, which is a multiple of eight. */
  room(bytes: number): Chunk {
    for (; this.#current < this.#chunks.length; this.#current++) {
      const chunk = this.#chunks[this.#current];
      if (chunk !== undefined && chunk.used + bytes <= chunk.bytes.length) return chunk;
    }
    const chunk = new Chunk(Math.max(CHUNK_BYTES, (bytes + 7) & ~7));
    this.#chunks.push(chunk);
    return chunk;
  }

  /** Everything handed out is void from now on. */
  reset(): void {
    this.#chunks.length = Math.min(this.#chunks.length, KEPT_CHUNKS);
    for (const chunk of this.#chunks) chunk.used = 0;
    this.#current = 0;
  }
}
