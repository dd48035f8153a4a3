/**
 * One device's session: asks with promises, one question at a time, and says of a failure what kind
 * it is. A v3 session whose clocks or keys fell out of step (the device restarted, its boot counter
 * went back) is made anew once before that is a failure.
 */
import type * as NetSnmp from 'net-snmp';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { Varbind } from './cell.ts';
import type { Engine } from './engine.ts';
import type { Profile } from './profile-schema.ts';
import { type Credential, netSnmpUser } from './protocols.ts';
import type { Line, SharedSockets } from './shared-sockets.ts';
import type { SnmpTarget } from './snmp.ts';

/**
 * `silent`: no answer in time. `denied`: it answered that it does not accept us. `refused`: it
 * answered with an error of its own. `too_big`: its answer does not fit. `no_such`: v1's way to say
 * that there is no such instance. `garbled`: not to be understood. `stopped`: we gave up.
 * `unresolved`: its name has no address, so it was not asked.
 */
export type Trouble =
  | 'silent'
  | 'denied'
  | 'refused'
  | 'too_big'
  | 'no_such'
  | 'garbled'
  | 'stopped'
  | 'unresolved';

export class SnmpTrouble extends Error {
  readonly trouble: Trouble;
  /** Where more is known than the kind of trouble says; '' otherwise. */
  readonly mend: string;
  constructor(trouble: Trouble, message: string, mend = '') {
    super(message);
    this.name = 'SnmpTrouble';
    this.trouble = trouble;
    this.mend = mend;
  }
}

export const troubleOf = (error: unknown): Trouble | null =>
  error instanceof SnmpTrouble ? error.trouble : null;

export interface SessionOptions {
  readonly snmp: typeof NetSnmp;
  readonly sockets: SharedSockets;
  /** IP address. */
  readonly address: string;
  readonly port: number;
  readonly credential: Credential;
  readonly timeoutMs: number;
  readonly retries: number;
}

const USUAL = Object.freeze({ timeoutMs: 3_000, retries: 1 });

/** How long a target is waited for: as it says itself, else its profile, else as usual. */
export function paceOf(
  target: Pick<SnmpTarget, 'timeoutMs' | 'retries'>,
  transport: Profile['transport'],
): Pick<SessionOptions, 'timeoutMs' | 'retries'> {
  return {
    timeoutMs: target.timeoutMs ?? transport?.timeout ?? USUAL.timeoutMs,
    retries: target.retries ?? transport?.retries ?? USUAL.retries,
  };
}

export interface Session {
  /** False: only GETNEXT (v1). */
  readonly hasBulk: boolean;
  get(oids: readonly string[]): Promise<readonly Varbind[]>;
  /** One list for each OID asked. Without GETBULK one row of each. */
  next(oids: readonly string[], maxRepetitions: number): Promise<readonly (readonly Varbind[])[]>;
  /** Questions answered so far. */
  readonly answers: number;
  /** Size of the newest answer. */
  readonly lastBytes: number;
  /** Of SNMPv3, once it answered; else null. */
  readonly engine: Engine | null;
  /** The question under way fails as `stopped`. */
  cancel(): void;
  close(): void;
}

type Done<T> = (error: Error | null, answer?: T) => void;
type Ask<T> = (session: NetSnmp.Session, done: Done<T>) => void;

export function openSession(options: SessionOptions): Session {
  return new OneSession(options);
}

const TOO_BIG = 1;
const NO_SUCH_NAME = 2;
/** ResponseInvalidCode of net-snmp: not decrypted, wrong digest, unexpected report, outside the time window. */
const OUT_OF_STEP: readonly number[] = [4, 5, 11, 14];

function statusOf(error: Error): { readonly code: number; readonly status: number } {
  const { code, status } = error as { code?: unknown; status?: unknown };
  return {
    code: typeof code === 'number' ? code : 0,
    status: typeof status === 'number' ? status : 0,
  };
}

/** How net-snmp calls the reports of RFC 3414, and what they mean for the credential. */
const REPORTS: readonly (readonly [RegExp, string, string])[] = Object.freeze([
  [/Unknown User/, 'it knows no such user', 'check the name, or make this user at the device'],
  [
    /Wrong Digest/,
    'the authentication key or protocol is wrong',
    'compare auth (protocol and key) of this credential with the device',
  ],
  [
    /Decryption/,
    'the privacy key or protocol is wrong',
    'compare priv (protocol and key) of this credential with the device',
  ],
  [
    /Unsupported Security/,
    'this user has no such security level there',
    'give the credential auth and priv exactly as the user has them at the device',
  ],
]);
const CANNOT_DECRYPT = 4;

/** `report` may hold digests: it is looked at and never shown. */
function denied(where: string, user: string, { code, report }: { code: number; report: string }) {
  const key = code === CANNOT_DECRYPT ? 'Decryption' : report;
  const [, why, mend] = REPORTS.find(([pattern]) => pattern.test(key)) ?? [];
  const reason = why === undefined ? '' : `: ${why}`;
  return new SnmpTrouble('denied', `${where} does not accept user ${user}${reason}`, mend);
}

class OneSession implements Session {
  readonly #options: SessionOptions;
  #session: NetSnmp.Session | null = null;
  #line: Line | null = null;
  /** Ends the question under way. */
  #fail: (error: Error) => void = () => {};
  answers = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get hasBulk(): boolean {
    return this.#options.credential.version !== '1';
  }

  get lastBytes(): number {
    return this.#line?.lastBytes ?? 0;
  }

  /** What net-snmp has learned of the engine is not among its types. */
  get engine(): Engine | null {
    const { msgSecurityParameters, engineTimeBoots } = (this.#session ?? {}) as {
      msgSecurityParameters?: { msgAuthoritativeEngineID?: unknown };
      engineTimeBoots?: number | null;
    };
    const id = msgSecurityParameters?.msgAuthoritativeEngineID;
    if (!Buffer.isBuffer(id) || id.length === 0) return null;
    return { id: id.toString('hex'), boots: engineTimeBoots ?? Number.NaN };
  }

  get(oids: readonly string[]): Promise<readonly Varbind[]> {
    return this.#ask<readonly Varbind[]>((session, done) =>
      session.get([...oids], done as NetSnmp.GetSetCallback),
    );
  }

  async next(oids: readonly string[], maxRepetitions: number) {
    if (this.hasBulk && maxRepetitions > 1) {
      return await this.#ask<readonly (readonly Varbind[])[]>((session, done) =>
        session.getBulk([...oids], 0, maxRepetitions, done as NetSnmp.GetBulkCallback),
      );
    }
    const row = await this.#ask<readonly Varbind[]>((session, done) =>
      session.getNext([...oids], done as NetSnmp.GetSetCallback),
    );
    return row.map((varbind) => [varbind]);
  }

  cancel(): void {
    const stopped = new SnmpTrouble('stopped', 'the round is over');
    this.#session?.cancelRequests(stopped);
    this.#fail(stopped);
  }

  close(): void {
    this.cancel();
    this.#session?.close();
    this.#session = null;
    this.#line = null;
  }

  async #ask<T>(ask: Ask<T>): Promise<T> {
    try {
      return await this.#once(ask);
    } catch (error) {
      const isV3 = this.#options.credential.version === '3';
      if (!isV3 || troubleOf(error) !== 'denied') throw error;
      this.close();
      return await this.#once(ask);
    }
  }

  #once<T>(ask: Ask<T>): Promise<T> {
    const session = this.#opened();
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      ask(session, (error, answer) => {
        if (error !== null) return reject(this.#trouble(error));
        this.answers++;
        resolve(answer as T);
      });
    });
  }

  #trouble(error: Error): Error {
    if (error instanceof SnmpTrouble) return error;
    const { snmp, address, port, credential } = this.#options;
    const where = `${address}:${port}`;
    if (error.name === 'RequestTimedOutError') {
      const why = this.#line?.sendError ? ` (${this.#line.sendError})` : '';
      return new SnmpTrouble('silent', `${where} does not answer${why}`);
    }
    const { code, status } = statusOf(error);
    if (error instanceof snmp.ResponseInvalidError) {
      return credential.version === '3' && OUT_OF_STEP.includes(code)
        ? denied(where, credential.user, { code, report: error.message })
        : new SnmpTrouble(
            'garbled',
            `${where} answers what cannot be understood: ${error.message}`,
          );
    }
    if (status === TOO_BIG) return new SnmpTrouble('too_big', `${where}: answer too big`);
    if (status === NO_SUCH_NAME) return new SnmpTrouble('no_such', `${where}: no such name`);
    return new SnmpTrouble('refused', `${where}: ${messageOf(error)}`);
  }

  #opened(): NetSnmp.Session {
    if (this.#session !== null) return this.#session;
    const { snmp, sockets, address, credential } = this.#options;
    const { line, dgram } = sockets.line();
    const { port, retries, timeoutMs: timeout } = this.#options;
    const transport = address.includes(':') ? ('udp6' as const) : ('udp4' as const);
    const how = { port, retries, timeout, transport, dgramModule: dgram };
    const session =
      credential.version === '3'
        ? snmp.createV3Session(address, netSnmpUser(credential), {
            ...how,
            context: credential.context,
          })
        : snmp.createSession(address, credential.community, {
            ...how,
            version: credential.version === '1' ? snmp.Version1 : snmp.Version2c,
          });
    // A datagram that its decoder does not understand: the question is asked again in time.
    session.on('error', () => {});
    line.onGarbled = () => {
      const where = `${address}:${port}`;
      this.#fail(new SnmpTrouble('garbled', `${where} answers what cannot be understood`));
    };
    this.#session = session;
    this.#line = line;
    return session;
  }
}

/** Usual mends, where a trouble has none of its own. */
const MENDS: Readonly<Partial<Record<Trouble, string>>> = Object.freeze({
  silent: 'check address, port, access list and community: a device says nothing to a wrong one',
  denied: 'check user, protocols and keys of this credential',
  garbled: 'see that an SNMP agent listens there; a middlebox may cut datagrams',
  refused: 'look at the rights (the view) of this credential at the device',
  too_big: 'try with a smaller max_repetitions in its profile',
});

export function mendOf(error: unknown): string {
  if (!(error instanceof SnmpTrouble)) return '';
  return error.mend || (MENDS[error.trouble] ?? 'try again, with a longer --timeout');
}

/** For people: what a failure means and what to do about it. */
export function failureOf(error: unknown): Failure {
  return new Failure('unavailable', messageOf(error), { hint: mendOf(error), cause: error });
}
