/** `collector duty …`: who is on duty, swaps, hand-overs, the roster as a calendar file. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Failure, messageOf } from '../../../shared/errors.ts';
import { call, withApi } from '../api.ts';
import { ask, listText, type Options, queryOf } from '../ask.ts';
import type { LocalTimes } from '../local-times.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

interface DutyView {
  readonly role: string;
  readonly shift: string;
  readonly date: string;
  readonly name: string;
  readonly from: string;
  readonly until: string;
  readonly changed: boolean;
}

interface SwapView {
  readonly number: number;
  readonly role: string;
  readonly shift: string;
  readonly date: string;
  readonly from: string;
  readonly to: string;
  readonly state: string;
  readonly asked: string;
  readonly note: string;
}

interface HandOverView {
  readonly role: string;
  readonly shift: string;
  readonly date: string;
  readonly from: string;
  readonly to: string;
  readonly note: string;
  readonly at: string;
}

const HEADER = ['ROLE', 'SHIFT', 'DATE', 'WHO', 'FROM', 'UNTIL', ''];

function rows(duty: readonly DutyView[]): string[][] {
  return duty.map(({ role, shift, date, name, from, until, changed }) => {
    return [role, shift, date, name, from, until, changed ? 'changed' : ''];
  });
}

function addLooking(verbs: Command, context: VerbContext): void {
  const show = ({ duty }: { duty: DutyView[] }, { offset }: LocalTimes): string =>
    listText(HEADER, rows(duty), { none: 'nobody', offset });
  const who = verbs
    .command('who')
    .description('who is on duty')
    .option('--at <time>', 'default: now')
    .option('--json', 'as JSON')
    .action((options) => {
      const at = options.at === undefined ? '' : `?${new URLSearchParams({ at: options.at })}`;
      return ask(context, options, { request: { method: 'GET', path: `/api/v1/duty${at}` }, show });
    });
  withExample(withPlace(who), 'collector duty who --data ./data');
  const roster = withPeriod(verbs.command('roster').description('the roster of a role'))
    .option('--json', 'as JSON')
    .action((options) => {
      const path = `/api/v1/duty/roster?${period(options)}`;
      return ask(context, options, { request: { method: 'GET', path }, show });
    });
  withExample(
    withPlace(roster),
    'collector duty roster --role duty --from 2026-02-01T00:00:00+08:00',
  );
}

function withPeriod(command: Command): Command {
  return command
    .option('--role <role>', 'of which role', 'duty')
    .option('--from <time>', 'ISO 8601; default: yesterday')
    .option('--to <time>', 'ISO 8601; default: a week later');
}

function period(options: Options): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['role', 'from', 'to']) {
    if (typeof options[name] === 'string') query.set(name, options[name]);
  }
  return query;
}

function addSwaps(verbs: Command, context: VerbContext): void {
  const swap = verbs.command('swap').description('somebody else takes a shift over');
  const show = ({ number, role, shift, date, from, to, state }: SwapView): string =>
    `swap ${number}: ${plain(`${role}/${shift} ${date} from ${from} to ${to}`)}: ${state}\n`;
  const asking = swap
    .command('ask <role> <shift> <date> <to>')
    .description('ask for a swap')
    .option('--by <name>', 'who asks', context.host.user)
    .option('--note <text>', 'why', '')
    .action((role: string, shift: string, date: string, to: string, options) => {
      const body = { role, shift, date, to, by: options.by, note: options.note };
      const request = { method: 'POST', path: '/api/v1/duty/swaps', body } as const;
      return ask(context, options, { request, show });
    });
  withExample(withPlace(asking), 'collector duty swap ask duty night 2026-01-05 li --by wang');
  for (const verb of ['approve', 'refuse']) {
    const deciding = swap
      .command(`${verb} <number>`)
      .description(`${verb} a swap; not by who takes part in it`)
      .requiredOption('--by <person>', 'a person of the approving group')
      .action((number: string, options) => {
        const path = `/api/v1/duty/swaps/${encodeURIComponent(number)}/${verb}`;
        const request = { method: 'POST', path, body: { by: options.by } } as const;
        return ask(context, options, { request, show });
      });
    withExample(withPlace(deciding), `collector duty swap ${verb} 1 --by chief`);
  }
  const list = withPages(swap.command('list').description('swaps, newest first')).action(
    (options: Options) =>
      ask<{ swaps: SwapView[]; next: number | null }>(context, options, {
        request: { method: 'GET', path: `/api/v1/duty/swaps${queryOf(options, PAGE)}` },
        show: ({ swaps, next }, { offset }) => {
          const header = [
            'NUMBER',
            'ROLE',
            'SHIFT',
            'DATE',
            'FROM',
            'TO',
            'STATE',
            'ASKED',
            'NOTE',
          ];
          const rows = swaps.map((one) => [
            ...[String(one.number), one.role, one.shift, one.date, one.from, one.to],
            ...[one.state, one.asked, one.note],
          ]);
          return listText(header, rows, { none: 'no swaps', offset, next });
        },
      }),
  );
  withExample(withPlace(list), 'collector duty swap list --data ./data');
}

const PAGE = ['limit', 'after'];

function withPages(command: Command): Command {
  return command
    .option('--limit <n>', 'at most so many', '100')
    .option('--after <number>', 'continue after this one')
    .option('--json', 'as JSON');
}

function addHandOvers(verbs: Command, context: VerbContext): void {
  const described = verbs.command('hand-overs').description('notes between shifts, newest first');
  const command = withPages(described).action((options: Options) =>
    ask<{ handovers: HandOverView[]; next: number | null }>(context, options, {
      request: { method: 'GET', path: `/api/v1/duty/handovers${queryOf(options, PAGE)}` },
      show: ({ handovers, next }, { offset }) => {
        const rows = handovers.map((one) => [
          ...[
            one.at,
            one.role,
            one.shift,
            one.date,
            one.from,
            one.to || 'the next shift',
            one.note,
          ],
        ]);
        const header = ['AT', 'ROLE', 'SHIFT', 'DATE', 'FROM', 'TO', 'NOTE'];
        return listText(header, rows, { none: 'no hand-overs', offset, next });
      },
    }),
  );
  withExample(withPlace(command), 'collector duty hand-overs --limit 5 --data ./data');
}

function addHandOver(verbs: Command, context: VerbContext): void {
  const command = verbs
    .command('hand-over <role> <shift> <date>')
    .description('leave the note of a shift to the next one')
    .option('--by <name>', 'who goes', context.host.user)
    .requiredOption('--note <text>', 'what goes on, what is to be watched')
    .action((role: string, shift: string, date: string, options) => {
      const body = { role, shift, date, by: options.by, note: options.note };
      return ask<{ to: string }>(context, options, {
        request: { method: 'POST', path: '/api/v1/duty/handovers', body },
        show: ({ to }) => `noted for ${plain(to || 'the next shift')}\n`,
      });
    });
  withExample(
    withPlace(command),
    'collector duty hand-over duty day 2026-01-05 --by wang --note "core switch runs hot"',
  );
}

function addCalendar(verbs: Command, context: VerbContext): void {
  const { host } = context;
  const exporting = withPeriod(
    verbs.command('export').description('the roster as iCalendar'),
  ).action(async (options) => {
    await withApi(host, flagsOf(options), async (api) => {
      const path = `/api/v1/duty/calendar?${period(options)}`;
      const { body } = await call(api, { method: 'GET', path });
      host.stdout.write(body.toString());
    });
  });
  withExample(withPlace(exporting), 'collector duty export --role duty > duty.ics');
  const importing = verbs
    .command('import <file>')
    .description('take who holds which shift from an exported and edited calendar')
    .action((file: string, options) =>
      ask<{ assigned: number }>(context, options, {
        request: { method: 'POST', path: '/api/v1/duty/calendar', body: { calendar: read(file) } },
        show: ({ assigned }) => `${assigned} shifts assigned\n`,
      }),
    );
  withExample(withPlace(importing), 'collector duty import duty.ics --data ./data');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure('usage', `cannot read ${file}: ${messageOf(error)}`, {
      hint: 'give the path of an .ics file',
    });
  }
}

export function addDutyVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('duty').description('the duty roster');
  addLooking(verbs, context);
  addSwaps(verbs, context);
  addHandOver(verbs, context);
  addHandOvers(verbs, context);
  addCalendar(verbs, context);
}
