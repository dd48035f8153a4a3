/** JSON Schema of every configuration file, for editors and `/api/v1/schema`. */
import { jsonSchema } from '../shared/config.ts';
import { calendarsJsonSchema } from './calendars/calendars.ts';
import { thresholdsJsonSchema } from './evaluate/evaluate.ts';
import { levelsJsonSchema } from './faults/faults.ts';
import { importMapJsonSchema } from './import/import.ts';
import { channelsJsonSchema } from './notify/notify.ts';
import { peopleJsonSchemas } from './people/people.ts';
import { processJsonSchema } from './process/process.ts';
import { quietJsonSchema } from './quiet/quiet.ts';
import { reportPolicyJsonSchema } from './reports/reports.ts';
import { settingsSchema } from './settings.ts';

export function configSchemas(): Readonly<Record<string, unknown>> {
  return {
    collector: jsonSchema(settingsSchema),
    thresholds: thresholdsJsonSchema(),
    calendars: calendarsJsonSchema(),
    levels: levelsJsonSchema(),
    capacity: reportPolicyJsonSchema(),
    ...peopleJsonSchemas(),
    channels: channelsJsonSchema(),
    quiet: quietJsonSchema(),
    process: processJsonSchema(),
    'import-map': importMapJsonSchema(),
  };
}
