/** Which devices are meant: named, of a group, or with certain labels. Pure. */
import { z } from 'zod';
import { LABEL_NAME } from './sample.ts';

const pattern = z.string().min(1).max(256);

/** A device is meant when any of the three says so, and `except` does not name it. */
export const selectorSchema = z
  .strictObject({
    /** Names; `*` stands for any run of characters. */
    devices: z.array(pattern).min(1).max(1_000).optional(),
    /** Values of the device's label `group`. */
    groups: z.array(pattern).min(1).max(100).optional(),
    /** All of these labels, values with `*`. */
    labels: z
      .record(z.string().regex(LABEL_NAME), pattern)
      .refine((labels) => Object.keys(labels).length > 0, 'names no label')
      .optional(),
    except: z.array(pattern).max(1_000).optional(),
  })
  .refine(
    ({ devices, groups, labels }) => devices ?? groups ?? labels,
    'names nothing: write devices, groups or labels',
  );

export type Selector = z.infer<typeof selectorSchema>;

export interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

type Matches = (text: string) => boolean;

/** Pieces between stars are looked for one after the other: one pass, whatever the pattern. */
export function matcher(pattern: string): Matches {
  const pieces = pattern.split('*');
  const first = pieces.shift() ?? '';
  const last = pieces.pop();
  if (last === undefined) return (text) => text === pattern;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const piece of pieces) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

/** Exact names are looked up, so that a list of a thousand costs as much as one. */
function anyOf(patterns: readonly string[] = []): Matches {
  const exact = new Set(patterns.filter((one) => !one.includes('*')));
  const matchers = patterns.filter((one) => one.includes('*')).map(matcher);
  return (text) => exact.has(text) || matchers.some((matches) => matches(text));
}

export function compileSelector(selector: Selector): (device: Labelled) => boolean {
  const named = anyOf(selector.devices);
  const grouped = anyOf(selector.groups);
  const excepted = anyOf(selector.except);
  const wanted = Object.entries(selector.labels ?? {}).map(
    ([label, value]) => [label, matcher(value)] as const,
  );
  const labelled = (labels: Labelled['labels']): boolean =>
    wanted.length > 0 && wanted.every(([label, matches]) => matches(labels[label] ?? ''));
  return ({ name, labels }) =>
    (named(name) || grouped(labels.group ?? '') || labelled(labels)) && !excepted(name);
}

/** Names written out in full that no device has: probably slips of the finger. */
export function unknownNames(
  { devices = [], except = [] }: Selector,
  known: ReadonlySet<string>,
): readonly string[] {
  return [...devices, ...except].filter((name) => !name.includes('*') && !known.has(name));
}
