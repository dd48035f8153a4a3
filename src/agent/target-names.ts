/**
 * Addresses → names of SNMP targets, for traps. Host names are looked up at the start and again,
 * at most once a minute, when a trap comes from an address that belongs to none.
 */
import { isIP } from 'node:net';
import type { Clock } from '../shared/clock.ts';
import { messageOf } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';

const LOOK_AGAIN_MS = 60_000;

export interface TargetNamesOptions {
  readonly targets: readonly { readonly name: string; readonly address: string }[];
  readonly clock: Clock;
  readonly log: Log;
  addressesOf(host: string): Promise<readonly string[]>;
}

export class TargetNames {
  readonly #options: TargetNamesOptions;
  /** Of targets that are written as addresses. */
  readonly #fixed = new Map<string, string>();
  /** Of each host name, as it was found last. */
  readonly #found = new Map<string, readonly string[]>();
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: TargetNamesOptions) {
    this.#options = options;
    for (const { name, address } of options.targets) {
      if (isIP(address) !== 0) this.#fixed.set(address, name);
    }
  }

  /** Null for a stranger: of the one who is asked for next, more may be known. */
  nameOf(address: string): string | null {
    const name = this.#known(address);
    const { clock } = this.#options;
    if (name === null && clock.monotonic() - this.#lookedMs >= LOOK_AGAIN_MS) void this.look();
    return name;
  }

  /** Rejects with nothing. What cannot be looked up keeps the addresses it had. */
  async look(): Promise<void> {
    const { targets, clock, log, addressesOf } = this.#options;
    this.#lookedMs = clock.monotonic();
    const hosts = targets.filter(({ address }) => isIP(address) === 0);
    const look = async ({ name, address: host }: (typeof hosts)[number]): Promise<void> => {
      try {
        this.#found.set(host, await addressesOf(host));
      } catch (error) {
        const reason = messageOf(error);
        log.warn('the address of a target is not known, so its traps are of no device', {
          ...{ target: name, host, reason },
        });
      }
    };
    await Promise.all(hosts.map(look));
  }

  #known(address: string): string | null {
    const fixed = this.#fixed.get(address);
    if (fixed !== undefined) return fixed;
    const target = this.#options.targets.find(({ address: host }) =>
      this.#found.get(host)?.includes(address),
    );
    return target?.name ?? null;
  }
}
