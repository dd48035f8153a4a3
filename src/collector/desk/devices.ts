/**
 * The ledger of devices (R24): in memory for every request, written shortly after something new
 * was seen. A crash in between loses nothing that the next samples do not bring again.
 */
import { Failure } from '../../shared/errors.ts';
import type { Deed } from './audit-trail.ts';
import type { Actor, Device, DeviceKind } from './desk.ts';
import type { Connection, Statement } from './open-database.ts';

interface DeviceRow {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly status: Device['status'];
  readonly first_seen_ms: number;
  readonly agents: string;
  readonly facts: string;
  readonly labels: string;
}

export type SeenStatus = 'live' | 'imported' | 'demo';

export class Devices {
  readonly #connection: Connection;
  readonly #record: (deed: Deed, write: () => void) => void;
  readonly #put: Statement;
  readonly #devices = new Map<string, Device>();
  /** Changed since they were written. */
  readonly #unsaved = new Set<string>();
  #deeds: Deed[] = [];
  #list: readonly Device[] | null = null;

  /** `record` writes the deed and what `write` does in one transaction. */
  constructor(connection: Connection, record: (deed: Deed, write: () => void) => void) {
    this.#connection = connection;
    this.#record = record;
    this.#put = connection.prepare(
      `INSERT OR REPLACE INTO desk_devices VALUES
       (@name, @kind, @status, @first_seen_ms, @agents, @facts, @labels)`,
    );
    for (const row of connection.prepare('SELECT * FROM desk_devices').all() as DeviceRow[]) {
      this.#devices.set(row.name, fromRow(row));
    }
  }

  /** By name. The same array until something changes. */
  list(): readonly Device[] {
    this.#list ??= Object.freeze(
      [...this.#devices.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    return this.#list;
  }

  get(name: string): Device | undefined {
    return this.#devices.get(name);
  }

  saw(name: string, agent: string, seen: { atMs: number; status: SeenStatus }): void {
    const known = this.#devices.get(name);
    if (known === undefined) {
      this.#add(name, agent, seen);
      return;
    }
    const status = nextStatus(known.status, seen.status);
    const heardOf = known.agents.includes(agent);
    if (heardOf && status === known.status) return;
    const agents = heardOf ? known.agents : Object.freeze([...known.agents, agent]);
    const detail = { agents, status };
    this.#change({ ...known, agents, status }, { by: agent, action: 'device.seen', detail });
  }

  setFacts(name: string, facts: Readonly<Record<string, string>>): void {
    const known = this.#devices.get(name);
    if (known === undefined) return;
    const changed = Object.entries(facts).filter(([fact, text]) => known.facts[fact] !== text);
    if (changed.length === 0) return;
    const detail = Object.fromEntries(changed);
    const merged = frozen({ ...known.facts, ...detail });
    this.#change({ ...known, facts: merged }, { by: 'system', action: 'device.facts', detail });
  }

  setKind(name: string, kind: DeviceKind): void {
    const known = this.#devices.get(name);
    if (known === undefined || known.kind === kind) return;
    const detail = { from: known.kind, to: kind };
    this.#change({ ...known, kind }, { by: 'system', action: 'device.kind', detail });
  }

  /** Durable when it returns. Throws `not_found`. */
  setLabels(name: string, labels: Readonly<Record<string, string>>, actor: Actor): void {
    const known = this.#existing(name);
    const device = frozen({ ...known, labels: frozen({ ...labels }) });
    const detail = { from: known.labels, to: labels };
    this.#record({ actor, action: 'device.labels', subject: name, detail }, () => {
      this.#put.run(toRow(device));
    });
    this.#devices.set(name, device);
    this.#list = null;
  }

  /** Durable when it returns. Throws `not_found`. */
  remove(name: string, actor: Actor): void {
    const { status, agents } = this.#existing(name);
    const detail = { status, agents };
    this.#record({ actor, action: 'device.remove', subject: name, detail }, () => {
      this.#connection.prepare('DELETE FROM desk_devices WHERE name = ?').run(name);
    });
    this.#devices.delete(name);
    this.#list = null;
  }

  get changed(): boolean {
    return this.#unsaved.size > 0;
  }

  /** What was done since the last `saved`, for the audit trail. */
  deeds(): readonly Deed[] {
    return this.#deeds;
  }

  /** Writes what changed, in the transaction the caller has begun. */
  save(): void {
    for (const name of this.#unsaved) {
      const device = this.#devices.get(name);
      if (device !== undefined) this.#put.run(toRow(device));
    }
  }

  /** To be called once what `save` wrote is committed. */
  saved(): void {
    this.#unsaved.clear();
    this.#deeds = [];
  }

  #add(name: string, agent: string, { atMs, status }: { atMs: number; status: SeenStatus }): void {
    const device: Device = {
      name,
      kind: 'unknown',
      firstSeenMs: atMs,
      agents: Object.freeze([agent]),
      facts: frozen({}),
      labels: frozen({}),
      status,
    };
    this.#change(device, { by: agent, action: 'device.add', detail: { status } });
  }

  #change(
    device: Device,
    { by, action, detail }: { by: string; action: string; detail: Record<string, unknown> },
  ): void {
    this.#devices.set(device.name, frozen(device));
    this.#list = null;
    this.#unsaved.add(device.name);
    const actor = { who: by, from: 'ingest' };
    this.#deeds.push({ actor, action, subject: device.name, detail });
  }

  #existing(name: string): Device {
    const device = this.#devices.get(name);
    if (device !== undefined) return device;
    throw new Failure('not_found', `there is no device ${JSON.stringify(name.slice(0, 80))}`, {
      hint: 'GET /api/v1/devices lists all of them',
    });
  }
}

/** Live samples make a device live; history brought in later does not make it history. */
export function nextStatus(now: Device['status'], seen: SeenStatus): Device['status'] {
  if (now === 'retired' || now === 'live') return now;
  return seen === 'live' ? 'live' : now;
}

function frozen<T extends object>(value: T): Readonly<T> {
  return Object.freeze(value);
}

function fromRow(row: DeviceRow): Device {
  return frozen({
    name: row.name,
    kind: row.kind,
    status: row.status,
    firstSeenMs: row.first_seen_ms,
    agents: frozen(JSON.parse(row.agents) as string[]),
    facts: frozen(JSON.parse(row.facts) as Record<string, string>),
    labels: frozen(JSON.parse(row.labels) as Record<string, string>),
  });
}

function toRow(device: Device): DeviceRow {
  return {
    name: device.name,
    kind: device.kind,
    status: device.status,
    first_seen_ms: device.firstSeenMs,
    agents: JSON.stringify(device.agents),
    facts: JSON.stringify(device.facts),
    labels: JSON.stringify(device.labels),
  };
}
