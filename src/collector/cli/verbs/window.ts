/** `collector window …`: maintenance windows. */
import type { Command } from 'commander';
import { Failure } from '../../../shared/errors.ts';
import { ask, type Options, type View } from '../ask.ts';
import {
  addFields,
  addList,
  addShow,
  addSteps,
  bodyOf,
  coversOf,
  type Field,
  withCovers,
} from '../item-verbs.ts';
import type { LocalTimes } from '../local-times.ts';
import { formatTable, plain } from '../table.ts';
import { type VerbContext, withExample, withPlace } from '../verb.ts';

const PATH = '/api/v1/windows';

const TIMES: readonly Field[] = [
  { flags: '--from <time>', help: 'when it begins, 2026-02-07T02:00:00+08:00', field: 'from' },
  { flags: '--to <time>', help: 'when it ends', field: 'to' },
  { flags: '--cron <pattern>', help: 'again and again, "30 2 * * 6"', field: 'cron' },
  { flags: '--duration <time>', help: 'how long each time, 2h', field: 'duration' },
  { flags: '--timezone <zone>', help: 'of the pattern', field: 'timezone' },
  { flags: '--calendar <name>', help: 'whenever this calendar is open', field: 'calendar' },
  { flags: '--until <time>', help: 'no occurrence after this', field: 'until' },
];

function withRequest(command: Command, user: string): Command {
  return addFields(withCovers(command), TIMES)
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--approver <name>', 'who approved it; somebody else than --by')
    .option('--by <name>', 'who registers it', user)
    .option('--json', 'as JSON');
}

function requestOf(options: Options): object {
  const schedule = bodyOf(TIMES, options);
  if (Object.keys(schedule).length === 0) {
    throw new Failure('usage', 'the window has no time', {
      hint: 'give --from and --to, or --cron and --duration, or --calendar',
    });
  }
  const { reason, approver, by } = options;
  return { covers: coversOf(options), schedule, reason, approver, by };
}

function previewText(answer: View, { offset }: LocalTimes): string {
  const devices = answer.devices as readonly string[];
  const spans = answer.occurrences as readonly { readonly from: string; readonly to: string }[];
  const warnings = (answer.warnings as readonly string[]).map((one) => `warning: ${plain(one)}\n`);
  const rows = spans.map(({ from, to }) => [from, to]);
  const covered = `covers ${devices.length} devices: ${plain(devices.slice(0, 20).join(' '))}\n`;
  return `${covered}${formatTable(['FROM', 'TO', `(${offset})`], rows)}${warnings.join('')}`;
}

const WHEN = '--from 2026-02-07T02:00:00+08:00 --to 2026-02-07T04:00:00+08:00';
const WHY = '--reason "kernel update" --approver zhao --by wang';

export function addWindowVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('window').description('maintenance windows: planned quiet');
  addList(verbs, context, {
    noun: 'window',
    path: PATH,
    items: 'windows',
    columns: ['id', 'state', 'reason', 'by', 'approver', 'planned', 'registered'],
    states: 'active, upcoming, past or all',
  });
  addShow(verbs, context, { noun: 'window', path: PATH, what: '', example: 'W-000001' });
  const preview = withRequest(verbs.command('preview'), context.host.user)
    .description('what a window would cover and when; registers nothing')
    .action((options: Options) => {
      const request = {
        method: 'POST',
        path: `${PATH}/preview`,
        body: requestOf(options),
      } as const;
      return ask(context, options, { request, show: previewText });
    });
  withExample(
    withPlace(preview),
    `collector window preview --device "web-*" ${WHEN} ${WHY} --data ./data`,
  );
  const add = withRequest(verbs.command('add'), context.host.user)
    .description('register a window, before it begins: later ones do not count as planned')
    .action((options: Options) => {
      const request = { method: 'POST', path: PATH, body: requestOf(options) } as const;
      const show = ({ id, planned }: View): string =>
        `${plain(String(id))} is registered${planned === true ? '' : ', not as planned'}\n`;
      return ask(context, options, { request, show });
    });
  withExample(
    withPlace(add),
    `collector window add --label site=north ${WHEN} ${WHY} --data ./data`,
    `collector window add --group shop --cron "30 2 * * 6" --duration 2h --timezone Asia/Shanghai ${WHY}`,
  );
  addSteps(verbs, context, {
    noun: 'window',
    path: PATH,
    steps: [
      {
        verb: 'end',
        help: 'end it now, or withdraw it before it begins',
        example: 'W-000001 --by wang --note "done early"',
      },
    ],
  });
}
