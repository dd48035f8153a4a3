/** `collector event list`: what devices said by themselves. */
import type { Command } from 'commander';
import { callJson, withApi } from '../api.ts';
import { formatTable } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

interface EventView {
  readonly number: number;
  readonly at: string;
  readonly device: string;
  readonly source: string;
  readonly kind: string;
  readonly item: string;
  readonly repeats: number;
  readonly text: { readonly en: string; readonly zh: string };
}

const row = ({ at, device, source, kind, repeats, text }: EventView): string[] => [
  at,
  device || source,
  kind,
  repeats === 0 ? '' : `+${repeats}`,
  text.en,
];

export function addEventVerbs(program: Command, { host }: VerbContext): void {
  const verbs = program.command('event').description('what devices said by themselves');
  const list = verbs
    .command('list')
    .description('events, newest first')
    .option('--device <name>', 'of one device')
    .option('--kind <name>', 'of one kind, for example link_down; "trap" for unknown ones')
    .option('--from <time>', 'not before, ISO 8601')
    .option('--to <time>', 'before, ISO 8601')
    .option('--search <words>', 'words, all of which are in the event')
    .option('--limit <n>', 'at most this many', '100')
    .option('--json', 'as JSON, with everything that came with them')
    .action(async (options) => {
      const query = new URLSearchParams({ limit: options.limit });
      for (const name of ['device', 'kind', 'from', 'to'] as const) {
        if (options[name]) query.set(name, options[name]);
      }
      if (options.search) query.set('q', options.search);
      const answer = await withApi(host, flagsOf(options), (api) =>
        callJson<{ events: EventView[] }>(api, { method: 'GET', path: `/api/v1/events?${query}` }),
      );
      const header = ['AT', 'DEVICE', 'KIND', 'MORE', 'TEXT'];
      host.stdout.write(
        options.json
          ? `${JSON.stringify(answer, null, 2)}\n`
          : formatTable(header, answer.events.map(row)) || 'no events\n',
      );
    });
  withExample(withPlace(list), 'collector event list --device core-1 --search fan --data ./data');
}
