/** Samples of a cycle, and the agent's own figures with them → batches in the spool, in turn. */
import { messageOf } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { type EncodedSample, encodeLabels } from '../shared/remote-write.ts';
import { makeLabels } from '../shared/sample.ts';
import type { OwnSample } from './own-series.ts';
import type { Push } from './push/push.ts';
import { type NewBatch, openPacker, type Packer, type Spool } from './spool/spool.ts';

export interface IntakeOptions {
  readonly spool: Spool;
  readonly push: Push;
  readonly log: Log;
  readonly labels: Readonly<Record<string, string>>;
  readonly own: () => readonly OwnSample[];
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #packer = openPacker();
  /** By lane, so that many devices do not push the layouts of others out of its memory. */
  readonly #remotePackers: Packer[] = [];
  /** Labels of own series, encoded once. */
  readonly #encoded = new Map<string, Uint8Array>();
  #last: Promise<void> = Promise.resolve();
  /** Why the newest batch could not be stored; said once, not every cycle. */
  #trouble = '';

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  take(samples: readonly EncodedSample[]): void {
    const timeMs = samples[0]?.timeMs;
    if (timeMs === undefined) return;
    const own = this.#options
      .own()
      .map((sample) => ({ labels: this.#labelsOf(sample), timeMs, value: sample.value }));
    this.#put(this.#packer.pack([...samples, ...own]));
  }

  /** Samples of other devices: without figures of the agent's own. */
  pass(samples: readonly EncodedSample[], lane: number): void {
    this.#remotePackers[lane] ??= openPacker();
    this.#put(this.#remotePackers[lane].pack(samples));
  }

  /** What was taken so far is stored, or counted as lost. */
  settled(): Promise<void> {
    return this.#last;
  }

  #put(batches: readonly NewBatch[]): void {
    this.#last = this.#last.then(() => this.#store(batches));
  }

  async #store(batches: readonly NewBatch[]): Promise<void> {
    const { spool, push, log } = this.#options;
    for (const batch of batches) {
      try {
        await spool.append(batch);
        push.wake();
        if (this.#trouble !== '') log.info('samples are stored again');
        this.#trouble = '';
      } catch (error) {
        const reason = messageOf(error);
        if (reason !== this.#trouble) log.error('samples are lost and declared', { reason });
        this.#trouble = reason;
      }
    }
  }

  #labelsOf({ name, label }: OwnSample): Uint8Array {
    const key = label === null ? name : `${name}\0${label[1]}`;
    let bytes = this.#encoded.get(key);
    if (bytes === undefined) {
      const pairs: [string, string][] = label === null ? [] : [[label[0], label[1]]];
      const { labels } = this.#options;
      bytes = encodeLabels(makeLabels([['__name__', name], ...Object.entries(labels), ...pairs]));
      this.#encoded.set(key, bytes);
    }
    return bytes;
  }
}
