/**
 * Structured logs: one JSON object a line on stderr, so no text from a device can forge a second
 * line or a terminal escape (JSON escapes CR, LF and control bytes).
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose every line carries `room`. */
  room(name: string): Log;
}

const ORDER: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Unicode that reorders or hides text on a terminal: C1 controls, bidi marks, line separators. */
const HIDDEN = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function plain(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  if (typeof value === 'bigint') return value.toString();
  return value;
}

export interface LogOptions {
  level?: LogLevel;
  /** Where lines go; stderr unless a test wants them. */
  write?: (line: string) => void;
  /** Unix milliseconds for the `time` field. */
  now?: () => number;
  room?: string;
}

export function createLog(options: LogOptions = {}): Log {
  const least = ORDER[options.level ?? 'info'];
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const now = options.now ?? Date.now;
  const emit = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    if (ORDER[level] < least) return;
    const record: Record<string, unknown> = { time: new Date(now()).toISOString(), level };
    if (options.room) record.room = options.room;
    record.message = message;
    for (const [key, value] of Object.entries(fields)) record[key] = plain(value);
    const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
    write(`${JSON.stringify(record).replace(HIDDEN, escaped)}\n`);
  };
  return Object.freeze({
    debug: (message: string, fields?: LogFields) => emit('debug', message, fields),
    info: (message: string, fields?: LogFields) => emit('info', message, fields),
    warn: (message: string, fields?: LogFields) => emit('warn', message, fields),
    error: (message: string, fields?: LogFields) => emit('error', message, fields),
    room: (name: string) => createLog({ ...options, room: name }),
  });
}

/** For tests and tools that want silence. */
export const silentLog: Log = createLog({ write: () => {} });
