/** Whether what a request names is there: devices, rules, faults. The nearest name is offered. */
import { didYouMean } from '../../shared/config-problems.ts';
import { Failure } from '../../shared/errors.ts';
import type { Connection } from './database.ts';
import type { ProcessOptions } from './process.ts';
import type { Mistake } from './texts.ts';

const KINDS: readonly string[] = ['server', 'network', 'database', 'link', 'service', 'unknown'];

export class KnownNames {
  readonly #connection: Connection;
  readonly #options: Pick<ProcessOptions, 'device' | 'names'>;

  constructor(connection: Connection, options: Pick<ProcessOptions, 'device' | 'names'>) {
    this.#connection = connection;
    this.#options = options;
  }

  /** '' means none in particular. */
  deviceMistakes(field: string, name: string): readonly Mistake[] {
    const { names, device } = this.#options;
    if (name === '' || names === undefined || device(name) !== undefined) return [];
    const near = didYouMean(name, names.devices());
    return [{ field, reason: `there is no device ${quoted(name)}${near}` }];
  }

  /** Thresholds, and whatever opened a fault before: traps and other systems bring their own. */
  ruleMistakes(field: string, rules: readonly string[]): readonly Mistake[] {
    const { names } = this.#options;
    const asked = rules.filter((rule) => rule !== '');
    if (names === undefined || asked.length === 0) return [];
    const known = new Set([...names.rules(), ...this.#seenRules()]);
    return asked
      .filter((rule) => !known.has(rule))
      .map((rule) => {
        const near = didYouMean(rule, [...known]);
        const reason = `there is no rule ${quoted(rule)}, and no fault of it so far${near}`;
        return { field, reason };
      });
  }

  kindMistakes(field: string, kinds: readonly string[]): readonly Mistake[] {
    return kinds
      .filter((kind) => !KINDS.includes(kind))
      .map((kind) => {
        const near = didYouMean(kind, KINDS);
        const reason = `there is no kind of device ${quoted(kind)}${near}: ${KINDS.join(', ')}`;
        return { field, reason };
      });
  }

  /** The faults by their full numbers, and those that are none. */
  async faults(ids: readonly string[]) {
    const { names } = this.#options;
    const found = new Set<string>();
    const mistakes: Mistake[] = [];
    for (const id of ids) {
      try {
        found.add(names === undefined ? id : await names.fault(id));
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'not_found') throw error;
        mistakes.push({ field: 'faults', reason: error.message });
      }
    }
    return { faults: [...found], mistakes };
  }

  #seenRules(): readonly string[] {
    const sql = 'SELECT DISTINCT rule FROM process_occurrences';
    return this.#connection.prepare(sql).pluck().all() as string[];
  }
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 80));
