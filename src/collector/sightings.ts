/**
 * When each device was last seen in order: by a probe that reached it, or, for devices nobody
 * probes, by any sample of its own.
 */
import type { IndicatorValue } from '../shared/indicator.ts';

/** How often a device is looked at while nothing is known of its pace. */
const USUAL_MS = 60_000;

interface Sighting {
  /** Newest time it answered; null while it never did. */
  readonly upMs: number | null;
  readonly lookedMs: number;
  readonly everyMs: number;
}

export class Sightings {
  readonly #newestMs: (device: string) => number;
  readonly #probed = new Map<string, Sighting>();

  /** `newestMs`: time of a device's newest sample, 0 for none. */
  constructor(newestMs: (device: string) => number) {
    this.#newestMs = newestMs;
  }

  note(values: readonly IndicatorValue[]): void {
    for (const { device, indicator, timeMs, value } of values) {
      if (indicator !== 'reachable') continue;
      const before = this.#probed.get(device);
      if (before !== undefined && timeMs <= before.lookedMs) continue;
      this.#probed.set(device, {
        upMs: value > 0 ? timeMs : (before?.upMs ?? null),
        lookedMs: timeMs,
        everyMs: before === undefined ? USUAL_MS : timeMs - before.lookedMs,
      });
    }
  }

  /** Unix ms; null when nobody watches the device, or it never answered. */
  provenUpMs(device: string): number | null {
    const probed = this.#probed.get(device);
    if (probed !== undefined) return probed.upMs;
    const newestMs = this.#newestMs(device);
    return newestMs > 0 ? newestMs : null;
  }

  checkEveryMs(device: string): number {
    return this.#probed.get(device)?.everyMs ?? USUAL_MS;
  }
}
