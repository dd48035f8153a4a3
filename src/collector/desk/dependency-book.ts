/** Dependencies in `desk.db`: few, so all of them are in memory too. */
import type { Clock } from '../../shared/clock.ts';
import { didYouMean } from '../../shared/config-problems.ts';
import { Failure } from '../../shared/errors.ts';
import { DAY_MS } from '../../shared/units.ts';
import { AuditTrail } from './audit-trail.ts';
import type {
  Dependencies,
  DependenciesOptions,
  Dependency,
  DependencyWriting,
  FoundDependency,
} from './dependency.ts';
import type { Repeats } from './desk.ts';
import { type Connection, openDatabase } from './open-database.ts';
import { makeRepeats } from './repeats.ts';

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

export async function makeDependencies(options: DependenciesOptions): Promise<Dependencies> {
  const connection = openDatabase(options.directory);
  return new DependencyBook(connection, options);
}

class DependencyBook implements Dependencies {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #devices: DependenciesOptions['devices'];
  readonly #forgetMs: () => number;
  readonly #trail: AuditTrail;
  readonly #repeats: Repeats;
  readonly #known = new Map<string, Dependency>();
  #all: readonly Dependency[] = [];
  #confirmed: readonly { readonly child: string; readonly parent: string }[] = [];

  constructor(
    connection: Connection,
    { clock, devices, forgetMs = () => FORGET_MS }: DependenciesOptions,
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#devices = devices;
    this.#forgetMs = forgetMs;
    this.#trail = new AuditTrail(connection);
    this.#repeats = makeRepeats(connection, 'dependencies');
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
      ({ state, seenMs }) => state === 'proposed' && seenMs < nowMs - this.#forgetMs(),
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
    { actor, repeat = null, version = null }: DependencyWriting,
  ): Promise<Dependency> {
    const nowMs = this.#clock.now();
    let isNew = false;
    const decided = this.#repeats.once(repeat, nowMs, () => {
      const known = this.#known.get(keyOf({ child, parent }));
      checkVersion(known, version);
      // What was proposed may be rejected also when one of the two is gone meanwhile.
      if (known === undefined || state === 'confirmed') this.#refuseUnknown([child, parent]);
      if (state === 'confirmed') this.#refuseCircle(child, parent);
      const made = { child, parent, source: 'person', firstMs: nowMs, seenMs: nowMs };
      const after: Dependency = { ...(known ?? made), state };
      const subject = `${child} behind ${parent}`;
      const deed = { actor, action: `dependency.${state}`, subject, detail: { child, parent } };
      this.#trail.record(nowMs, [deed], () => this.#write(after));
      isNew = true;
      return after;
    });
    // A repeated request gets its first answer, which may be older than what was decided since.
    if (isNew) {
      this.#known.set(keyOf(decided), decided);
      this.#settle();
    }
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

  #refuseUnknown(names: readonly string[]): void {
    const known = this.#devices().map(({ name }) => name);
    const strange = names.filter((name) => !known.includes(name));
    if (strange.length === 0) return;
    const reasons = strange.map((name) => {
      const quoted = JSON.stringify(name.slice(0, 80));
      return `there is no device ${quoted}${didYouMean(name, known)}`;
    });
    throw new Failure('not_found', reasons.join('; '), {
      hint: 'see their names with: collector device list',
    });
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

const VERSIONS = Object.freeze({ proposed: 1, confirmed: 2, rejected: 3 });

/** A state is its own version: the same again once the same is decided again; 0 for none. */
export function versionOfState(known: Pick<Dependency, 'state'> | undefined): number {
  return known === undefined ? 0 : VERSIONS[known.state];
}

/** Throws `stale`. */
function checkVersion(known: Dependency | undefined, seen: number | null): void {
  const version = versionOfState(known);
  if (seen === null || seen === version) return;
  throw new Failure('stale', `it is ${known?.state ?? 'not known'} meanwhile`, {
    hint: `look at it again: it is at version ${version}`,
    detail: { version },
  });
}
