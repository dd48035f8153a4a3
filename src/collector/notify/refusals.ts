/** Addresses that a channel refuses for good: counted until one message is taken there. */
import type { DeskConnection } from '../desk/desk.ts';

export interface Refused {
  readonly recipient: string;
  readonly channel: string;
  readonly address: string;
  /** Refusals since the last message that was taken. */
  readonly times: number;
  readonly reason: string;
}

export type Place = Pick<Refused, 'recipient' | 'channel' | 'address'>;

/** Its table is one of the outbox's. */
export class Refusals {
  readonly #connection: DeskConnection;

  constructor(connection: DeskConnection) {
    this.#connection = connection;
  }

  refused({ recipient, channel, address }: Place, reason: string): void {
    this.#connection
      .prepare(
        `INSERT INTO notify_refused VALUES (?, ?, ?, 1, ?)
         ON CONFLICT DO UPDATE SET times = times + 1, reason = excluded.reason`,
      )
      .run(recipient, channel, address, reason);
  }

  accepted({ recipient, channel, address }: Place): void {
    this.#connection
      .prepare('DELETE FROM notify_refused WHERE recipient = ? AND channel = ? AND address = ?')
      .run(recipient, channel, address);
  }

  atLeast(times: number): readonly Refused[] {
    return this.#connection
      .prepare('SELECT * FROM notify_refused WHERE times >= ? ORDER BY recipient, channel, address')
      .all(times) as Refused[];
  }
}
