/**
 * One device, round after round: the system group first (a silent device costs its time-out once and
 * nothing more), then what is due. Every so often, and whenever the device looks changed (restarted,
 * ports added, another identity), names, filters and units are read as well; in between figures only.
 */
import type { Clock } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import { addressOfHost } from './address-of-host.ts';
import { Asker } from './asker.ts';
import { numberOf, textOf } from './cell.ts';
import { ENGINE_TIME, PortCounts, Uptime } from './continuity.ts';
import { type Engine, engineChange } from './engine.ts';
import { readFacts, type SystemGroup } from './facts.ts';
import type { TickMemory } from './figures.ts';
import { chooseProfile, SYSTEM, systemOf } from './greet.ts';
import { categoryOf } from './identify.ts';
import {
  CHANGING,
  COUNTERS,
  countingColumns,
  hasStranger,
  IF_TABLE_LAST_CHANGE,
  NAMING,
  narrowColumns,
  type Port,
  portsOf,
  rulesFor,
  STATES,
} from './interfaces.ts';
import { missing, Needs } from './places.ts';
import type { Profile } from './profile-schema.ts';
import type { Profiles } from './profiles.ts';
import { carryOver, Reading } from './reading.ts';
import {
  type Chosen,
  chooseBlocks,
  type Figures,
  fastNeeds,
  figuresOf,
  slowCells,
} from './resolve.ts';
import {
  mendOf,
  openSession,
  paceOf,
  type Session,
  type SessionOptions,
  troubleOf,
} from './session.ts';
import type { Discovered, Look, SnmpTarget } from './snmp.ts';
import { NO_SURROUNDINGS, readSurroundings } from './surroundings.ts';

const ALWAYS: readonly string[] = [...Object.values(SYSTEM), IF_TABLE_LAST_CHANGE];

export interface DeviceOptions {
  readonly target: SnmpTarget;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly snmp: SessionOptions['snmp'];
  readonly sockets: SessionOptions['sockets'];
}

const upTicksOf = ({ scalars }: Reading): number => numberOf(scalars.get(SYSTEM.sysUpTime));

const NO_FIGURES: Figures = Object.freeze({
  cpu: [],
  memory: [],
  storage: [],
  temperature: [],
  series: [],
});

export class Device {
  readonly #options: DeviceOptions;
  readonly #ticks: TickMemory = new Map();
  #session: Session | null = null;
  #asker: Asker | null = null;
  /** What was found when the device was last read as a whole. */
  #known: Discovered | null = null;
  #chosen: Chosen | null = null;
  /** Cells that are not asked every round. */
  #base = new Reading();
  /** Of a whole reading that did not end within its round: the next one goes on from there. */
  #unfinished = new Reading();
  #ifColumns: readonly string[] = [];
  readonly #uptime = new Uptime();
  readonly #counts = new PortCounts();
  /** That answered last, also before a silence. */
  #engine: Engine | null = null;
  /** Since the last look that went well. */
  #didRestart = false;
  #tableChange = '';
  #wholeAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: DeviceOptions) {
    this.#options = options;
  }

  /** Never rejects: what the device did wrong is in `trouble`. */
  async look(signal: AbortSignal): Promise<Look> {
    const { clock } = this.#options;
    const startMs = clock.monotonic();
    const answersBefore = this.#session?.answers ?? 0;
    const reading = new Reading();
    const stop = (): void => this.#session?.cancel();
    signal.addEventListener('abort', stop);
    let trouble: Look['trouble'] = null;
    let portsBegun: Look['portsBegun'] = new Map();
    let engineChanged = '';
    try {
      portsBegun = await this.#read(reading, signal);
      engineChanged = this.#lookAtEngine();
    } catch (error) {
      const kind = troubleOf(error) ?? 'stopped';
      trouble = { kind, message: messageOf(error), mend: mendOf(error) };
      // The next look begins anew, with a name looked up again and fresh v3 clocks.
      if (trouble.kind === 'silent' || trouble.kind === 'denied') this.#closeSession();
    } finally {
      signal.removeEventListener('abort', stop);
    }
    const { didRestart } = this.#ended(trouble);
    const upTicks = upTicksOf(reading);
    const hasFigures = this.#chosen !== null && trouble?.kind !== 'denied';
    return {
      trouble,
      didRestart,
      engineChange: engineChanged,
      reading,
      portsBegun,
      upTicks,
      upSeconds: this.#uptime.secondsAt(upTicks),
      known: this.#known,
      figures:
        hasFigures && this.#chosen ? figuresOf(this.#chosen, reading, this.#ticks) : NO_FIGURES,
      unanswered: [...(this.#asker?.unanswered ?? [])],
      cut: [...(this.#asker?.cut ?? [])],
      seconds: (clock.monotonic() - startMs) / 1_000,
      pdus: Math.max(0, (this.#session?.answers ?? answersBefore) - answersBefore),
    };
  }

  portName(ifIndex: string): string | null {
    return this.#known?.ports.find((port) => port.ifIndex === ifIndex)?.name ?? null;
  }

  close(): void {
    this.#closeSession();
  }

  #closeSession(): void {
    this.#session?.close();
    this.#session = null;
  }

  #lookAtEngine(): string {
    const engine = this.#session?.engine ?? null;
    const changed = engineChange(this.#engine, engine);
    this.#engine = engine ?? this.#engine;
    return changed;
  }

  /** What a look that failed has found stays to be told. */
  #ended(trouble: Look['trouble']): { readonly didRestart: boolean } {
    const didRestart = this.#didRestart;
    this.#didRestart &&= trouble !== null;
    return { didRestart };
  }

  async #read(reading: Reading, signal: AbortSignal): Promise<Look['portsBegun']> {
    const asker = await this.#ready(signal);
    asker.begin();
    const fast = this.#chosen === null ? new Needs() : fastNeeds(this.#chosen);
    await asker.scalars([...ALWAYS, ...fast.scalars], reading);
    const system = systemOf(reading);
    const upTicks = upTicksOf(reading);
    const isRestart = this.#uptime.look(upTicks, this.#options.clock.monotonic());
    this.#didRestart ||= isRestart;
    const isWholeDue = this.#isWholeDue(reading, system);
    if (this.#didRestart || isWholeDue || !(await this.#readFast(asker, reading, fast))) {
      await this.#readWhole(asker, reading, system);
    }
    const { ports = [] } = this.#known ?? {};
    return await this.#counts.look({
      asker,
      reading,
      ports,
      upTicks,
      didRestart: this.#didRestart,
    });
  }

  /** False when there is a port that nobody knows yet. */
  async #readFast(asker: Asker, reading: Reading, fast: Needs): Promise<boolean> {
    for (const [oid, cell] of this.#base.scalars) {
      if (!reading.scalars.has(oid)) reading.scalars.set(oid, cell);
    }
    for (const [oid, cells] of this.#base.columns) reading.columns.set(oid, cells);
    await asker.columns([...fast.columns, ...this.#ifColumns], reading);
    if (!hasStranger(reading, this.#known?.ports ?? [])) return true;
    for (const column of this.#base.columns.keys()) reading.columns.delete(column);
    return false;
  }

  /** Asker over an open session; both are made at the first look, and after a silence. */
  async #ready(signal: AbortSignal): Promise<Asker> {
    if (this.#session !== null && this.#asker !== null) return this.#asker;
    const { target, snmp, sockets, clock } = this.#options;
    const { transport } = this.#known?.choice.profile ?? {};
    const address = await addressOfHost(target.address);
    this.#session = openSession({
      snmp,
      sockets,
      address,
      port: target.port,
      credential: target.credential,
      ...paceOf(target, transport),
    });
    if (signal.aborted) this.#session.cancel();
    this.#asker ??= new Asker(clock);
    this.#asker.session = this.#session;
    return this.#asker;
  }

  #applyHints(asker: Asker): void {
    const { transport } = this.#known?.choice.profile ?? {};
    asker.transport = {
      maxRepetitions: transport?.max_repetitions,
      noGetBulk: transport?.no_getbulk,
    };
  }

  #isWholeDue(reading: Reading, system: SystemGroup): boolean {
    const { clock, target } = this.#options;
    const change = textOf(reading.scalars.get(IF_TABLE_LAST_CHANGE));
    const isChanged = change !== this.#tableChange;
    this.#tableChange = change;
    const known = this.#known?.system;
    return (
      known === undefined ||
      isChanged ||
      known.sysObjectID !== system.sysObjectID ||
      known.sysDescr !== system.sysDescr ||
      clock.monotonic() - this.#wholeAtMs >= target.namesIntervalMs
    );
  }

  async #readWhole(asker: Asker, reading: Reading, system: SystemGroup): Promise<void> {
    const { target, profiles, clock } = this.#options;
    asker.relearn();
    carryOver(this.#unfinished, reading, CHANGING);
    this.#unfinished = reading;
    const choice = await chooseProfile(asker, system, { profiles, named: target.profile });
    const { profile } = choice;
    const partial = { choice, system, category: categoryOf(profile, system) };
    const nothing = { ports: [], ...NO_SURROUNDINGS, facts: {} };
    this.#known ??= { ...partial, ...nothing };
    this.#known = { ...this.#known, ...partial };
    this.#applyHints(asker);
    const ports = await this.#readPorts(asker, reading, profile);
    this.#known = { ...this.#known, ports };
    const parts = (profile.use ?? []).flatMap((id) => profiles.byId.get(id) ?? []);
    const ensure = (needs: Needs): Promise<void> => asker.read(missing(needs, reading), reading);
    const source = { reading, ticks: this.#ticks, ensure };
    this.#chosen = await chooseBlocks([profile, ...parts], source);
    const facts = await readFacts([profile, ...parts], source, system);
    this.#known = { ...this.#known, facts };
    const engine = new Reading();
    await asker.scalars([ENGINE_TIME], engine);
    asker.unanswered.delete(ENGINE_TIME);
    this.#uptime.learn(numberOf(engine.scalars.get(ENGINE_TIME)));
    if (target.neighbours) {
      this.#known = { ...this.#known, ...(await readSurroundings(asker, ports)) };
    }
    this.#base = slowCells(this.#chosen, reading);
    this.#unfinished = new Reading();
    this.#wholeAtMs = clock.monotonic();
  }

  async #readPorts(asker: Asker, reading: Reading, profile: Profile): Promise<readonly Port[]> {
    if (profile.interfaces?.read === false) {
      this.#ifColumns = [];
      return [];
    }
    const columns = [NAMING, STATES, COUNTERS].flatMap((group) => Object.values(group));
    const due = columns.filter((column) => !reading.columns.has(column));
    await asker.columns(due, reading);
    const narrow = narrowColumns(reading).filter((column) => !reading.columns.has(column));
    await asker.columns(narrow, reading);
    this.#ifColumns = countingColumns(reading);
    return portsOf(reading, rulesFor(profile, this.#options.target.interfaces));
  }
}
