/**
 * Writing: a draft becomes entries, faults, an audit entry and a kept answer in one transaction, and
 * is believed once it is durable. Should another process have written meanwhile, memory is
 * refreshed first and the draft made on what is true now.
 */
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { openRepeats, openTrail, type Repeats, type Trail } from '../desk/desk.ts';
import { Apart, type Part, type Written } from './apart.ts';
import { failureOf } from './database.ts';
import { Draft } from './draft.ts';
import type { LedgerEntry } from './fault.ts';
import type { FaultContext, SetAside, Writing } from './faults.ts';
import type { LevelPolicy } from './levels.ts';
import type { Case } from './life.ts';
import { owedParts } from './owed.ts';
import { termsBook } from './policy-book.ts';
import { Shelf } from './shelf.ts';
import type { FaultTables } from './tables.ts';

/** A write that somebody asked for. */
export interface Request {
  /** For the audit trail. */
  readonly action: string;
  readonly subject: string;
  /** Everything that makes it another request than the next. */
  readonly asked: unknown;
  readonly writing: Writing;
}

export interface PenOptions {
  readonly tables: FaultTables;
  readonly clock: Clock;
  readonly log: Log;
  readonly levels: LevelPolicy;
}

export class Pen {
  private readonly tables: FaultTables;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly apart: Apart;
  private levels: LevelPolicy;
  private head = 0;
  private newestFault = 0;
  private held: Shelf;
  /** The desk's tables are there when somebody can be named; ticks do without. */
  private trail: Trail | null = null;
  private repeats: Repeats | null = null;

  constructor({ tables, clock, log, levels }: PenOptions) {
    this.tables = tables;
    this.clock = clock;
    this.log = log;
    this.apart = new Apart({ clock, log });
    this.levels = levels;
    this.held = this.load();
  }

  /** What is true now. */
  shelf(): Shelf {
    return this.held;
  }

  /** Writes what `add` drafts, if anything. */
  tick(add: (draft: Draft) => void): readonly LedgerEntry[] {
    return attempt(() => {
      const first = this.draftOf(add);
      if (first.entries.length === 0) return [];
      const written = this.tables.write(() => {
        const draft = this.refreshed() ? this.draftOf(add) : first;
        this.insert(draft);
        return draft;
      });
      this.believe(written);
      return written.entries;
    });
  }

  /** Writes what the parts draft; one that cannot be written does not stop the others. */
  tickApart(parts: readonly Part[]): Written {
    return this.apart.write(parts, (some) => {
      return this.tick((draft) => {
        for (const part of some) part.add(draft);
      });
    });
  }

  /** Writes what time and quiet owe to the faults. */
  advance(context: FaultContext): readonly LedgerEntry[] {
    const parts = owedParts(() => this.held, { nowMs: this.clock.now(), context });
    return this.tickApart(parts).entries;
  }

  setAside(): SetAside {
    return this.apart.setAside();
  }

  /** Writes what `add` drafts and gives its answer; the same keyed request again only the answer. */
  write<T>(request: Request, by: string, add: (draft: Draft) => T): T {
    return attempt(() => {
      const written: Draft[] = [];
      const answer = this.once(request, () => {
        this.refreshed();
        const draft = this.newDraft();
        const given = add(draft);
        this.insert(draft);
        this.audit(request, by);
        written.push(draft);
        return given;
      });
      for (const draft of written) this.believe(draft);
      return answer;
    });
  }

  /** Throws `stale` when somebody wrote since the writer looked. */
  checkVersion({ fault, last }: Case, { expected }: Writing): void {
    if (expected === undefined || expected === last) return;
    throw new Failure('stale', `${fault.id} has changed meanwhile`, {
      hint: `look at it again: its version is ${last}, not ${expected}`,
      detail: { version: last },
    });
  }

  reload(levels: LevelPolicy): void {
    this.levels = levels;
    this.held = this.load();
  }

  private load(): Shelf {
    const terms = termsBook(this.tables, this.levels);
    this.head = this.tables.head();
    this.newestFault = this.tables.newestFault();
    const fresh = new Shelf(this.levels, terms);
    for (const one of this.tables.unclosed()) fresh.adopt(one);
    return fresh;
  }

  private newDraft(): Draft {
    const { head, newestFault } = this;
    return new Draft({ head, newestFault, nowMs: this.clock.now() });
  }

  private draftOf(add: (draft: Draft) => void): Draft {
    const draft = this.newDraft();
    add(draft);
    return draft;
  }

  private refreshed(): boolean {
    if (this.tables.head() === this.head) return false;
    this.log.warn('the ledger was written by another process: reading it again');
    this.held = this.load();
    return true;
  }

  private insert(draft: Draft): void {
    for (const entry of draft.entries) this.tables.insert(entry);
    for (const one of draft.cases.values()) this.tables.save(one);
    if (draft.told > 0) this.tables.markTold(draft.told);
  }

  private believe(draft: Draft): void {
    this.head += draft.entries.length;
    this.newestFault = Math.max(this.newestFault, draft.newest());
    for (const one of draft.cases.values()) this.held.adopt(one);
  }

  private audit({ action, subject, writing: { actor } }: Request, by: string): void {
    if (actor === undefined) return;
    this.trail ??= openTrail(this.tables.connection);
    this.trail.record(this.clock.now(), [{ actor, action, subject, detail: { by } }]);
  }

  private once<T>({ asked, writing }: Request, task: () => T): T {
    const { key, actor, sent = asked } = writing;
    if (key === undefined) return this.tables.write(task);
    this.repeats ??= openRepeats(this.tables.connection, 'faults');
    const request = [actor?.who ?? '', sent];
    return this.repeats.once({ key, request }, this.clock.now(), task);
  }
}

function attempt<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw failureOf(error, 'cannot write the fault ledger');
  }
}
