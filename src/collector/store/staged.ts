/**
 * State in memory that changes together with a transaction. `write` puts what is new into the
 * transaction just before COMMIT; then exactly one of `commit` and `rollback` follows.
 */
export interface Staged {
  write(): void;
  commit(): void;
  rollback(): void;
}
