/**
 * Chunks of text → rows of cells (RFC 4180). Lines without a quote are split directly, which is
 * what nearly all lines of a million are; a quoted cell may hold delimiters, quotes and line feeds.
 */
export interface CsvRow {
  readonly cells: readonly string[];
  /** 1-based line the row begins on. */
  readonly line: number;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** The cells of a row that has quotes; null when its last quote is not closed yet. */
export function splitQuoted(text: string, delimiter: string): string[] | null {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      cells.push(end < 0 ? text.slice(at) : text.slice(at, end));
      if (end < 0) return cells;
      at = end + 1;
      continue;
    }
    let cell = '';
    let from = at + 1;
    for (;;) {
      const quote = text.indexOf('"', from);
      if (quote < 0) return null;
      cell += text.slice(from, quote);
      if (text[quote + 1] !== '"') {
        at = quote + 1;
        break;
      }
      cell += '"';
      from = quote + 2;
    }
    const end = text.indexOf(delimiter, at);
    cells.push(cell + (end < 0 ? text.slice(at) : text.slice(at, end)));
    if (end < 0) return cells;
    at = end + 1;
  }
}

/** Longest row: a quote that is never closed must not swallow the file. */
const ROW_CHARACTERS = 1024 * 1024;

export class CsvSplitter {
  readonly #delimiter: string;
  #rest = '';
  #open = '';
  #line = 0;
  #openLine = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** Calls `take` for every row that `chunk` completes. The row is valid during the call. */
  push(chunk: string, take: (row: CsvRow) => void): void {
    const text = this.#rest === '' ? chunk : this.#rest + chunk;
    let from = 0;
    for (;;) {
      const end = text.indexOf('\n', from);
      if (end < 0) break;
      this.#take(text.slice(from, end), take);
      from = end + 1;
    }
    this.#rest = text.slice(from);
  }

  /** The last line may lack its line feed. False when a quote was never closed. */
  end(take: (row: CsvRow) => void): boolean {
    if (this.#rest !== '') this.#take(this.#rest, take);
    this.#rest = '';
    return this.#open === '';
  }

  /** Line on which the open quote began, for the message. */
  get openLine(): number {
    return this.#openLine;
  }

  #take(raw: string, take: (row: CsvRow) => void): void {
    this.#line++;
    const line = withoutReturn(raw);
    if (this.#open === '') {
      if (line === '') return;
      if (!line.includes('"')) {
        take({ cells: line.split(this.#delimiter), line: this.#line });
        return;
      }
      this.#openLine = this.#line;
    }
    const text = this.#open === '' ? line : `${this.#open}\n${line}`;
    const cells = splitQuoted(text, this.#delimiter);
    if (cells === null && text.length < ROW_CHARACTERS) {
      this.#open = text;
      return;
    }
    this.#open = '';
    take({ cells: cells ?? [], line: this.#openLine });
  }
}
