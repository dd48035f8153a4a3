/** Every kind of channel: one file each, one line here. */
import type { ChannelKind } from './channel.ts';
import { alertmanager } from './channels/alertmanager.ts';
import { dingtalk } from './channels/dingtalk.ts';
import { feishu } from './channels/feishu.ts';
import { log } from './channels/log.ts';
import { mail } from './channels/mail.ts';
import { sms } from './channels/sms.ts';
import { webhook } from './channels/webhook.ts';
import { wecom } from './channels/wecom.ts';

export const CHANNEL_KINDS: readonly ChannelKind[] = Object.freeze([
  mail,
  webhook,
  dingtalk,
  wecom,
  feishu,
  alertmanager,
  sms,
  log,
]);
