/**
 * A threshold kind: how samples of an indicator become the one figure that a rule's limits are
 * written for. Hold times, severities, layers and staleness are the same for every kind.
 */
import { z } from 'zod';
import type { IndicatorName, Unit } from '../../shared/indicator.ts';
import type { VerdictState } from './evaluate.ts';
import type { Text } from './figure-text.ts';
import { layerFields, type Report } from './limit.ts';

/** Ascending times (Unix ms) and values; NaN where there was nothing. */
export interface Past {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** What a figure may look at besides the sample itself. */
export interface Surroundings {
  /** The indicators the measure `needs`, in that order, same item; NaN when unknown. */
  readonly needs: readonly { readonly value: number }[];
  past(): Past | null;
}

/** What a figure may say of itself instead of the common wording. */
export interface Words extends Text {
  readonly name: string;
}

/** The figure of one item, with whatever it must remember from sample to sample. */
export interface Figure {
  /** The figure in the measure's unit; NaN when there is nothing to judge. */
  next(timeMs: number, value: number, around: Surroundings): number;
  /** False while a rule's side condition does not hold: then any figure is good. */
  readonly applies: boolean;
  /** Event time of what the figure speaks of, where that is not its first bad sample; NaN else. */
  readonly beganMs: number;
  /** Goes on after a restart with something that began then; for figures that remember it. */
  resume?(beganMs: number): void;
  /** The reason in its own words; null for the common wording. */
  words(state: VerdictState): Words | null;
}

/** What a rule measures: made once per rule. */
export interface Measure {
  /** The one whose samples drive the rule; absence is driven by arrivals. */
  readonly indicator: IndicatorName | 'agent_silent';
  readonly needs: readonly IndicatorName[];
  readonly unit: Unit;
  /** Least time between two judgements, for figures that are dear to compute; 0 for every sample. */
  readonly paceMs: number;
  readonly label: Text;
  figure(): Figure;
}

export interface Kind {
  readonly schema: z.ZodObject<RuleShape>;
  /** `raw` has passed `schema`. Reports every mistake; null when there was one. */
  compile(raw: unknown, report: Report): Measure | null;
}

type RuleShape = typeof ruleFields & { kind: z.ZodLiteral<string> };

const text = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });

/** What every rule has, whatever its kind. */
export const ruleFields = {
  /** The phenomenon in a few words (R11): it heads the fault. */
  summary: text,
  /** What the figure is called in a reason; the indicator's own help where left out. */
  measure: text.optional(),
  /** Globs over the item (mount point, interface …): watched when included and not excluded. */
  items: z
    .strictObject({
      include: z.array(z.string()).optional(),
      exclude: z.array(z.string()).optional(),
    })
    .optional(),
  ...layerFields,
};

/** Ties a schema to the code that reads what passed it. */
export function defineKind<S extends z.ZodObject<RuleShape>>(
  schema: S,
  compile: (raw: z.infer<S>, report: Report) => Measure | null,
): Kind {
  return Object.freeze({
    schema,
    compile: (raw: unknown, report: Report) => compile(raw as z.infer<S>, report),
  });
}
