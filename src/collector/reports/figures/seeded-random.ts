/**
 * Reproducible chance: the same text gives the same sequence on every machine, so a report made
 * twice from the same data is the same to the byte. Not for secrets.
 */

/** Uniform numbers in [0, 1), mulberry32 over an FNV-1a hash of `seed`. */
export function seededRandom(seed: string): () => number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(seed)) hash = Math.imul(hash ^ byte, 0x01000193);
  let state = hash >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
