/**
 * Notify: follows the fault ledger after its own mark → notices in an outbox → deliveries. A notice
 * is durable before anybody is told, so a crash may repeat one and never loses one. Just before a
 * message goes out the ledger is read to its end: nobody is paged for what was answered meanwhile
 * (P2). Decides nothing about faults; a dead channel and its own troubles it reports as faults.
 */
import type { Clock } from '../../shared/clock.ts';
import { type ConfigProblem, configFailure, jsonSchema } from '../../shared/config.ts';
import type { Log } from '../../shared/log.ts';
import type { Actor } from '../desk/desk.ts';
import type { Fault, FaultClearing, FaultReport, LedgerEntry, Level } from '../faults/faults.ts';
import type { Locale, People } from '../people/people.ts';
import type { WindowOutcome } from '../quiet/quiet.ts';
import type { NotifySettings, SendResult } from './channel.ts';
import { channelsSchema, type NamedPeople, readChannels } from './channels-file.ts';
import { openCourier } from './courier.ts';
import { INBOUND_SCHEMAS, type InboundForm, type InboundOutcome } from './inbound/inbound.ts';
import { readTemplates, type Templates } from './templates.ts';

/** What a notice is about: the kind of the ledger entry behind it. */
export type Step =
  | 'opened'
  | 'reopened'
  | 'released'
  | 'worsened'
  | 'clock'
  | 'promoted'
  | 'recovered'
  | 'flapping'
  | 'steadied'
  | 'responded'
  | 'arrived'
  | 'repaired'
  | 'closed'
  | 'merged'
  | 'late_summary';

/**
 * `moved`: another channel of the person took over. `dropped`: it had become pointless (the reason
 * says why). There is no "given up": the last channel is tried until the notice is pointless.
 */
export type NoticeState = 'pending' | 'sent' | 'moved' | 'dropped';

export interface NoticeRecord {
  readonly number: number;
  readonly fault: string;
  /** The ledger entry it tells of. */
  readonly entry: number;
  readonly step: Step;
  /** A person's id, or `channel:<name>` for one that follows all faults. */
  readonly recipient: string;
  readonly channel: string;
  readonly to: string;
  readonly level: Level;
  readonly digest: boolean;
  readonly state: NoticeState;
  /** Why it is told, moved or dropped; the last refusal while it is pending. */
  readonly reason: string;
  readonly attempts: number;
  readonly plannedMs: number;
  readonly dueMs: number;
  readonly sentMs: number | null;
  /** The message it went out with; several notices may share one. */
  readonly message: string;
}

export interface ChannelState {
  readonly name: string;
  readonly kind: string;
  /** `open`: it failed too often and is left alone until `retryMs`. */
  readonly breaker: 'closed' | 'open';
  readonly retryMs: number | null;
  readonly lastSentMs: number | null;
  readonly lastError: string;
  readonly pending: number;
}

/** What the room needs of the faults; the wiring binds the context of `raise`. */
export interface FaultDoor {
  ledgerAfter(mark: number, limit: number): Promise<readonly LedgerEntry[]>;
  open(): readonly Fault[];
  show(id: string): Promise<{ readonly fault: Fault }>;
  raise(
    report: FaultReport,
  ): Promise<{ readonly fault: Fault; readonly entries: readonly LedgerEntry[] }>;
  clear(clearing: FaultClearing): Promise<LedgerEntry | null>;
}

/** How the collector itself fares (P20); figures that are unknown are NaN. */
export interface OwnHealth {
  /** Ticks so far; one that does not rise is a watch that stands still. */
  readonly ticks: number;
  readonly tickLagSeconds: number;
  /** Ticks that failed since the last one that was whole, and why. */
  readonly failing: { readonly ticks: number; readonly reason: string };
  /** Steps of faults that could not be written; 0 when the last was more than an hour ago. */
  readonly setAside: number;
  readonly diskFreeBytes: number;
}

/** Ends of maintenance windows after a mark, ascending; see the quiet room. */
export type WindowEnds = (mark: number, limit: number) => readonly WindowOutcome[];

export interface NotifyPolicy {
  readonly settings: NotifySettings;
  readonly templates: Templates;
}

export interface Notify {
  /**
   * Follows the ledger and delivers what is due. Call it on every tick, do not await it: it never
   * rejects, and resolves when all channels rest. Calls may overlap: a channel that is slow has one
   * worker and keeps no other from its work.
   */
  advance(): Promise<void>;
  notices(filter: {
    readonly fault?: string;
    readonly state?: NoticeState;
    readonly limit: number;
    /** Continue after this number, newest first. */
    readonly after?: number;
  }): Promise<readonly NoticeRecord[]>;
  channels(): readonly ChannelState[];
  /** A test message; at most one per channel and ten seconds. Throws `not_found`, `overloaded`. */
  sendTest(
    test: { readonly channel: string; readonly to: string; readonly locale: Locale },
    actor: Actor,
  ): Promise<SendResult>;
  /** Alerts of another system; `by` is the name of its token. Throws `bad_request`. */
  receive(form: InboundForm, body: unknown, by: string): Promise<InboundOutcome>;
  /** Throws `config` when a channel cannot be opened: nothing has changed then. */
  reload(policy: NotifyPolicy): void;
  close(): Promise<void>;
}

export interface NotifyOptions {
  /** The data directory; the file is `desk.db`. The desk must be open on it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: NotifyPolicy;
  readonly people: Pick<People, 'policy' | 'whom' | 'nextDigest'>;
  readonly faults: FaultDoor;
  /** Default: there are no windows. */
  readonly windowEnds?: WindowEnds;
  readonly health: () => OwnHealth;
  /** Name on the notices; may be ''. */
  readonly organisation: string;
}

export async function openNotify(options: NotifyOptions): Promise<Notify> {
  return openCourier(options);
}

export interface NotifyFiles {
  readonly channels: string;
  /** The folder of the templates. */
  readonly notices: string;
}

/**
 * Reads and checks channels and templates, and that people use channels that exist (`people` null:
 * their files are broken and told elsewhere). Throws `config` with every problem.
 */
export function loadNotify(
  { channels, notices }: NotifyFiles,
  people: NamedPeople | null,
): NotifyPolicy {
  const problems: ConfigProblem[] = [];
  const settings = readChannels(channels, people, problems);
  const templates = readTemplates(notices, problems);
  if (settings === null || templates === null || problems.length > 0) throw configFailure(problems);
  return { settings, templates };
}

/** What each form of inbound alerts holds, as JSON Schema, for the API's documentation. */
export function inboundJsonSchema(form: InboundForm): unknown {
  return jsonSchema(INBOUND_SCHEMAS[form]);
}

/** The file's JSON Schema, for editors. */
export function channelsJsonSchema(): unknown {
  return jsonSchema(channelsSchema);
}
