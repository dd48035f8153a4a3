/**
 * Rounds over remote targets: timer → one look at one target → its samples, together with those of
 * other rounds that end within half a second, so that a thousand devices make two writes a second
 * and not a thousand.
 */
import type { Timer } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import type { Emit } from '../sources/sources.ts';
import type { Rounds, RoundsOptions, RoundsStats, Target } from './sampler.ts';
import { SeriesMemory } from './series-memory.ts';

const GATHER_MS = 500;
/** Looks of one second share their time, so that they share a batch: a batch has one time. */
const GRID_MS = 1_000;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** One target under way: at most one look at a time. */
class Round {
  readonly target: Target;
  readonly #memory: SeriesMemory;
  /** Also past its deadline: never two looks at one device. */
  busy = false;
  timer: Timer | undefined;
  #abort = new AbortController();

  constructor(target: Target, memory: SeriesMemory) {
    this.target = target;
    this.#memory = memory;
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Resolves when the target has answered, or when its time is over. */
  async look({ clock, log }: RoundsOptions, take: (sample: EncodedSample) => void): Promise<void> {
    const { target } = this;
    const memory = this.#memory;
    const timeMs = Math.floor(clock.now() / GRID_MS) * GRID_MS;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    let over = false;
    this.busy = true;
    memory.begin();
    const pending = clock.after(target.timeoutMs, () => this.abort());
    const emit: Emit = (name, value, ...labels) => {
      if (over || Number.isNaN(value)) return;
      const bytes = memory.next(name, labels);
      if (bytes !== null) take({ labels: bytes, timeMs, value });
    };
    // The collector learns the configured labels from it, whether or not the target answers.
    emit('watchkeeper_target_info', 1);
    const settled = target
      .collect(emit, signal)
      .catch((error) => {
        const reason = messageOf(error);
        log.error('a target failed unexpectedly', { target: target.name, reason });
      })
      .finally(() => {
        this.busy = false;
      });
    await Promise.race([settled, aborted(signal)]);
    over = true;
    pending.cancel();
    memory.end();
  }
}

class TimedRounds implements Rounds {
  readonly #options: RoundsOptions;
  readonly #rounds: readonly Round[];
  readonly #underWay = new Set<Promise<void>>();
  #gathered: EncodedSample[] = [];
  #gathering: Timer | undefined;
  #stopped = false;
  #ended = 0;
  #missed = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
    const { targets, log } = options;
    this.#rounds = targets.map((one) => new Round(one, new SeriesMemory(one.labels, log)));
  }

  start(): void {
    const { clock } = this.#options;
    for (const round of this.#rounds) this.#arm(round, clock.random() * round.target.intervalMs);
  }

  async cycle(): Promise<void> {
    await Promise.all(this.#rounds.map((round) => this.#begin(round)));
    this.#pass();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const round of this.#rounds) {
      round.timer?.cancel();
      round.abort();
    }
    await Promise.all(this.#underWay);
    for (const { target } of this.#rounds) target.close?.();
    this.#pass();
  }

  stats(): RoundsStats {
    return {
      targets: this.#rounds.length,
      underWay: this.#rounds.filter(({ busy }) => busy).length,
      rounds: this.#ended,
      missed: this.#missed,
    };
  }

  #arm(round: Round, delayMs: number): void {
    const { clock } = this.#options;
    const dueMs = clock.monotonic() + delayMs;
    round.timer = clock.after(delayMs, () => {
      if (this.#stopped) return;
      void this.#begin(round);
      const { intervalMs } = round.target;
      const lateMs = clock.monotonic() - dueMs;
      this.#arm(round, intervalMs - (lateMs % intervalMs));
    });
  }

  async #begin(round: Round): Promise<void> {
    if (round.busy) {
      this.#missed++;
      return;
    }
    const looking = round.look(this.#options, (sample) => void this.#gathered.push(sample));
    this.#underWay.add(looking);
    await looking;
    this.#underWay.delete(looking);
    this.#ended++;
    if (!this.#stopped)
      this.#gathering ??= this.#options.clock.after(GATHER_MS, () => this.#pass());
  }

  #pass(): void {
    this.#gathering?.cancel();
    this.#gathering = undefined;
    const samples = this.#gathered;
    this.#gathered = [];
    samples.sort((a, b) => a.timeMs - b.timeMs);
    if (samples.length > 0) this.#options.onBatch(samples);
  }
}

export function createRounds(options: RoundsOptions): Rounds {
  return new TimedRounds(options);
}
