/** One question to the API and its answer on the terminal. */
import { callJson, withApi } from './api.ts';
import type { ApiRequest } from './cli.ts';
import { type LocalTimes, timesOf } from './local-times.ts';
import { formatTable } from './table.ts';
import { flagsOf, type VerbContext } from './verb.ts';

export type View = Readonly<Record<string, unknown>>;
export type Options = Readonly<Record<string, unknown>>;

/**
 * Prints what `show` makes of the answer, with times local; or, with `--json`, the answer as it is.
 */
export function ask<T = View>(
  { host }: VerbContext,
  options: Options,
  {
    request,
    show,
    create = false,
  }: {
    readonly request: ApiRequest;
    readonly show: (answer: T, times: LocalTimes) => string;
    readonly create?: boolean;
  },
): Promise<void> {
  return withApi(host, { ...flagsOf(options), create }, async (api) => {
    // Asked first: what fails after a write would look as if it had not been done.
    const times = options.json === true ? null : await timesOf(api);
    const answer = await callJson<T>(api, request);
    host.stdout.write(
      times === null ? `${JSON.stringify(answer, null, 2)}\n` : show(times.within(answer), times),
    );
  });
}

export interface ListForm {
  /** What is said instead of an empty table. */
  readonly none: string;
  /** Of the times in it: stands once, at the end of the head line. */
  readonly offset?: string;
  /** What the next page continues after; null on the last. */
  readonly next?: string | number | null;
}

export function listText(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { none, offset, next = null }: ListForm,
): string {
  const head = offset === undefined ? header : [...header, `(${offset})`];
  const more = next === null ? '' : `more: --after ${next}\n`;
  return (formatTable(head, rows) || `${none}\n`) + more;
}

/** Options that were given as a query, `?` included; '' for none. */
export function queryOf(options: Options, names: readonly string[]): string {
  const given = names.flatMap((name) =>
    options[name] === undefined ? [] : [[name, String(options[name])]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
