/** One channel over loopback, and a message to send by it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, Message } from '../../../src/collector/notify/channel.ts';
import { CHANNEL_KINDS } from '../../../src/collector/notify/channel-kinds.ts';
import { addressPolicy, systemResolve } from '../../../src/shared/address-policy.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { silentLog } from '../../../src/shared/log.ts';

export interface ChannelOptions {
  readonly clock: Clock;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly allow?: readonly string[];
}

/** A folder with owner-only secrets. */
export function secretFolder(secrets: Readonly<Record<string, string>>): string {
  const base = mkdtempSync(join(tmpdir(), 'secrets-'));
  for (const [name, text] of Object.entries(secrets)) {
    writeFileSync(join(base, name), `${text}\n`, { mode: 0o600 });
  }
  return base;
}

export function openChannel(
  entry: Readonly<Record<string, unknown>>,
  { clock, secrets = {}, allow = ['127.0.0.1/32'] }: ChannelOptions,
): Channel {
  const kind = CHANNEL_KINDS.find((one) => one.kind === entry.kind);
  if (kind === undefined) throw new Error(`no kind ${String(entry.kind)}`);
  const policy = addressPolicy(allow);
  const doors = { name: 'test', clock, log: silentLog, policy, resolve: systemResolve };
  return kind.open(kind.schema.parse(entry), doors, secretFolder(secrets));
}

export const BEGAN = Date.parse('2026-01-05T00:30:00Z');

export function message(more: Partial<Message> = {}): Message {
  const view = {
    ...{ fault: 'F-000001', level: '1', level_name: '一级', event: '新故障', device: 'sw-1' },
    ...{ item: '', rule: 'reachable', phenomenon: 'sw-1 无应答', state: '未响应', systems: '' },
    ...{ began: '', lasted: '', recovered: '', respond_by: '', arrive_by: '', repair_by: '' },
    ...{ owner: '', by: '', note: '', why: '', over: false },
  };
  const alert = {
    ...{ fault: 'F-000001', device: 'sw-1', rule: 'reachable', item: '', level: 1 as const },
    ...{ severity: 'critical', state: 'open', beganMs: BEGAN, endedMs: null },
    phenomenon: { en: 'sw-1 does not answer', zh: 'sw-1 无应答' },
  };
  return {
    ...{ id: 'a'.repeat(32), to: '', locale: 'zh-CN', over: false, level: 1 },
    ...{ subject: '[值守][一级] 新故障:sw-1', text: '正文', html: '<p>正文</p>' },
    ...{ markdown: '**新故障** sw-1', short: '值守 一级 新故障 "sw-1"' },
    notices: [{ key: 'F-000001/1/opened/wang', step: 'opened', view, alert }],
    ...more,
  };
}
