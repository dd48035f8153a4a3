/**
 * Long work in short turns. Work is counted (in samples), not timed, so the same work always takes
 * the same turns; between turns the event loop serves whoever waits.
 */

/** Samples worked on per turn: some milliseconds at the costs measured. */
export const SAMPLES_PER_TURN = 32_768;

export class Pace {
  #spent = 0;
  readonly #perTurn: number;

  constructor(perTurn = SAMPLES_PER_TURN) {
    this.#perTurn = perTurn;
  }

  /** Counts work done; true when it is time for `breathe`. */
  spend(samples: number): boolean {
    this.#spent += samples;
    return this.#spent >= this.#perTurn;
  }

  breathe(): Promise<void> {
    this.#spent = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
