/** `collector problem …`: why faults recur, and what is done about it (R18). */
import type { Command } from 'commander';
import { ask, type Options, type View } from '../ask.ts';
import {
  addFields,
  addList,
  addShow,
  addSteps,
  bodyOf,
  type Field,
  type ItemStep,
} from '../item-verbs.ts';
import { plain } from '../table.ts';
import { type VerbContext, withExample, withPlace } from '../verb.ts';

const PATH = '/api/v1/problems';

const OPENING: readonly Field[] = [
  { flags: '--title <text>', help: 'in one line', field: 'title', required: true },
  { flags: '--rule <name>', help: 'the threshold it is about', field: 'rule' },
  { flags: '--device <name>', help: 'the device it is about', field: 'device' },
  { flags: '--phenomenon <text>', help: 'what is seen', field: 'phenomenon' },
  { flags: '--fault <id>', help: 'a fault that belongs to it', field: 'faults', list: true },
];

const TEXT = (help: string): readonly Field[] => [
  { flags: '--text <text>', help, field: 'text', required: true },
];

const STEPS: readonly ItemStep[] = [
  { verb: 'investigate', help: 'somebody looks into it', example: 'P-000001 --by wang' },
  {
    verb: 'root-cause',
    help: 'why it happens',
    fields: TEXT('the cause'),
    example: 'P-000001 --text "logs are never rotated"',
  },
  {
    verb: 'solve',
    help: 'what is done against it',
    fields: TEXT('the solution'),
    example: 'P-000001 --text "logrotate, daily"',
  },
  {
    verb: 'verify',
    help: 'the solution is in place: it must not recur from now on',
    example: 'P-000001 --by wang',
  },
  { verb: 'close', help: 'it did not recur for the set time', example: 'P-000001 --by wang' },
  {
    verb: 'reject',
    help: 'it is no problem',
    example: 'P-000001 --note "the test machine fills its disk on purpose"',
  },
  { verb: 'comment', help: 'add a note', example: 'P-000001 --note "asked the vendor"' },
];

export function addProblemVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('problem').description('why faults recur, until they do not');
  addList(verbs, context, {
    noun: 'problem',
    path: PATH,
    items: 'problems',
    columns: ['id', 'state', 'title', 'by', 'opened', 'quiet_until'],
    states: 'proposed, investigating, cause_known, solution_known, verifying, closed, rejected',
    ofFaults: true,
  });
  addShow(verbs, context, { noun: 'problem', path: PATH, what: 'problem', example: 'P-000001' });
  const open = addFields(verbs.command('open').description('open a problem'), OPENING)
    .option('--by <name>', 'who opens it', context.host.user)
    .option('--json', 'as JSON')
    .action((options: Options) => {
      const body = { by: options.by, ...bodyOf(OPENING, options) };
      const show = ({ id }: View): string => `${plain(String(id))} is open\n`;
      return ask(context, options, { request: { method: 'POST', path: PATH, body }, show });
    });
  withExample(
    withPlace(open),
    'collector problem open --title "UPS batteries are old" --fault F-000012 --data ./data',
  );
  addSteps(verbs, context, { noun: 'problem', path: PATH, steps: STEPS });
}
