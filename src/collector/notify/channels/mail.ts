/**
 * E-mail by SMTP: text and HTML, TLS checked against the host's name. Recipients and subject are
 * single lines, the envelope is ours (S37). The host is resolved and checked like any other target.
 */

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { checkedAddresses } from '../../../shared/address-policy.ts';
import { Failure, messageOf } from '../../../shared/errors.ts';
import type { ChannelDoors, Message, SendResult } from '../channel.ts';
import { common, defineKind } from '../channel.ts';
import { plainReason } from '../http-post.ts';
import { readSecretFile, secretFile, secretProblems } from '../secret-file.ts';

const ADDRESS = /^[^\s@<>(),;:"\\]{1,64}@[^\s@<>(),;:"\\]{1,190}$/;

const schema = z.strictObject({
  kind: z.literal('mail'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(465),
  /** `implicit`: from the first byte (465). `starttls`: required after EHLO (587). */
  tls: z.enum(['implicit', 'starttls', 'none']).default('implicit'),
  ca_file: z.string().min(1).optional().describe('PEM of a private authority'),
  user: z.string().min(1).optional(),
  password_file: secretFile.optional(),
  from: z.string().regex(ADDRESS, 'is not an e-mail address'),
  ...common,
});

type MailSettings = z.infer<typeof schema>;

const TIMEOUT_MS = 10_000;

export const mail = defineKind({
  kind: 'mail',
  schema,
  to: 'required',
  toPattern: ADDRESS,
  perMinute: 120,
  check: (settings, base) => [
    ...secretProblems(base, { password_file: settings.password_file }),
    ...authorityProblems(base, settings),
    ...loginProblems(settings),
  ],
  open: (settings, doors, base) => {
    const password =
      settings.password_file === undefined ? '' : readSecretFile(base, settings.password_file);
    const ca =
      settings.ca_file === undefined ? undefined : readFileSync(resolve(base, settings.ca_file));
    return { send: (message) => deliver(message, { settings, password, ca, doors }) };
  },
});

function authorityProblems(base: string, { ca_file }: MailSettings) {
  try {
    if (ca_file !== undefined) readFileSync(resolve(base, ca_file));
    return [];
  } catch (error) {
    return [{ path: 'ca_file', reason: `cannot be read: ${messageOf(error)}` }];
  }
}

/** A password must not travel in clear. */
function loginProblems({ user, password_file, tls }: MailSettings) {
  const problems: { path: string; reason: string }[] = [];
  if ((user === undefined) !== (password_file === undefined)) {
    problems.push({ path: 'user', reason: 'user and password_file belong together' });
  }
  if (user !== undefined && tls === 'none') {
    problems.push({ path: 'tls', reason: 'a password would be sent in clear: use TLS' });
  }
  return problems;
}

interface Target {
  readonly settings: MailSettings;
  readonly password: string;
  readonly ca: Buffer | undefined;
  readonly doors: ChannelDoors;
}

async function deliver(message: Message, target: Target): Promise<SendResult> {
  const { settings, password, ca, doors } = target;
  const { host, port, tls, user, from } = settings;
  try {
    const { policy, resolve: resolveName } = doors;
    const [address] = await checkedAddresses(host, { policy, resolve: resolveName, port });
    const transport = createTransport({
      host: address ?? host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      // An address is no server name (RFC 6066); its certificate is checked by the address.
      tls: {
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(ca === undefined ? {} : { ca }),
      },
      ...(user === undefined ? {} : { auth: { user, pass: password } }),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail(mailOf(message, from));
    } finally {
      transport.close();
    }
    return { outcome: 'accepted', reason: '' };
  } catch (error) {
    return refusalOf(error);
  }
}

export function mailOf({ id, to, subject, text, html, level, over }: Message, from: string) {
  return {
    envelope: { from, to: [to] },
    from: { name: '值守 Watchkeeper', address: from },
    to,
    subject: subject.replace(/\s+/g, ' '),
    text,
    html,
    messageId: `<${id}@watchkeeper>`,
    priority: level <= 2 && !over ? ('high' as const) : ('normal' as const),
    // Out-of-office answers help nobody (RFC 3834).
    headers: { 'auto-submitted': 'auto-generated' },
  };
}

/** What SMTP refuses for good (5xx, RFC 5321) of this mail; a bad login or certificate may be mended. */
function refusalOf(error: unknown): SendResult {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  const ofThisMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  const refused = ofThisMail && Number(responseCode) >= 500;
  const final = refused || (error instanceof Failure && !error.retry);
  return { outcome: final ? 'refused' : 'retry', reason: plainReason(messageOf(error)) };
}
