/** The collector's own troubles as faults (P20): what is wrong now, from its figures. Pure. */
import type { FaultReport } from '../faults/faults.ts';
import type { OwnLimits } from './channel.ts';
import type { OwnHealth } from './notify.ts';

/** The device of all these faults. */
export const OWN_DEVICE = 'watchkeeper';

export interface OwnState {
  readonly health: OwnHealth;
  readonly backlog: { readonly due: number; readonly old: number };
  /** Channels that are left alone because they failed, with the last error. */
  readonly dead: ReadonlyMap<string, string>;
  /** `person/channel` whose address is refused for good again and again, with the last reason. */
  readonly unreachable: ReadonlyMap<string, string>;
}

export interface OwnTrouble {
  readonly rule: string;
  readonly item: string;
  readonly severity: FaultReport['severity'];
  readonly urgency: FaultReport['urgency'];
  readonly phenomenon: FaultReport['phenomenon'];
}

export const OWN_RULES = Object.freeze([
  'evaluation_lag',
  'evaluation_failing',
  'disk_low',
  'notice_backlog',
  'channel_dead',
  'recipient_unreachable',
]);

export function troublesOf(
  { health, backlog, dead, unreachable }: OwnState,
  limits: OwnLimits,
): readonly OwnTrouble[] {
  const troubles: OwnTrouble[] = [];
  const { tickLagSeconds, diskFreeBytes } = health;
  if (tickLagSeconds * 1_000 > limits.tickLagMs) {
    const seconds = Math.round(tickLagSeconds);
    troubles.push({
      ...{ rule: 'evaluation_lag', item: '', severity: 'critical', urgency: 'high' },
      phenomenon: {
        en: `evaluation is ${seconds} s late`,
        zh: `评估滞后 ${seconds} 秒`,
      },
    });
  }
  const failing = failingPhenomenon(health);
  if (failing !== null) {
    troubles.push({
      ...{ rule: 'evaluation_failing', item: '', severity: 'critical', urgency: 'high' },
      phenomenon: failing,
    });
  }
  if (diskFreeBytes < limits.freeDiskBytes) {
    const gigabytes = (diskFreeBytes / 1024 ** 3).toFixed(1);
    troubles.push({
      ...{ rule: 'disk_low', item: '', severity: 'critical', urgency: 'high' },
      phenomenon: {
        en: `${gigabytes} GiB are free for the collector's data`,
        zh: `采集器数据目录仅剩 ${gigabytes} GiB`,
      },
    });
  }
  if (backlog.due > limits.backlogNotices || backlog.old > 0) {
    troubles.push({
      ...{ rule: 'notice_backlog', item: '', severity: 'warning', urgency: 'high' },
      phenomenon: {
        en: `${backlog.due} notices wait to be delivered, ${backlog.old} for too long`,
        zh: `${backlog.due} 条通知待发送,其中 ${backlog.old} 条等待过久`,
      },
    });
  }
  for (const [channel, error] of dead) {
    troubles.push({
      ...{ rule: 'channel_dead', item: channel, severity: 'warning', urgency: 'high' },
      phenomenon: {
        en: `the channel ${channel} does not deliver: ${error}`,
        zh: `通知通道 ${channel} 无法发送:${error}`,
      },
    });
  }
  return [...troubles, ...[...unreachable].map(unreachableTrouble)];
}

/** A tick that fails once is tried again a second later. */
const FAILING_TICKS = 3;

function failingPhenomenon({ failing, setAside }: OwnHealth): FaultReport['phenomenon'] | null {
  if (failing.ticks >= FAILING_TICKS) {
    return { en: `evaluation fails: ${failing.reason}`, zh: `评估失败:${failing.reason}` };
  }
  if (setAside === 0) return null;
  return {
    en: `${setAside} steps of faults could not be written, see the log`,
    zh: `有 ${setAside} 个故障步骤无法写入,详见日志`,
  };
}

function unreachableTrouble([item, reason]: readonly [string, string]): OwnTrouble {
  return {
    ...{ rule: 'recipient_unreachable', item, severity: 'warning', urgency: 'high' },
    phenomenon: {
      en: `${item} refuses every notice, the address may be wrong: ${reason}`,
      zh: `${item} 拒收全部通知,地址可能有误:${reason}`,
    },
  };
}

export const keyOfTrouble = ({ rule, item }: Pick<OwnTrouble, 'rule' | 'item'>): string =>
  `${rule}\0${item}`;
