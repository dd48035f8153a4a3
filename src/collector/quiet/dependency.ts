/**
 * Symptoms and their causes: while a device is down, faults of what is reached through it are
 * symptoms. Looks at the open faults once per tick; an ask then costs the device's own parents.
 */

import type { Quiet } from '../faults/faults.ts';
import type { Graph, ParentGroup } from './graph.ts';
import type { QuietPolicy } from './policy.ts';
import type { About, OpenFault } from './quiet.ts';

/** A fault that explains others, or the newest recovery of one. */
interface Cause {
  readonly fault: string;
  readonly device: string;
  readonly indicator: string;
}

interface Recovery extends Cause {
  readonly upMs: number;
}

export interface Sight {
  /** Unix ms of the newest sample that shows the device in order; null when nobody watches it. */
  readonly provenUpMs: (device: string) => number | null;
  /** How often the device is looked at. */
  readonly checkEveryMs: (device: string) => number;
}

export class DependencyWatch {
  readonly #sight: Sight;
  #policy: QuietPolicy['dependencies'];
  #graph: Graph;
  #nowMs = 0;
  /** The worst open cause of each device. */
  #down = new Map<string, Cause>();
  /** Devices that came up again, as long as that may matter. */
  readonly #up = new Map<string, Recovery>();
  /** What stands above a device, worked out once per tick. */
  readonly #above = new Map<string, Cause | null>();
  readonly #recovered = new Map<string, Recovery | null>();

  constructor(policy: QuietPolicy['dependencies'], graph: Graph, sight: Sight) {
    this.#policy = policy;
    this.#graph = graph;
    this.#sight = sight;
  }

  swap(policy: QuietPolicy['dependencies'], graph: Graph): void {
    this.#policy = policy;
    this.#graph = graph;
    this.#above.clear();
    this.#recovered.clear();
  }

  /** To be called with all open faults before the asks of a tick. */
  begin(faults: Iterable<OpenFault>, nowMs: number): void {
    const before = this.#down;
    this.#nowMs = nowMs;
    this.#down = this.#causesOf(faults);
    for (const [device, cause] of before) {
      if (!this.#down.has(device)) this.#up.set(device, { ...cause, upMs: nowMs });
    }
    for (const [device, { upMs }] of this.#up) {
      const over = Math.abs(nowMs - upMs) > this.#policy.after_recovery.at_most;
      if (over || this.#down.has(device)) this.#up.delete(device);
    }
    this.#above.clear();
    this.#recovered.clear();
  }

  /** Recoveries of before a restart. */
  remember(faults: Iterable<OpenFault & { readonly recoveredMs: number | null }>): void {
    for (const { id, device, indicator, recoveredMs } of faults) {
      if (recoveredMs === null || this.#rank(indicator) < 0) continue;
      if (recoveredMs < (this.#up.get(device)?.upMs ?? 0)) continue;
      this.#up.set(device, { fault: id, device, indicator, upMs: recoveredMs });
    }
  }

  /** Null when nothing above explains the fault and nothing needs to be waited for. */
  of(about: About): Quiet | null {
    const cause = this.#causeOf(about);
    if (cause !== null) return symptom(cause);
    return this.#settling(about) ?? this.#awaited(about);
  }

  #causesOf(faults: Iterable<OpenFault>): Map<string, Cause> {
    const down = new Map<string, Cause>();
    for (const { id, device, indicator } of faults) {
      const rank = this.#rank(indicator);
      if (rank < 0) continue;
      const known = down.get(device);
      if (known !== undefined && this.#rank(known.indicator) <= rank) continue;
      down.set(device, { fault: id, device, indicator });
    }
    return down;
  }

  /** Place among the causes; less is worse, -1 is none. */
  #rank(indicator: string): number {
    return this.#policy.causes.indexOf(indicator);
  }

  /** An ancestor's fault, or a worse one of the device itself. */
  #causeOf({ device, indicator }: About): Cause | null {
    const above = this.#causeAbove(device);
    if (above !== null) return above;
    const own = this.#down.get(device);
    return own !== undefined && this.#isWorse(own, indicator) ? own : null;
  }

  #isWorse(own: Cause, indicator: string): boolean {
    const rank = this.#rank(indicator);
    return rank < 0 || this.#rank(own.indicator) < rank;
  }

  /** The farthest one up: what to repair first. A device without a fault passes its parents' on. */
  #causeAbove(device: string): Cause | null {
    const known = this.#above.get(device);
    if (known !== undefined) return known;
    let cause: Cause | null = null;
    for (const { parents, needs } of this.#groups(device)) {
      const causes = parents.map((one) => this.#causeAbove(one) ?? this.#down.get(one) ?? null);
      const cut = needs === 'all' ? causes.some(Boolean) : causes.every(Boolean);
      if (cut) cause ??= causes.find((one) => one !== null) ?? null;
    }
    this.#above.set(device, cause);
    return cause;
  }

  /** The newest recovery of the device or of anything above it. */
  #recoveryAt(device: string): Recovery | null {
    const known = this.#recovered.get(device);
    if (known !== undefined) return known;
    let newest = this.#up.get(device) ?? null;
    for (const { parents } of this.#groups(device)) {
      for (const parent of parents) {
        const recovery = this.#recoveryAt(parent);
        if (recovery !== null && recovery.upMs > (newest?.upMs ?? 0)) newest = recovery;
      }
    }
    this.#recovered.set(device, newest);
    return newest;
  }

  /** Children recover a few checks after their parent: until then nobody is told. */
  #settling({ device, indicator, openedMs }: About): Quiet | null {
    const recovery = this.#recoveryAt(device);
    if (recovery === null) return null;
    const { checks, at_most } = this.#policy.after_recovery;
    const holdMs = Math.min(at_most, checks * this.#sight.checkEveryMs(device));
    if (Math.abs(this.#nowMs - recovery.upMs) >= holdMs) return null;
    // The device itself failing again is news, not the tail of what was.
    const again = recovery.device === device && this.#rank(indicator) >= 0;
    if (again && openedMs >= recovery.upMs) return null;
    const note = `${recovery.device} has just recovered: waiting for ${checks} checks of ${device}`;
    return { why: 'held', by: recovery.fault, note };
  }

  /** Whether it is the device or the way to it shows when the parents are seen again. */
  #awaited({ device, indicator, openedMs }: About): Quiet | null {
    const { connectivity, await_parent } = this.#policy;
    if (!connectivity.includes(indicator)) return null;
    // Also when the clock was set back: nobody waits for longer than the policy says.
    if (Math.abs(this.#nowMs - openedMs) >= await_parent) return null;
    for (const { parents } of this.#groups(device)) {
      const unseen = parents.find((parent) => this.#isUnseen(parent, openedMs));
      if (unseen === undefined) continue;
      return { why: 'held', by: unseen, note: `waiting to see whether ${unseen} is up` };
    }
    return null;
  }

  #isUnseen(parent: string, sinceMs: number): boolean {
    const provenMs = this.#sight.provenUpMs(parent);
    return provenMs !== null && provenMs <= sinceMs;
  }

  #groups(device: string): readonly ParentGroup[] {
    return this.#graph.parentsOf.get(device) ?? [];
  }
}

function symptom({ fault, device, indicator }: Cause): Quiet {
  return { why: 'dependency', by: fault, note: `symptom of ${device} (${indicator})` };
}
