/** The sampler at work: timer → due sources → one batch. */
import type { Timer } from '../../shared/clock.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import type { Source } from '../sources/sources.ts';
import type { Sampler, SamplerOptions, SamplerStats } from './sampler.ts';
import { createSchedule } from './schedule.ts';
import { SeriesMemory } from './series-memory.ts';
import { SourceRun } from './source-run.ts';

const DEFAULT_INTERVAL_MS = 15_000;

/** The configured interval; a source that is dear to read is not asked faster than it says. */
function intervalOf(source: Source, intervals: Readonly<Record<string, number>>): number {
  const usualMs = intervals.default ?? DEFAULT_INTERVAL_MS;
  return intervals[source.name] ?? Math.max(usualMs, source.intervalMs ?? 0);
}

export function createSampler(options: SamplerOptions): Sampler {
  const { clock, host, log, labels, sources, intervals, timeoutMs, onBatch } = options;
  const runs = sources.map((source) => new SourceRun({ host, source, clock, log, labels }));
  const heartbeat = new SeriesMemory(labels, log).next('watchkeeper_agent_up', 1, []);
  const underWay = new Set<Promise<void>>();
  let timer: Timer | undefined;
  let cycles = 0;
  let emitted = 0;

  const runTogether = async (due: readonly SourceRun[]): Promise<void> => {
    const timeMs = Math.floor(clock.now());
    const abort = new AbortController();
    const readings = due.map((run) => run.begin(timeMs, abort.signal));
    const waiting = readings.flatMap(({ settled }) => settled ?? []);
    if (waiting.length > 0) await waitFor(waiting, abort);
    const batch: EncodedSample[] = [];
    if (heartbeat !== null) batch.push({ ...heartbeat, timeMs });
    for (const reading of readings) reading.finish(batch);
    cycles++;
    emitted += batch.length;
    onBatch(batch);
  };

  const waitFor = async (waiting: readonly Promise<void>[], abort: AbortController) => {
    const { promise: deadline, resolve } = Promise.withResolvers<void>();
    const pending = clock.after(timeoutMs, () => {
      abort.abort();
      resolve();
    });
    await Promise.race([Promise.all(waiting), deadline]);
    pending.cancel();
  };

  const track = (cycle: Promise<void>): Promise<void> => {
    underWay.add(cycle);
    return cycle.finally(() => underWay.delete(cycle));
  };

  return {
    start: () => {
      const everyMs = sources.map((source) => intervalOf(source, intervals));
      const schedule = createSchedule(everyMs, clock.monotonic(), clock.random);
      const arm = (): void => {
        timer = clock.after(Math.max(0, schedule.nextMs() - clock.monotonic()), () => {
          const due = schedule.take(clock.monotonic());
          arm();
          void track(runTogether(runs.filter((_, index) => due.includes(index))));
        });
      };
      // The first figures at once: a new agent is seen within seconds.
      void track(runTogether(runs));
      if (runs.length > 0) arm();
    },
    cycle: () => track(runTogether(runs)),
    stop: async () => {
      timer?.cancel();
      await Promise.all(underWay);
    },
    stats: (): SamplerStats => ({
      cycles,
      samples: emitted,
      sources: Object.fromEntries(runs.map((run) => [run.source.name, run.last])),
    }),
  };
}
