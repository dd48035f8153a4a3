/** The phenomenon of a fault in words (R11): what it is, where, and by how much. */
import type { Verdict } from '../evaluate/evaluate.ts';

export function phenomenonOf({ summary, item, reason }: Verdict): {
  readonly en: string;
  readonly zh: string;
} {
  return {
    en: `${summary.en}${item && ` (${item})`}: ${reason.en}`,
    zh: `${summary.zh}${item && `(${item})`}:${reason.zh}`,
  };
}
