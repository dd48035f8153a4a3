/** The rule files, read and checked together: all of them are good, or none is taken. */
import { type ConfigProblem, configFailure, problemsIn } from '../shared/config.ts';
import { loadCalendars, UNCHECKED_CALENDARS } from './calendars/calendars.ts';
import { loadThresholds } from './evaluate/evaluate.ts';
import { loadLevels } from './faults/faults.ts';
import { loadNotify } from './notify/notify.ts';
import { loadPeople } from './people/people.ts';
import { loadProcessPolicy } from './process/process.ts';
import { loadQuietPolicy } from './quiet/quiet.ts';
import { loadReportPolicy } from './reports/reports.ts';
import type { CollectorSettings } from './settings.ts';

export interface Policies {
  readonly thresholds: ReturnType<typeof loadThresholds>;
  readonly calendars: ReturnType<typeof loadCalendars>;
  readonly levels: ReturnType<typeof loadLevels>;
  readonly capacity: ReturnType<typeof loadReportPolicy>;
  readonly people: ReturnType<typeof loadPeople>;
  readonly notify: ReturnType<typeof loadNotify>;
  readonly quiet: ReturnType<typeof loadQuietPolicy>;
  readonly process: ReturnType<typeof loadProcessPolicy>;
}

/** Throws one `config` with the problems of every file. */
export function loadPolicies({ policies: files }: Pick<CollectorSettings, 'policies'>): Policies {
  const problems: ConfigProblem[] = [];
  const attempt = <T>(file: string, load: (file: string) => T): T | undefined => {
    try {
      return load(file);
    } catch (error) {
      problems.push(...problemsIn(error, file));
      return undefined;
    }
  };
  const calendars = attempt(files.calendars, loadCalendars);
  const known = calendars ?? UNCHECKED_CALENDARS;
  const people = attempt(files.people, () => loadPeople(files));
  const whom = people === undefined ? null : { policy: people, file: files.people };
  const read: Partial<Policies> = {
    thresholds: attempt(files.thresholds, loadThresholds),
    calendars,
    levels: attempt(files.levels, (file) => loadLevels(file, known)),
    capacity: attempt(files.capacity, loadReportPolicy),
    people,
    notify: attempt(files.channels, () => loadNotify(files, whom)),
    quiet: attempt(files.quiet, loadQuietPolicy),
    process: attempt(files.process, (file) => loadProcessPolicy(file, known)),
  };
  if (problems.length > 0) throw configFailure(problems);
  // Without a problem every file was read.
  return read as Policies;
}
