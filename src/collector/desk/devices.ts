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
  /** What people set. */
  readonly labels: string;
}

/** Facts whose names begin so are labels that agents reported. */
const REPORTED = 'label_';

export type SeenStatus = 'live' | 'imported' | 'demo';

export class Devices {
  readonly #connection: Connection;
  readonly #record: (deed: Deed, write: () => void) => void;
  readonly #put: Statement;
  readonly #devices = new Map<string, Device>();
  /** Labels that people set. */
  readonly #set = new Map<string, Readonly<Record<string, string>>>();
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
      this.#set.set(row.name, frozen(JSON.parse(row.labels) as Record<string, string>));
      this.#devices.set(row.name, this.#labelled(fromRow(row)));
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

  setReportedLabels(name: string, labels: Readonly<Record<string, string>>): void {
    const facts: Record<string, string> = {};
    for (const [label, value] of Object.entries(labels)) facts[REPORTED + label] = value;
    this.setFacts(name, facts);
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
    const before = this.#set.get(name) ?? {};
    const detail = { from: before, to: labels };
    this.#record({ actor, action: 'device.labels', subject: name, detail }, () => {
      this.#put.run(toRow(known, labels));
    });
    this.#set.set(name, frozen({ ...labels }));
    this.#devices.set(name, this.#labelled(known));
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
    this.#set.delete(name);
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
      if (device !== undefined) this.#put.run(toRow(device, this.#set.get(name) ?? {}));
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
    this.#devices.set(device.name, this.#labelled(device));
    this.#list = null;
    this.#unsaved.add(device.name);
    const actor = { who: by, from: 'ingest' };
    this.#deeds.push({ actor, action, subject: device.name, detail });
  }

  /** The labels people set win over those that agents reported. */
  #labelled(device: Device): Device {
    const labels: Record<string, string> = {};
    for (const [fact, value] of Object.entries(device.facts)) {
      if (fact.startsWith(REPORTED)) labels[fact.slice(REPORTED.length)] = value;
    }
    return frozen({ ...device, labels: frozen({ ...labels, ...this.#set.get(device.name) }) });
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
    labels: frozen({}),
  });
}

function toRow(device: Device, set: Readonly<Record<string, string>>): DeviceRow {
  return {
    name: device.name,
    kind: device.kind,
    status: device.status,
    first_seen_ms: device.firstSeenMs,
    agents: JSON.stringify(device.agents),
    facts: JSON.stringify(device.facts),
    labels: JSON.stringify(set),
  };
}
