/** Entries to write, in order, and what their faults are after them. Nothing is believed yet. */
import type { Step } from './decide.ts';
import type { LedgerEntry } from './fault.ts';
import { formatFaultId } from './fault-id.ts';
import { type Case, fold } from './life.ts';
import { keyOf, type Place } from './shelf.ts';

export interface DraftStart {
  /** Number of the newest ledger entry. */
  readonly head: number;
  readonly newestFault: number;
  readonly nowMs: number;
}

export class Draft {
  readonly entries: LedgerEntry[] = [];
  /** By id, as they are after the entries. */
  readonly cases = new Map<string, Case>();
  readonly nowMs: number;
  /** Number of the newest telling that is in it; 0 for none. */
  told = 0;
  /** Faults that begin here, by device, rule and item. */
  private readonly begun = new Map<string, string>();
  private readonly head: number;
  private newestFault: number;

  constructor({ head, newestFault, nowMs }: DraftStart) {
    this.head = head;
    this.newestFault = newestFault;
    this.nowMs = nowMs;
  }

  /** The id that the next new fault gets. */
  nextFault(): string {
    return formatFaultId(this.newestFault + 1);
  }

  /** Number of the newest fault, these included. */
  newest(): number {
    return this.newestFault;
  }

  /** The newest fault of a place, as it is after the entries; `known` is the one before them. */
  newestAt(place: Place, known: Case | undefined): Case | undefined {
    const id = this.begun.get(keyOf(place)) ?? known?.fault.id;
    return id === undefined ? undefined : (this.cases.get(id) ?? known);
  }

  /** A step that begins a fault gets a new number; any other belongs to `current`. */
  add(current: Case | undefined, step: Step, by = 'system'): Case {
    const begins = step.kind === 'opened' || step.kind === 'late' || current === undefined;
    const fault = begins ? formatFaultId(++this.newestFault) : current.fault.id;
    const number = this.head + this.entries.length + 1;
    const entry: LedgerEntry = { number, fault, atMs: this.nowMs, by, ...step };
    const after = fold(begins ? undefined : current, entry);
    this.entries.push(entry);
    this.cases.set(fault, after);
    if (begins) this.begun.set(keyOf(after.fault), fault);
    return after;
  }
}
