/** `${name}` in configured text: secrets, and what earlier steps of a flow have captured. */
import { bug } from '../../../shared/errors.ts';

export type Values = ReadonlyMap<string, string>;

export const VARIABLE_NAME = /^[a-z_][a-z0-9_]{0,63}$/i;
/** `$${` stands for a plain `${`. */
const PLACE = /\$\$\{|\$\{([^}]*)\}/g;

/** Puts the values in, each as `encode` writes it. That every name is known was checked before. */
export function fill(text: string, values: Values, encode = (value: string) => value): string {
  return text.replace(PLACE, (place, name: string | undefined) => {
    if (name === undefined) return '${';
    const value = values.get(name);
    if (value === undefined) bug(`nothing is known of ${place}`);
    return encode(value);
  });
}

/** The names a text asks for. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(PLACE)].flatMap(([, name]) => name ?? []);
}

/** The same for everything inside a piece of configuration. */
export function namesInside(value: unknown): readonly string[] {
  if (typeof value === 'string') return namesIn(value);
  if (value === null || typeof value !== 'object' || value instanceof RegExp) return [];
  return Object.values(value).flatMap(namesInside);
}

/** What is shorter hides nothing: taking it out would only garble the text. */
const SECRET_CHARACTERS = 3;

/** Takes every value out of a text that people will see. */
export function redact(text: string, values: Values): string {
  let plain = text;
  const longestFirst = [...values.values()].sort((a, b) => b.length - a.length);
  for (const value of longestFirst) {
    for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) {
      if (form.length >= SECRET_CHARACTERS) plain = plain.replaceAll(form, '***');
    }
  }
  return plain;
}
