/**
 * One source under the sampler: at most one reading at a time, with its success and duration. What
 * a reading that failed has emitted is dropped with it; what one emits after its deadline is too.
 */
import type { Clock } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { EncodedSample } from '../../shared/remote-write.ts';
import type { Emit, Host, Source } from '../sources/sources.ts';
import { SeriesMemory } from './series-memory.ts';

export interface SourceRunOptions {
  readonly host: Host;
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Log;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Reading {
  /** Takes over the samples, also those about the reading itself; called once, when all is over. */
  finish(out: EncodedSample[]): void;
  /** Settles when the source did; undefined when it was synchronous and is done. */
  readonly settled: Promise<void> | undefined;
}

export class SourceRun {
  readonly source: Source;
  readonly #options: SourceRunOptions;
  readonly #memory: SeriesMemory;
  readonly #success: EncodedSample | null;
  readonly #duration: EncodedSample | null;
  #running = false;
  #ok = true;
  #seconds = 0;
  #error = '';

  constructor(options: SourceRunOptions) {
    this.source = options.source;
    this.#options = options;
    this.#memory = new SeriesMemory(options.labels, options.log);
    const own = new SeriesMemory(options.labels, options.log);
    const labels = ['collector', options.source.name];
    this.#success = own.next('node_scrape_collector_success', 0, labels);
    this.#duration = own.next('node_scrape_collector_duration_seconds', 0, labels);
  }

  get last(): { readonly ok: boolean; readonly seconds: number; readonly error: string } {
    return { ok: this.#ok, seconds: this.#seconds, error: this.#error };
  }

  /** Begins a reading whose samples carry `timeMs`. */
  begin(timeMs: number, signal: AbortSignal): Reading {
    if (this.#running) return this.#refuse(timeMs);
    const { host, clock, source } = this.#options;
    const memory = this.#memory;
    const samples: EncodedSample[] = [];
    const startMs = clock.monotonic();
    let outcome: { error: unknown } | null = null;
    const emit: Emit = (name, value, ...labels) => {
      if (Number.isNaN(value)) return;
      const sample = memory.next(name, value, labels);
      if (sample !== null) samples.push(sample);
    };
    const settle = (error: unknown): void => {
      this.#running = false;
      outcome = { error };
      this.#seconds = (clock.monotonic() - startMs) / 1_000;
    };
    const fail = (error: unknown): void => settle(error ?? new Error('failed without a reason'));
    this.#running = true;
    memory.begin(timeMs);
    let settled: Promise<void> | undefined;
    try {
      settled = source.collect(host, emit, signal)?.then(() => settle(null), fail);
      if (settled === undefined) settle(null);
    } catch (error) {
      fail(error);
    }
    const finish = (out: EncodedSample[]): void => {
      if (outcome === null) this.#seconds = (clock.monotonic() - startMs) / 1_000;
      const error = outcome === null ? new Error('no answer in time') : outcome.error;
      memory.end();
      if (error === null) for (const sample of samples) out.push(sample);
      this.#report(error);
      this.#push(out, timeMs, this.#duration, this.#seconds);
      this.#push(out, timeMs, this.#success, error === null ? 1 : 0);
    };
    return { settled, finish };
  }

  /** The reading before this one still hangs: no second one beside it. */
  #refuse(timeMs: number): Reading {
    return {
      settled: undefined,
      finish: (out) => {
        this.#report(new Error('the reading before still hangs'));
        this.#push(out, timeMs, this.#success, 0);
      },
    };
  }

  #push(out: EncodedSample[], timeMs: number, series: EncodedSample | null, value: number): void {
    if (series !== null) out.push({ ...series, timeMs, value });
  }

  /** Logs a failure when it begins or changes, and its end; never once per cycle. */
  #report(error: unknown): void {
    const reason = error === null ? '' : messageOf(error);
    const { log, source } = this.#options;
    if (reason !== '' && reason !== this.#error) {
      const mend = error instanceof Failure ? error.hint : '';
      log.warn('a source fails', { source: source.name, reason, mend });
    } else if (reason === '' && !this.#ok) {
      log.info('a source works again', { source: source.name });
    }
    this.#ok = reason === '';
    this.#error = reason;
  }
}
