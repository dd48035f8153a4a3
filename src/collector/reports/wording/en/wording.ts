/** English wording: the same sentences with the same numbers as the Chinese ones. */
import type { Subject } from '../subject.ts';
import type { Wording } from '../wording.ts';
import { PHRASES } from './phrases.ts';
import { CONFIDENCES, change, count, GAPS, pct, RESOURCES, VERDICTS } from './words.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function evidence(subject: Subject): string {
  const { row } = subject;
  const { confidence, gaps, notes, reason } = row.decision;
  const said = [
    capital(PHRASES.reasons[reason](subject)),
    ...notes.map((note) => PHRASES.notes[note](subject)),
  ];
  if (reason !== 'quality') {
    const why = gaps[0] ? `, ${GAPS[gaps[0]]}` : '';
    const basis = `${count(row.days, 'day')}, coverage ${pct(row.coverage)}${why}`;
    said.push(`Confidence ${CONFIDENCES[confidence]} (${basis}).`);
  }
  return said.join(' ');
}

/** `Add CPU …`, `Watch: CPU …`: what is not a verb needs a colon. */
const VERBS: ReadonlySet<string> = new Set(['urgent', 'add', 'plan', 'keep', 'reduce']);

export const EN: Wording = {
  verdicts: VERDICTS,
  resources: RESOURCES,
  confidences: CONFIDENCES,
  gaps: GAPS,
  change,
  evidence,
  sentence: (subject) => {
    const { verdict } = subject.row.decision;
    const join = VERBS.has(verdict) ? ' ' : ': ';
    return `${VERDICTS[verdict]}${join}${change(subject.row)}. ${evidence(subject)}`;
  },
};
