/** Seeded noise as a pure function of a name and a time: no state, so any window can be made alone. */

/** FNV-1a over the name, then a mix with the step. Uniform in [-1, 1). */
export function noise(name: string, step: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  let mixed = hash ^ Math.imul(Math.floor(step) | 0, 0x9e3779b1) ^ Math.floor(step / 2 ** 32);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** Noise at whole steps with a cosine between them. */
export function smoothNoise(name: string, position: number): number {
  const step = Math.floor(position);
  const share = (1 - Math.cos((position - step) * Math.PI)) / 2;
  return noise(name, step) * (1 - share) + noise(name, step + 1) * share;
}
