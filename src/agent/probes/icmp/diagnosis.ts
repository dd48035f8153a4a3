/** For `agent doctor`: which program sends echo requests, by which right, and whether it works. */
import { readFileSync } from 'node:fs';
import type { Clock } from '../../../shared/clock.ts';
import { messageOf } from '../../../shared/errors.ts';
import type { IcmpDiagnosis } from '../probes.ts';
import { findPingTool, type PingTool } from './tool.ts';

const INSTALL =
  'install fping (Debian, Ubuntu: apt install fping; openEuler, Kylin: dnf install fping)';

/** What decides who may send, as the kernel says it. */
export interface Rights {
  readonly userId: number;
  readonly groupIds: readonly number[];
  /** `net.ipv4.ping_group_range`: first and last group; first > last for nobody. */
  readonly pingGroups: readonly [number, number] | null;
}

/** By which right echo requests go out; a program may have its own, which only trying shows. */
export function rightOf({ userId, groupIds, pingGroups }: Rights): string {
  const [first, last] = pingGroups ?? [1, 0];
  const unprivileged = groupIds.some((id) => id >= first && id <= last);
  if (unprivileged) return `unprivileged: net.ipv4.ping_group_range is ${first} to ${last}`;
  return userId === 0 ? 'as root' : "by the program's own capability";
}

export function readRights(file = '/proc/sys/net/ipv4/ping_group_range'): Rights {
  return {
    userId: process.getuid?.() ?? -1,
    groupIds: [...new Set([process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])])],
    pingGroups: readRange(file),
  };
}

function readRange(file: string): readonly [number, number] | null {
  try {
    const [first, last] = readFileSync(file, 'utf8').trim().split(/\s+/).map(Number);
    return first === undefined || last === undefined ? null : [first, last];
  } catch {
    // No Linux, or a container that hides it.
    return null;
  }
}

/** Tries it on this host itself. */
export async function diagnoseIcmp(
  clock: Clock,
  tool: PingTool | null = findPingTool(),
  rights: Rights = readRights(),
): Promise<IcmpDiagnosis> {
  if (tool === null) {
    return { state: 'fails', text: 'neither fping nor ping is installed', mend: INSTALL };
  }
  const right = rightOf(rights);
  const volley = { addresses: ['127.0.0.1'], count: 1, spacingMs: 200, waitMs: 500 };
  const slow = tool.name === 'ping' ? '; one process per address' : '';
  try {
    const echoes = (await tool.send(volley, clock)).get('127.0.0.1');
    if (echoes !== undefined && echoes.roundTripsMs.length > 0) {
      const mend = tool.name === 'ping' ? `${INSTALL}: it asks many addresses in one process` : '';
      return { state: 'works', text: `${tool.path}, ${right}${slow}`, mend };
    }
    const mend = 'allow ICMP on the loopback interface (firewall of this host)';
    return { state: 'fails', text: `${tool.path}: 127.0.0.1 does not answer`, mend };
  } catch (error) {
    const mend = `allow it with "setcap cap_net_raw+ep ${tool.path}" or "sysctl net.ipv4.ping_group_range='0 2147483647'"`;
    return { state: 'fails', text: `${tool.path}: ${messageOf(error)}`, mend };
  }
}
