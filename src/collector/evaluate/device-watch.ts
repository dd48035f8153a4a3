/** Everything evaluate holds about one device: its slots, its watches and when to look again. */
import { INDICATORS, type IndicatorName, isIndicatorName } from '../../shared/indicator.ts';
import type { Resolver } from './effective.ts';
import type { Breach, DeviceFacts } from './evaluate.ts';
import type { Past } from './kind.ts';
import type { Rule } from './policy.ts';
import { Slot } from './slot.ts';
import { type Blindness, CRITICAL, OK, Watch } from './watch.ts';

/** Unknown for a day and nothing wrong before: the item is gone (a container's disk, an old mount). */
const FORGET_MS = 86_400_000;
/** Arrival and the tick that judges it are at most so far apart. */
const TICK_SLACK_MS = 10_000;
/** Absence looks at nothing besides the arrival. */
const NOWHERE: Watch['around'] = Object.freeze({ needs: [], past: () => null });
const NO_LABELS: DeviceFacts['labels'] = Object.freeze({});

export interface DeviceOptions {
  readonly name: string;
  readonly resolver: Resolver;
  readonly past: (device: string, indicator: IndicatorName, item: string) => Past | null;
}

export class DeviceWatch {
  readonly name: string;
  clockOffsetMs = 0;
  silent = false;
  /** Breaches whose rule no longer applies: each must be told to be over, once. */
  readonly orphans: Breach[] = [];
  private absenceWatches: readonly Watch[] = [];
  private labels: DeviceFacts['labels'] = NO_LABELS;
  private watched = false;
  private resolver: Resolver;
  private readonly past: DeviceOptions['past'];
  private readonly slots = new Map<IndicatorName, Map<string, Slot> | null>();
  private nextScanMs = 0;
  private readonly round: Slot[] = [];
  private at = 0;

  constructor({ name, resolver, past }: DeviceOptions) {
    this.name = name;
    this.resolver = resolver;
    this.past = past;
  }

  get absences(): readonly Watch[] {
    return this.absenceWatches;
  }

  /** Takes in what the ledger says now; true when the watches were made anew by it. */
  know({ labels, watched, clockOffsetSeconds = 0 }: DeviceFacts): boolean {
    this.clockOffsetMs = Number.isFinite(clockOffsetSeconds) ? clockOffsetSeconds * 1000 : 0;
    const relabelled =
      labels !== this.labels && JSON.stringify(labels) !== JSON.stringify(this.labels);
    this.labels = labels;
    if (!relabelled && watched === this.watched) return false;
    this.watched = watched;
    this.rebuild(this.resolver);
    return true;
  }

  /** Continues breaches that the ledger of faults holds open. */
  seed(breaches: readonly Breach[]): void {
    for (const { indicator, item } of breaches) {
      if (isIndicatorName(indicator)) this.slot(indicator, item);
    }
    const watches = [...this.watches()];
    for (const breach of breaches) {
      const watch = watches.find(
        ({ rule, item }) => rule.name === breach.rule && item === breach.item,
      );
      if (watch === undefined) this.orphans.push(breach);
      else watch.seed(breach.severity, breach.sinceMs);
    }
  }

  /** Values of a device come in the same order every time: the last round tells where each goes. */
  nextSlot(indicator: IndicatorName, item: string): Slot | null {
    const expected = this.round[this.at++];
    if (expected?.indicator === indicator && expected.item === item) return expected;
    const slot = this.slot(indicator, item);
    if (slot === null) this.at--;
    else this.round[this.at - 1] = slot;
    return slot;
  }

  /** A new step of values begins. */
  rewind(): void {
    this.at = 0;
  }

  /** Where samples of an indicator's item go; null when no rule wants them. */
  slot(indicator: IndicatorName, item: string): Slot | null {
    let byItem = this.slots.get(indicator);
    if (byItem === undefined) {
      byItem = this.resolver.wants(indicator) ? new Map() : null;
      this.slots.set(indicator, byItem);
    }
    if (byItem === null) return null;
    let slot = byItem.get(item);
    if (slot === undefined) {
      slot = new Slot(indicator, item);
      byItem.set(item, slot);
      this.addWatches(slot);
    }
    return slot;
  }

  *watches(): Generator<Watch> {
    yield* this.absenceWatches;
    for (const slot of this.allSlots()) yield* slot.watches();
  }

  /** Puts every watch under the policy's present rules; what did not change goes on as it is. */
  rebuild(resolver: Resolver): void {
    this.resolver = resolver;
    this.round.length = 0;
    this.absenceWatches = this.makeWatches('agent_silent', null, this.absenceWatches);
    for (const [indicator, byItem] of this.slots) {
      const wanted = resolver.wants(indicator);
      if (byItem === null && wanted) this.slots.delete(indicator);
      for (const slot of byItem?.values() ?? []) {
        const before = slot.watches();
        slot.direct.length = 0;
        slot.later.length = 0;
        this.addWatches(slot, before);
      }
      if (byItem !== null && !wanted) this.slots.delete(indicator);
    }
  }

  /**
   * Finds what became unknown since the last look. Looks only when something can have: samples
   * push the time of the next look ahead, so a device costs one comparison in most ticks.
   */
  scan(nowMs: number, listeningMs: number, changed: (watch: Watch) => void): void {
    if (nowMs < this.nextScanMs) return;
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.allSlots()) {
      const dueMs = Math.max(slot.arrivalMs, listeningMs) + slot.patienceMs;
      if (nowMs < dueMs) {
        next = Math.min(next, dueMs);
        continue;
      }
      if (!slot.stale) this.blind(slot, 'no_data', changed);
      if (nowMs - slot.arrivalMs > FORGET_MS) this.forgetSlot(slot);
    }
    // New slots appear between looks, so the next one is never further away than the shortest patience.
    this.nextScanMs = Math.min(next, nowMs + 60_000);
  }

  /** The agent fell silent: whatever it fed is unknown at once, whatever others feed is not. */
  blindSince(heardMs: number, changed: (watch: Watch) => void): void {
    for (const slot of this.allSlots()) {
      if (slot.arrivalMs <= heardMs + TICK_SLACK_MS) this.blind(slot, 'agent_silent', changed);
    }
  }

  private blind(slot: Slot, why: Blindness, changed: (watch: Watch) => void): void {
    slot.stale = true;
    for (const watch of slot.watches()) {
      watch.blind = why;
      watch.dueMs = 0;
      changed(watch);
    }
  }

  private forgetSlot(slot: Slot): void {
    const watches = slot.watches();
    if (slot.users > 0 || watches.some((watch) => watch.breach !== OK)) return;
    for (const watch of watches) {
      watch.retired = true;
      use(watch, -1);
    }
    this.round.length = 0;
    this.slots.get(slot.indicator)?.delete(slot.item);
  }

  private *allSlots(): Generator<Slot> {
    for (const byItem of this.slots.values()) if (byItem !== null) yield* byItem.values();
  }

  private around(rule: Rule, slot: Slot | null): Watch['around'] {
    if (slot === null) return NOWHERE;
    const needs = rule.measure.needs.flatMap((indicator) => {
      const item = INDICATORS[indicator].item === null ? '' : slot.item;
      return this.slot(indicator, item) ?? [];
    });
    return { needs, past: () => this.past(this.name, slot.indicator, slot.item) };
  }

  private addWatches(slot: Slot, before: readonly Watch[] = []): void {
    for (const watch of this.makeWatches(slot.indicator, slot, before)) {
      const { needs, paceMs } = watch.rule.measure;
      (needs.length > 0 || paceMs > 0 ? slot.later : slot.direct).push(watch);
    }
  }

  private makeWatches(
    indicator: IndicatorName | 'agent_silent',
    slot: Slot | null,
    before: readonly Watch[],
  ): readonly Watch[] {
    const rules = slot === null && !this.watched ? [] : this.resolver.rulesOf(indicator);
    const watches = rules.flatMap((rule) => this.watchFor(rule, slot, before) ?? []);
    for (const old of before) {
      if (watches.includes(old)) continue;
      old.retired = true;
      use(old, -1);
    }
    for (const made of watches) if (!before.includes(made)) use(made, 1);
    this.leave(before, watches);
    return watches;
  }

  /** Old watches whose rule is gone and that had told of a breach must tell that it is over. */
  private leave(before: readonly Watch[], now: readonly Watch[]): void {
    const kept = new Set(now.map(({ rule }) => rule.name));
    for (const { rule, item, breach, sinceMs, device } of before) {
      if (breach === OK || kept.has(rule.name)) continue;
      const severity = breach === CRITICAL ? 'critical' : 'warning';
      const { indicator } = rule.measure;
      this.orphans.push({ device, rule: rule.name, indicator, item, severity, sinceMs });
    }
  }

  private watchFor(rule: Rule, slot: Slot | null, before: readonly Watch[]): Watch | null {
    const place = { device: this.name, labels: this.labels, item: slot?.item ?? '' };
    const effective = this.resolver.effective(rule, place);
    if (!effective.enabled || !rule.covers(place.item)) return null;
    const old = before.find((watch) => watch.rule.name === rule.name);
    if (old?.rule.signature === rule.signature && same(old.effective, effective)) return old;
    const around = this.around(rule, slot);
    const watch = new Watch(rule, effective, { ...place, slot, around });
    if (old !== undefined) watch.inherit(old);
    return watch;
  }
}

function same(a: { readonly settings: object }, b: { readonly settings: object }): boolean {
  return a === b || JSON.stringify(a.settings) === JSON.stringify(b.settings);
}

/** Counts who looks at a slot: it must not be forgotten under them. */
function use(watch: Watch, by: 1 | -1): void {
  for (const slot of watch.around.needs) slot.users += by;
}
