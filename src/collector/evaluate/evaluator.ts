/**
 * The tick: facts of devices, then values, then what is due. A device costs a few comparisons, a
 * value two comparisons to find its place and one or two to judge it; time-driven work is found by due times, never by scanning every state.
 */
import type { IndicatorValue } from '../../shared/indicator.ts';
import { DeviceWatch } from './device-watch.ts';
import { Resolver } from './effective.ts';
import type {
  Breach,
  DeviceFacts,
  Evaluator,
  EvaluatorOptions,
  Explanation,
  Verdict,
} from './evaluate.ts';
import { explain } from './explain.ts';
import type { ThresholdPolicy } from './policy.ts';
import { REMOVED } from './reason.ts';
import type { Moment, Slot } from './slot.ts';
import { orphanVerdict, verdictOf } from './verdict.ts';
import { OK, UNKNOWN, type Watch } from './watch.ts';

/** A pause of this length between two ticks was deafness of ours: silence counts from its end. */
const DEAF_MS = 60_000;
/** Dear figures (a look into the past each) computed in one tick, and cheap answers beside them. */
const PAST_READS_PER_TICK = 8;
const PACED_PER_TICK = 512;
const RETRY_MS = 60_000;
/** When a whole site falls silent its thousands of unknowns are told over several ticks. */
const UNKNOWN_PER_TICK = 250;

export function createEvaluator(options: EvaluatorOptions): Evaluator {
  return new ThresholdEvaluator(options);
}

class ThresholdEvaluator implements Evaluator {
  private resolver: Resolver;
  private readonly devices = new Map<string, DeviceWatch>();
  private readonly breaches = new Map<string, Breach[]>();
  private readonly past: EvaluatorOptions['past'];
  private pastReads = 0;
  /** Watches whose standing may differ from what was last told; settled at the end of a tick. */
  private changed: Watch[] = [];
  private orphans: Verdict[] = [];
  private readonly paced: Watch[] = [];
  private readonly deferred: Slot[] = [];
  private lastTickMs = Number.NEGATIVE_INFINITY;
  private listeningMs = 0;
  private readonly note = (watch: Watch): void => void this.changed.push(watch);

  constructor(options: EvaluatorOptions) {
    this.resolver = new Resolver(options.policy);
    this.past = (device, indicator, item) => {
      this.pastReads++;
      return options.past(device, indicator, item);
    };
    for (const breach of options.breached ?? []) {
      const list = this.breaches.get(breach.device) ?? [];
      list.push(breach);
      this.breaches.set(breach.device, list);
    }
  }

  tick(
    values: readonly IndicatorValue[],
    devices: readonly DeviceFacts[],
    nowMs: number,
  ): readonly Verdict[] {
    const pauseMs = nowMs - this.lastTickMs;
    if (pauseMs > DEAF_MS || pauseMs < -DEAF_MS) this.listeningMs = nowMs;
    this.lastTickMs = nowMs;
    for (const facts of devices) this.look(facts, nowMs);
    this.take(values, nowMs);
    this.judgePaced(nowMs);
    return this.settle(nowMs);
  }

  replay(values: readonly IndicatorValue[], facts: DeviceFacts, nowMs: number): void {
    this.know(facts);
    this.take(values, nowMs);
  }

  verdicts(device: string, all = false): readonly Verdict[] {
    const watches = [...(this.devices.get(device)?.watches() ?? [])];
    const told = all ? watches : watches.filter(({ standing }) => standing !== OK);
    return told.map((watch) => verdictOf(watch, this.lastTickMs));
  }

  explain(facts: DeviceFacts, indicator: string): readonly Explanation[] {
    const watches = [...(this.devices.get(facts.name)?.watches() ?? [])];
    return explain({ facts, indicator, watches, resolver: this.resolver, nowMs: this.lastTickMs });
  }

  reload(policy: ThresholdPolicy): void {
    this.resolver = new Resolver(policy);
    for (const device of this.devices.values()) {
      device.rebuild(this.resolver);
      for (const watch of device.watches()) this.note(watch);
    }
  }

  forget(name: string): void {
    for (const watch of this.devices.get(name)?.watches() ?? []) {
      watch.retired = true;
      if (watch.breach === OK) continue;
      const last = verdictOf(watch, this.lastTickMs);
      this.orphans.push(orphanVerdict(last, REMOVED.device, this.lastTickMs));
    }
    this.devices.delete(name);
    this.breaches.delete(name);
  }

  private device(name: string): DeviceWatch {
    let device = this.devices.get(name);
    if (device === undefined) {
      device = new DeviceWatch({ name, resolver: this.resolver, past: this.past });
      this.devices.set(name, device);
    }
    return device;
  }

  private know(facts: DeviceFacts): DeviceWatch {
    const device = this.device(facts.name);
    if (device.know(facts)) {
      for (const watch of device.watches()) if (watch.slot !== null) this.note(watch);
    }
    const breaches = this.breaches.get(facts.name);
    if (breaches !== undefined) {
      device.seed(breaches);
      this.breaches.delete(facts.name);
    }
    return device;
  }

  /** Silence and missing data of one device. */
  private look(facts: DeviceFacts, nowMs: number): void {
    const device = this.know(facts);
    if (facts.heardMs > 0) this.listen(device, facts.heardMs, nowMs);
    device.scan(nowMs, this.listeningMs, this.note);
    for (const breach of device.orphans.splice(0)) {
      this.orphans.push(orphanVerdict(breach, REMOVED.rule, nowMs));
    }
  }

  private listen(device: DeviceWatch, heardMs: number, nowMs: number): void {
    let silent = false;
    for (const watch of device.absences) {
      // To open, silence counts only while we listened; to stay open, all of it counts. An arrival
      // far ahead of now was stamped before our clock was set back: it tells nothing.
      const deaf = watch.breach === OK && heardMs < this.listeningMs;
      const since = deaf || heardMs > nowMs + DEAF_MS ? this.listeningMs : Math.min(heardMs, nowMs);
      if (watch.judge(nowMs, since)) this.note(watch);
      silent ||= watch.breach !== OK;
    }
    if (silent && !device.silent) device.blindSince(heardMs, this.note);
    device.silent = silent;
  }

  private take(values: readonly IndicatorValue[], nowMs: number): void {
    const { lateMs } = this.resolver.policy;
    let device: DeviceWatch | undefined;
    let moment: Moment = { senderNowMs: nowMs, nowMs, lateMs };
    for (const { device: name, indicator, item, timeMs, value } of values) {
      if (device?.name !== name) {
        this.judgeDeferred(nowMs);
        device = this.device(name);
        device.rewind();
        moment = { senderNowMs: nowMs + device.clockOffsetMs, nowMs, lateMs };
      }
      const slot = device.nextSlot(indicator, item);
      if (slot === null || !slot.accept(timeMs, value, moment)) continue;
      for (const watch of slot.direct) {
        if (watch.judge(timeMs, value)) this.changed.push(watch);
      }
      if (slot.later.length > 0 && !slot.waiting) this.deferred.push(slot);
      slot.waiting = slot.later.length > 0;
    }
    this.judgeDeferred(nowMs);
  }

  /** What needs other indicators waits until the device's whole step is in, whatever its order. */
  private judgeDeferred(nowMs: number): void {
    for (const slot of this.deferred) {
      slot.waiting = false;
      this.judgeLater(slot, nowMs);
    }
    this.deferred.length = 0;
  }

  private judgeLater(slot: Slot, nowMs: number): void {
    for (const watch of slot.later) {
      if (watch.rule.measure.paceMs === 0) {
        if (watch.judge(slot.newestMs, slot.value)) this.changed.push(watch);
      } else if (!watch.queued && nowMs >= watch.dueMs) {
        watch.queued = true;
        this.paced.push(watch);
      }
    }
  }

  private judgePaced(nowMs: number): void {
    this.pastReads = 0;
    let done = 0;
    for (const watch of this.paced) {
      if (done === PACED_PER_TICK || this.pastReads >= PAST_READS_PER_TICK) break;
      done++;
      watch.queued = false;
      const { slot } = watch;
      if (slot === null || slot.stale || watch.retired) continue;
      if (watch.judge(slot.newestMs, slot.value)) this.note(watch);
      // The past may still be on its way from the disk: without a figure it is asked again soon.
      const { paceMs } = watch.rule.measure;
      watch.dueMs = nowMs + (Number.isNaN(watch.value) ? Math.min(paceMs, RETRY_MS) : paceMs);
    }
    this.paced.splice(0, done);
  }

  private settle(nowMs: number): readonly Verdict[] {
    const verdicts = this.orphans;
    this.orphans = [];
    const waiting: Watch[] = [];
    let unknown = 0;
    for (const watch of this.changed) {
      const { standing } = watch;
      if (watch.retired || standing === watch.reported) continue;
      if (standing === UNKNOWN && ++unknown > UNKNOWN_PER_TICK) {
        waiting.push(watch);
      } else {
        verdicts.push(verdictOf(watch, nowMs));
        watch.reported = standing;
      }
    }
    this.changed = waiting;
    return verdicts;
  }
}
