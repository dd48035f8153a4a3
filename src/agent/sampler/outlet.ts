/** Where rounds put their samples: what ends within a short while of each other goes on together. */
import type { Timer } from '../../shared/clock.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import type { RoundsOptions } from './sampler.ts';

const GATHER_MS = 500;

export class Outlet {
  readonly #options: RoundsOptions;
  readonly #lane: number;
  #gathered: EncodedSample[] = [];
  #gathering: Timer | undefined;

  constructor(options: RoundsOptions, lane: number) {
    this.#options = options;
    this.#lane = lane;
  }

  take(sample: EncodedSample): void {
    this.#gathered.push(sample);
  }

  /** A round has ended; others may end soon. */
  gather(): void {
    this.#gathering ??= this.#options.clock.after(GATHER_MS, () => this.pass());
  }

  pass(): void {
    this.#gathering?.cancel();
    this.#gathering = undefined;
    const samples = this.#gathered;
    this.#gathered = [];
    samples.sort((a, b) => a.timeMs - b.timeMs);
    if (samples.length > 0) this.#options.onBatch(samples, this.#lane);
  }
}
