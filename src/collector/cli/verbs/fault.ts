/** `collector fault …`: looking, and the steps people take. */
import { type Command, Option } from 'commander';
import { call, callJson, withApi } from '../api.ts';
import { formatTable, plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

interface FaultView {
  readonly id: string;
  readonly device: string;
  readonly rule: string;
  readonly item: string;
  readonly state: string;
  readonly level: number;
  readonly severity: string;
  readonly urgency: string;
  readonly impact: string;
  readonly phenomenon: { readonly en: string; readonly zh: string };
  readonly began: string;
  readonly opened: string;
  readonly recovered: string | null;
  readonly closed: string | null;
}

interface LedgerView {
  readonly at: string;
  readonly kind: string;
  readonly by: string;
  readonly note: string;
}

type Language = 'en' | 'zh';

function row(fault: FaultView, language: Language): string[] {
  const { id, level, state, device, phenomenon, began } = fault;
  return [id, String(level), state, device, phenomenon[language], began];
}

function card(fault: FaultView, ledger: readonly LedgerView[]): string {
  const lines = [
    `${fault.id}  level ${fault.level}  ${fault.state}`,
    `device      ${fault.device}`,
    `rule        ${fault.rule}${fault.item === '' ? '' : ` on ${fault.item}`}`,
    `phenomenon  ${fault.phenomenon.en}`,
    `            ${fault.phenomenon.zh}`,
    `weight      ${fault.severity}, urgency ${fault.urgency}, impact ${fault.impact}`,
    `began       ${fault.began}`,
    `opened      ${fault.opened}`,
    ...(fault.recovered === null ? [] : [`recovered   ${fault.recovered}`]),
    ...(fault.closed === null ? [] : [`closed      ${fault.closed}`]),
  ];
  const history = ledger.map(({ at, kind, by, note }) => [at, kind, by, note]);
  return `${lines.map(plain).join('\n')}\n\n${formatTable(['AT', 'WHAT', 'BY', 'NOTE'], history)}`;
}

const languageOption = (): Option =>
  new Option('--locale <locale>', 'language of the phenomenon').choices(['zh-CN', 'en']);

function addList(verbs: Command, { host }: VerbContext): void {
  const command = verbs
    .command('list')
    .description('faults, newest first')
    .addOption(
      new Option('--state <state>', 'which').choices(['open', 'closed', 'all']).default('open'),
    )
    .option('--device <name>', 'of one device')
    .option('--limit <n>', 'at most this many', '100')
    .addOption(languageOption().default('en'))
    .option('--json', 'as JSON')
    .action(async (options) => {
      const query = new URLSearchParams({ state: options.state, limit: options.limit });
      if (options.device) query.set('device', options.device);
      const answer = await withApi(host, flagsOf(options), (api) =>
        callJson<{ faults: FaultView[] }>(api, { method: 'GET', path: `/api/v1/faults?${query}` }),
      );
      const language = options.locale === 'zh-CN' ? 'zh' : 'en';
      const header = ['ID', 'LEVEL', 'STATE', 'DEVICE', 'PHENOMENON', 'BEGAN'];
      host.stdout.write(
        options.json
          ? `${JSON.stringify(answer, null, 2)}\n`
          : formatTable(
              header,
              answer.faults.map((fault) => row(fault, language)),
            ) || 'no faults\n',
      );
    });
  withExample(withPlace(command), 'collector fault list --state all --data ./data');
}

function addShow(verbs: Command, { host }: VerbContext): void {
  const command = verbs
    .command('show <id>')
    .description('one fault with everything that happened to it')
    .option('--json', 'as JSON')
    .action(async (id: string, options) => {
      const answer = await withApi(host, flagsOf(options), (api) =>
        callJson<{ fault: FaultView; ledger: LedgerView[] }>(api, {
          method: 'GET',
          path: `/api/v1/faults/${encodeURIComponent(id)}`,
        }),
      );
      host.stdout.write(
        options.json ? `${JSON.stringify(answer, null, 2)}\n` : card(answer.fault, answer.ledger),
      );
    });
  withExample(withPlace(command), 'collector fault show F-000001 --data ./data');
}

const STEPS: readonly (readonly [string, string])[] = [
  ['respond', 'somebody takes it on'],
  ['arrive', 'somebody is on site'],
  ['repair', 'it is repaired'],
  ['close', 'it is done with'],
  ['comment', 'add a note'],
];

function addStep(
  verbs: Command,
  { host }: VerbContext,
  [verb, description]: readonly [string, string],
): void {
  const command = verbs
    .command(`${verb} <id>`)
    .description(description)
    .option('--by <name>', 'who did it', host.user)
    .option('--note <text>', 'what was found or done', '')
    .action(async (id: string, options) => {
      await withApi(host, flagsOf(options), (api) =>
        call(api, {
          method: 'POST',
          path: `/api/v1/faults/${encodeURIComponent(id)}/${verb}`,
          body: { by: options.by, note: options.note },
        }),
      );
      host.stdout.write(`${plain(id)}: noted\n`);
    });
  withExample(
    withPlace(command),
    `collector fault ${verb} F-000001 --by wang --note "cleaned /var" --data ./data`,
  );
}

export function addFaultVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('fault').description('look at faults and note what was done');
  addList(verbs, context);
  addShow(verbs, context);
  for (const step of STEPS) addStep(verbs, context, step);
}
