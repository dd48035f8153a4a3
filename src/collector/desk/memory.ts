/** Small durable values by key. */
import type { Connection } from './open-database.ts';

export class Memory {
  readonly #connection: Connection;
  readonly #values: Map<string, string>;

  constructor(connection: Connection) {
    this.#connection = connection;
    const rows = connection.prepare('SELECT key, value FROM desk_memory').all();
    this.#values = new Map(
      (rows as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
    );
  }

  /** Durable when it returns. */
  remember(key: string, value: string): void {
    this.#connection.prepare('INSERT OR REPLACE INTO desk_memory VALUES (?, ?)').run(key, value);
    this.#values.set(key, value);
  }

  recall(key: string): string | undefined {
    return this.#values.get(key);
  }
}
