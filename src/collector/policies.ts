/** The rule files, read and checked together: all of them are good, or none is taken. */
import { type ConfigProblem, problemsIn } from '../shared/config.ts';
import { type Checked, flawless } from '../shared/config-parts.ts';
import { type Calendars, inspectCalendars } from './calendars/calendars.ts';
import { loadThresholds } from './evaluate/evaluate.ts';
import { loadLevels } from './faults/faults.ts';
import { loadNotify } from './notify/notify.ts';
import { inspectPeople, type PeoplePolicy } from './people/people.ts';
import { loadProcessPolicy } from './process/process.ts';
import { loadQuietPolicy } from './quiet/quiet.ts';
import { loadReportPolicy } from './reports/reports.ts';
import {
  type CollectorSettings,
  checkExposure,
  inspectSettings,
  type SettingsSource,
} from './settings.ts';

export interface Policies {
  readonly thresholds: ReturnType<typeof loadThresholds>;
  readonly calendars: Calendars;
  readonly levels: ReturnType<typeof loadLevels>;
  readonly capacity: ReturnType<typeof loadReportPolicy>;
  readonly people: PeoplePolicy;
  readonly notify: ReturnType<typeof loadNotify>;
  readonly quiet: ReturnType<typeof loadQuietPolicy>;
  readonly process: ReturnType<typeof loadProcessPolicy>;
}

type Files = CollectorSettings['policies'];

/** Throws one `config` with the problems of every file. */
export function loadPolicies({ policies: files }: { readonly policies: Files }): Policies {
  // Without a problem every file was read.
  return flawless(inspectPolicies(files)) as Policies;
}

function inspectPolicies(files: Files): Checked<Partial<Policies>> {
  const calendars = inspectCalendars(files.calendars);
  const people = inspectPeople(files);
  const problems: ConfigProblem[] = [...calendars.problems, ...people.problems];
  const attempt = <T>(file: string, load: (file: string) => T): T | undefined => {
    try {
      return load(file);
    } catch (error) {
      problems.push(...problemsIn(error, file));
      return undefined;
    }
  };
  const whom = people.value && { policy: people.value, file: files.people, duty: files.duty };
  const value = {
    thresholds: attempt(files.thresholds, loadThresholds),
    calendars: calendars.value,
    levels: attempt(files.levels, (file) => loadLevels(file, calendars.value)),
    capacity: attempt(files.capacity, loadReportPolicy),
    people: people.value ?? undefined,
    notify: attempt(files.channels, () => loadNotify(files, whom)),
    quiet: attempt(files.quiet, (file) => loadQuietPolicy(file, people.value)),
    process: attempt(files.process, (file) =>
      loadProcessPolicy(file, calendars.value, people.value),
    ),
  };
  return { value: value as Partial<Policies>, problems };
}

/** Everything that is wrong with every file `serve` would read; the files. */
export function inspectConfiguration(source: SettingsSource): Checked<readonly string[]> {
  const settings = inspectSettings(source);
  const { policies: files } = settings.value;
  const problems = [...settings.problems, ...inspectPolicies(files).problems];
  const own = source.file === undefined ? [] : [source.file];
  // A token that cannot be read is told of already.
  if (problems.every(({ path }) => path !== 'web.token_file')) {
    try {
      checkExposure(settings.value);
    } catch (error) {
      problems.push(...problemsIn(error, source.file ?? '--listen'));
    }
  }
  return { value: [...own, ...Object.values(files)], problems };
}
