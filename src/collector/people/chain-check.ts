/** An escalation that would reach nobody is found before it is needed. */
import type { ConfigProblem } from '../../shared/config.ts';
import type { DutyFile } from './duty-file.ts';
import type { Role, Target } from './people.ts';
import type { WhoIsThere } from './people-file.ts';

const LEVELS = [1, 2, 3, 4] as const;

interface Known {
  readonly file: string;
  readonly roles: ReadonlyMap<string, Role>;
  /** Null when the people file could not be read: then only roles can be checked. */
  readonly who: WhoIsThere | null;
}

export function chainProblems(raw: DutyFile, known: Known): ConfigProblem[] {
  const { file } = known;
  const problems: ConfigProblem[] = [];
  const seen = new Map<number, number>();
  raw.chains.forEach(({ levels, steps }, index) => {
    const path = `chains[${index}]`;
    for (const level of levels) {
      const before = seen.get(level);
      seen.set(level, index);
      if (before === undefined) continue;
      const reason = `level ${level} has a chain already: chains[${before}]`;
      problems.push({ file, path: `${path}.levels`, reason });
    }
    if (!steps.some(({ at }) => at === 'opened')) {
      problems.push({ file, path: `${path}.steps`, reason: 'nobody is told when a fault opens' });
    }
    steps.forEach(({ tell }, step) => {
      problems.push(...stepProblems(tell.map(targetOf), `${path}.steps[${step}].tell`, known));
    });
  });
  for (const level of LEVELS) {
    if (seen.has(level)) continue;
    problems.push({ file, path: 'chains', reason: `level ${level} escalates to nobody: no chain` });
  }
  return problems;
}

function stepProblems(tell: readonly Target[], path: string, known: Known): ConfigProblem[] {
  const { file, roles, who } = known;
  const problems = tell.flatMap((target, index) => {
    const reason = unknownTarget(target, roles, who);
    return reason === null ? [] : [{ file, path: `${path}[${index}]`, reason }];
  });
  const sure = tell.some(({ kind, id }) => kind !== 'role' || roles.get(id)?.always === true);
  if (problems.length === 0 && !sure) {
    const names = tell.map(({ id }) => id).join(', ');
    const reason = `may reach nobody: ${names} is not held at all times`;
    problems.push({ file, path, reason });
  }
  return problems;
}

function unknownTarget(
  { kind, id }: Target,
  roles: ReadonlyMap<string, Role>,
  who: WhoIsThere | null,
): string | null {
  if (kind === 'role') return roles.has(id) ? null : `there is no role "${id}"`;
  if (who === null) return null;
  const found = kind === 'group' ? who.groups.has(id) : who.people.has(id);
  return found ? null : `there is no ${kind} "${id}": it would escalate to nobody`;
}

export function targetOf(raw: DutyFile['chains'][number]['steps'][number]['tell'][number]): Target {
  if ('role' in raw) return { kind: 'role', id: raw.role };
  if ('group' in raw) return { kind: 'group', id: raw.group };
  return { kind: 'person', id: raw.person };
}
