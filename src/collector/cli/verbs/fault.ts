/** `collector fault …`: looking, and the steps people take. */
import { type Command, Option } from 'commander';
import { call, callJson, withApi } from '../api.ts';
import { saveFile } from '../save-file.ts';
import { formatTable, plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';
import { addFaultSteps } from './fault-steps.ts';

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
  readonly owner: string;
  readonly systems: readonly string[];
  readonly quiet: { readonly why: string; readonly by: string } | null;
  readonly clocks: readonly ClockView[];
}

interface ClockView {
  readonly clock: string;
  readonly state: string;
  readonly deadline: string | null;
  readonly stopped: string | null;
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

function clockLine({ clock, state, deadline, stopped }: ClockView): string {
  const until = deadline === null ? '' : ` until ${deadline}`;
  const done = stopped === null ? '' : `, done ${stopped}`;
  return `${clock.padEnd(12)}${state}${until}${done}`;
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
    ...(fault.owner === '' ? [] : [`owner       ${fault.owner}`]),
    ...(fault.systems.length === 0 ? [] : [`systems     ${fault.systems.join(', ')}`]),
    ...(fault.quiet === null ? [] : [`quiet       ${fault.quiet.why}: ${fault.quiet.by}`]),
    ...fault.clocks.map(clockLine),
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
      new Option('--state <state>', 'which')
        .choices(['open', 'announced', 'suppressed', 'recovered', 'closed', 'all'])
        .default('open'),
    )
    .option('--device <name>', 'of one device')
    .addOption(new Option('--level <n>', 'of one level').choices(['1', '2', '3', '4']))
    .option('--cause <id>', 'symptoms of one fault')
    .option('--after <id>', 'continue after this one')
    .option('--limit <n>', 'at most this many', '100')
    .addOption(languageOption().default('en'))
    .option('--json', 'as JSON')
    .action(async (options) => {
      const query = new URLSearchParams({ state: options.state, limit: options.limit });
      for (const name of ['device', 'level', 'cause', 'after'] as const) {
        if (options[name]) query.set(name, options[name]);
      }
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

function addReport(verbs: Command, { host }: VerbContext): void {
  const command = verbs
    .command('report <id>')
    .description('the fault report as files')
    .addOption(new Option('--format <list>', 'html, docx or both').default('html,docx'))
    .addOption(languageOption())
    .option('--timezone <zone>', 'IANA time zone')
    .option('--out <dir>', 'directory of the files', '.')
    .action(async (id: string, options) => {
      for (const format of String(options.format).split(',')) {
        const query = new URLSearchParams({ format });
        if (options.locale) query.set('locale', options.locale);
        if (options.timezone) query.set('timezone', options.timezone);
        const { body } = await withApi(host, flagsOf(options), (api) =>
          call(api, {
            method: 'GET',
            path: `/api/v1/faults/${encodeURIComponent(id)}/report?${query}`,
          }),
        );
        const file = saveFile(options.out, `${encodeURIComponent(id)}.${format}`, body);
        host.stdout.write(`${plain(file)}\n`);
      }
    });
  withExample(
    withPlace(command),
    'collector fault report F-000001 --format html,docx --locale zh-CN --data ./data',
  );
}

export function addFaultVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('fault').description('look at faults and note what was done');
  addList(verbs, context);
  addShow(verbs, context);
  addReport(verbs, context);
  addFaultSteps(verbs, context);
}
