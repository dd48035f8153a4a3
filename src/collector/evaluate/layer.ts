/**
 * Overrides: layers over the rules for groups of devices, single devices or items, so that one
 * threshold need not fit all hosts.
 */
import { z } from 'zod';
import { didYouMean } from '../../shared/config-problems.ts';
import { anyOf, glob, isPattern, type Matches } from './glob.ts';
import {
  below,
  compileLimits,
  layerSchema,
  mergeSettings,
  type Report,
  type Settings,
} from './limit.ts';
import type { Rule } from './policy.ts';

/** An override: whom it is for and what it sets. */
export interface Layer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly device: Matches;
  readonly items: Matches;
  readonly rules: ReadonlyMap<string, Settings>;
}

export const overrideSchema = z.strictObject({
  labels: z.record(z.string(), z.string()).optional(),
  device: z.string().optional(),
  items: z.array(z.string()).optional(),
  rules: z.record(z.string(), layerSchema),
});

export type RawOverride = z.infer<typeof overrideSchema>;

const everything: Matches = () => true;

export interface Known {
  /** Also those that were refused: an override of one is not a second mistake. */
  readonly names: readonly string[];
  readonly rules: ReadonlyMap<string, Rule>;
}

export function checkOverride(
  override: RawOverride,
  { names, rules }: Known,
  report: Report,
): void {
  if (!override.labels && override.device === undefined && !override.items) {
    report([], 'is for everybody: name labels, device or items, or change the rule itself');
  }
  for (const [name, settings] of Object.entries(override.rules)) {
    const inside = below(report, 'rules', name);
    const rule = rules.get(name);
    if (!names.includes(name)) inside([], `there is no such rule${didYouMean(name, names)}`);
    if (rule === undefined || !complete(settings, inside)) continue;
    compileLimits(mergeSettings(rule.settings, settings), rule.measure.unit, inside);
  }
}

/** `clear` alone would be read against an `open` the writer does not see. */
function complete(settings: Settings, report: Report): boolean {
  const parts: [readonly PropertyKey[], Settings | 'none' | undefined][] = [
    [[], settings],
    [['critical'], settings.critical],
  ];
  const lonely = parts.filter(
    ([, part]) => typeof part === 'object' && part.clear !== undefined && part.open === undefined,
  );
  for (const [path] of lonely) {
    report([...path, 'clear'], 'needs open beside it: an override sets both, or open alone');
  }
  return lonely.length === 0;
}

export interface PlacedOverride {
  readonly override: RawOverride;
  /** Its place in the file, from 0. */
  readonly index: number;
}

export function layersInOrder(overrides: readonly PlacedOverride[]): readonly Layer[] {
  return [...overrides].sort(byPrecedence).map(compileLayer);
}

/** Items alone < labels (more labels later) < device pattern < device name; then file order. */
function byPrecedence(a: PlacedOverride, b: PlacedOverride): number {
  const [left, right] = [rankOf(a), rankOf(b)];
  const differing = left.findIndex((part, i) => part !== right[i]);
  return (left[differing] ?? 0) - (right[differing] ?? 0);
}

function rankOf({ override, index }: PlacedOverride): readonly number[] {
  const { device, labels, items } = override;
  const named = device === undefined ? 0 : isPattern(device) ? 2 : 3;
  return [named || (labels ? 1 : 0), Object.keys(labels ?? {}).length, items ? 1 : 0, index];
}

function compileLayer({ override, index }: PlacedOverride): Layer {
  const { device, labels, items, rules } = override;
  const place = `${labels ? 'labels' : 'items'}:${index + 1}`;
  return Object.freeze({
    name: device === undefined ? place : `device:${device}`,
    labels: labels ?? {},
    device: device === undefined ? everything : glob(device),
    items: items ? anyOf(items) : everything,
    rules: new Map(Object.entries(rules)),
  });
}
