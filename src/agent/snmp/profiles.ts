/**
 * Profiles from their files: checked, `extends` resolved. Every mistake of every file is told in one
 * run. Files of the institution's own folder replace shipped ones with the same id.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConfigProblem,
  configFailure,
  readYaml,
  schemaProblems,
} from '../../shared/config.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import { type Profile, profileSchema } from './profile-schema.ts';

export interface Profiles {
  /** Those that devices are matched with, and parts. */
  readonly all: readonly Profile[];
  readonly byId: ReadonlyMap<string, Profile>;
}

interface Loaded {
  readonly file: string;
  readonly profile: Profile;
}

export function listProfileFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    throw new Failure('config', `the folder of SNMP profiles cannot be read: ${messageOf(cause)}`, {
      hint: 'name a folder of profiles under snmp.profiles, or with --profiles',
      cause,
    });
  }
}

function problemsIn(error: unknown, file: string): readonly ConfigProblem[] {
  const detail = error instanceof Failure ? error.detail.problems : undefined;
  if (Array.isArray(detail)) return detail as ConfigProblem[];
  return [{ file, path: '', reason: messageOf(error) }];
}

function loadFile(file: string, problems: ConfigProblem[]): Loaded | null {
  try {
    const data = readYaml(file);
    const result = profileSchema.safeParse(data);
    if (result.success) return { file, profile: result.data };
    problems.push(...schemaProblems(profileSchema, data, file));
  } catch (error) {
    problems.push(...problemsIn(error, file));
  }
  return null;
}

/** `match` and `weak` say who a profile is for: they are not inherited. */
function inherited(child: Profile, parent: Profile): Profile {
  const { match: _match, weak: _weak, ...rest } = parent;
  return {
    ...rest,
    ...child,
    facts: { ...parent.facts, ...child.facts },
    transport: { ...parent.transport, ...child.transport },
  };
}

type Report = (loaded: Loaded, path: string, reason: string) => void;

function resolved(loaded: Loaded, byId: ReadonlyMap<string, Loaded>, report: Report): Profile {
  let { profile } = loaded;
  const chain = new Set([profile.id]);
  for (let next = profile.extends; next !== undefined; ) {
    const parent = byId.get(next);
    if (parent === undefined || chain.has(next)) {
      report(loaded, 'extends', parent ? 'it extends itself' : `there is no profile "${next}"`);
      break;
    }
    chain.add(next);
    profile = inherited(profile, parent.profile);
    next = parent.profile.extends;
  }
  for (const [at, part] of (profile.use ?? []).entries()) {
    if (!byId.has(part)) report(loaded, `use[${at}]`, `there is no profile "${part}"`);
  }
  return profile;
}

/** `folders`: later ones win. Throws `config`. */
export function loadProfiles(folders: readonly string[]): Profiles {
  const problems: ConfigProblem[] = [];
  const byId = new Map<string, Loaded>();
  for (const folder of folders) {
    const here = new Map<string, string>();
    for (const file of listProfileFiles(folder)) {
      const loaded = loadFile(file, problems);
      if (loaded === null) continue;
      const { id } = loaded.profile;
      const twin = here.get(id);
      if (twin !== undefined) problems.push({ file, path: 'id', reason: `also in ${twin}` });
      here.set(id, file);
      byId.set(id, loaded);
    }
  }
  const all = [...byId.values()].map((loaded) =>
    resolved(loaded, byId, ({ file }, path, reason) => problems.push({ file, path, reason })),
  );
  if (problems.length > 0) throw configFailure(problems);
  return { all, byId: new Map(all.map((profile) => [profile.id, profile])) };
}
