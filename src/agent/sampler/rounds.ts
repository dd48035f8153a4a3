/**
 * Rounds over remote targets: timer → one look at one target → its samples, together with those of
 * other rounds that end within half a second, so that a thousand devices make two writes a second
 * and not a thousand.
 */
import type { Timer } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import type { Emit } from '../sources/sources.ts';
import { Outlet } from './outlet.ts';
import type { Rounds, RoundsOptions, RoundsStats, Target } from './sampler.ts';
import { type Names, SeriesMemory } from './series-memory.ts';
import { turnsOf } from './turns.ts';

/** Looks of one second share their time, so that they share a batch: a batch has one time. */
const GRID_MS = 1_000;

type Take = (sample: EncodedSample) => void;

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
  #abort = new AbortController();

  constructor(target: Target, memory: SeriesMemory) {
    this.target = target;
    this.#memory = memory;
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Resolves when the target has answered, or when its time is over. */
  async look({ clock, log }: RoundsOptions, timeMs: number, take: Take): Promise<void> {
    const { target } = this;
    const memory = this.#memory;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    let over = false;
    this.busy = true;
    memory.begin(timeMs);
    const pending = clock.after(target.timeoutMs, () => this.abort());
    const emit: Emit = (name, value, ...labels) => {
      if (over || Number.isNaN(value)) return;
      const sample = memory.next(name, value, labels);
      if (sample !== null) take(sample);
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

/** Rounds that begin at one time. */
interface Turn {
  readonly rounds: readonly Round[];
  readonly intervalMs: number;
  /** A company has one of its own, so that its batches hold nobody else's samples. */
  readonly outlet: Outlet;
  timer: Timer | undefined;
}

class TimedRounds implements Rounds {
  readonly #options: RoundsOptions;
  /** Those of one company are spread evenly over its interval. */
  readonly #companies: readonly (readonly Turn[])[];
  readonly #turns: readonly Turn[];
  readonly #rounds: readonly Round[];
  readonly #underWay = new Set<Promise<void>>();
  #stopped = false;
  #ended = 0;
  #missed = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
    const { targets, log } = options;
    const names: Names = new Map();
    const common = new Outlet(options, 0);
    let lanes = 1;
    const turn = (members: readonly Target[]): Turn => ({
      rounds: members.map((one) => new Round(one, new SeriesMemory(one.labels, log, names))),
      intervalMs: members[0]?.intervalMs ?? 0,
      outlet: members[0]?.company === undefined ? common : new Outlet(options, lanes++),
      timer: undefined,
    });
    this.#companies = turnsOf(targets).map((turns) => turns.map(turn));
    this.#turns = this.#companies.flat();
    this.#rounds = this.#turns.flatMap(({ rounds }) => rounds);
  }

  start(): void {
    for (const turns of this.#companies) {
      const phase = this.#options.clock.random();
      turns.forEach((turn, i) => {
        this.#arm(turn, ((phase + i / turns.length) % 1) * turn.intervalMs);
      });
    }
  }

  async cycle(): Promise<void> {
    await Promise.all(this.#turns.flatMap((turn) => this.#beginAll(turn)));
    this.#passAll();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#turns) timer?.cancel();
    for (const round of this.#rounds) round.abort();
    await Promise.all(this.#underWay);
    for (const { target } of this.#rounds) target.close?.();
    this.#passAll();
  }

  stats(): RoundsStats {
    return {
      targets: this.#rounds.length,
      underWay: this.#rounds.filter(({ busy }) => busy).length,
      rounds: this.#ended,
      missed: this.#missed,
    };
  }

  #arm(turn: Turn, delayMs: number): void {
    const { clock } = this.#options;
    const dueMs = clock.monotonic() + delayMs;
    turn.timer = clock.after(delayMs, () => {
      if (this.#stopped) return;
      this.#beginAll(turn);
      const lateMs = clock.monotonic() - dueMs;
      this.#arm(turn, turn.intervalMs - (lateMs % turn.intervalMs));
    });
  }

  #beginAll({ rounds, outlet }: Turn): readonly Promise<void>[] {
    const timeMs = Math.floor(this.#options.clock.now() / GRID_MS) * GRID_MS;
    return rounds.map((round) => this.#begin(round, timeMs, outlet));
  }

  async #begin(round: Round, timeMs: number, outlet: Outlet): Promise<void> {
    if (round.busy) {
      this.#missed++;
      return;
    }
    const looking = round.look(this.#options, timeMs, (sample) => outlet.take(sample));
    this.#underWay.add(looking);
    await looking;
    this.#underWay.delete(looking);
    this.#ended++;
    if (!this.#stopped) outlet.gather();
  }

  #passAll(): void {
    for (const outlet of new Set(this.#turns.map((turn) => turn.outlet))) outlet.pass();
  }
}

export function createRounds(options: RoundsOptions): Rounds {
  return new TimedRounds(options);
}
