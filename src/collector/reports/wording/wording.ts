/** What a language must be able to say. Sentences carry every number and no adjective without one. */
import type {
  Block,
  Confidence,
  Note,
  QualityGap,
  Reason,
  ResourceKind,
  Verdict,
} from '../decide/decision.ts';
import type { ResourceRow } from '../document.ts';
import type { Locale } from '../reports.ts';
import { EN } from './en/wording.ts';
import type { Subject } from './subject.ts';
import { ZH } from './zh-cn/wording.ts';

export interface Wording {
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly resources: Readonly<Record<ResourceKind, string>>;
  readonly confidences: Readonly<Record<Confidence, string>>;
  readonly gaps: Readonly<Record<QualityGap, string>>;
  /** `CPU 4 vCPU → 8 vCPU`, or the present size alone. */
  readonly change: (row: ResourceRow) => string;
  /** The whole sentence of a row: verdict, change, evidence, effect, confidence. */
  readonly sentence: (subject: Subject) => string;
  /** The sentence without verdict and change: for tables that have columns for them. */
  readonly evidence: (subject: Subject) => string;
}

/** What belongs to a reason, a remark, a refusal. */
export type Phrase = (subject: Subject) => string;
export interface Phrases {
  readonly reasons: Readonly<Record<Reason, Phrase>>;
  readonly notes: Readonly<Record<Note, Phrase>>;
  readonly blocks: Readonly<Record<Block, Phrase>>;
}

const WORDINGS: Readonly<Record<Locale, Wording>> = Object.freeze({ 'zh-CN': ZH, en: EN });

export function wordingOf(locale: Locale): Wording {
  return WORDINGS[locale];
}
