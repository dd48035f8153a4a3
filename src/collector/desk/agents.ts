/** Agents and their tokens: in memory for requests, in `desk.db` before a change is answered. */
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import type { Deed } from './audit-trail.ts';
import type { Actor, AgentRecord, Principal, TokenKind } from './desk.ts';
import type { Connection } from './open-database.ts';
import { checkName, hashToken, looksLikeToken, makeToken } from './token.ts';
import { TokenIndex } from './token-index.ts';

interface Agent {
  readonly principal: Principal;
  readonly createdMs: number;
  revokedMs: number | null;
  heardMs: number;
  clockOffsetSeconds: number;
}

interface AgentRow {
  readonly name: string;
  readonly kind: TokenKind;
  readonly created_ms: number;
  readonly revoked_ms: number | null;
  readonly heard_ms: number;
  readonly clock_offset_seconds: number | null;
}

interface TokenRow {
  readonly hash: string;
  readonly agent: string;
  readonly expires_ms: number | null;
}

export class Agents {
  readonly #connection: Connection;
  readonly #record: (deed: Deed, write: () => void) => void;
  readonly #clock: Clock;
  readonly #agents = new Map<string, Agent>();
  readonly #tokens = new TokenIndex();
  readonly #unsaved = new Set<Agent>();

  /** `record` writes the deed and what `write` does in one transaction. */
  constructor(
    connection: Connection,
    clock: Clock,
    record: (deed: Deed, write: () => void) => void,
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#record = record;
    this.#load();
  }

  authenticate(token: string): Principal | null {
    if (!looksLikeToken(token)) return null;
    return this.#tokens.find(hashToken(token), this.#clock.now());
  }

  records(): readonly AgentRecord[] {
    return [...this.#agents.values()].map(({ principal, ...rest }) => ({ ...principal, ...rest }));
  }

  heard(name: string, atMs: number, clockOffsetSeconds: number): void {
    const agent = this.#agents.get(name);
    if (agent === undefined) return;
    agent.heardMs = atMs;
    agent.clockOffsetSeconds = clockOffsetSeconds;
    this.#unsaved.add(agent);
  }

  /** A revoked name may be given again, also with another kind. Throws `usage`, `conflict`. */
  add(name: string, kind: TokenKind, actor: Actor): string {
    checkName(name);
    if (this.#agents.get(name)?.revokedMs === null) {
      throw new Failure('conflict', `${name} already has a token`, {
        hint: `collector agent rotate ${name} gives it a new one`,
      });
    }
    const createdMs = this.#clock.now();
    const token = makeToken(this.#clock);
    this.#record({ actor, action: 'agent.add', subject: name, detail: { kind } }, () => {
      this.#connection
        .prepare(
          `INSERT INTO desk_agents (name, kind, created_ms) VALUES (?, ?, ?)
           ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, revoked_ms = NULL,
             created_ms = excluded.created_ms, heard_ms = 0, clock_offset_seconds = NULL`,
        )
        .run(name, kind, createdMs);
      this.#insertToken(name, token, createdMs);
    });
    const principal = Object.freeze({ name, kind });
    const unheard = { heardMs: 0, clockOffsetSeconds: Number.NaN };
    this.#agents.set(name, { principal, createdMs, revokedMs: null, ...unheard });
    this.#tokens.add({ hash: hashToken(token), principal, expiresMs: null });
    return token;
  }

  /** Throws `not_found`, also for a revoked name. */
  rotate(name: string, overlapMs: number, actor: Actor): string {
    const { principal } = this.#active(name);
    const nowMs = this.#clock.now();
    const untilMs = nowMs + overlapMs;
    const token = makeToken(this.#clock);
    this.#record({ actor, action: 'agent.rotate', subject: name, detail: { overlapMs } }, () => {
      this.#connection
        .prepare('DELETE FROM desk_tokens WHERE agent = ? AND expires_ms <= ?')
        .run(name, nowMs);
      this.#connection
        .prepare(
          `UPDATE desk_tokens SET expires_ms = MIN(COALESCE(expires_ms, @untilMs), @untilMs)
           WHERE agent = @name`,
        )
        .run({ name, untilMs });
      this.#insertToken(name, token, nowMs);
    });
    this.#tokens.expire(principal, untilMs);
    this.#tokens.add({ hash: hashToken(token), principal, expiresMs: null });
    return token;
  }

  /** At once. Throws `not_found`. */
  revoke(name: string, actor: Actor): void {
    const agent = this.#active(name);
    const nowMs = this.#clock.now();
    this.#record({ actor, action: 'agent.revoke', subject: name }, () => {
      this.#connection.prepare('DELETE FROM desk_tokens WHERE agent = ?').run(name);
      this.#connection
        .prepare('UPDATE desk_agents SET revoked_ms = ? WHERE name = ?')
        .run(nowMs, name);
    });
    agent.revokedMs = nowMs;
    this.#tokens.drop(agent.principal);
  }

  /** Writes when agents were last heard, in the transaction the caller has begun. */
  saveHeard(): void {
    const update = this.#connection.prepare(
      'UPDATE desk_agents SET heard_ms = ?, clock_offset_seconds = ? WHERE name = ?',
    );
    for (const { principal, heardMs, clockOffsetSeconds } of this.#unsaved) {
      const offset = Number.isNaN(clockOffsetSeconds) ? null : clockOffsetSeconds;
      update.run(heardMs, offset, principal.name);
    }
  }

  /** To be called once what `saveHeard` wrote is committed. */
  heardSaved(): void {
    this.#unsaved.clear();
  }

  #active(name: string): Agent {
    const agent = this.#agents.get(name);
    if (agent !== undefined && agent.revokedMs === null) return agent;
    throw new Failure('not_found', `there is no token for ${JSON.stringify(name.slice(0, 80))}`, {
      hint: 'collector agent list shows all of them',
    });
  }

  #insertToken(name: string, token: string, createdMs: number): void {
    this.#connection
      .prepare('INSERT INTO desk_tokens (hash, agent, created_ms) VALUES (?, ?, ?)')
      .run(hashToken(token), name, createdMs);
  }

  #load(): void {
    for (const row of this.#connection.prepare('SELECT * FROM desk_agents').all() as AgentRow[]) {
      this.#agents.set(row.name, {
        principal: Object.freeze({ name: row.name, kind: row.kind }),
        createdMs: row.created_ms,
        revokedMs: row.revoked_ms,
        heardMs: row.heard_ms,
        clockOffsetSeconds: row.clock_offset_seconds ?? Number.NaN,
      });
    }
    for (const row of this.#connection.prepare('SELECT * FROM desk_tokens').all() as TokenRow[]) {
      const principal = this.#agents.get(row.agent)?.principal;
      if (principal === undefined) continue;
      this.#tokens.add({ hash: row.hash, principal, expiresMs: row.expires_ms });
    }
  }
}
