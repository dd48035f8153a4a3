/** `collector change …`: changes and releases (R21, R22). */
import type { Command } from 'commander';
import { ask, type Options, type View } from '../ask.ts';
import {
  addFields,
  addList,
  addShow,
  addSteps,
  bodyOf,
  coversOf,
  type Field,
  type ItemStep,
  withCovers,
} from '../item-verbs.ts';
import { plain } from '../table.ts';
import { type VerbContext, withExample, withPlace } from '../verb.ts';

const PATH = '/api/v1/changes';

const REQUEST: readonly Field[] = [
  { flags: '--kind <kind>', help: 'change, release or emergency', field: 'kind' },
  { flags: '--title <text>', help: 'in one line', field: 'title', required: true },
  { flags: '--content <text>', help: 'what is done', field: 'content', required: true },
  { flags: '--purpose <text>', help: 'what for', field: 'purpose', required: true },
  { flags: '--risk <risk>', help: 'low, medium or high', field: 'risk', required: true },
  { flags: '--risk-text <text>', help: 'what could happen', field: 'risk_text', required: true },
  { flags: '--rollback <text>', help: 'the way back', field: 'rollback' },
  { flags: '--verification <text>', help: 'how it is verified', field: 'verification' },
  { flags: '--from <time>', help: 'planned begin', field: 'planned_from', required: true },
  { flags: '--to <time>', help: 'planned end', field: 'planned_to', required: true },
];
const STEPS: readonly ItemStep[] = [
  {
    verb: 'assess',
    help: 'what could happen; approvals of before are void',
    fields: [
      { flags: '--risk <risk>', help: 'low, medium or high', field: 'risk' },
      { flags: '--rollback <text>', help: 'the way back', field: 'rollback' },
    ],
    example: 'C-000001 --by zhao --note "half an hour without the shop"',
  },
  { verb: 'approve', help: 'as many people as its risk asks for', example: 'C-000001 --by zhao' },
  { verb: 'reject', help: 'it is not done', example: 'C-000001 --by zhao --note "not in March"' },
  {
    verb: 'announce',
    help: 'tell those concerned: time, scope, measures; registers its window',
    fields: [
      { flags: '--announcement <text>', help: 'as sent', field: 'announcement', required: true },
    ],
    example: 'C-000001 --announcement "Saturday 02:00 to 04:00, the shop is closed"',
  },
  { verb: 'start', help: 'the work begins, inside its time', example: 'C-000001 --by wang' },
  { verb: 'finish', help: 'the work is done; its window ends', example: 'C-000001 --by wang' },
  { verb: 'roll-back', help: 'it was undone', example: 'C-000001 --note "did not boot"' },
  { verb: 'verify', help: 'it works as it should', example: 'C-000001 --note "orders come in"' },
  {
    verb: 'close',
    help: 'the report: what came of it',
    fields: [
      {
        flags: '--result <result>',
        help: 'success, partial or failed',
        field: 'result',
        required: true,
      },
    ],
    example: 'C-000001 --result success --note "as planned"',
  },
  { verb: 'withdraw', help: 'it is given up', example: 'C-000001 --note "no longer needed"' },
  { verb: 'comment', help: 'add a note', example: 'C-000001 --note "vendor is on call"' },
];

export function addChangeVerbs(program: Command, context: VerbContext): void {
  const verbs = program
    .command('change')
    .description('changes and releases, from request to report');
  addList(verbs, context, {
    noun: 'change',
    path: PATH,
    items: 'changes',
    columns: ['id', 'state', 'kind', 'title', 'risk', 'planned_from', 'planned_to', 'window'],
    states: 'requested, assessed, approved, announced, implementing, implemented, verified …',
    ofFaults: true,
  });
  addShow(verbs, context, { noun: 'change', path: PATH, what: 'change', example: 'C-000001' });
  const described = verbs.command('request').description('request a change');
  const request = withCovers(addFields(described, REQUEST))
    .option('--by <name>', 'who requests it', context.host.user)
    .option('--json', 'as JSON')
    .action((options: Options) => {
      const body = { by: options.by, ...bodyOf(REQUEST, options), scope: coversOf(options) };
      const show = ({ id }: View): string => `${plain(String(id))} is requested\n`;
      return ask(context, options, { request: { method: 'POST', path: PATH, body }, show });
    });
  withExample(
    withPlace(request),
    'collector change request --kind release --title "Shop 2.1" --content "new packages" \\',
    '    --purpose "invoices" --risk medium --risk-text "the shop is down" --rollback "2.0 again" \\',
    '    --verification "a test order" --device "shop-*" --from 2026-02-07T02:00:00+08:00 \\',
    '    --to 2026-02-07T04:00:00+08:00 --by wang --data ./data',
  );
  addSteps(verbs, context, { noun: 'change', path: PATH, steps: STEPS });
}
