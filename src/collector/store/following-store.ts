/**
 * A store that only reads, beside the process that writes: each look catches up with what that
 * process committed, and sees one state of the file. No transaction outlives a look, so the
 * writer's checkpoints are never held up.
 */
import { Failure } from '../../shared/errors.ts';
import type { Receipt, Shape, Store, StoreStats } from './store.ts';
import { type PartsOptions, StoreParts } from './store-parts.ts';
import { StoreReader } from './store-reader.ts';
import { statsOf } from './store-stats.ts';

export class FollowingStore extends StoreReader implements Store {
  readonly #options: PartsOptions;
  readonly #file: string;
  #version: unknown;

  constructor(options: PartsOptions, file: string) {
    super(new StoreParts(options));
    this.#options = options;
    this.#file = file;
  }

  protected override consistent<Result>(look: () => Result): Result {
    return super.consistent(() => {
      this.#catchUp();
      return look();
    });
  }

  protected override follow(): void {
    this.consistent(() => {});
  }

  #catchUp(): void {
    const version = this.#options.database.pragma('data_version', { simple: true });
    if (version === this.#version) return;
    this.#version = version;
    if (this.parts.storedGeneration() === this.parts.dictionary.generation) this.parts.follow();
    else this.parts = new StoreParts(this.#options);
  }

  resolve(): number {
    throw this.#refusal();
  }

  shape(): Shape {
    throw this.#refusal();
  }

  async append(): Promise<Receipt> {
    throw this.#refusal();
  }

  takeChanged(): readonly string[] {
    return [];
  }

  async writeRollup(): Promise<void> {
    throw this.#refusal();
  }

  async maintain(): Promise<boolean> {
    return false;
  }

  async sealAll(): Promise<void> {
    throw this.#refusal();
  }

  async removeDevice(): Promise<void> {
    throw this.#refusal();
  }

  stats(): StoreStats {
    return statsOf({ parts: this.parts, file: this.#file, commits: null, appends: null });
  }

  async close(): Promise<void> {
    this.#options.database.close();
  }

  #refusal(): Failure {
    return new Failure('unavailable', 'the store was opened for reading only', {
      hint: 'let the running collector do it',
    });
  }
}
