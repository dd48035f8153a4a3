/** One line of `agent doctor`: what was looked at, whether it works, and how to mend it. */
import { columns, plain } from './text.ts';

export interface Finding {
  readonly subject: string;
  /**
   * `nothing`: it was looked for and this host has none; no fault. `warns`: it works and should not
   * stay so.
   */
  readonly state: 'works' | 'warns' | 'nothing' | 'fails';
  readonly text: string;
  /** '' when there is nothing to mend. */
  readonly mend: string;
}

const SIGNS = Object.freeze({ works: 'works', warns: 'warns', nothing: '-', fails: 'FAILS' });

/** Columns, and below them one line for each thing to mend. */
export function findingsText(findings: readonly Finding[]): string {
  const rows = findings.map(({ subject, state, text }) => [SIGNS[state], subject, text]);
  const mends = findings
    .filter(({ mend }) => mend !== '')
    .map(({ subject, mend }) => `mend ${plain(subject)}: ${plain(mend)}\n`);
  return columns(rows) + (mends.length === 0 ? '' : `\n${mends.join('')}`);
}
