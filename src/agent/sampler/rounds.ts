/**
 * Rounds over remote targets: timer → one look at one target → its samples, together with those of
 * other rounds that end within half a second, so that a thousand devices make two writes a second
 * and not a thousand.
 */
import type { Timer } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import type { Rounds, RoundsOptions, Target } from './sampler.ts';
import { SeriesMemory } from './series-memory.ts';

const GATHER_MS = 500;

/** One target under way: at most one look at a time. */
interface Round {
  readonly target: Target;
  readonly memory: SeriesMemory;
  /** Also past its deadline: never two looks at one device. */
  busy: boolean;
  abort: AbortController;
  timer: Timer | undefined;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

export function createRounds({ targets, clock, log, onBatch }: RoundsOptions): Rounds {
  const rounds: Round[] = targets.map((target) => ({
    target,
    memory: new SeriesMemory(target.labels, log),
    busy: false,
    abort: new AbortController(),
    timer: undefined,
  }));
  let gathered: EncodedSample[] = [];
  let gathering: Timer | undefined;
  const underWay = new Set<Promise<void>>();
  let stopped = false;
  let ended = 0;
  let missed = 0;

  const pass = (): void => {
    gathering?.cancel();
    gathering = undefined;
    const samples = gathered;
    gathered = [];
    if (samples.length > 0) onBatch(samples);
  };

  const look = async (round: Round): Promise<void> => {
    const { target, memory } = round;
    const timeMs = Math.floor(clock.now());
    const { signal } = round.abort;
    let over = false;
    round.busy = true;
    memory.begin();
    const pending = clock.after(target.timeoutMs, () => round.abort.abort());
    const looking = target.collect((name, value, ...labels) => {
      if (over || Number.isNaN(value)) return;
      const bytes = memory.next(name, labels);
      if (bytes !== null) gathered.push({ labels: bytes, timeMs, value });
    }, signal);
    const settled = looking
      .catch((error) => {
        const reason = messageOf(error);
        log.error('a target failed unexpectedly', { target: target.name, reason });
      })
      .finally(() => {
        round.busy = false;
      });
    await Promise.race([settled, aborted(signal)]);
    over = true;
    pending.cancel();
    memory.end();
    ended++;
    if (!stopped) gathering ??= clock.after(GATHER_MS, pass);
  };

  const begin = async (round: Round): Promise<void> => {
    if (round.busy) {
      missed++;
      return;
    }
    round.abort = new AbortController();
    const running = look(round);
    underWay.add(running);
    await running;
    underWay.delete(running);
  };

  const arm = (round: Round, delayMs: number): void => {
    const dueMs = clock.monotonic() + delayMs;
    round.timer = clock.after(delayMs, () => {
      if (stopped) return;
      void begin(round);
      const { intervalMs } = round.target;
      const lateMs = clock.monotonic() - dueMs;
      arm(round, intervalMs - (lateMs % intervalMs));
    });
  };

  return {
    start: () => {
      for (const round of rounds) arm(round, clock.random() * round.target.intervalMs);
    },
    cycle: async () => {
      await Promise.all(rounds.map(begin));
      pass();
    },
    stop: async () => {
      stopped = true;
      for (const { timer } of rounds) timer?.cancel();
      for (const { abort } of rounds) abort.abort();
      await Promise.all(underWay);
      for (const { target } of rounds) target.close?.();
      pass();
    },
    stats: () => ({
      targets: rounds.length,
      underWay: rounds.filter(({ busy }) => busy).length,
      rounds: ended,
      missed,
    }),
  };
}
