/** The rule files, read and checked together: all of them are good, or none is taken. */
import { type ConfigProblem, configFailure } from '../shared/config.ts';
import { Failure } from '../shared/errors.ts';
import { loadThresholds } from './evaluate/evaluate.ts';
import { loadLevels } from './faults/faults.ts';
import { loadReportPolicy } from './reports/reports.ts';
import type { CollectorSettings } from './settings.ts';

export interface Policies {
  readonly thresholds: ReturnType<typeof loadThresholds>;
  readonly levels: ReturnType<typeof loadLevels>;
  readonly capacity: ReturnType<typeof loadReportPolicy>;
}

/** Throws one `config` with the problems of every file. */
export function loadPolicies({ policies }: Pick<CollectorSettings, 'policies'>): Policies {
  const problems: ConfigProblem[] = [];
  const attempt = <T>(file: string, load: (file: string) => T): T | undefined => {
    try {
      return load(file);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const listed = error.detail.problems as readonly ConfigProblem[] | undefined;
      problems.push(...(listed ?? [{ file, path: '', reason: error.message }]));
      return undefined;
    }
  };
  const thresholds = attempt(policies.thresholds, loadThresholds);
  const levels = attempt(policies.levels, loadLevels);
  const capacity = attempt(policies.capacity, loadReportPolicy);
  if (thresholds === undefined || levels === undefined || capacity === undefined) {
    throw configFailure(problems);
  }
  return { thresholds, levels, capacity };
}
