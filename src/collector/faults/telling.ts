/** What comes from outside: reports that open or confirm a fault, clearings that end one. */
import type { Severity, Urgency } from '../evaluate/evaluate.ts';
import type { Part } from './apart.ts';
import type { Draft } from './draft.ts';
import type { Fault, FaultOrigin } from './fault.ts';
import type { Case } from './life.ts';
import { currentOf } from './owed.ts';
import type { Shelf } from './shelf.ts';
import { isActive } from './steps.ts';

/** Something wrong that no threshold measures. */
export interface FaultReport {
  readonly origin: Exclude<FaultOrigin, 'threshold'>;
  readonly device: string;
  readonly rule: string;
  /** '' from a person: every report is a fault of its own. */
  readonly item: string;
  readonly severity: Severity;
  readonly urgency: Urgency;
  readonly phenomenon: { readonly en: string; readonly zh: string };
  readonly beganMs: number;
  readonly by: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** The end of what was raised; ends nothing that another origin noticed. */
export interface FaultClearing {
  readonly origin: FaultReport['origin'];
  readonly device: string;
  readonly rule: string;
  readonly item: string;
  readonly atMs: number;
  readonly by: string;
  readonly note: string;
}

/** A fault that goes on. */
export type Going = Pick<Fault, 'id' | 'device' | 'rule' | 'item' | 'origin' | 'beganMs'>;

export type Asked =
  | { readonly kind: 'raise'; readonly report: FaultReport }
  | { readonly kind: 'clear'; readonly clearing: FaultClearing };

/** One of several that are told together. */
export interface Telling {
  /** Rises. What is in the ledger already is taken without being told again. */
  readonly number: number;
  /** For the log, where it cannot be told. */
  readonly about: string;
  readonly device: string;
  readonly rule: string;
  /**
   * Asked when its turn comes, with what goes on of its device and rule by then; null tells
   * nothing. May be asked again, so it changes nothing itself.
   */
  decide(going: readonly Going[]): Asked | null;
}

export interface TellingDoors {
  readonly shelf: () => Shelf;
  readonly add: (draft: Draft, asked: Asked) => Case | undefined;
  /** The newest that is in the ledger. */
  readonly told: number;
}

export function tellingParts(tellings: readonly Telling[], doors: TellingDoors): readonly Part[] {
  const { add, told } = doors;
  const known = new GoingOn(doors.shelf);
  return tellings.map((telling) => ({
    about: telling.about,
    add: (draft) => {
      // Opened and cleared again, a fault would come back for nothing.
      if (telling.number <= told) return;
      const asked = telling.decide(known.of(draft, telling));
      const after = asked === null ? undefined : add(draft, asked);
      if (after !== undefined) known.note(after);
      draft.told = telling.number;
    },
  }));
}

type Subject = Pick<Fault, 'device' | 'rule'>;

const keyOf = ({ device, rule }: Subject): string => `${device}\0${rule}`;

/** What goes on by device and rule, as it is after the entries of the draft. */
class GoingOn {
  readonly #shelf: () => Shelf;
  readonly #ids = new Map<string, Set<string>>();
  #draft: Draft | null = null;

  constructor(shelf: () => Shelf) {
    this.#shelf = shelf;
  }

  of(draft: Draft, subject: Subject): readonly Going[] {
    // Another draft has begun: what the one before made is not, or not yet, true.
    if (draft !== this.#draft) this.#begin(draft);
    return [...(this.#ids.get(keyOf(subject)) ?? [])].flatMap((id) => {
      const fault = currentOf(draft, this.#shelf(), id)?.fault;
      return fault !== undefined && isActive(fault.state) ? [fault] : [];
    });
  }

  note({ fault }: Pick<Case, 'fault'>): void {
    const key = keyOf(fault);
    const ids = this.#ids.get(key);
    if (ids === undefined) this.#ids.set(key, new Set([fault.id]));
    else ids.add(fault.id);
  }

  #begin(draft: Draft): void {
    this.#draft = draft;
    this.#ids.clear();
    for (const fault of this.#shelf().open()) this.note({ fault } as Pick<Case, 'fault'>);
  }
}
