/** Events in `desk.db`, on a connection of their own. */
import { type DeviceEvent, EVENT_LIMITS, type EventReceipt } from '../../shared/device-event.ts';
import { DAY_MS } from '../../shared/units.ts';
import type {
  Claim,
  ClaimQuestion,
  EventFilter,
  Events,
  EventsOptions,
  StoredEvent,
} from './desk.ts';
import { searchOf, wordsOf } from './event-words.ts';
import { type Connection, openDatabase } from './open-database.ts';

const KEEP = Object.freeze({ keepMs: 400 * DAY_MS, keepCount: 1_000_000 });
/** Removed at a time. */
const STEP = 500;
/** An agent's clock may be ahead so far; beyond, our own time counts (P6). */
const AHEAD_MS = 600_000;

interface Row {
  readonly number: number;
  readonly agent: string;
  readonly at_ms: number;
  readonly received_ms: number;
  readonly body: string;
}

export async function makeEvents(options: EventsOptions): Promise<Events> {
  const { directory, clock } = options;
  const connection = openDatabase(directory);
  const insert = connection.prepare(
    `INSERT INTO desk_events (agent, id, device, kind, at_ms, received_ms, waiting, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agent, id) DO NOTHING RETURNING number`,
  );
  const index = connection.prepare('INSERT INTO desk_event_words (rowid, words) VALUES (?, ?)');
  const waiting = connection.prepare(
    'SELECT * FROM desk_events WHERE waiting = 1 ORDER BY number LIMIT ?',
  );

  const store = connection.transaction((agent: string, events: readonly DeviceEvent[]): number => {
    const nowMs = clock.now();
    let stored = 0;
    for (const event of events) {
      const atMs = event.atMs > nowMs + AHEAD_MS ? nowMs : event.atMs;
      const { id, device, kind, fault } = event;
      const isWaiting = fault !== null && device !== '' ? 1 : 0;
      const body = JSON.stringify(event);
      const row = insert.get(agent, id, device, kind, atMs, nowMs, isWaiting, body);
      if (row === undefined) continue;
      index.run((row as { number: number }).number, wordsOf(event));
      stored += 1;
    }
    return stored;
  });

  return {
    add: async (agent, events) => {
      const later = objections(agent, events, options.device);
      const ids = new Set(later.map(({ id }) => id));
      const taken = events.filter(({ id }) => !ids.has(id));
      const stored = taken.length === 0 ? 0 : store.immediate(agent, taken);
      return { stored, duplicates: taken.length - stored, refused: [], later };
    },
    list: async (filter) => {
      const { sql, values } = queryOf(filter);
      return (connection.prepare(sql).all(...values) as Row[]).map(toEvent);
    },
    waiting: (limit) => (waiting.all(limit) as Row[]).map(toEvent),
    ...tellingOf(connection),
    claims: claimsOf(connection),
    maintain: retention(connection, options),
    close: async () => void connection.close(),
  };
}

/** `waiting`: 1 until the faults were told, 2 for what cannot be told, else 0. */
function tellingOf(connection: Connection): Pick<Events, 'told' | 'setAside'> {
  const mark = connection.prepare(
    'UPDATE desk_events SET waiting = ? WHERE number IN (SELECT value FROM json_each(?))',
  );
  const count = connection.prepare('SELECT count(*) FROM desk_events WHERE waiting = 2').pluck();
  const tell = connection.transaction((numbers: readonly number[], aside: readonly number[]) => {
    mark.run(0, JSON.stringify(numbers));
    mark.run(2, JSON.stringify(aside));
  });
  return {
    told: (numbers, aside = []) => void tell.immediate(numbers, aside),
    setAside: () => Number(count.get()),
  };
}

function claimsOf(connection: Connection): Events['claims'] {
  const claims = connection.prepare(
    `SELECT body ->> '$.item' AS item, ifnull(body ->> '$.fields.ifIndex', '') AS ifIndex,
       body ->> '$.verified' AS verified, max(at_ms) AS atMs
     FROM desk_events
     WHERE device = ? AND number < ? AND at_ms >= ? AND body ->> '$.fault.rule' = ?
       AND body ->> '$.fault.action' IN ('open', 'confirm')
     GROUP BY 1, 2, 3`,
  );
  return ({ device, rule, sinceMs, before }: ClaimQuestion) =>
    (
      claims.all(device, before, sinceMs, rule) as (Omit<Claim, 'verified'> & {
        verified: number;
      })[]
    ).map((claim) => ({ ...claim, verified: claim.verified === 1 }));
}

/** One step of it: true when there is more to do. */
function retention(connection: Connection, options: EventsOptions): Events['maintain'] {
  const { clock, keep = () => KEEP } = options;
  const oldest = connection.prepare(
    'SELECT number, received_ms FROM desk_events ORDER BY number LIMIT ?',
  );
  const newest = connection.prepare('SELECT max(number) FROM desk_events').pluck();
  const forget = connection.prepare('DELETE FROM desk_events WHERE number = ?');
  const unindex = connection.prepare('DELETE FROM desk_event_words WHERE rowid = ?');
  const remove = connection.transaction((numbers: readonly number[]) => {
    for (const number of numbers) {
      unindex.run(number);
      forget.run(number);
    }
  });
  return async () => {
    const { keepMs, keepCount } = keep();
    const last = Number(newest.get() ?? 0);
    const old = clock.now() - keepMs;
    // Numbers have no holes but those made here, so the count is a difference.
    const due = (oldest.all(STEP) as Pick<Row, 'number' | 'received_ms'>[]).filter(
      (row) => row.received_ms < old || last - row.number >= keepCount,
    );
    if (due.length === 0) return false;
    remove.immediate(due.map(({ number }) => number));
    return due.length === STEP;
  };
}

/**
 * S2: an agent speaks of devices whose samples it sends, and of addresses that are none; events
 * make no devices. A trap may be here before the first samples are: the agent asks again.
 */
function objections(
  agent: string,
  events: readonly DeviceEvent[],
  deviceOf: EventsOptions['device'],
): EventReceipt['later'] {
  return events.flatMap(({ id, device }) => {
    if (device === '' || deviceOf(device)?.agents.includes(agent)) return [];
    const name = JSON.stringify(device.slice(0, EVENT_LIMITS.nameLength));
    return [{ id, reason: `${agent} sends no samples of the device ${name}` }];
  });
}

function queryOf(filter: EventFilter): { sql: string; values: readonly (string | number)[] } {
  const { device, kind, fromMs, toMs, words, below, limit } = filter;
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const where = (condition: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  where('device = ?', device);
  where('kind = ?', kind);
  where('at_ms >= ?', fromMs);
  where('at_ms < ?', toMs);
  where('number < ?', below);
  if (words !== undefined) {
    // Words without a letter or a digit are in no event.
    const search = searchOf(words);
    if (search === null) conditions.push('0');
    where(
      'number IN (SELECT rowid FROM desk_event_words WHERE desk_event_words MATCH ?)',
      search ?? undefined,
    );
  }
  const all = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const sql = `SELECT * FROM desk_events ${all} ORDER BY number DESC LIMIT ?`;
  return { sql, values: [...values, limit] };
}

function toEvent({ number, agent, at_ms, received_ms, body }: Row): StoredEvent {
  const event = JSON.parse(body) as DeviceEvent;
  return { ...event, number, agent, atMs: at_ms, receivedMs: received_ms };
}
