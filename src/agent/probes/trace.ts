/** What one run of a probe sees, in order: phases with their times, checks, figures. */
import type { Clock } from '../../shared/clock.ts';
import { redact, type Values } from './http/template.ts';
import type { Check, Figure, Phase } from './probes.ts';
import { ProbeFailure, type Reason } from './reasons.ts';

export class Trace {
  /** The step of a flow under way. */
  step = '';
  /** The phase under way, for the message of a timeout. */
  under = '';
  readonly phases: Phase[] = [];
  checks: readonly Check[] = [];
  /** Where the time of the whole is not that of the probe; NaN else. Seconds. */
  seconds = Number.NaN;
  readonly #figures = new Map<string, Figure>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get figures(): readonly Figure[] {
    return [...this.#figures.values()];
  }

  /** The newest value of a figure stays. */
  figure(name: string, value: number, ...labels: readonly string[]): void {
    this.#figures.set([name, ...labels].join('\u0001'), { name, value, labels });
  }

  /** Adds to a figure: phases of several requests. */
  add(name: string, value: number, ...labels: readonly string[]): void {
    const before = this.#figures.get([name, ...labels].join('\u0001'))?.value ?? 0;
    this.figure(name, before + value, ...labels);
  }

  /** The value of a figure without labels; NaN for none. */
  figureOf(name: string): number {
    return this.#figures.get(name)?.value ?? Number.NaN;
  }

  /** Times a part of the run, also when it fails. */
  async phase<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startMs = this.#clock.monotonic();
    this.under = name;
    try {
      const result = await work();
      this.under = '';
      return result;
    } finally {
      this.took(name, (this.#clock.monotonic() - startMs) / 1_000);
    }
  }

  took(name: string, seconds: number): void {
    this.phases.push({ step: this.step, name, seconds });
  }

  /** Notes a check; the first that does not hold ends the probe with `reason`. */
  check(reason: Reason, what: string, { ok, found }: { ok: boolean; found: string }): void {
    this.checks = [...this.checks, { step: this.step, what, ok, found }];
    if (!ok)
      throw new ProbeFailure(
        reason,
        found === '' ? `not so: ${what}` : `not so: ${what}; ${found}`,
      );
  }

  /** Takes secrets and captured values out of what was noted: a page may show them again. */
  redact(values: Values): void {
    this.checks = this.checks.map((check) => ({ ...check, found: redact(check.found, values) }));
  }

  /** Seconds of all phases called `name`; NaN for none. */
  secondsOf(name: string): number {
    const times = this.phases.flatMap((phase) => (phase.name === name ? phase.seconds : []));
    return times.length === 0 ? Number.NaN : times.reduce((sum, each) => sum + each, 0);
  }
}
