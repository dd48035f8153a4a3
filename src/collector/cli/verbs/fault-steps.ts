/** `collector fault …`: opening one, and the steps people take. */
import { type Command, Option } from 'commander';
import { call, callJson, withApi } from '../api.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

const PAUSE_REASONS = ['force_majeure', 'waiting_for_user', 'waiting_for_parts', 'agreed'];

/** An option of a verb → a field of the request. */
interface Field {
  readonly flags: string;
  readonly help: string;
  /** `excluded.from` is a field inside another. */
  readonly field: string;
  readonly choices?: readonly string[];
  readonly required?: boolean;
  readonly number?: boolean;
}

const WHEN: Field = { flags: '--when <time>', help: 'when it happened (ISO 8601)', field: 'when' };
const RECORD: readonly Field[] = [
  { flags: '--cause-class <class>', help: 'one of levels.yaml', field: 'cause_class' },
  { flags: '--cause <text>', help: 'what the matter was', field: 'cause' },
  { flags: '--measures <text>', help: 'what was done', field: 'measures' },
  { flags: '--result <text>', help: 'what came of it', field: 'result' },
];

interface Step {
  readonly verb: string;
  readonly help: string;
  readonly fields: readonly Field[];
  readonly example: string;
}

const worked = (verb: string, help: string): Step => ({
  ...{ verb, help },
  fields: [WHEN, ...RECORD],
  example: '--by wang --note "cleaned /var"',
});

const STEPS: readonly Step[] = [
  worked('respond', 'somebody takes it on'),
  worked('arrive', 'somebody is on site'),
  worked('repair', 'it is repaired'),
  worked('verify', 'it works again, as it should'),
  {
    ...worked('close', 'it is done with'),
    example: '--cause-class power --cause "fuse blown" --measures "new fuse" --result "stable"',
  },
  worked('false-alarm', 'there was nothing wrong'),
  worked('comment', 'add a note'),
  {
    verb: 'pause',
    help: 'stop the clocks',
    fields: [
      WHEN,
      {
        flags: '--reason <reason>',
        help: 'why they may stand still',
        field: 'reason',
        choices: PAUSE_REASONS,
        required: true,
      },
    ],
    example: '--reason force_majeure --note "typhoon"',
  },
  { verb: 'resume', help: 'the clocks run again', fields: [WHEN], example: '--by wang' },
  {
    verb: 'level',
    help: 'another level',
    fields: [
      {
        flags: '--level <n>',
        help: '1 to 4',
        field: 'level',
        choices: ['1', '2', '3', '4'],
        required: true,
        number: true,
      },
      WHEN,
    ],
    example: '--level 1 --note "the whole ministry is affected"',
  },
  {
    verb: 'correct',
    help: 'what turned out to have been otherwise',
    fields: [
      { flags: '--began <time>', help: 'when it began', field: 'began' },
      { flags: '--start <time>', help: 'when we knew', field: 'start' },
      { flags: '--responded <time>', help: 'when somebody responded', field: 'responded' },
      { flags: '--arrived <time>', help: 'when somebody arrived', field: 'arrived' },
      { flags: '--repaired <time>', help: 'when it was repaired', field: 'repaired' },
      { flags: '--excluded-from <time>', help: 'time that must not count', field: 'excluded.from' },
      { flags: '--excluded-to <time>', help: 'until when', field: 'excluded.to' },
      {
        flags: '--excluded-reason <reason>',
        help: 'why it must not count',
        field: 'excluded.reason',
        choices: PAUSE_REASONS,
      },
    ],
    example: '--responded 2026-01-05T02:14:00Z --note "answered by phone"',
  },
  {
    verb: 'merge',
    help: 'it is a part of another fault',
    fields: [{ flags: '--into <id>', help: 'the whole', field: 'into', required: true }],
    example: '--into F-000002',
  },
  { verb: 'split', help: 'it is a fault of its own after all', fields: [], example: '--by wang' },
  {
    verb: 'link',
    help: 'it has to do with another fault',
    fields: [{ flags: '--to <id>', help: 'the other', field: 'to', required: true }],
    example: '--to F-000002',
  },
];

/** `--cause-class` → `causeClass`, as commander names it. */
const nameOf = ({ flags }: Field): string =>
  (/--([a-z-]+)/.exec(flags)?.[1] ?? '').replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());

function bodyOf(fields: readonly Field[], options: Readonly<Record<string, unknown>>): object {
  const body: Record<string, unknown> = { by: options.by, note: options.note };
  for (const field of fields) {
    const value = options[nameOf(field)];
    if (value === undefined) continue;
    const [outer = '', inner] = field.field.split('.');
    const said = field.number ? Number(value) : value;
    body[outer] = inner === undefined ? said : { ...(body[outer] as object), [inner]: said };
  }
  return body;
}

function addStep(verbs: Command, { host }: VerbContext, step: Step): void {
  const { verb, help, fields, example } = step;
  const command = verbs
    .command(`${verb} <id>`)
    .description(help)
    .option('--by <name>', 'who did it', host.user)
    .option('--note <text>', 'what was found or done', '');
  for (const { flags, help: words, choices, required = false } of fields) {
    const option = new Option(flags, words).makeOptionMandatory(required);
    command.addOption(choices === undefined ? option : option.choices([...choices]));
  }
  command.action(async (id: string, options) => {
    await withApi(host, flagsOf(options), (api) =>
      call(api, {
        method: 'POST',
        path: `/api/v1/faults/${encodeURIComponent(id)}/${verb}`,
        body: bodyOf(fields, options),
      }),
    );
    host.stdout.write(`${plain(id)}: noted\n`);
  });
  withExample(withPlace(command), `collector fault ${verb} F-000001 ${example} --data ./data`);
}

function addOpen(verbs: Command, { host }: VerbContext): void {
  const command = verbs
    .command('open <device> <phenomenon>')
    .description('a fault that somebody reports; prints its number')
    .addOption(
      new Option('--urgency <urgency>', 'how urgent')
        .choices(['high', 'medium', 'low'])
        .default('medium'),
    )
    .option('--item <item>', 'of what on the device; the same item again is the same fault', '')
    .option('--began <time>', 'when it began (ISO 8601); default: now')
    .option('--reporter <text>', 'who noticed, and how to reach them', '')
    .option('--by <name>', 'who enters it', host.user)
    .option('--note <text>', 'more', '')
    .action(async (device: string, phenomenon: string, options) => {
      const { urgency, item, began, reporter, by, note } = options;
      const body = { device, phenomenon, urgency, item, began, reporter, by, note };
      const fault = await withApi(host, { ...flagsOf(options), create: true }, (api) =>
        callJson<{ id: string }>(api, { method: 'POST', path: '/api/v1/faults', body }),
      );
      host.stdout.write(`${plain(fault.id)}\n`);
    });
  withExample(
    withPlace(command),
    'collector fault open "report system" "cannot log in" --reporter "Li, 8042" --data ./data',
  );
}

export function addFaultSteps(verbs: Command, context: VerbContext): void {
  addOpen(verbs, context);
  for (const step of STEPS) addStep(verbs, context, step);
}
