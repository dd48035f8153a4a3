/** An escalation that would reach nobody is found before it is needed. */
import type { ConfigProblem } from '../../shared/config.ts';
import { type Holed, wholeOf } from '../../shared/config-parts.ts';
import type { DutyFile, DutyParts } from './duty-file.ts';
import type { Role, Target } from './people.ts';
import type { WhoIsThere } from './people-file.ts';

const LEVELS = [1, 2, 3, 4] as const;

interface Known {
  readonly file: string;
  readonly roles: ReadonlyMap<string, Role>;
  /** Null when the people file could not be read: then only roles can be checked. */
  readonly who: WhoIsThere | null;
}

type RawChain = DutyFile['chains'][number];
type RawStep = RawChain['steps'][number];
type RawTarget = RawStep['tell'][number];

export function chainProblems({ chains }: DutyParts, known: Known): ConfigProblem[] {
  const { file } = known;
  const problems: ConfigProblem[] = [];
  const seen = new Map<number, number>();
  chains?.forEach((chain, index) => {
    const path = `chains[${index}]`;
    for (const level of chain?.levels ?? []) {
      if (level === undefined) continue;
      const before = seen.get(level);
      seen.set(level, index);
      if (before === undefined) continue;
      const reason = `level ${level} has a chain already: chains[${before}]`;
      problems.push({ file, path: `${path}.levels`, reason });
    }
    const moments = chain?.steps?.map((step) => step?.at);
    if (moments?.every((at) => at !== 'opened' && at !== undefined)) {
      problems.push({ file, path: `${path}.steps`, reason: 'nobody is told when a fault opens' });
    }
    chain?.steps?.forEach((step, number) => {
      problems.push(...stepProblems(step?.tell ?? [], `${path}.steps[${number}].tell`, known));
    });
  });
  // A chain whose levels have a mistake may be that of any level.
  const sure = chains?.every((chain) => wholeOf<RawChain['levels']>(chain?.levels) !== null);
  for (const level of sure ? LEVELS : []) {
    if (seen.has(level)) continue;
    problems.push({ file, path: 'chains', reason: `level ${level} escalates to nobody: no chain` });
  }
  return problems;
}

function stepProblems(
  parts: readonly (Holed<RawTarget> | undefined)[],
  path: string,
  known: Known,
): ConfigProblem[] {
  const { file, roles, who } = known;
  const problems = parts.flatMap((part, index) => {
    const target = wholeOf<RawTarget>(part);
    const reason = target === null ? null : unknownTarget(targetOf(target), roles, who);
    return reason === null ? [] : [{ file, path: `${path}[${index}]`, reason }];
  });
  const tell = (wholeOf<RawTarget[]>(parts) ?? []).map(targetOf);
  const sure =
    tell.length === 0 ||
    tell.some(({ kind, id }) => kind !== 'role' || roles.get(id)?.always === true);
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

export function targetOf(raw: RawTarget): Target {
  if ('role' in raw) return { kind: 'role', id: raw.role };
  if ('group' in raw) return { kind: 'group', id: raw.group };
  return { kind: 'person', id: raw.person };
}
