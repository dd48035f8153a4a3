/** JSON Schema of every configuration file, for editors and `/api/v1/schema`. */
import { jsonSchema } from '../shared/config.ts';
import { thresholdsJsonSchema } from './evaluate/evaluate.ts';
import { levelsJsonSchema } from './faults/faults.ts';
import { importMapJsonSchema } from './import/import.ts';
import { reportPolicyJsonSchema } from './reports/reports.ts';
import { settingsSchema } from './settings.ts';

export function configSchemas(): Readonly<Record<string, unknown>> {
  return {
    collector: jsonSchema(settingsSchema),
    thresholds: thresholdsJsonSchema(),
    levels: levelsJsonSchema(),
    capacity: reportPolicyJsonSchema(),
    'import-map': importMapJsonSchema(),
  };
}
