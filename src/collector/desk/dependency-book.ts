/** Dependencies in `desk.db`: few, so all of them are in memory too. */
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import { DAY_MS } from '../../shared/units.ts';
import { AuditTrail } from './audit-trail.ts';
import type { Actor, Dependencies, Dependency, FoundDependency } from './desk.ts';
import { type Connection, openDatabase } from './open-database.ts';

/** A proposal nobody saw for so long is dropped. */
const FORGET_MS = 30 * DAY_MS;
/** When it was last seen is written no more often. */
const SEEN_MS = DAY_MS / 4;
const PROPOSALS_MAX = 10_000;

interface Row {
  readonly child: string;
  readonly parent: string;
  readonly state: Dependency['state'];
  readonly source: string;
  readonly first_ms: number;
  readonly seen_ms: number;
}

const keyOf = ({ child, parent }: Pick<Dependency, 'child' | 'parent'>): string =>
  JSON.stringify([child, parent]);

export async function makeDependencies(options: {
  readonly directory: string;
  readonly clock: Clock;
}): Promise<Dependencies> {
  const connection = openDatabase(options.directory);
  return new DependencyBook(connection, options.clock);
}

class DependencyBook implements Dependencies {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #trail: AuditTrail;
  readonly #known = new Map<string, Dependency>();
  #all: readonly Dependency[] = [];
  #confirmed: readonly { readonly child: string; readonly parent: string }[] = [];

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#trail = new AuditTrail(connection);
    for (const row of connection.prepare('SELECT * FROM desk_dependencies').all() as Row[]) {
      const { child, parent, state, source, first_ms: firstMs, seen_ms: seenMs } = row;
      this.#known.set(keyOf(row), { child, parent, state, source, firstMs, seenMs });
    }
    this.#settle();
  }

  dependencies(): readonly Dependency[] {
    return this.#all;
  }

  confirmed(): readonly { readonly child: string; readonly parent: string }[] {
    return this.#confirmed;
  }

  async propose(found: readonly FoundDependency[]): Promise<void> {
    const nowMs = this.#clock.now();
    const news = found.flatMap((one) => this.#news(one, nowMs));
    const stale = this.#all.filter(
      ({ state, seenMs }) => state === 'proposed' && seenMs < nowMs - FORGET_MS,
    );
    if (news.length + stale.length === 0) return;
    const room = Math.max(0, PROPOSALS_MAX - this.#known.size);
    const kept = news.filter((one, i) => this.#known.has(keyOf(one)) || i < room);
    this.#connection
      .transaction(() => {
        for (const one of kept) this.#write(one);
        for (const one of stale) this.#forget(one);
      })
      .immediate();
    for (const one of stale) this.#known.delete(keyOf(one));
    for (const one of kept) this.#known.set(keyOf(one), one);
    this.#settle();
  }

  async decide(
    { child, parent }: Pick<Dependency, 'child' | 'parent'>,
    state: 'confirmed' | 'rejected',
    actor: Actor,
  ): Promise<Dependency> {
    if (state === 'confirmed') this.#refuseCircle(child, parent);
    const nowMs = this.#clock.now();
    const known = this.#known.get(keyOf({ child, parent }));
    const made = { child, parent, source: 'person', firstMs: nowMs, seenMs: nowMs };
    const decided: Dependency = { ...(known ?? made), state };
    const subject = `${child} behind ${parent}`;
    const deed = { actor, action: `dependency.${state}`, subject, detail: { child, parent } };
    this.#trail.record(nowMs, [deed], () => this.#write(decided));
    this.#known.set(keyOf(decided), decided);
    this.#settle();
    return decided;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** What has to be written of something found. */
  #news({ child, parent, source }: FoundDependency, nowMs: number): readonly Dependency[] {
    const known = this.#known.get(keyOf({ child, parent }));
    if (child === parent) return [];
    if (known === undefined) {
      return [{ child, parent, state: 'proposed', source, firstMs: nowMs, seenMs: nowMs }];
    }
    return nowMs - known.seenMs < SEEN_MS ? [] : [{ ...known, seenMs: nowMs }];
  }

  /** Two devices behind each other would keep each other quiet for ever. */
  #refuseCircle(child: string, parent: string): void {
    const reached = new Set([parent]);
    for (const at of reached) {
      for (const one of this.#confirmed) if (one.child === at) reached.add(one.parent);
    }
    if (!reached.has(child)) return;
    throw new Failure('conflict', `${parent} sits behind ${child} already`, {
      hint: 'reject the dependency that is wrong first: collector dependency list',
    });
  }

  #write({ child, parent, state, source, firstMs, seenMs }: Dependency): void {
    this.#connection
      .prepare('INSERT OR REPLACE INTO desk_dependencies VALUES (?, ?, ?, ?, ?, ?)')
      .run(child, parent, state, source, firstMs, seenMs);
  }

  #forget({ child, parent }: Dependency): void {
    this.#connection
      .prepare('DELETE FROM desk_dependencies WHERE child = ? AND parent = ?')
      .run(child, parent);
  }

  #settle(): void {
    const ordered = [...this.#known.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    this.#all = Object.freeze(ordered);
    const pairs = ordered
      .filter(({ state }) => state === 'confirmed')
      .map(({ child, parent }) => ({ child, parent }));
    if (JSON.stringify(pairs) !== JSON.stringify(this.#confirmed)) this.#confirmed = pairs;
  }
}
