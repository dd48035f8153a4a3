/**
 * What a channel is. A kind of channel is one file and one line in `channel-kinds.ts`: a schema of
 * its entry in `channels.yaml`, and a way to open it. A channel sends one message and says how it
 * went; retries, limits and the choice of channel are not its business.
 */
import { z } from 'zod';
import type { AddressPolicy, Resolve } from '../../shared/address-policy.ts';
import type { Clock } from '../../shared/clock.ts';
import { duration } from '../../shared/config.ts';
import type { Log } from '../../shared/log.ts';
import type { Level } from '../faults/faults.ts';
import type { Locale } from '../people/people.ts';
import type { NoticeView } from './notice-view.ts';
import type { Step } from './notify.ts';

/** `refused`: the same message will not be taken later either. */
export interface SendResult {
  readonly outcome: 'accepted' | 'retry' | 'refused';
  /** What the other side said, without secrets. */
  readonly reason: string;
}

export interface NoticeFacts {
  readonly key: string;
  readonly step: Step;
  readonly view: NoticeView;
  readonly alert: AlertFacts;
}

/** A fault as machines want it. */
export interface AlertFacts {
  readonly fault: string;
  readonly device: string;
  readonly rule: string;
  readonly item: string;
  readonly level: Level;
  readonly severity: string;
  readonly state: string;
  readonly phenomenon: { readonly en: string; readonly zh: string };
  readonly beganMs: number;
  /** Null while it goes on. */
  readonly endedMs: number | null;
}

export interface Message {
  /** The same for the same notices: receivers can tell a repetition. */
  readonly id: string;
  readonly to: string;
  readonly locale: Locale;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly markdown: string;
  /** One line, for SMS. */
  readonly short: string;
  /** True when everything in it is over. */
  readonly over: boolean;
  readonly level: Level;
  readonly notices: readonly NoticeFacts[];
}

export interface Channel {
  /** Does not reject: what goes wrong is a result. */
  send(message: Message): Promise<SendResult>;
  /** Tells again all faults that go on, every `refreshMs`; for receivers that forget. */
  readonly refreshMs?: number;
  refresh?(alerts: readonly AlertFacts[]): Promise<SendResult>;
  close?(): void;
}

export interface ChannelDoors {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: AddressPolicy;
  readonly resolve: Resolve;
}

export interface ChannelKind<S extends z.ZodType = z.ZodType> {
  readonly kind: string;
  readonly schema: S;
  /** Whether an entry of a person needs `to`; the pattern it must match, and how to say so. */
  readonly to: 'required' | 'optional' | 'none';
  readonly toPattern?: RegExp;
  /** Messages are limited to what the service takes; per minute. */
  readonly perMinute: number;
  /** Throws `config` when a secret cannot be read. `base` is the folder of `channels.yaml`. */
  open(settings: z.infer<S>, doors: ChannelDoors, base: string): Channel;
  /** What can be wrong with an entry that has the right shape: unreadable secrets, bad templates. */
  check?(
    settings: z.infer<S>,
    base: string,
  ): readonly { readonly path: string; readonly reason: string }[];
}

/** Keeps the schema's type inside, so that kinds of all schemas fit one list. */
export function defineKind<S extends z.ZodType>(kind: ChannelKind<S>): ChannelKind {
  return kind as unknown as ChannelKind;
}

/** What every entry of `channels.yaml` may say. */
export const common = {
  /** The channel itself is told all faults of these levels, as a group chat is. */
  follow: z
    .strictObject({
      levels: z.array(z.literal([1, 2, 3, 4])).min(1),
      locale: z.enum(['zh-CN', 'en']).default('zh-CN'),
    })
    .optional(),
};

export interface OwnLimits {
  readonly tickLagMs: number;
  readonly freeDiskBytes: number;
  readonly backlogNotices: number;
  readonly backlogMs: number;
  /** Refusals for good of one address until that is a fault. */
  readonly refusals: number;
}

export interface NotifySettings {
  /** Folder of the file: secrets are relative to it. */
  readonly base: string;
  readonly channels: ReadonlyMap<string, ChannelSettings>;
  readonly allow: readonly string[];
  readonly groupWaitMs: Readonly<Record<Level, number>>;
  /** Messages to one recipient by one channel, per level of the gravest notice. */
  readonly storm: { readonly perMs: number; readonly messages: Readonly<Record<Level, number>> };
  /** Attempts before another channel of the person is tried. */
  readonly tries: number;
  /** Steps of the work, closings and summaries that could not be told for so long are no news. */
  readonly newsMs: number;
  /** Notices that are settled are kept so long. */
  readonly retentionMs: number;
  readonly heartbeat: HeartbeatSettings | null;
  readonly own: OwnLimits;
  readonly inbound: InboundSettings;
}

export interface ChannelSettings {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly settings: unknown;
  readonly follow: { readonly levels: readonly Level[]; readonly locale: Locale } | null;
}

export interface HeartbeatSettings {
  readonly urlFile: string;
  readonly everyMs: number;
  readonly plainHttp: boolean;
}

export interface InboundSettings {
  /** Labels that may name the device, the first that is there counts. */
  readonly deviceLabels: readonly string[];
  /** Their severity or priority, lower case → our urgency. */
  readonly urgencies: Readonly<Record<string, 'high' | 'medium' | 'low'>>;
  /** An alert that names no device: a fault of a device named after its token, or left out. */
  readonly unnamed: 'token' | 'ignore';
}

export const wait = duration;
