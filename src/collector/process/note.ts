/** A note of what is known (R19). */

export interface NoteText {
  readonly title: string;
  /** Markdown, all three. */
  readonly symptom: string;
  readonly cause: string;
  readonly solution: string;
  /** Thresholds it is about. */
  readonly rules: readonly string[];
  /** Kinds of devices: server, network … */
  readonly kinds: readonly string[];
  /** Words of a phenomenon that hint at it, in any language. */
  readonly words: readonly string[];
}

export interface KnowledgeNote extends NoteText {
  /** `K-000007` */
  readonly id: string;
  readonly by: string;
  readonly writtenMs: number;
  readonly changedMs: number;
  /** Still readable, no longer offered or found. */
  readonly archived: boolean;
  readonly version: number;
}

export interface Offer {
  readonly note: KnowledgeNote;
  readonly score: number;
  /** `rule`, `kind`, `word:…`: what made it fit. */
  readonly because: readonly string[];
}

/** What a fault shows. */
export interface Signs {
  readonly rule: string;
  readonly kind: string;
  readonly phenomenon: { readonly en: string; readonly zh: string };
}
