/** Why a threshold says what it says: the layers, the winner, the effective settings, the verdict. */
import { didYouMean } from '../../shared/config-problems.ts';
import { Failure } from '../../shared/errors.ts';
import { isIndicatorName } from '../../shared/indicator.ts';
import type { Resolver } from './effective.ts';
import type { DeviceFacts, Explanation } from './evaluate.ts';
import type { Rule } from './policy.ts';
import { verdictOf } from './verdict.ts';
import type { Watch } from './watch.ts';

export interface ExplainRequest {
  readonly facts: DeviceFacts;
  /** An indicator, `agent_silent`, or the name of a rule. */
  readonly indicator: string;
  readonly watches: readonly Watch[];
  readonly resolver: Resolver;
  readonly nowMs: number;
}

/** One explanation per rule and item seen. Throws `not_found` for a name nothing is called by. */
export function explain(request: ExplainRequest): readonly Explanation[] {
  const { indicator, resolver } = request;
  const { rules } = resolver.policy;
  const asked = rules.filter(
    ({ name, measure }) => name === indicator || measure.indicator === indicator,
  );
  if (asked.length === 0 && !isIndicatorName(indicator)) {
    const names = rules.flatMap(({ name, measure }) => [name, measure.indicator]);
    throw new Failure('not_found', `there is no indicator or rule "${indicator}"`, {
      hint: `write the name of one that thresholds are set for${didYouMean(indicator, names)}`,
    });
  }
  return asked.flatMap((rule) => explainRule(rule, request));
}

function explainRule(rule: Rule, request: ExplainRequest): readonly Explanation[] {
  const { facts, watches, resolver, nowMs } = request;
  const own = watches.filter((watch) => watch.rule.name === rule.name);
  const items = own.length > 0 ? own.map(({ item }) => item) : [''];
  return items.map((item, i) => {
    const subject = { device: facts.name, labels: facts.labels, item };
    const effective = resolver.effective(rule, subject);
    const watch = own[i];
    return {
      rule: rule.name,
      item,
      layers: resolver.layers(rule, subject),
      effective: { enabled: true, ...effective.settings },
      winner: effective.winner,
      verdict: watch === undefined ? null : verdictOf(watch, nowMs),
    };
  });
}
