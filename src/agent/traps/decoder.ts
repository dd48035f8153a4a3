/**
 * Bytes → traps, by net-snmp's receiver. It may throw on any input: this runs in the child. The
 * receiver gets no socket of its own, so that nothing is answered before our checks have passed.
 */
import { EventEmitter } from 'node:events';
import snmp from 'net-snmp';
import type { Clock } from '../../shared/clock.ts';
import { EVENT_LIMITS } from '../../shared/device-event.ts';
import { loadSnmpProtocols, type SnmpCredential } from '../snmp/snmp.ts';
import { type Claim, claimOf } from './claim.ts';
import type { Refusal, Trap, Varbind } from './frames.ts';
import { valueText } from './octets.ts';
import { type EngineTimes, type InformSecurity, OwnEngine } from './own-engine.ts';

/** RFC 3414, 3.2, 7b: an authentic message may be so old. */
const TIME_WINDOW_SECONDS = 150;
const ENGINES_MAX = 4_096;

const SNMP_TRAPS = '1.3.6.1.6.3.1.1.5';
const SNMP_TRAP_OID = '1.3.6.1.6.3.1.1.4.1.0';
const SYS_UP_TIME = '1.3.6.1.2.1.1.3.0';
/** snmpTrapAddress and snmpTrapEnterprise, which relays add (RFC 3584, 3.1). */
const SNMP_TRAP_ADDRESS = '1.3.6.1.6.3.18.1.3.0';
const ENTERPRISE_SPECIFIC = 6;

export interface Origin {
  readonly address: string;
  readonly port: number;
}

export interface Answer {
  readonly bytes: Uint8Array;
  readonly to: Origin;
}

export interface Decoded {
  /** Null when there is none, or when it is refused. */
  readonly trap: Trap | null;
  /** Why there is no trap; '' when there is one. */
  readonly why: '' | 'credentials' | 'malformed' | 'replayed' | 'not_a_trap' | 'discovery';
  /** More of `credentials`. */
  readonly refusal?: Omit<Refusal, 'from'>;
  /** To an inform, also a repeated one; to a sender who does not know our engine or its time. */
  readonly answers: readonly Answer[];
}

interface Message {
  readonly version: number;
  readonly user?: { readonly name: string };
  readonly msgSecurityParameters?: InformSecurity;
  readonly pdu: {
    readonly type: number;
    readonly enterprise?: string;
    readonly agentAddr?: string;
    readonly generic?: number;
    readonly specific?: number;
    readonly varbinds: readonly {
      readonly oid: string;
      readonly type: number;
      readonly value: unknown;
    }[];
  };
  /** The bit of the flags. */
  hasAuthentication(): number;
  createReportResponseMessage(engine: EngineTimes, context: string, error: string): Report;
}

/** Without a user until it is given one. */
interface Report {
  user: object;
  readonly msgSecurityParameters: { msgUserName: string };
  setAuthentication(flag: boolean): void;
  toBuffer(): Buffer;
}

/** usmStatsNotInTimeWindows and usmStatsUnknownEngineIDs, by their arcs (RFC 3414, 5). */
const NOT_IN_TIME_WINDOW = '2';
const UNKNOWN_ENGINE = '4';

/** Stands where the receiver expects its socket. */
class NoSocket extends EventEmitter {
  answers: Answer[] = [];

  bind(): void {}

  close(): void {}

  send(bytes: Uint8Array, _offset: number, _length: number, port: number, address: string): void {
    this.answers.push({ bytes, to: { address, port } });
  }
}

/** ResponseInvalidCode of net-snmp. */
const DECRYPTS_TO_NOTHING = 4;

/** A user as net-snmp wants it. */
export interface Sender {
  readonly name: string;
  readonly level: number;
}

/** net-snmp's table of ciphers is completed first. */
export async function openDecoder(
  credentials: readonly SnmpCredential[],
  clock: Pick<Clock, 'monotonic'>,
): Promise<Decoder> {
  const { loadNetSnmp, netSnmpUser } = await loadSnmpProtocols();
  await loadNetSnmp();
  const communities = credentials.flatMap((one) => (one.version === '3' ? [] : [one.community]));
  const users = credentials.flatMap((one) => (one.version === '3' ? [netSnmpUser(one)] : []));
  return new Decoder({ communities, users }, clock);
}

export class Decoder {
  readonly #socket = new NoSocket();
  readonly #communities: ReadonlySet<string>;
  /** Names → the level they must have. */
  readonly #users: ReadonlyMap<string, number>;
  readonly #engines = new Map<string, { boots: number; seconds: number }>();
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** As the receiver keeps it: what it answers carries these times. */
  readonly #own: { readonly engineID: Buffer; engineBoots: number; engineTime: number };
  readonly #engine: OwnEngine;
  #message: Message | null = null;
  #error = '';
  #code = 0;

  constructor(
    { communities, users }: { communities: readonly string[]; users: readonly Sender[] },
    clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#clock = clock;
    const receiver = snmp.createReceiver(
      { dgramModule: { createSocket: () => this.#socket } },
      (error: (Error & { code?: number }) | null, data: { message: Message } | undefined) => {
        this.#error = error?.name ?? '';
        this.#code = error?.code ?? 0;
        this.#message = data?.message ?? null;
      },
    );
    // Its own form leaves out who sent the message and when.
    receiver.formatCallbackData = (message: Message) => ({ message });
    this.#own = receiver.engine;
    this.#engine = new OwnEngine(this.#own.engineID);
    const authorizer = receiver.getAuthorizer();
    for (const community of communities) authorizer.addCommunity(community);
    for (const user of users) authorizer.addUser(user);
    this.#communities = new Set(communities);
    this.#users = new Map(users.map(({ name, level }) => [name, level]));
  }

  /** Throws whatever net-snmp throws. */
  decode(datagram: Buffer, origin: Origin): Decoded {
    this.#message = null;
    this.#error = '';
    this.#code = 0;
    this.#socket.answers = [];
    const nowMs = this.#clock.monotonic();
    Object.assign(this.#own, this.#engine.times(nowMs));
    this.#socket.emit('message', datagram, origin);
    const { answers } = this.#socket;
    const message = this.#message as Message | null;
    if (message === null) {
      const refusal = this.#refused(claimOf(datagram));
      if (refusal !== null) return { trap: null, why: 'credentials', refusal, answers };
      if (answers.length > 0) return { trap: null, why: 'discovery', answers };
      return { trap: null, why: complaint(this.#error), answers: [] };
    }
    const why = this.#objection(message);
    if (why === 'credentials') {
      return { trap: null, why, refusal: { version: 3, user: '', why: 'user' }, answers: [] };
    }
    if (why !== '') return { trap: null, why, answers: [] };
    const trap = trapOf(message, origin.address);
    if (trap === null) return { trap, why: 'malformed', answers: [] };
    if (!trap.inform || !trap.verified) return { trap, why: '', answers };
    switch (this.#engine.judge(message.msgSecurityParameters, nowMs)) {
      case 'verified':
        return { trap, why: '', answers };
      case 'unverified':
        return { trap: { ...trap, verified: false }, why: '', answers };
      case 'repeated':
        return { trap: null, why: 'replayed', answers };
      case 'not_in_window':
        return { trap: null, why: 'replayed', answers: this.#lateReport(message, origin) };
      case 'not_ours':
        return { trap: null, why: 'replayed', answers: this.#strangerReport(message, origin) };
    }
  }

  /** Of what the receiver did not take: what does not fit; null when that is something else. */
  #refused(claim: Claim | null): Omit<Refusal, 'from'> | null {
    if (claim === null) return null;
    const { version, community, user, level } = claim;
    const because = (why: Refusal['why']) => ({ version, user, why });
    if (version !== 3) return this.#communities.has(community) ? null : because('community');
    // A sender without a name asks for our engine.
    if (user === '' && level === 1) return null;
    const wanted = this.#users.get(user);
    if (wanted === undefined) return because('user');
    if (level < wanted) return because('level');
    if (this.#error !== 'ResponseInvalidError') return null;
    return because(this.#code === DECRYPTS_TO_NOTHING ? 'priv' : 'auth');
  }

  #objection(message: Message): Decoded['why'] {
    if (message.version !== snmp.Version3) return '';
    // The receiver lets a user without a name pass.
    if (!this.#users.has(message.user?.name ?? '')) return 'credentials';
    if (message.hasAuthentication() === 0 || message.pdu.type !== snmp.PduType.TrapV2) return '';
    return this.#isReplay(message) ? 'replayed' : '';
  }

  /** With it a sender learns our time; it believes only what is authenticated. */
  #lateReport(message: Message, to: Origin): readonly Answer[] {
    const report = message.createReportResponseMessage(this.#own, '', NOT_IN_TIME_WINDOW);
    report.user = { ...message.user, level: snmp.SecurityLevel.authNoPriv };
    report.msgSecurityParameters.msgUserName = message.user?.name ?? '';
    report.setAuthentication(true);
    return [{ bytes: report.toBuffer(), to }];
  }

  #strangerReport(message: Message, to: Origin): readonly Answer[] {
    const report = message.createReportResponseMessage(this.#own, '', UNKNOWN_ENGINE);
    return [{ bytes: report.toBuffer(), to }];
  }

  /** Of a trap the sender is authoritative: its clock only goes on (RFC 3414, 3.2, 7b). */
  #isReplay({ msgSecurityParameters: security }: Message): boolean {
    if (security === undefined) return true;
    const engine = security.msgAuthoritativeEngineID.toString('hex');
    const boots = security.msgAuthoritativeEngineBoots;
    const seconds = security.msgAuthoritativeEngineTime;
    const known = this.#engines.get(engine);
    if (known !== undefined) {
      if (boots < known.boots) return true;
      if (boots === known.boots && seconds < known.seconds - TIME_WINDOW_SECONDS) return true;
      if (boots === known.boots && seconds <= known.seconds) return false;
    } else if (this.#engines.size >= ENGINES_MAX) {
      const [oldest] = this.#engines.keys();
      if (oldest !== undefined) this.#engines.delete(oldest);
    }
    this.#engines.set(engine, { boots, seconds });
    return false;
  }
}

/** By the error's name and code only: its text holds what it should have been. */
function complaint(name: string): Decoded['why'] {
  if (name === 'RequestFailedError' || name === 'ResponseInvalidError') return 'credentials';
  return name === 'RequestInvalidError' ? 'not_a_trap' : 'malformed';
}

function trapOf(message: Message, from: string): Trap | null {
  const { pdu } = message;
  const isV1 = pdu.type === snmp.PduType.Trap;
  const varbinds = pdu.varbinds.slice(0, EVENT_LIMITS.fields + 3).map(varbindOf);
  const value = (oid: string): string => varbinds.find((one) => one.oid === oid)?.value ?? '';
  const oid = isV1 ? v1Oid(pdu) : value(SNMP_TRAP_OID);
  if (oid === '') return null;
  return {
    version: ([1, 2, 0, 3] as const)[message.version] || 2,
    from,
    verified: message.version === snmp.Version3 && message.hasAuthentication() !== 0,
    inform: pdu.type === snmp.PduType.InformRequest,
    oid,
    agentAddress: (isV1 ? pdu.agentAddr : value(SNMP_TRAP_ADDRESS)) ?? '',
    varbinds: varbinds.filter((one) => one.oid !== SNMP_TRAP_OID && one.oid !== SYS_UP_TIME),
  };
}

function varbindOf({ oid, type, value }: Message['pdu']['varbinds'][number]): Varbind {
  return { oid, value: valueText(value, type === snmp.ObjectType.Counter64) };
}

/** RFC 3584, 3.1: the generic ones have fixed names, the others hang below their enterprise. */
function v1Oid({ generic = 0, specific = 0, enterprise = '' }: Message['pdu']): string {
  if (generic !== ENTERPRISE_SPECIFIC) return `${SNMP_TRAPS}.${generic + 1}`;
  return enterprise === '' ? '' : `${enterprise}.0.${specific}`;
}
