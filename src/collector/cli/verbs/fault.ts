/** `collector fault …`: looking, and the steps people take. */
import { type Command, Option } from 'commander';
import { call, withApi } from '../api.ts';
import { ask, listText, type Options, queryOf } from '../ask.ts';
import { type FaultAnswer, type FaultView, faultCard } from '../fault-card.ts';
import { saveFile } from '../save-file.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';
import { addFaultFiles } from './fault-files.ts';
import { addFaultSteps } from './fault-steps.ts';

type Language = 'en' | 'zh';

function row(fault: FaultView, language: Language): string[] {
  const { id, level, state, device, phenomenon, began } = fault;
  return [id, String(level), state, device, phenomenon[language], began];
}

const languageOption = (): Option =>
  new Option('--locale <locale>', 'language of the phenomenon').choices(['zh-CN', 'en']);

function addList(verbs: Command, context: VerbContext): void {
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
    .option('--from <time>', 'began not before, ISO 8601')
    .option('--to <time>', 'began before, ISO 8601')
    .option('--after <id>', 'continue after this one')
    .option('--limit <n>', 'at most this many', '100')
    .addOption(languageOption().default('en'))
    .option('--json', 'as JSON')
    .action((options: Options) => {
      const names = ['state', 'limit', 'device', 'level', 'cause', 'from', 'to', 'after'];
      const language = options.locale === 'zh-CN' ? 'zh' : 'en';
      return ask<{ faults: FaultView[]; next: string | null }>(context, options, {
        request: { method: 'GET', path: `/api/v1/faults${queryOf(options, names)}` },
        show: ({ faults, next }, { offset }) => {
          const header = ['ID', 'LEVEL', 'STATE', 'DEVICE', 'PHENOMENON', 'BEGAN'];
          const rows = faults.map((fault) => row(fault, language));
          return listText(header, rows, { none: 'no faults', offset, next });
        },
      });
    });
  withExample(withPlace(command), 'collector fault list --state all --data ./data');
}

function addShow(verbs: Command, context: VerbContext): void {
  const command = verbs
    .command('show <id>')
    .description('one fault with everything that happened to it')
    .option('--json', 'as JSON')
    .action((id: string, options: Options) => {
      const request = { method: 'GET', path: `/api/v1/faults/${encodeURIComponent(id)}` } as const;
      return ask<FaultAnswer>(context, options, { request, show: faultCard });
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
  addFaultFiles(verbs, context);
}
