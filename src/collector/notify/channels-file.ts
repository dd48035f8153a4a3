/** `channels.yaml`: channels of registered kinds, limits, heartbeat, inbound. */
import { dirname } from 'node:path';
import { z } from 'zod';
import { networkComplaint } from '../../shared/address-policy.ts';
import { bytes, type ConfigProblem, duration, problemsIn, readYaml } from '../../shared/config.ts';
import { readParts, wholeOf } from '../../shared/config-parts.ts';
import type { PeoplePolicy, Person } from '../people/people.ts';
import type { ChannelKind, ChannelSettings, NotifySettings } from './channel.ts';
import { CHANNEL_KINDS } from './channel-kinds.ts';
import { secretFile, secretProblems } from './secret-file.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name has lower-case letters, digits and hyphens');
const [firstKind, ...otherKinds] = CHANNEL_KINDS.map(({ schema }) => schema as z.ZodObject);
const entry = z.discriminatedUnion('kind', [firstKind as z.ZodObject, ...otherKinds]);
const perLevel = <T extends z.ZodType>(value: T) =>
  z.strictObject({ 1: value, 2: value, 3: value, 4: value });
const count = z.int().min(1).max(10_000);
const network = z.string().refine((text) => networkComplaint(text) === null, {
  error: (issue) => `"${String(issue.input)}" ${networkComplaint(String(issue.input)) ?? ''}`,
});

const DEVICE_LABELS = ['instance', 'device', 'host', 'hostname', 'node'] as const;
/** Severities as Prometheus' rules and Zabbix name them. */
const URGENCIES: Readonly<Record<string, 'high' | 'medium' | 'low'>> = Object.freeze({
  critical: 'high',
  page: 'high',
  disaster: 'high',
  high: 'high',
  warning: 'medium',
  average: 'medium',
  info: 'low',
  information: 'low',
  'not classified': 'low',
});

export const channelsSchema = z.strictObject({
  channels: z.record(name, entry),
  allow: z.array(network).default([]),
  group_wait: perLevel(duration).default({ 1: 0, 2: 0, 3: 30_000, 4: 60_000 }),
  storm: z
    .strictObject({ per: duration, messages: perLevel(count) })
    .default({ per: 600_000, messages: { 1: 30, 2: 20, 3: 10, 4: 5 } }),
  tries: z.int().min(1).max(20).default(3),
  news: duration.default(86_400_000),
  retention: duration.default(400 * 86_400_000),
  heartbeat: z
    .strictObject({
      url_file: secretFile,
      every: duration,
      plain_http: z.boolean().default(false),
    })
    .optional(),
  own_health: z
    .strictObject({
      tick_lag: duration,
      free_disk: bytes,
      backlog: z.strictObject({ notices: count, age: duration }),
      refusals: count.default(5),
    })
    .default({
      tick_lag: 30_000,
      free_disk: 1024 ** 3,
      backlog: { notices: 200, age: 900_000 },
      refusals: 5,
    }),
  inbound: z
    .strictObject({
      device_labels: z.array(z.string().min(1)).min(1),
      urgencies: z.record(z.string().min(1), z.enum(['high', 'medium', 'low'])),
      unnamed: z.enum(['token', 'ignore']).default('token'),
    })
    .default({ device_labels: [...DEVICE_LABELS], urgencies: URGENCIES, unnamed: 'token' }),
});

type ChannelsFile = z.infer<typeof channelsSchema>;

/** Whoever is told, and the files that say so; `duty` where its shifts are checked too. */
export interface NamedPeople {
  readonly policy: PeoplePolicy;
  readonly file: string;
  readonly duty?: string;
}

type Entry = ChannelsFile['channels'][string];
/** Null: its kind has a mistake, so nothing can be said of what names it. */
type Known = ReadonlyMap<string, Pick<ChannelSettings, 'kind'> | null>;

/** Null when something is wrong; the problems are added. */
export function readChannels(
  file: string,
  people: NamedPeople | null,
  problems: ConfigProblem[],
): NotifySettings | null {
  let data: unknown;
  try {
    data = readYaml(file);
  } catch (error) {
    problems.push(...problemsIn(error, file));
    return null;
  }
  const { value: parts, problems: shape } = readParts(channelsSchema, data, file);
  problems.push(...shape);
  const base = dirname(file);
  const known = new Map<string, Pick<ChannelSettings, 'kind'> | null>();
  const channels = new Map<string, ChannelSettings>();
  for (const [key, part] of Object.entries(parts.channels ?? {})) {
    const kind = CHANNEL_KINDS.find((one) => one.kind === part?.kind) ?? null;
    known.set(key, kind && { kind });
    const settings = wholeOf<Entry>(part);
    if (kind === null || settings === null) continue;
    channels.set(key, channelOf(key, settings, kind));
    for (const { path, reason } of kind.check?.(settings, base) ?? []) {
      problems.push({ file, path: `channels.${key}.${path}`, reason });
    }
  }
  const beat = secretProblems(base, { url_file: parts.heartbeat?.url_file });
  for (const { path, reason } of beat) problems.push({ file, path: `heartbeat.${path}`, reason });
  if (people !== null && parts.channels !== undefined) {
    problems.push(...addressProblems(people.policy, people.file, known));
    problems.push(...shiftProblems(people, known));
  }
  return shape.length > 0 ? null : settingsOf(parts as ChannelsFile, base, channels);
}

function channelOf(key: string, settings: Entry, kind: ChannelKind): ChannelSettings {
  const follow = (settings as { follow?: ChannelSettings['follow'] }).follow ?? null;
  return { name: key, kind, settings, follow };
}

/** Shifts that go first by a channel that does not exist. */
function shiftProblems({ policy, duty }: NamedPeople, channels: Known): ConfigProblem[] {
  if (duty === undefined) return [];
  return [...policy.roles.values()].flatMap((role) =>
    role.shifts.flatMap((shift) =>
      shift.by.flatMap((channel, index) => {
        if (channels.has(channel)) return [];
        const path = `roles.${role.id}.shifts.${shift.name}.by[${index}]`;
        return [{ file: duty, path, reason: unknownChannel(channel, channels) }];
      }),
    ),
  );
}

/** People whose channels do not exist, or whose address is none there. */
function addressProblems({ people }: PeoplePolicy, file: string, channels: Known): ConfigProblem[] {
  return [...people.values()].flatMap((person) =>
    person.channels.flatMap((address, index) => {
      const reason = addressComplaint(address, channels);
      if (reason === null) return [];
      return [{ file, path: `people.${person.id}.channels[${index}]`, reason }];
    }),
  );
}

function unknownChannel(channel: string, channels: Known): string {
  return `there is no channel "${channel}" in channels.yaml (there: ${[...channels.keys()].join(', ')})`;
}

/** Why there is nobody at the address on that channel; null: there may be. */
export function addressComplaint(
  { channel, to }: Person['channels'][number],
  channels: Known,
): string | null {
  const found = channels.get(channel);
  // An address with a mistake is told of in its own file.
  if (found === null || channel === '') return null;
  if (found === undefined) {
    return unknownChannel(channel, channels);
  }
  const { kind } = found;
  if (to === '') {
    return kind.to === 'required' ? `a channel of kind ${kind.kind} needs an address: to` : null;
  }
  if (kind.to === 'none') return `a channel of kind ${kind.kind} takes no address`;
  if (kind.toPattern?.test(to) !== false) return null;
  return `${JSON.stringify(to)} is no address of a channel of kind ${kind.kind}`;
}

function settingsOf(
  raw: ChannelsFile,
  base: string,
  channels: ReadonlyMap<string, ChannelSettings>,
): NotifySettings {
  const { tick_lag, free_disk, backlog, refusals } = raw.own_health;
  return {
    base,
    channels,
    allow: raw.allow,
    groupWaitMs: raw.group_wait,
    storm: { perMs: raw.storm.per, messages: raw.storm.messages },
    tries: raw.tries,
    newsMs: raw.news,
    retentionMs: raw.retention,
    heartbeat:
      raw.heartbeat === undefined
        ? null
        : {
            urlFile: raw.heartbeat.url_file,
            everyMs: raw.heartbeat.every,
            plainHttp: raw.heartbeat.plain_http,
          },
    own: {
      tickLagMs: tick_lag,
      freeDiskBytes: free_disk,
      backlogNotices: backlog.notices,
      backlogMs: backlog.age,
      refusals,
    },
    inbound: {
      deviceLabels: raw.inbound.device_labels,
      urgencies: raw.inbound.urgencies,
      unnamed: raw.inbound.unnamed,
    },
  };
}
