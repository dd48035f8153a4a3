/** Times may be given as they are printed: without an offset they are of the collector's zone. */
import type { Command } from 'commander';
import { withApi } from './api.ts';
import { collectorTime } from './local-times.ts';
import { flagsOf, type VerbContext } from './verb.ts';

/** `2026-01-05 07:30`, `2026-01-05T07:30:15`: a day and a time of day without an offset. */
const LOCAL_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;

/** An hour that the clocks skip is the one after; of one that comes twice, the first. */
export function withOffset(text: string, zone: string): string {
  try {
    const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'));
    return local.toZonedDateTime(zone).toString({ timeZoneName: 'never' });
  } catch {
    // A day that does not exist is refused where it is read, by the name of its field.
    return text;
  }
}

/** Completes every option `<time>` of a verb before the verb sees it. */
export async function completeTimes({ host }: VerbContext, verb: Command): Promise<void> {
  const given = verb.options.flatMap((option) => {
    const name = option.attributeName();
    const value: unknown = verb.getOptionValue(name);
    const isLocal = typeof value === 'string' && LOCAL_TIME.test(value);
    return option.flags.endsWith('<time>') && isLocal ? [{ name, value }] : [];
  });
  if (given.length === 0) return;
  await withApi(host, { ...flagsOf(verb.opts()), create: false }, async (api) => {
    const { timezone } = await collectorTime(api);
    for (const { name, value } of given) verb.setOptionValue(name, withOffset(value, timezone));
  });
}
