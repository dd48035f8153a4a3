/**
 * A line for each source whose traps are refused: what arrived, why it is not taken, how to mend it.
 * Once in a while and no more, and of few sources: anybody can write any address on a datagram. How
 * many there were of all is in the counters.
 */
import type { Log, LogFields } from '../../shared/log.ts';
import type { Refusal } from './frames.ts';

/** Of one source, for one reason. */
const AGAIN_MS = 600_000;
/** Lines in that time, of all sources. */
const LINES_MAX = 50;
/** Sources that are remembered. */
const SOURCES_MAX = 1_000;

interface Explained {
  readonly reason: string;
  readonly mend: string;
}

const EXPLAINED: Readonly<Record<Refusal['why'], (user: string) => Explained>> = Object.freeze({
  community: () => ({
    reason: 'its community is in no credential that traps may have',
    mend: 'name a credential with the community the device sends under traps.credentials, or change it at the device',
  }),
  user: (user) => ({
    reason: `its user "${user}" is in no credential that traps may have`,
    mend: 'name a credential with this user under traps.credentials, or change the user at the device',
  }),
  level: (user) => ({
    reason: `its user "${user}" must use authentication or privacy, and does not`,
    mend: 'let the device send with authPriv, as the credential of this user says',
  }),
  auth: (user) => ({
    reason: `what it authenticates with is not that of user "${user}"`,
    mend: 'compare auth (protocol and key) of this credential with the device',
  }),
  priv: (user) => ({
    reason: `it cannot be decrypted with the credential of user "${user}"`,
    mend: 'compare priv (protocol and key) and the protocol of auth with the device',
  }),
});

interface Line {
  readonly about: string;
  readonly count: number;
  readonly fields: LogFields;
}

interface Said {
  atMs: number;
  /** Since the line. */
  more: number;
}

export class RefusalLog {
  readonly #log: Log;
  /** Source and reason → when it was said; the longest ago first. */
  readonly #said = new Map<string, Said>();
  #lines = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  constructor(log: Log) {
    this.#log = log;
  }

  /** `nowMs` of a clock that never goes back. */
  refused({ from, version, user, why }: Refusal, nowMs: number): void {
    const { reason, mend } = EXPLAINED[why](user);
    const fields = { source: from, version: version === 2 ? 'v2c' : `v${version}`, reason, mend };
    this.#say({ about: `${from} ${why} ${user}`, count: 1, fields }, nowMs);
  }

  unlisted(source: string, count: number, nowMs: number): void {
    const reason = 'its address is not in traps.sources';
    const mend = 'add it to traps.sources if it may send; the datagram was not looked at';
    this.#say({ about: `${source} unlisted`, count, fields: { source, reason, mend } }, nowMs);
  }

  #say({ about, count, fields }: Line, nowMs: number): void {
    const before = this.#said.get(about);
    if (before !== undefined && nowMs - before.atMs < AGAIN_MS) {
      before.more += count;
      return;
    }
    if (nowMs - this.#sinceMs >= AGAIN_MS) {
      this.#sinceMs = nowMs;
      this.#lines = 0;
    }
    if (this.#lines >= LINES_MAX) return;
    this.#lines += 1;
    this.#remember(about, nowMs);
    const more = before === undefined ? {} : { more: before.more };
    this.#log.warn('a trap is refused', { ...fields, ...more });
    if (this.#lines < LINES_MAX) return;
    this.#log.warn('more refused traps are only counted for a while', {
      minutes: AGAIN_MS / 60_000,
    });
  }

  #remember(about: string, nowMs: number): void {
    this.#said.delete(about);
    this.#said.set(about, { atMs: nowMs, more: 0 });
    if (this.#said.size <= SOURCES_MAX) return;
    const [oldest] = this.#said.keys();
    if (oldest !== undefined) this.#said.delete(oldest);
  }
}
