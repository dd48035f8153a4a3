/** The whole way into a mailbox: a fault, its recovery and the daily digest, at a real SMTP server. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type NotifyStage, openNotifyStage } from './stage.ts';

interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly id: string;
  readonly raw: string;
}

let server: SMTPServer;
let stage: NotifyStage;
let mails: Mail[];
let refuse: string | null;

/** RFC 2047 words in base64 or quoted-printable, as mail programs show them. */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('latin1')
        : word
            .replace(/_/g, ' ')
            .replace(/=([0-9A-F]{2})/gi, (_all, hex: string) =>
              String.fromCharCode(Number.parseInt(hex, 16)),
            ),
    );
}

function header(raw: string, name: string): string {
  const head = raw.split('\r\n\r\n')[0] ?? '';
  const found = new RegExp(`^${name}: ((?:.*)(?:\\r\\n[ \\t].*)*)`, 'im').exec(head)?.[1] ?? '';
  const text = decodeWords(found.replace(/\r\n[ \t]/g, ' '));
  return Buffer.from(text, 'latin1').toString('utf8');
}

beforeEach(async () => {
  mails = [];
  refuse = null;
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (address, _session, callback) => {
      if (address.address === refuse)
        callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      else callback();
    },
    onData: (stream, session, callback) => {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      let raw = '';
      stream.setEncoding('latin1');
      stream.on('data', (chunk: string) => {
        raw += chunk;
      });
      stream.on('end', () => {
        mails.push({ to, raw, subject: header(raw, 'Subject'), id: header(raw, 'Message-ID') });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  stage = await openNotifyStage({
    channels: `
channels:
  mail: { kind: mail, host: 127.0.0.1, port: ${port}, tls: none, from: wk@example.com }
  sms: { kind: log }
allow: [127.0.0.1/32]
`,
    people: `
people:
  wang: { name: 王工, channels: [{ channel: mail, to: wang@example.com }, { channel: sms }] }
  boss: { name: Boss, locale: en, channels: [{ channel: mail, to: boss@example.com }] }
`,
    duty: `
timezone: Asia/Shanghai
roles: { duty: { name: { en: D, zh: 值 }, shifts: { all: { from: "00:00", to: "00:00", people: [wang] } } } }
chains:
  - { levels: [1, 2], steps: [{ at: opened, tell: [{ role: duty }, { person: boss }] }] }
  - { levels: [3, 4], steps: [{ at: opened, tell: [{ role: duty }], digest: true }] }
`,
  });
});
afterEach(async () => {
  await stage.close();
  await new Promise<void>((resolve) => server.close(resolve));
});

test('everybody reads it in their language, and the same people read of its end', async () => {
  await stage.raise('sw-1', { phenomenon: { en: 'is down', zh: '已中断' } });
  await stage.tick();
  await stage.clear('sw-1');
  await stage.tick();
  expect(mails.map(({ to, subject }) => `${to.join()} ${subject}`)).toEqual([
    'wang@example.com [值守][一级] 新故障:sw-1 已中断(F-000001)',
    'boss@example.com [Watchkeeper][level 1] New fault: sw-1 is down (F-000001)',
    'wang@example.com [值守][一级] 故障已恢复:sw-1 已中断(F-000001)',
    'boss@example.com [Watchkeeper][level 1] Recovered: sw-1 is down (F-000001)',
  ]);
  expect(new Set(mails.map(({ id }) => id)).size).toBe(4);
  for (const { raw } of mails) expect(raw).toContain('multipart/alternative');
});

test('what can wait comes once a day, with what became of it', async () => {
  const low = { urgency: 'low', severity: 'warning' } as const;
  const routine = async (device: string): Promise<void> => {
    const fault = await stage.raise(device, low);
    const command = { fault, kind: 'levelled', level: 4, by: 'wang', note: 'a spare' } as const;
    await stage.faults.command(command);
  };
  await routine('printer');
  await stage.pass(3_600_000, 600_000);
  await routine('scanner');
  await stage.clear('printer');
  expect(mails).toEqual([]);
  await stage.pass(23 * 3_600_000, 600_000);
  expect(mails.map(({ subject }) => subject)).toEqual(['[值守] 每日摘要:2 项']);
  const [{ raw } = { raw: '' }] = mails;
  expect(raw).toContain('multipart/alternative');
  await stage.pass(24 * 3_600_000, 600_000);
  expect(mails).toHaveLength(1);
});

test('a mailbox that is gone hands over to the next channel of its owner alone', async () => {
  refuse = 'wang@example.com';
  await stage.raise('sw-1');
  await stage.pass(3_000);
  expect(mails.map(({ to }) => to.join())).toEqual(['boss@example.com']);
  const notices = await stage.notify.notices({ limit: 9 });
  expect(
    notices.map(({ recipient, channel, state }) => `${recipient} ${channel} ${state}`).toSorted(),
  ).toEqual(['boss mail sent', 'wang mail moved', 'wang sms sent']);
  expect(stage.notify.channels().find(({ name }) => name === 'mail')?.breaker).toBe('closed');
});
