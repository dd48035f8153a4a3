/** Ingest's own counters, for `/metrics`. */
import type { IngestCounters, IngestResponse } from './ingest.ts';
import type { Reading } from './reading.ts';

export type TallyCounters = Omit<IngestCounters, 'templateHits' | 'templateMisses'>;

export class Tally {
  readonly #requests: Record<string, number> = {};
  readonly #rejected: Record<string, number> = {};
  #samples = 0;
  #duplicates = 0;
  #clockSuspect = 0;
  #histograms = 0;
  #exemplars = 0;

  /** Counts an answer on its way out. */
  answered(response: IngestResponse): IngestResponse {
    this.#requests[response.status] = (this.#requests[response.status] ?? 0) + 1;
    return response;
  }

  stored(reading: Reading): void {
    this.#samples += reading.samples;
    this.#clockSuspect += reading.restamped;
    this.#histograms += reading.histograms;
    this.#exemplars += reading.exemplars;
    if (reading.refusals === null) return;
    for (const [reason, samples] of Object.entries(reading.refusals.byReason())) {
      this.#rejected[reason] = (this.#rejected[reason] ?? 0) + samples;
    }
  }

  duplicate(): void {
    this.#duplicates++;
  }

  counters(): TallyCounters {
    return {
      requests: { ...this.#requests },
      samples: this.#samples,
      duplicateBatches: this.#duplicates,
      rejected: { ...this.#rejected },
      clockSuspect: this.#clockSuspect,
      histograms: this.#histograms,
      exemplars: this.#exemplars,
    };
  }
}
