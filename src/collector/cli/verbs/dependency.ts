/** `collector dependency …`: which device sits behind which. */
import { type Command, Option } from 'commander';
import { callJson, withApi } from '../api.ts';
import { ask, listText, type Options, queryOf } from '../ask.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

interface DependencyView {
  readonly child: string;
  readonly parent: string;
  readonly state: string;
  readonly source: string;
  readonly seen: string;
}

function addList(verbs: Command, context: VerbContext): void {
  const list = verbs
    .command('list')
    .description('what was proposed and what people decided')
    .addOption(
      new Option('--state <state>', 'which').choices(['proposed', 'confirmed', 'rejected']),
    )
    .option('--json', 'as JSON')
    .action((options: Options) =>
      ask<{ dependencies: DependencyView[] }>(context, options, {
        request: { method: 'GET', path: `/api/v1/dependencies${queryOf(options, ['state'])}` },
        show: ({ dependencies }, { offset }) => {
          const header = ['DEVICE', 'SITS BEHIND', 'STATE', 'BY', 'SEEN'];
          const rows = dependencies.map((one) => [
            ...[one.child, one.parent, one.state, one.source, one.seen],
          ]);
          return listText(header, rows, { none: 'no dependencies', offset });
        },
      }),
    );
  withExample(withPlace(list), 'collector dependency list --state proposed --data ./data');
}

export function addDependencyVerbs(program: Command, context: VerbContext): void {
  const { host } = context;
  const verbs = program.command('dependency').description('which device sits behind which');
  addList(verbs, context);
  const steps = [
    ['confirm', 'it is so: the device is kept quiet while the other is away'],
    ['reject', 'it is not so, and is not to be proposed again'],
  ] as const;
  for (const [verb, description] of steps) {
    const step = verbs
      .command(`${verb} <device> <behind>`)
      .description(description)
      .action(async (child: string, parent: string, options) => {
        const path = `/api/v1/dependencies/${verb}`;
        const answer = await withApi(host, flagsOf(options), (api) =>
          callJson<DependencyView>(api, { method: 'POST', path, body: { child, parent } }),
        );
        host.stdout.write(`${plain(child)} behind ${plain(parent)}: ${answer.state}\n`);
      });
    withExample(withPlace(step), `collector dependency ${verb} access-1 core-1 --data ./data`);
  }
}
