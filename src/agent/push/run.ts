/**
 * Push at work. Events (a new batch, an answer, the end of a pause) call `pump`, which starts what
 * may be started: one live request and, beside it, one of the backlog. While attempts fail there
 * is one at a time, of live data if there is any.
 */
import { type Clock, sleep, type Timer } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import {
  HEADER_AGENT,
  HEADER_EPOCH,
  HEADER_GAPS,
  HEADER_SENT_AT,
  HEADER_SEQ,
} from '../../shared/protocol.ts';
import type { SpoolBatch } from '../spool/spool.ts';
import { decideOutcome, type Outcome } from './outcome.ts';
import { pauseMs } from './pause.ts';
import type { Push, PushOptions, PushRequest } from './push.ts';
import { Tally } from './tally.ts';

type Lane = 'live' | 'backlog';
const LANES: readonly Lane[] = ['live', 'backlog'];

/** When our own disk or memory fails a send, the next try waits so long. */
const OWN_TROUBLE: Outcome = Object.freeze({ kind: 'retry', reason: 'the spool cannot be read' });

export function createPush(options: PushOptions): Push {
  return new Pusher(options);
}

class Pusher implements Push {
  readonly #options: PushOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #tally: Tally;
  readonly #busy: Record<Lane, Promise<void> | null> = { live: null, backlog: null };
  readonly #empty: Record<Lane, boolean> = { live: false, backlog: false };
  /** Counts what may have filled an empty lane, so that nothing is overlooked meanwhile. */
  #news = 0;
  /** Epoch → highest number ever tried by this process. */
  readonly #tried = new Map<string, number>();
  #running = false;
  /** Consecutive attempts that failed. */
  #failures = 0;
  /** The newest attempt got a receipt. */
  #works = false;
  /** Monotonic; no attempt before. */
  #pausedUntil = 0;
  #timer: Timer | undefined;
  /** Batches of the backlog that may still go out before the next live one. */
  #backlogTurns: number;

  constructor(options: PushOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#tally = new Tally(options.clock);
    this.#backlogTurns = options.backlogFactor;
  }

  start(): void {
    this.#running = true;
    this.#pump();
  }

  wake(): void {
    this.#filled('live');
    this.#backlogTurns = this.#options.backlogFactor;
    this.#pump();
  }

  async stop(graceMs: number): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    const underWay = LANES.map((lane) => this.#busy[lane]);
    await Promise.race([Promise.all(underWay), sleep(this.#clock, graceMs)]);
    this.#options.transport.close();
  }

  stats() {
    return this.#tally.stats();
  }

  #pump(): void {
    if (!this.#running) return;
    const restMs = this.#pausedUntil - this.#clock.monotonic();
    this.#timer?.cancel();
    if (restMs > 0) {
      this.#timer = this.#clock.after(restMs, () => this.#pump());
      return;
    }
    for (const lane of LANES) if (this.#mayStart(lane)) this.#begin(lane);
  }

  #mayStart(lane: Lane): boolean {
    if (this.#busy[lane] || this.#empty[lane]) return false;
    if (lane === 'backlog' && this.#backlogTurns <= 0) return false;
    if (this.#works) return true;
    // Until it works again one attempt at a time, and of live data first.
    if (LANES.some((other) => this.#busy[other])) return false;
    return lane === 'live' || this.#empty.live;
  }

  #begin(lane: Lane): void {
    this.#busy[lane] = this.#sendNext(lane)
      .catch((error) => {
        this.#log.error('a batch cannot be sent', { reason: messageOf(error) });
        this.#settle(OWN_TROUBLE);
      })
      .then(() => {
        this.#busy[lane] = null;
        this.#pump();
      });
  }

  async #sendNext(lane: Lane): Promise<void> {
    const news = this.#news;
    const batch = await this.#next(lane);
    if (batch === null) {
      this.#empty[lane] = news === this.#news;
      return;
    }
    if (lane === 'backlog') this.#backlogTurns--;
    this.#settle(await this.#conclude(batch, await this.#attempt(batch)));
  }

  /** Live data that waited out an outage goes to the backlog as soon as sending works. */
  async #next(lane: Lane): Promise<SpoolBatch | null> {
    const { spool, outageMs } = this.#options;
    const batch = await spool.oldest(lane);
    const isLate = batch !== null && this.#clock.now() - batch.lastMs > outageMs;
    if (lane === 'backlog' || !isLate || !this.#works) return batch;
    await spool.splitLive();
    this.#filled('backlog');
    return spool.oldest('live');
  }

  async #attempt(batch: SpoolBatch): Promise<Outcome> {
    const { transport } = this.#options;
    const { epoch, seq } = batch;
    const nowMs = this.#clock.now();
    const watch = this.#tally.sending();
    try {
      const answer = await transport.send(requestOf(batch, this.#options.agent, nowMs));
      watch.answered(answer);
      return decideOutcome(answer, { epoch, seq, nowMs });
    } catch (error) {
      return { kind: 'retry', reason: messageOf(error) };
    }
  }

  /** Tells the spool. Returns what the outcome comes to in the end. */
  async #conclude(batch: SpoolBatch, outcome: Outcome): Promise<Outcome> {
    const { spool } = this.#options;
    const { epoch, seq } = batch;
    const isFirst = seq > (this.#tried.get(epoch) ?? 0);
    this.#remember(batch);
    if (outcome.kind === 'stored') {
      if (outcome.duplicate && isFirst && this.#isLive(epoch)) return this.#conflict(epoch, seq);
      await spool.acknowledge(epoch, seq);
      this.#tally.acked(outcome.duplicate);
    } else if (outcome.kind === 'refused') {
      await spool.quarantine(epoch, seq, outcome.reason);
      this.#tally.refused(outcome.code);
    } else if (outcome.kind === 'rewind') {
      await spool.rewind(epoch, outcome.expected);
      this.#filled('backlog');
    }
    return outcome;
  }

  /** The live epoch is ours alone, so nobody can have sent this number but a copy of this agent. */
  async #conflict(epoch: string, seq: number): Promise<Outcome> {
    this.#tally.conflict();
    this.#log.error('identity conflict: another agent uses this name, token and epoch', {
      epoch,
      seq,
      mend: 'give every host its own agent name, token and data directory',
    });
    await this.#options.spool.renumber(epoch);
    return { kind: 'retry', reason: 'identity conflict: another agent used our number' };
  }

  #isLive(epoch: string): boolean {
    return this.#options.spool.stats().epochs.some((each) => each.epoch === epoch && each.live);
  }

  #filled(lane: Lane): void {
    this.#news++;
    this.#empty[lane] = false;
  }

  #remember({ epoch, seq }: SpoolBatch): void {
    if (this.#tried.size >= 256) this.#tried.clear();
    this.#tried.set(epoch, Math.max(seq, this.#tried.get(epoch) ?? 0));
  }

  /** Pause or go on, and say so when that changed. */
  #settle(outcome: Outcome): void {
    const { kind } = outcome;
    const works = kind === 'stored' || kind === 'refused';
    if (works && this.#failures > 0) {
      this.#log.info('sending works again', { attempts: this.#failures });
    }
    this.#failures = works ? 0 : this.#failures + 1;
    this.#works = works;
    const reason = kind === 'stored' ? '' : outcome.reason;
    if (this.#failures === 1)
      this.#log.warn('sending fails; samples wait in the spool', { reason });
    this.#tally.settled(works ? '' : reason);
    const pause = pauseMs(outcome, this.#failures, this.#clock.random());
    // A success beside a request to wait does not shorten the wait.
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + pause);
  }
}

function requestOf(batch: SpoolBatch, agent: string, nowMs: number): PushRequest {
  const headers: Record<string, string> = {
    [HEADER_AGENT]: agent,
    [HEADER_EPOCH]: batch.epoch,
    [HEADER_SEQ]: String(batch.seq),
    [HEADER_SENT_AT]: String(Math.floor(nowMs)),
  };
  if (batch.gaps.length > 0) headers[HEADER_GAPS] = JSON.stringify(batch.gaps);
  return { headers, body: batch.body };
}
