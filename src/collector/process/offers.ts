/** Which notes fit a fault: by rule, kind of device and words of the phenomenon. Pure. */
import type { KnowledgeNote, Offer, Signs } from './process.ts';

const MOST = 5;
const WEIGHT = Object.freeze({ rule: 10, word: 3, kind: 1 });

export function offersFor(signs: Signs, notes: Iterable<KnowledgeNote>): readonly Offer[] {
  const phenomenon = `${signs.phenomenon.en}\n${signs.phenomenon.zh}`.toLowerCase();
  const offers: Offer[] = [];
  for (const note of notes) {
    if (note.archived) continue;
    const offer = offerOf(note, signs, phenomenon);
    if (offer !== null) offers.push(offer);
  }
  offers.sort((a, b) => b.score - a.score || b.note.changedMs - a.note.changedMs);
  return offers.slice(0, MOST);
}

/** The kind of device alone offers nothing: every server would get every note on servers. */
function offerOf(note: KnowledgeNote, { rule, kind }: Signs, phenomenon: string): Offer | null {
  const words = note.words.filter((word) => phenomenon.includes(word.toLowerCase()));
  const byRule = note.rules.includes(rule);
  if (!byRule && words.length === 0) return null;
  // A note on other kinds of devices would mislead.
  if (note.kinds.length > 0 && !note.kinds.includes(kind)) return null;
  const byKind = note.kinds.includes(kind);
  const because = [
    ...(byRule ? ['rule'] : []),
    ...(byKind ? ['kind'] : []),
    ...words.map((word) => `word:${word}`),
  ];
  const score =
    (byRule ? WEIGHT.rule : 0) + (byKind ? WEIGHT.kind : 0) + WEIGHT.word * words.length;
  return { note, score, because };
}
