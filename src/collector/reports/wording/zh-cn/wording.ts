/** 简体中文措辞：每句话都带数字，不用没有数字的形容词。 */
import type { Subject } from '../subject.ts';
import type { Wording } from '../wording.ts';
import { PHRASES } from './phrases.ts';
import { CONFIDENCES, change, GAPS, pct, RESOURCES, VERDICTS } from './words.ts';

function evidence(subject: Subject): string {
  const { row } = subject;
  const { confidence, gaps, notes, reason } = row.decision;
  const said = [
    PHRASES.reasons[reason](subject),
    ...notes.map((note) => PHRASES.notes[note](subject)),
  ];
  if (reason !== 'quality') {
    const why = gaps[0] ? `，${GAPS[gaps[0]]}` : '';
    const basis = `${row.days} 天，覆盖率 ${pct(row.coverage)}${why}`;
    said.push(`置信度：${CONFIDENCES[confidence]}（${basis}）。`);
  }
  return said.join('');
}

export const ZH: Wording = {
  verdicts: VERDICTS,
  resources: RESOURCES,
  confidences: CONFIDENCES,
  gaps: GAPS,
  change,
  evidence,
  sentence: (subject) =>
    `${VERDICTS[subject.row.decision.verdict]}：${change(subject.row)}。${evidence(subject)}`,
};
