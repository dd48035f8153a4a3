/** Dependencies: which device sits behind which. */
import type { Clock } from '../../shared/clock.ts';
import type { Actor, Device, RepeatKey } from './desk.ts';

export type DependencyState = 'proposed' | 'confirmed' | 'rejected';

/** `child` sits behind `parent`: without the parent it cannot be reached. */
export interface Dependency {
  readonly child: string;
  readonly parent: string;
  readonly state: DependencyState;
  /** What proposed it: `lldp`, `cdp`, `gateway`; `person` when nothing did. */
  readonly source: string;
  readonly firstMs: number;
  /** When a device last showed it. */
  readonly seenMs: number;
}

/** Who decides, and what guards the write. */
export interface DependencyWriting {
  readonly actor: Actor;
  readonly repeat?: RepeatKey | null;
  /** `versionOf` the dependency that was seen, 0 where there was none; null does not care. */
  readonly version?: number | null;
}

export interface FoundDependency {
  readonly child: string;
  readonly parent: string;
  readonly source: string;
}

/** Which device sits behind which: proposed by what was read, decided by people. */
export interface Dependencies {
  dependencies(): readonly Dependency[];
  /** The same array until one changes. */
  confirmed(): readonly { readonly child: string; readonly parent: string }[];
  /** What people decided stays as they decided. Proposals nobody sees any more are dropped. */
  propose(found: readonly FoundDependency[]): Promise<void>;
  /**
   * Also one that nothing proposed. Throws `conflict` when a device would sit behind itself,
   * `not_found` for a device that is not in the ledger, `stale`.
   */
  decide(
    pair: { readonly child: string; readonly parent: string },
    state: 'confirmed' | 'rejected',
    writing: DependencyWriting,
  ): Promise<Dependency>;
  close(): Promise<void>;
}

export interface DependenciesOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Of the ledger, for the decisions of people. */
  readonly devices: () => readonly Pick<Device, 'name'>[];
  /** A proposal nobody saw for so long is dropped. Default: 30 days. */
  readonly forgetMs?: () => number;
}
