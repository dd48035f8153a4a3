/** The faults that are not closed, in memory, with what time or quiet still owes each of them. */

import { clocksOf, nextDue } from './clocks.ts';
import { closesAfter, relapsesAt } from './decide.ts';
import type { Fault } from './fault.ts';
import { parseFaultId } from './fault-id.ts';
import type { LevelPolicy } from './levels.ts';
import type { Case } from './life.ts';
import type { Terms } from './limits.ts';
import { isActive } from './steps.ts';
import { openPause } from './time-sheet.ts';

export type Place = Pick<Fault, 'device' | 'rule' | 'item'>;

export function keyOf({ device, rule, item }: Place): string {
  return `${device}\0${rule}\0${item}`;
}

export class Shelf {
  readonly levels: LevelPolicy;
  private readonly terms: ReadonlyMap<string, Terms>;
  private readonly byId = new Map<string, Case>();
  /** The newest fault of each device, rule and item that is not closed. */
  private readonly newest = new Map<string, Case>();
  /** When the next share of a limit falls due, by id. */
  private readonly dues = new Map<string, number>();
  /** When policy closes it, by id. */
  private readonly closings = new Map<string, number>();
  /** When a repair that its breach outlives has failed, by id. */
  private readonly relapses = new Map<string, number>();
  /** Faults that quiet holds back, and those that come and go. */
  readonly suppressed = new Set<string>();
  readonly flapping = new Set<string>();
  /** Parts of a fault, by the fault they were merged into. */
  private readonly parts = new Map<string, Set<string>>();
  private readonly presented = new WeakMap<Case, Fault>();
  private opened: readonly Fault[] | null = null;

  constructor(levels: LevelPolicy, terms: ReadonlyMap<string, Terms>) {
    this.levels = levels;
    this.terms = terms;
  }

  find(id: string): Case | undefined {
    return this.byId.get(id);
  }

  newestOf(place: Place): Case | undefined {
    return this.newest.get(keyOf(place));
  }

  partsOf(id: string): readonly string[] {
    return [...(this.parts.get(id) ?? [])];
  }

  termsOf({ sheet }: Case): Terms | null {
    return this.terms.get(sheet.terms) ?? null;
  }

  dueOf(one: Case): ReturnType<typeof nextDue> {
    const terms = this.termsOf(one);
    if (terms === null || one.fault.state === 'closed') return null;
    return nextDue(one.sheet, { terms, calendars: this.levels.calendars });
  }

  /** Ids of faults of which something fell due by `nowMs`. */
  due(nowMs: number): readonly string[] {
    return idsUntil(this.dues, nowMs);
  }

  toClose(nowMs: number): readonly string[] {
    return idsUntil(this.closings, nowMs);
  }

  relapsed(nowMs: number): readonly string[] {
    return idsUntil(this.relapses, nowMs);
  }

  /** What goes on, newest first; the same list until something changes. */
  open(): readonly Fault[] {
    this.opened ??= [...this.newest.values()]
      .filter(({ fault }) => isActive(fault.state))
      .map((one) => this.present(one))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    return this.opened;
  }

  present(one: Case): Fault {
    let fault = this.presented.get(one);
    if (fault === undefined) {
      const terms = this.termsOf(one);
      const { calendars } = this.levels;
      const clocks = terms === null ? [] : clocksOf(one.sheet, { terms, calendars });
      fault = { ...one.fault, clocks, paused: openPause(one.sheet), last: one.last };
      this.presented.set(one, fault);
    }
    return fault;
  }

  adopt(one: Case): void {
    const { fault } = one;
    const over = fault.state === 'closed';
    this.opened = null;
    if (over) this.byId.delete(fault.id);
    else this.byId.set(fault.id, one);
    this.place(one);
    keep(this.dues, fault.id, over ? null : (this.dueOf(one)?.dueMs ?? null));
    keep(this.closings, fault.id, this.closesAt(one));
    keep(this.relapses, fault.id, relapsesAt(one, this.levels));
    const { quiet } = fault;
    const merged = fault.state !== 'closed' && quiet?.why === 'merged' ? quiet.by : null;
    mark(this.suppressed, fault.id, fault.state === 'suppressed' && merged === null);
    mark(this.flapping, fault.id, fault.flapping);
    this.part(fault.id, merged);
  }

  private place(one: Case): void {
    const { fault } = one;
    const key = keyOf(fault);
    const known = this.newest.get(key)?.fault;
    const older = known !== undefined && parseFaultId(known.id) > parseFaultId(fault.id);
    if (fault.state !== 'closed' && !older) this.newest.set(key, one);
    else if (known?.id === fault.id) this.newest.delete(key);
  }

  private closesAt(one: Case): number | null {
    const after = closesAfter(one, this.levels);
    if (isActive(one.fault.state) || one.recoveryKnownMs === null || after === null) return null;
    return one.recoveryKnownMs + after;
  }

  private part(id: string, whole: string | null): void {
    for (const parts of this.parts.values()) parts.delete(id);
    if (whole === null) return;
    const parts = this.parts.get(whole);
    if (parts === undefined) this.parts.set(whole, new Set([id]));
    else parts.add(id);
  }
}

function keep(moments: Map<string, number>, id: string, atMs: number | null): void {
  if (atMs === null) moments.delete(id);
  else moments.set(id, atMs);
}

function mark(marked: Set<string>, id: string, yes: boolean): void {
  if (yes) marked.add(id);
  else marked.delete(id);
}

function idsUntil(moments: ReadonlyMap<string, number>, nowMs: number): readonly string[] {
  const ids: string[] = [];
  for (const [id, atMs] of moments) if (atMs <= nowMs) ids.push(id);
  return ids;
}
