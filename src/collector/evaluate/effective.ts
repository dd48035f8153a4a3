/** Which layers of the policy apply to one rule on one item of one device, and what they add up to. */
import type { IndicatorName } from '../../shared/indicator.ts';
import type { Layer } from './layer.ts';
import { compileLimits, type Limit, mergeSettings, type Settings } from './limit.ts';
import type { Rule, ThresholdPolicy } from './policy.ts';

/** Whom a rule is asked for. */
export interface Subject {
  readonly device: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly item: string;
}

export interface Effective {
  readonly enabled: boolean;
  /** Ascending severity. */
  readonly limits: readonly Limit[];
  /** The layer that gave the first limit. */
  readonly winner: string;
  readonly settings: Settings;
}

export interface LayerUse {
  readonly layer: string;
  readonly applies: boolean;
  readonly sets: Settings;
}

/** Resolves each distinct combination of layers once: a thousand devices share a few results. */
export class Resolver {
  readonly policy: ThresholdPolicy;
  private readonly resolved = new Map<string, Effective>();
  private readonly byIndicator = new Map<string, Rule[]>();
  private readonly needed = new Set<string>();

  constructor(policy: ThresholdPolicy) {
    this.policy = policy;
    for (const rule of policy.rules) {
      const { indicator, needs } = rule.measure;
      const rules = this.byIndicator.get(indicator) ?? [];
      rules.push(rule);
      this.byIndicator.set(indicator, rules);
      for (const name of needs) this.needed.add(name);
    }
  }

  rulesOf(indicator: Rule['measure']['indicator']): readonly Rule[] {
    return this.byIndicator.get(indicator) ?? [];
  }

  /** True when some rule judges the indicator or looks at it. */
  wants(indicator: IndicatorName): boolean {
    return this.byIndicator.has(indicator) || this.needed.has(indicator);
  }

  effective(rule: Rule, subject: Subject): Effective {
    const applying: number[] = [];
    this.policy.layers.forEach((layer, i) => {
      if (layer.rules.has(rule.name) && appliesTo(layer, subject)) applying.push(i);
    });
    const key = `${rule.name}:${applying.join(',')}`;
    let effective = this.resolved.get(key);
    if (effective === undefined) {
      effective = combine(
        rule,
        applying.flatMap((i) => this.policy.layers[i] ?? []),
      );
      this.resolved.set(key, effective);
    }
    return effective;
  }

  /** The default and every layer that names the rule, in rising precedence. */
  layers(rule: Rule, subject: Subject): readonly LayerUse[] {
    const uses = this.policy.layers.flatMap((layer) => {
      const sets = layer.rules.get(rule.name);
      return sets ? [{ layer: layer.name, applies: appliesTo(layer, subject), sets }] : [];
    });
    return [{ layer: 'default', applies: true, sets: rule.settings }, ...uses];
  }
}

function appliesTo(layer: Layer, { device, labels, item }: Subject): boolean {
  for (const name in layer.labels) if (labels[name] !== layer.labels[name]) return false;
  return layer.device(device) && layer.items(item);
}

function combine(rule: Rule, layers: readonly Layer[]): Effective {
  let settings = rule.settings;
  let winner = 'default';
  for (const layer of layers) {
    const sets = layer.rules.get(rule.name);
    if (sets === undefined) continue;
    settings = mergeSettings(settings, sets);
    if (sets.open !== undefined) winner = layer.name;
  }
  // Each layer was checked over the default. Several together can still put the second limit
  // before the first: then the first is judged alone.
  const ignore = (): void => {};
  const limits =
    compileLimits(settings, rule.measure.unit, ignore) ??
    compileLimits({ ...settings, critical: 'none' }, rule.measure.unit, ignore) ??
    [];
  return Object.freeze({ enabled: settings.enabled ?? true, limits, winner, settings });
}
