/** `collector knowledge …`: what is known of symptoms (R19). */
import type { Command } from 'commander';
import { ask, listText, type Options, queryOf, type View } from '../ask.ts';
import { addFields, addList, addShow, bodyOf, cardOf, type Field } from '../item-verbs.ts';
import type { LocalTimes } from '../local-times.ts';
import { plain } from '../table.ts';
import { type VerbContext, withExample, withPlace } from '../verb.ts';

const PATH = '/api/v1/knowledge';

const NOTE: readonly Field[] = [
  { flags: '--title <text>', help: 'in one line', field: 'title', required: true },
  { flags: '--symptom <text>', help: 'what is seen (Markdown)', field: 'symptom', required: true },
  { flags: '--cause <text>', help: 'why (Markdown)', field: 'cause' },
  { flags: '--solution <text>', help: 'what helps (Markdown)', field: 'solution', required: true },
  { flags: '--rule <name>', help: 'a threshold it is about', field: 'rules', list: true },
  { flags: '--kind <kind>', help: 'a kind of device: server …', field: 'kinds', list: true },
  { flags: '--word <word>', help: 'a word that hints at it', field: 'words', list: true },
];

const TEXTS = '--title "Disk full by logs" --symptom "/var grows" --solution "logrotate"';

function notesText({ notes }: View, { offset }: LocalTimes): string {
  const rows = (notes as readonly View[]).map(({ id, title, by, changed }) =>
    [id, title, by, changed].map(String),
  );
  return listText(['ID', 'TITLE', 'BY', 'CHANGED'], rows, { none: 'nothing found', offset });
}

function addFinding(verbs: Command, context: VerbContext): void {
  const search = verbs
    .command('search <words...>')
    .description('notes in which every word occurs, Chinese too; best first')
    .option('--limit <n>', 'at most so many', '20')
    .option('--json', 'as JSON')
    .action((words: readonly string[], options: Options) => {
      const query = queryOf({ ...options, words: words.join(' ') }, ['words', 'limit']);
      const request = { method: 'GET', path: `${PATH}/search${query}` } as const;
      return ask(context, options, { request, show: notesText });
    });
  withExample(withPlace(search), 'collector knowledge search 端口 丢包 --data ./data');
  const offers = verbs
    .command('offers <fault>')
    .description('what may help with a fault')
    .option('--json', 'as JSON')
    .action((fault: string, options: Options) => {
      const show = (answer: View): string =>
        (answer.offers as readonly { note: View; because: readonly string[] }[])
          .map(({ note, because }) => {
            const { id, title, symptom, cause, solution } = note;
            return cardOf({ id, title, because, symptom, cause, solution });
          })
          .join('\n') || 'nothing is known yet\n';
      const path = `${PATH}/offers${queryOf({ fault }, ['fault'])}`;
      return ask(context, options, { request: { method: 'GET', path }, show });
    });
  withExample(withPlace(offers), 'collector knowledge offers F-000001 --data ./data');
}

export function addKnowledgeVerbs(program: Command, context: VerbContext): void {
  const { user } = context.host;
  const verbs = program.command('knowledge').description('what is known: symptom, cause, solution');
  addList(verbs, context, {
    noun: 'knowledge',
    path: PATH,
    items: 'notes',
    columns: ['id', 'title', 'rules', 'kinds', 'words', 'by', 'changed'],
    states: '',
  });
  addShow(verbs, context, { noun: 'knowledge', path: PATH, what: '', example: 'K-000001' });
  addFinding(verbs, context);
  const written = ({ id, version }: View): string =>
    `${plain(String(id))} is written (version ${plain(String(version))})\n`;
  const add = addFields(verbs.command('add').description('write a note'), NOTE)
    .option('--by <name>', 'who writes it', user)
    .option('--json', 'as JSON')
    .action((options: Options) => {
      const body = { by: options.by, ...bodyOf(NOTE, options) };
      const request = { method: 'POST', path: PATH, body } as const;
      return ask(context, options, { request, show: written });
    });
  withExample(
    withPlace(add),
    `collector knowledge add ${TEXTS} --rule disk_full --word 磁盘 --data ./data`,
  );
  const change = addFields(verbs.command('change <id>').description('write it anew'), NOTE)
    .option('--by <name>', 'who writes it', user)
    .option('--json', 'as JSON')
    .action((id: string, options: Options) => {
      const body = { by: options.by, ...bodyOf(NOTE, options) };
      const request = { method: 'PUT', path: `${PATH}/${encodeURIComponent(id)}`, body } as const;
      return ask(context, options, { request, show: written });
    });
  withExample(withPlace(change), `collector knowledge change K-000001 ${TEXTS} --data ./data`);
  const archive = verbs
    .command('archive <id>')
    .description('no longer found or offered; still readable')
    .option('--by <name>', 'who does it', user)
    .option('--json', 'as JSON')
    .action((id: string, options: Options) => {
      const path = `${PATH}/${encodeURIComponent(id)}/archive`;
      const request = { method: 'POST', path, body: { by: options.by } } as const;
      const show = (note: View): string => `${plain(String(note.id))} is archived\n`;
      return ask(context, options, { request, show });
    });
  withExample(withPlace(archive), 'collector knowledge archive K-000001 --data ./data');
}
