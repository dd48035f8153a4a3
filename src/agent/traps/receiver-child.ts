/**
 * The parent's side of the child: starts it, feeds it its settings by a pipe, starts it again when
 * it ends, and keeps the input that ended it, so that it can become a test.
 */
import { readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, repeat, type Timer } from '../../shared/clock.ts';
import { makeDirectory } from '../../shared/directory.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { type Companion, startCompanion } from '../../shared/programs.ts';
import { type Counts, Lines, type Refusal, readFrame, type Trap } from './frames.ts';
import type { ReceiverSettings } from './receiver.ts';

/** With the time a start takes it is back within a second. */
const RESTART_MAX_MS = 250;
const RESTART_MIN_MS = 25;
/** After so long at work, the next end is a new story. */
const STEADY_MS = 10_000;
/** When it cannot listen: the port is taken. */
const REFUSED_MS = 10_000;
/** No input takes so long to decode; the child hangs. */
const HANG_MS = 5_000;
/** Inputs that are kept. */
const KEPT_MAX = 32;
const HEAP_MIB = 64;

export interface ReceiverChildOptions {
  readonly script: string;
  /** The argument that makes the program the receiver. */
  readonly verb: string;
  readonly settings: ReceiverSettings;
  /** For inputs that ended a child. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  onTrap(trap: Trap): void;
  onRefusal(refusal: Refusal): void;
  onCounts(counts: Counts): void;
}

/** The path itself when nothing is there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * The child may listen and may read its own program; no other file, no writing, no process, no
 * native code (S24). Its memory has an end.
 */
export function childFlags(script: string): readonly string[] {
  const isBundle = script.endsWith('.cjs');
  const root = script.replace(/src[\\/]agent[\\/][^\\/]+$/, '');
  // In a checkout there is more than the program: data, configuration, the history.
  const parts = ['src', 'node_modules', 'package.json'].map((name) => join(root, name));
  const named = isBundle || root === script ? [script] : parts;
  // Node asks for the file that a link leads to: node_modules may be one.
  const readable = new Set(named.flatMap((path) => [path, realPath(path)]));
  return [
    '--permission',
    '--allow-net',
    ...[...readable].map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${HEAP_MIB}`,
    '--max-semi-space-size=1',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
  ];
}

export class ReceiverChild {
  readonly #options: ReceiverChildOptions;
  readonly #hangs: { stop(): Promise<void> };
  #child: Companion | null = null;
  #restart: Timer | null = null;
  #isStopped = false;
  #port = 0;
  #crashes = 0;
  /** Ends in a row. */
  #row = 0;
  #kept = 0;
  #isRefused = false;
  /** What is being decoded, base64; '' for nothing. */
  #input = '';
  #inputSinceMs = 0;
  #stderr = '';
  #settled = (): void => {};

  constructor(options: ReceiverChildOptions) {
    this.#options = options;
    this.#port = options.settings.port;
    this.#hangs = repeat(options.clock, HANG_MS / 5, () => this.#endHanging());
  }

  get port(): number {
    return this.#port;
  }

  get crashes(): number {
    return this.#crashes;
  }

  /** Resolves when the first one listens, or has said why it cannot. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#settled = resolve;
      this.#spawn();
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#restart?.cancel();
    await this.#hangs.stop();
    this.#child?.kill();
    await this.#child?.ended;
  }

  #spawn(): void {
    const { settings, clock, verb } = this.#options;
    // Node asks for the right to read the file itself, not a link to it.
    const script = realpathSync(this.#options.script);
    const child = startCompanion({ flags: childFlags(script), script, args: [verb] });
    const lines = new Lines((line) => this.#take(line));
    this.#child = child;
    this.#isRefused = false;
    this.#input = '';
    this.#stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(0, 2_000);
    });
    child.stdin.write(`${JSON.stringify({ ...settings, port: this.#port })}\n`);
    const startedMs = clock.monotonic();
    void child.ended.then(() => this.#ended(clock.monotonic() - startedMs));
  }

  #take(line: string): void {
    const { clock, log, onTrap, onRefusal, onCounts } = this.#options;
    const frame = readFrame(line);
    switch (frame?.kind) {
      case 'ready':
        this.#port = frame.port;
        log.info('traps are received', { port: frame.port });
        this.#settled();
        break;
      case 'failed':
        this.#isRefused = true;
        log.error('traps cannot be received', { reason: frame.reason });
        this.#settled();
        break;
      case 'input':
        this.#input = frame.raw;
        this.#inputSinceMs = clock.monotonic();
        break;
      case 'trap':
        this.#input = '';
        onTrap(frame.trap);
        break;
      case 'broken':
        log.warn('a datagram broke the decoder', { reason: frame.reason, input: this.#keep() });
        break;
      case 'counts':
        onCounts(frame.counts);
        break;
      case 'refused':
        this.#input = '';
        if (frame.refusal !== null) onRefusal(frame.refusal);
        break;
      default:
        // Not a frame at all: decoded without harm.
        this.#input = '';
    }
  }

  #ended(livedMs: number): void {
    this.#child = null;
    if (this.#isStopped) return;
    if (!this.#isRefused) this.#count();
    this.#row = livedMs >= STEADY_MS ? 1 : this.#row + 1;
    const delayMs = this.#isRefused
      ? REFUSED_MS
      : Math.min(RESTART_MAX_MS, RESTART_MIN_MS * 2 ** (this.#row - 1));
    this.#restart = this.#options.clock.after(delayMs, () => this.#spawn());
  }

  #count(): void {
    this.#crashes += 1;
    const reason = this.#stderr.split('\n').find((line) => /Error|FATAL/.test(line)) ?? '';
    this.#options.log.error('the receiver of traps ended and is started again', {
      crashes: this.#crashes,
      reason: reason.slice(0, 200),
      input: this.#keep(),
    });
  }

  /** The file the present input is in; '' when there are enough, or it could not be written. */
  #keep(): string {
    const { directory, log, clock } = this.#options;
    const input = Buffer.from(this.#input, 'base64');
    this.#input = '';
    if (input.length === 0) return '';
    try {
      makeDirectory(directory);
      if (readdirSync(directory).length >= KEPT_MAX) return '';
      this.#kept += 1;
      const file = join(directory, `trap-${clock.now()}-${this.#kept}.bin`);
      writeFileSync(file, input, { mode: 0o600 });
      return file;
    } catch (error) {
      log.warn('the input could not be kept', { reason: messageOf(error) });
      return '';
    }
  }

  #endHanging(): void {
    if (this.#input === '' || this.#child === null) return;
    if (this.#options.clock.monotonic() - this.#inputSinceMs < HANG_MS) return;
    this.#stderr = 'Error: the decoder hangs';
    this.#child.kill();
  }
}
