/** `collector audit list`: who did what to the collector. */
import type { Command } from 'commander';
import { ask, listText, type Options, queryOf } from '../ask.ts';
import { type VerbContext, withExample, withPlace } from '../verb.ts';

interface AuditView {
  readonly number: number;
  readonly at: string;
  readonly who: string;
  readonly action: string;
  readonly subject: string;
  readonly result: string;
}

const HEADER = ['NUMBER', 'AT', 'WHO', 'WHAT', 'OF', 'RESULT'];

const row = ({ number, at, who, action, subject, result }: AuditView): string[] => [
  ...[String(number), at, who, action, subject, result],
];

export function addAuditVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('audit').description('who did what');
  const list = verbs
    .command('list')
    .description('the audit trail, oldest first')
    .option('--limit <n>', 'at most so many', '100')
    .option('--after <number>', 'continue after this one')
    .option('--json', 'as JSON, with everything that came with it')
    .action((options: Options) =>
      ask<{ entries: AuditView[]; next: number | null }>(context, options, {
        request: { method: 'GET', path: `/api/v1/audit${queryOf(options, ['limit', 'after'])}` },
        show: ({ entries, next }, { offset }) =>
          listText(HEADER, entries.map(row), { none: 'nothing yet', offset, next }),
      }),
    );
  withExample(withPlace(list), 'collector audit list --after 100 --data ./data');
}
