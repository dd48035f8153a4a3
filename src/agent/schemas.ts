/** JSON Schema of every file the agent reads, for editors: `agent check-config --schema NAME`. */
import { jsonSchema } from '../shared/config.ts';
import { didYouMean } from '../shared/config-problems.ts';
import { Failure } from '../shared/errors.ts';
import { probesJsonSchema } from './probes/probes.ts';
import { settingsSchema } from './settings-file.ts';
import { loadSnmpConfig, loadSnmpCredentials } from './snmp/snmp.ts';
import { loadTrapSchemas } from './traps/traps.ts';

/** With the parts that other rooms read, so that an editor knows their keys as well. */
async function agentJsonSchema(): Promise<unknown> {
  const [{ snmpSchema }, { trapsSchema }] = await Promise.all([
    loadSnmpConfig(),
    loadTrapSchemas(),
  ]);
  const { snmp } = snmpSchema.shape;
  const { traps } = trapsSchema.shape;
  return jsonSchema(
    settingsSchema.extend({
      snmp: snmp.optional().describe('Devices asked by SNMP'),
      traps: traps.optional().describe('Where SNMP traps are received'),
    }),
  );
}

const SCHEMAS: Readonly<Record<string, () => Promise<unknown>>> = Object.freeze({
  agent: agentJsonSchema,
  probes: probesJsonSchema,
  credentials: async () => (await loadSnmpCredentials()).credentialsJsonSchema(),
  profile: async () => (await loadSnmpConfig()).profileJsonSchema(),
  'known-traps': async () => (await loadTrapSchemas()).knownTrapsJsonSchema(),
});

/** Throws `usage` for a name that is none. */
export async function schemaOf(name: string): Promise<unknown> {
  const make = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (make !== undefined) return await make();
  const names = Object.keys(SCHEMAS);
  throw new Failure('usage', `there is no schema "${name}"${didYouMean(name, names)}`, {
    hint: `write one of ${names.join(', ')}`,
  });
}
