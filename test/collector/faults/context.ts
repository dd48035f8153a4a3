/** What surrounds a fault, for tests: medium impact, the default policy, nothing quiet. */
import type { FaultContext, Impact } from '../../../src/collector/faults/faults.ts';

export function context(more: Partial<FaultContext> = {}): FaultContext {
  return {
    impactOf: (): Impact => 'medium',
    policyOf: () => '',
    quietOf: () => null,
    ...more,
  };
}

export const RECORD = Object.freeze({
  causeClass: 'capacity',
  cause: 'logs were not rotated',
  measures: 'rotated them',
  result: 'half of the volume is free',
});
