/** Knowledge notes (R19): written, found, offered. All are in memory, the search is in the file. */
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import { formatItemId, noSuchItem, parseItemId } from './item-id.ts';
import type { KnownNames } from './known-names.ts';
import type { NoteTable } from './note-table.ts';
import { offersFor } from './offers.ts';
import type {
  ItemFilter,
  Knowledge,
  KnowledgeNote,
  NoteText,
  Offer,
  Signs,
  Writing,
} from './process.ts';
import { lineMistakes, neededMistakes, refuseMistakes, textMistakes } from './texts.ts';

const LIST_DEFAULT = 100;
const LIST_MOST = 1_000;
const WORDS_MOST = 20;

interface NoteChange {
  readonly kind: string;
  readonly by: string;
  readonly to: Partial<KnowledgeNote>;
  readonly check?: (before: KnowledgeNote) => void;
}

export class NoteBook implements Knowledge {
  readonly #table: NoteTable;
  readonly #clock: Clock;
  readonly #names: KnownNames;
  readonly #notes = new Map<string, KnowledgeNote>();

  constructor(
    table: NoteTable,
    { clock, names }: { readonly clock: Clock; readonly names: KnownNames },
  ) {
    this.#table = table;
    this.#clock = clock;
    this.#names = names;
    for (const note of table.all()) this.#notes.set(note.id, note);
  }

  async write(text: NoteText, by: string, writing: Writing): Promise<KnowledgeNote> {
    checkText(text, by);
    const nowMs = this.#clock.now();
    return this.#keep(
      this.#table.write(nowMs, writing, () => {
        this.#refuseUnknown(text);
        const times = { writtenMs: nowMs, changedMs: nowMs, archived: false, version: 1 };
        return { note: { id: this.#table.nextId(), ...text, by, ...times }, kind: 'write', by };
      }),
    );
  }

  async rewrite(id: string, text: NoteText, by: string, writing: Writing): Promise<KnowledgeNote> {
    checkText(text, by);
    const check = (before: KnowledgeNote): void => this.#refuseUnknown(text, before.rules);
    const to = { ...text, archived: false };
    return this.#change(id, { kind: 'rewrite', by, to, check }, writing);
  }

  /** What a note has named before may stay: rules come and go. */
  #refuseUnknown({ rules, kinds }: NoteText, before: readonly string[] = []): void {
    refuseMistakes([
      ...this.#names.ruleMistakes(
        'rules',
        rules.filter((rule) => !before.includes(rule)),
      ),
      ...this.#names.kindMistakes('kinds', kinds),
    ]);
  }

  async archive(id: string, by: string, writing: Writing): Promise<KnowledgeNote> {
    refuseMistakes(lineMistakes('by', by));
    return this.#change(id, { kind: 'archive', by, to: { archived: true } }, writing);
  }

  show(id: string): KnowledgeNote {
    const note = this.#notes.get(formatItemId('K', parseItemId('K', id)));
    if (note === undefined) throw noSuchItem('K', id);
    return note;
  }

  list({ limit, after }: Pick<ItemFilter, 'limit' | 'after'>): readonly KnowledgeNote[] {
    const most = Math.min(LIST_MOST, Math.max(1, limit ?? LIST_DEFAULT));
    const found: KnowledgeNote[] = [];
    for (const note of [...this.#notes.values()].reverse()) {
      if (note.archived || (after !== undefined && parseItemId('K', note.id) >= after)) continue;
      if (found.push(note) >= most) break;
    }
    return found;
  }

  search(words: string, limit: number): readonly KnowledgeNote[] {
    const list = words.split(/\s+/).filter((word) => word !== '');
    return this.#table
      .find(list.slice(0, WORDS_MOST), Math.min(LIST_MOST, Math.max(1, limit)))
      .flatMap((number) => this.#notes.get(formatItemId('K', number)) ?? []);
  }

  offers(signs: Signs): readonly Offer[] {
    return offersFor(signs, this.#notes.values());
  }

  #change(id: string, { kind, by, to, check }: NoteChange, writing: Writing): KnowledgeNote {
    const nowMs = this.#clock.now();
    return this.#keep(
      this.#table.write(nowMs, writing, () => {
        const before = this.show(id);
        checkVersion(before, writing.version ?? null);
        check?.(before);
        const version = before.version + 1;
        return { note: { ...before, ...to, by, changedMs: nowMs, version }, kind, by };
      }),
    );
  }

  /** A repeated request gets its first answer, which may be older than what is known now. */
  #keep(note: KnowledgeNote): KnowledgeNote {
    const known = this.#notes.get(note.id);
    if (known === undefined || known.version < note.version) this.#notes.set(note.id, note);
    return note;
  }
}

function checkVersion({ id, version }: KnowledgeNote, seen: number | null): void {
  if (seen === null || seen === version) return;
  throw new Failure('stale', `${id} was changed meanwhile`, {
    hint: `look at it again: it is at version ${version}`,
    detail: { version },
  });
}

function checkText({ title, symptom, cause, solution, rules, kinds, words }: NoteText, by: string) {
  refuseMistakes([
    ...lineMistakes('by', by),
    ...lineMistakes('title', title),
    ...neededMistakes('symptom', symptom),
    ...textMistakes('cause', cause),
    ...neededMistakes('solution', solution),
    ...rules.flatMap((rule) => lineMistakes('rules', rule)),
    ...kinds.flatMap((kind) => lineMistakes('kinds', kind)),
    ...words.flatMap((word) => lineMistakes('words', word)),
  ]);
}
