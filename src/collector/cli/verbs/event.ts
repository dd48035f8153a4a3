/** `collector event list`: what devices said by themselves. */
import type { Command } from 'commander';
import { ask, listText, type Options, queryOf } from '../ask.ts';
import { type VerbContext, withExample, withPlace } from '../verb.ts';

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

const HEADER = ['AT', 'DEVICE', 'KIND', 'MORE', 'TEXT'];

export function addEventVerbs(program: Command, context: VerbContext): void {
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
    .option('--after <number>', 'continue after this one')
    .action((options: Options) => {
      const names = ['limit', 'device', 'kind', 'from', 'to', 'q', 'after'];
      const query = queryOf({ ...options, q: options.search }, names);
      return ask<{ events: EventView[]; next: number | null }>(context, options, {
        request: { method: 'GET', path: `/api/v1/events${query}` },
        show: ({ events, next }, { offset }) =>
          listText(HEADER, events.map(row), { none: 'no events', offset, next }),
      });
    });
  withExample(withPlace(list), 'collector event list --device core-1 --search fan --data ./data');
}
