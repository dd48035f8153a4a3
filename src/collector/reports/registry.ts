/** The reports. A new one is one file and one line here. */
import { Failure } from '../../shared/errors.ts';
import { CAPACITY_REPORT } from './capacity-report.ts';
import type { Rendering, ReportFormat, ReportReaders, ReportRequest } from './reports.ts';

export interface ReportDefinition {
  readonly name: string;
  readonly formats: readonly ReportFormat[];
  readonly make: (request: ReportRequest, readers: ReportReaders) => Promise<Rendering>;
}

const DEFINITIONS: readonly ReportDefinition[] = [CAPACITY_REPORT];

export const REPORTS = Object.freeze({
  names: DEFINITIONS.map(({ name }) => name),
  /** Rejects with `not_found` (name) or `usage` (format, and whatever the report refuses). */
  make: async (request: ReportRequest, readers: ReportReaders): Promise<Rendering> => {
    const definition = DEFINITIONS.find(({ name }) => name === request.name);
    if (definition === undefined) {
      throw new Failure('not_found', `there is no report "${request.name}"`, {
        hint: `reports: ${DEFINITIONS.map(({ name }) => name).join(', ')}`,
      });
    }
    if (!definition.formats.includes(request.format)) {
      throw new Failure('usage', `${definition.name} has no format "${request.format}"`, {
        hint: `formats: ${definition.formats.join(', ')}`,
      });
    }
    return definition.make(request, readers);
  },
});
