/** One rule on one item of one device: its figure, its tracks, and what was last told about it. */
import { type Bound, passes } from './bound.ts';
import type { Effective } from './effective.ts';
import type { Severity, VerdictState } from './evaluate.ts';
import type { Figure, Surroundings } from './kind.ts';
import type { Limit } from './limit.ts';
import type { Rule } from './policy.ts';
import type { Slot } from './slot.ts';
import { Track } from './track.ts';

/** Where a watch stands, as one number so that comparing costs nothing. */
export const UNKNOWN = -2;
export const OK = -1;
export const WARNING = 0;
export const CRITICAL = 1;
export type Standing = typeof UNKNOWN | typeof OK | typeof WARNING | typeof CRITICAL;

export type Blindness = 'no_data' | 'agent_silent' | 'no_figure';

export function standingOf(severity: Severity): Standing {
  return severity === 'critical' ? CRITICAL : WARNING;
}

export function stateOf(standing: Standing): VerdictState {
  if (standing === UNKNOWN) return 'unknown';
  return standing === OK ? 'ok' : 'breached';
}

/** What its figure looks at: other slots of the device. */
interface Around extends Surroundings {
  readonly needs: readonly Slot[];
}

export interface WatchPlace {
  readonly device: string;
  readonly item: string;
  readonly slot: Slot | null;
  readonly around: Around;
}

export class Watch {
  readonly device: string;
  readonly item: string;
  readonly rule: Rule;
  readonly effective: Effective;
  readonly figure: Figure;
  /** Where its samples come from; null where arrivals drive it. */
  readonly slot: Slot | null;
  readonly around: Around;
  /** The newest figure and the event time of the sample it was made of. */
  value = Number.NaN;
  judgedMs = 0;
  /** Why nothing is known; null while judging. */
  blind: Blindness | null = 'no_figure';
  /** What the last verdict handed out said; nobody needs to be told of what always was fine. */
  reported: Standing = OK;
  /** Paced rules: the next time they may be judged. */
  dueMs = 0;
  queued = false;
  /** Replaced or removed: its successor, if any, carries on, and it must tell nothing more. */
  retired = false;
  private readonly tracks: readonly Track[];
  /** The first limit is passed before any worse one. */
  private readonly mildest: Bound | undefined;
  /** All tracks closed, with no streak and no window to keep. */
  private calm = false;

  constructor(rule: Rule, effective: Effective, place: WatchPlace) {
    this.rule = rule;
    this.effective = effective;
    this.device = place.device;
    this.item = place.item;
    this.slot = place.slot;
    this.around = place.around;
    this.figure = rule.measure.figure();
    this.tracks = effective.limits.map((limit) => new Track(limit));
    this.mildest = effective.limits[0]?.open;
  }

  /** Judges one sample; true when the standing is not what was last reported. */
  judge(timeMs: number, sample: number): boolean {
    const value = this.figure.next(timeMs, sample, this.around);
    this.value = value;
    if (Number.isNaN(value)) {
      this.blind = 'no_figure';
      return this.standing !== this.reported;
    }
    const wasBlind = this.blind !== null;
    this.blind = null;
    // Nearly every sample is good and follows good ones: then no track has anything to remember.
    const bad = this.figure.applies && this.mildest !== undefined && passes(this.mildest, value);
    if (this.calm && !bad) return wasBlind && this.reported !== OK;
    this.judgedMs = timeMs;
    const { tracks } = this;
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i] as Track;
      if (track.step(timeMs, value, this.figure.applies) && track.open) {
        // What is critical is a warning too, even when that has the longer hold time.
        for (let j = 0; j < i; j++) (tracks[j] as Track).force(track.sinceMs);
      }
    }
    this.calm = tracks.every((track) => track.idle);
    return this.standing !== this.reported;
  }

  get standing(): Standing {
    return this.blind === null ? this.breach : UNKNOWN;
  }

  /** The worst open limit, also while nothing is known of it now. */
  get breach(): Standing {
    const { limits } = this.effective;
    for (let i = this.tracks.length - 1; i >= 0; i--) {
      if (this.tracks[i]?.open) return standingOf(limits[i]?.severity ?? 'warning');
    }
    return OK;
  }

  /** The limit the standing speaks of: the worst open one, else the first. */
  get limit(): Limit | undefined {
    const worst = this.tracks.findLastIndex((track) => track.open);
    return this.effective.limits[Math.max(0, worst)];
  }

  /** True while the newest figure itself is bad, not only held by hysteresis. */
  get passing(): boolean {
    const { limit } = this;
    return limit !== undefined && this.figure.applies && passes(limit.open, this.value);
  }

  /** Event time since when the standing holds; NaN when it always did. */
  get sinceMs(): number {
    const open = this.tracks.filter((track) => track.open);
    if (open.length > 0 && !Number.isNaN(this.figure.beganMs)) return this.figure.beganMs;
    const times = (open.length > 0 ? open : this.tracks).map((track) => track.sinceMs);
    const known = times.filter((time) => !Number.isNaN(time));
    if (known.length === 0) return Number.NaN;
    return open.length > 0 ? Math.min(...known) : Math.max(...known);
  }

  /** Since when the first limit is passed without having held long enough; NaN for not. */
  get pendingMs(): number {
    return this.tracks[0]?.pendingMs ?? Number.NaN;
  }

  interrupt(): void {
    if (this.calm) return;
    for (const track of this.tracks) track.interrupt();
  }

  /** Continues a breach that is in the ledger. */
  seed(severity: Severity, sinceMs: number): void {
    this.calm = false;
    this.figure.resume?.(sinceMs);
    const standing = standingOf(severity);
    this.effective.limits.forEach((limit, i) => {
      if (i === 0 || standingOf(limit.severity) <= standing) this.tracks[i]?.force(sinceMs);
    });
    this.reported = this.breach;
  }

  /** Continues under new limits what an older policy's watch knew. */
  inherit(old: Watch): void {
    this.reported = old.reported;
    this.value = old.value;
    this.judgedMs = old.judgedMs;
    this.blind = old.blind;
    if (!Number.isNaN(old.figure.beganMs)) this.figure.resume?.(old.figure.beganMs);
    this.effective.limits.forEach((limit, i) => {
      const at = old.effective.limits.findIndex(({ severity }) => severity === limit.severity);
      const before =
        old.tracks[at] ?? (i === 0 ? old.tracks.find((track) => track.open) : undefined);
      if (before !== undefined) this.tracks[i]?.inherit(before);
    });
  }
}
