/** What `window`, `problem`, `change` and `knowledge` share: a list, one of them, its steps. */
import { type Command, InvalidArgumentError } from 'commander';
import { ask, listText, type Options, queryOf, type View } from './ask.ts';
import type { LocalTimes } from './local-times.ts';
import { formatTable, plain } from './table.ts';
import { type VerbContext, withExample, withPlace } from './verb.ts';

export interface Listing {
  readonly noun: string;
  readonly path: string;
  /** Field of the answer that holds the list. */
  readonly items: string;
  readonly columns: readonly string[];
  readonly states: string;
  /** Whether items are linked to faults. */
  readonly ofFaults?: boolean;
}

export function addList(verbs: Command, context: VerbContext, listing: Listing): void {
  const { noun, path, items, columns, states, ofFaults = false } = listing;
  const command = verbs
    .command('list')
    .description('newest first')
    .option('--limit <n>', 'at most so many', '100')
    .option('--after <id>', 'continue after this id')
    .option('--json', 'as JSON');
  if (states !== '') command.option('--state <state>', states);
  if (ofFaults) command.option('--fault <id>', 'those linked to this fault');
  command.action((options: Options) => {
    const query = queryOf(options, ['limit', 'after', 'state', 'fault']);
    const show = (answer: View, { offset }: LocalTimes): string => {
      const found = answer[items] as readonly View[];
      const rows = found.map((item) => columns.map((column) => cell(item[column])));
      const header = columns.map((column) => column.replaceAll('_', ' ').toUpperCase());
      const next = answer.next as string | null;
      return listText(header, rows, { none: `no ${items}`, offset, next });
    };
    return ask(context, options, { request: { method: 'GET', path: `${path}${query}` }, show });
  });
  withExample(withPlace(command), `collector ${noun} list --data ./data`);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.join(' ') : String(value);
}

/** One field a line; texts of several lines are set in, steps one below the other. */
export function cardOf(view: View): string {
  return Object.entries(view)
    .filter(([, value]) => value !== '' && value !== null && !isEmpty(value))
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${fieldText(value)}\n`)
    .join('');
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function fieldText(value: unknown): string {
  if (typeof value === 'object') return plain(JSON.stringify(value));
  return plain(String(value)).replaceAll('\n', '\n  ');
}

interface StepView {
  readonly kind: string;
  readonly state: string;
  readonly by: string;
  readonly at: string;
  readonly note: string;
}

/** `what` is the field of the answer that holds the item; its history stands below. */
export function addShow(
  verbs: Command,
  context: VerbContext,
  { noun, path, what, example }: { noun: string; path: string; what: string; example: string },
): void {
  const command = verbs
    .command('show <id>')
    .description(`one ${noun} with everything that happened to it`)
    .option('--json', 'as JSON')
    .action((id: string, options: Options) => {
      const request = { method: 'GET', path: `${path}/${encodeURIComponent(id)}` } as const;
      const show = (answer: View, { offset }: LocalTimes): string => {
        const head = `times: ${offset}\n`;
        if (what === '') return head + cardOf(answer);
        const steps = answer.steps as readonly StepView[];
        const rows = steps.map((one) => [one.at, one.kind, one.state, one.by, one.note]);
        const table = formatTable(['AT', 'STEP', 'STATE', 'BY', 'NOTE'], rows);
        const rest = { faults: answer.faults, possible: answer.possible };
        return `${head}${cardOf(answer[what] as View)}${cardOf(rest)}\n${table}`;
      };
      return ask(context, options, { request, show });
    });
  withExample(withPlace(command), `collector ${noun} show ${example} --data ./data`);
}

/** An option of a verb → a field of the request. */
export interface Field {
  readonly flags: string;
  readonly help: string;
  readonly field: string;
  readonly required?: boolean;
  /** May be given several times, or as a list with commas. */
  readonly list?: boolean;
}

export function addFields(command: Command, fields: readonly Field[]): Command {
  for (const { flags, help, required = false, list = false } of fields) {
    const gather = (text: string, before: readonly string[] = []): readonly string[] => [
      ...before,
      ...text.split(',').map((one) => one.trim()),
    ];
    if (list) command.option(flags, `${help}; may be repeated`, gather);
    else if (required) command.requiredOption(flags, help);
    else command.option(flags, help);
  }
  return command;
}

/** The fields that were given, by their names in the request. */
export function bodyOf(fields: readonly Field[], options: Options): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ flags, field }) => {
      const value = options[optionName(flags)];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** `--planned-from <time>` → `plannedFrom`, as commander names it. */
function optionName(flags: string): string {
  const long = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
  return long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const COVERS: readonly Field[] = [
  { flags: '--device <name>', help: 'a name, * for any characters', field: 'devices', list: true },
  { flags: '--group <name>', help: 'a value of the label "group"', field: 'groups', list: true },
  { flags: '--except <name>', help: 'not these', field: 'except', list: true },
];

/** Options that say which devices are meant. */
export function withCovers(command: Command): Command {
  return addFields(command, COVERS).option(
    '--label <name=value>',
    'devices with this label; all of several',
    collectLabel,
  );
}

export function coversOf(options: Options): View {
  const labels = options.label === undefined ? {} : { labels: options.label };
  return { ...bodyOf(COVERS, options), ...labels };
}

/** `site=north` → one label more. */
function collectLabel(text: string, labels: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write name=value.');
  return { ...labels, [text.slice(0, at)]: text.slice(at + 1) };
}

export interface ItemStep {
  readonly verb: string;
  readonly help: string;
  readonly fields?: readonly Field[];
  readonly example: string;
}

export function addSteps(
  verbs: Command,
  context: VerbContext,
  { noun, path, steps }: { noun: string; path: string; steps: readonly ItemStep[] },
): void {
  for (const { verb, help, fields = [], example } of steps) {
    const command = addFields(verbs.command(`${verb} <id>`).description(help), fields)
      .option('--by <name>', 'who does it', context.host.user)
      .option('--note <text>', 'what is to be remembered', '')
      .option('--json', 'as JSON')
      .action((id: string, options: Options) => {
        const body = { by: options.by, note: options.note, ...bodyOf(fields, options) };
        const at = `${path}/${encodeURIComponent(id)}/${verb}`;
        const show = (item: View): string =>
          `${plain(String(item.id))} is ${plain(String(item.state))}\n`;
        return ask(context, options, { request: { method: 'POST', path: at, body }, show });
      });
    withExample(withPlace(command), `collector ${noun} ${verb} ${example} --data ./data`);
  }
}
