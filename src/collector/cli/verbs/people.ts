/** `collector people …`: who is there, and whom a fault of each level is told to. */
import type { Command } from 'commander';
import { ask, listText, type Options } from '../ask.ts';
import { type VerbContext, withExample, withPlace } from '../verb.ts';

interface PeopleView {
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly locale: string;
    readonly channels: readonly string[];
  }[];
  readonly groups: readonly { readonly id: string; readonly members: readonly string[] }[];
}

interface ChainsView {
  readonly chains: readonly {
    readonly level: number;
    readonly steps: readonly {
      readonly at: 'opened' | { readonly clock: string; readonly share: number };
      readonly tell: readonly { readonly kind: string; readonly id: string }[];
      readonly digest: boolean;
    }[];
  }[];
}

function peopleText({ people, groups }: PeopleView): string {
  const rows = people.map(({ id, name, locale, channels }) => {
    const within = groups.filter(({ members }) => members.includes(id));
    return [id, name, locale, channels.join(' '), within.map((group) => group.id).join(' ')];
  });
  return listText(['ID', 'NAME', 'LOCALE', 'CHANNELS', 'GROUPS'], rows, { none: 'nobody' });
}

function chainsText({ chains }: ChainsView): string {
  const rows = chains.flatMap(({ level, steps }) =>
    steps.map(({ at, tell, digest }) => [
      String(level),
      at === 'opened' ? at : `${at.clock} ${at.share * 100} %`,
      tell.map(({ kind, id }) => `${kind} ${id}`).join(', '),
      digest ? 'in the digest' : '',
    ]),
  );
  return listText(['LEVEL', 'WHEN', 'WHOM', ''], rows, { none: 'no chains' });
}

export function addPeopleVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('people').description('who is there, and who is told');
  const list = verbs
    .command('list')
    .description('people, their channels and groups')
    .option('--json', 'as JSON')
    .action((options: Options) =>
      ask<PeopleView>(context, options, {
        request: { method: 'GET', path: '/api/v1/people' },
        show: peopleText,
      }),
    );
  withExample(withPlace(list), 'collector people list --data ./data');
  const chains = verbs
    .command('chains')
    .description('whom a fault of each level is told to, and when')
    .option('--json', 'as JSON')
    .action((options: Options) =>
      ask<ChainsView>(context, options, {
        request: { method: 'GET', path: '/api/v1/people/chains' },
        show: chainsText,
      }),
    );
  withExample(withPlace(chains), 'collector people chains --data ./data');
}
