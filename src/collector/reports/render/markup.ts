/** HTML that cannot be injected into: every value of a template is escaped unless it is markup. */

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | null | undefined | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced.
const HIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Characters that hide or reorder text (bidi marks, controls) become visible replacements. */
export function visible(text: string): string {
  return text.replace(HIDDEN, '\uFFFD');
}

/**
 * Safe as text and inside quoted attributes. A device name must not be able to disguise itself
 * either, so what is hidden becomes visible.
 */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? character);
}

function render(value: Value): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}

/** Template tag: `` html`<td>${name}</td>` ``. Lists are joined, null is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

/** Text that is already safe: made by this program, never from data. */
export function markup(text: string): Markup {
  return new Markup(text);
}
