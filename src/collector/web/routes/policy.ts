/** The rules: why a verdict is what it is, and the schemas of the files that hold them. */
import { z } from 'zod';
import { Failure } from '../../../shared/errors.ts';
import { defineRoute } from '../route.ts';
import { deviceName } from '../schemas.ts';
import { iso, isoOrNull, numberOrNull } from '../views.ts';
import type { WebDoors } from '../web.ts';

/** Who gets an answer from the device and who does not: a disagreement has names. */
function voicesOf(
  { live }: Pick<WebDoors, 'live'>,
  { device, indicator }: { readonly device: string; readonly indicator: string },
) {
  if (indicator !== 'reachable') return [];
  return live.voices(device).map(({ agent, value, timeMs }) => ({
    agent,
    answers: value > 0,
    time: iso(timeMs),
  }));
}

export const POLICY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/thresholds/explain',
    auth: 'read',
    summary: 'Which layer of the thresholds won for a device and an indicator, and the verdict now',
    query: z.strictObject({ device: deviceName, indicator: z.string().min(1).max(128) }),
    answer: z.object({
      explanations: z.array(z.record(z.string(), z.unknown())),
      /** Of `reachable`: what each agent says. Empty for everything else. */
      voices: z.array(z.object({ agent: z.string(), answers: z.boolean(), time: z.string() })),
    }),
    handle: ({ doors, query }) => {
      const facts = doors.actions.factsOf(query.device);
      if (facts === undefined) {
        throw new Failure('not_found', `there is no device ${JSON.stringify(query.device)}`, {
          hint: 'collector device list shows all',
        });
      }
      const explanations = doors.evaluator.explain(facts, query.indicator);
      if (explanations.length === 0) {
        throw new Failure('not_found', `no threshold speaks of ${query.indicator}`, {
          hint: 'the thresholds file names the indicators that are judged',
        });
      }
      return {
        explanations: explanations.map(({ verdict, ...rest }) => ({
          ...rest,
          verdict:
            verdict === null
              ? null
              : {
                  state: verdict.state,
                  severity: verdict.severity,
                  value: numberOrNull(verdict.value),
                  limit: numberOrNull(verdict.limit),
                  since: isoOrNull(verdict.sinceMs),
                  reason: verdict.reason,
                },
        })),
        voices: voicesOf(doors, query),
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/schema/:config',
    auth: 'read',
    summary: 'JSON Schema of a configuration file, for editors',
    params: z.strictObject({ config: z.string().max(64) }),
    answer: z.record(z.string(), z.unknown()),
    handle: ({ doors, params: { config } }) => {
      const schemas = doors.schemas();
      if (!Object.hasOwn(schemas, config)) {
        throw new Failure('not_found', `there is no configuration file ${JSON.stringify(config)}`, {
          hint: `one of ${Object.keys(schemas).join(', ')}`,
        });
      }
      return schemas[config];
    },
  }),
];
