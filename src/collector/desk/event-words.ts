/**
 * Words of an event for SQLite's FTS5, and a search for them. Chinese has no spaces between words,
 * so every character is a word of its own there and a search for several is one for a phrase.
 */
import type { DeviceEvent } from '../../shared/device-event.ts';

const HAN = /\p{Script=Han}/gu;
const WORDS_MAX = 16;

const spaced = (text: string): string => text.replace(HAN, ' $& ');

export function wordsOf(event: DeviceEvent): string {
  const { device, kind, source, oid, item, text, fields } = event;
  const parts = [device, kind, source, oid, item, text.en, text.zh];
  for (const [name, value] of Object.entries(fields)) parts.push(name, value);
  return spaced(parts.join(' \n '));
}

/** Each word as a phrase that may go on; null when there is no word to search for. */
export function searchOf(words: string): string | null {
  const phrases = words
    .split(/\s+/)
    .slice(0, WORDS_MAX)
    .map((word) =>
      spaced(word)
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    )
    .filter((phrase) => phrase !== '')
    .map((phrase) => `"${phrase}"*`);
  return phrases.length === 0 ? null : phrases.join(' ');
}
