/**
 * The room's promises under random histories: faults come, are answered and go, channels fail, the
 * process restarts. Whatever happens: nothing is lost, nobody hears of an end without a beginning.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DUTY } from '../people/policies.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type NotifyStage, openNotifyStage } from './stage.ts';

const CHANNELS = `
channels:
  mail: { kind: webhook, url_file: mail-url, secret_file: secret, plain_http: true }
  sms: { kind: webhook, url_file: sms-url, secret_file: secret, plain_http: true }
allow: [127.0.0.1/32]
tries: 2
group_wait: { 1: 10s, 2: 10s, 3: 10s, 4: 10s }
storm: { per: 60s, messages: { 1: 4, 2: 4, 3: 4, 4: 4 } }
`;

type Event =
  | { readonly do: 'raise' | 'clear' | 'respond' | 'hide' | 'show'; readonly device: number }
  | { readonly do: 'break' | 'mend'; readonly channel: 'mail' | 'sms' }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'restart' };

const device = fc.integer({ min: 0, max: 3 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('raise' as const), device }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('clear' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('respond' as const), device }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('hide' as const, 'show' as const), device }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('break' as const, 'mend' as const),
      channel: fc.constantFrom('mail' as const, 'sms' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.integer({ min: 1, max: 400 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
);

interface World {
  readonly stage: NotifyStage;
  readonly receivers: Readonly<Record<'mail' | 'sms', Receiver>>;
}

async function happen(one: Event, { stage, receivers }: World): Promise<void> {
  switch (one.do) {
    case 'raise':
      await stage.raise(`d-${one.device}`);
      return;
    case 'clear':
      await stage.clear(`d-${one.device}`);
      return;
    case 'respond': {
      const open = stage.faults.open().find(({ device: name }) => name === `d-${one.device}`);
      if (open?.state === 'open') await stage.step(open.id, 'responded', 'li');
      return;
    }
    case 'hide':
      stage.quiet.set(`d-${one.device}`, { why: 'window', by: 'W-1', note: 'works' });
      return;
    case 'show':
      stage.quiet.delete(`d-${one.device}`);
      return;
    case 'break':
      receivers[one.channel].usual = { status: 503, body: '' };
      return;
    case 'mend':
      receivers[one.channel].usual = { status: 200, body: '' };
      return;
    case 'restart':
      await stage.reopenNotify();
      return;
    case 'wait':
      await stage.pass(one.seconds * 1_000, 20_000);
  }
}

interface Arrival {
  readonly fault: string;
  readonly step: string;
  readonly recipient: string;
  readonly entry: number;
}

/** What receivers took, refused attempts left out. */
function arrivals({ receivers }: World, accepted: ReadonlySet<string>): Arrival[] {
  return Object.values(receivers).flatMap(({ received }) =>
    received.flatMap(({ json }) =>
      (json.faults as { key: string }[]).flatMap(({ key }) => {
        const [fault = '', entry = '', step = '', recipient = ''] = key.split('/');
        return accepted.has(key) ? [{ fault, step, recipient, entry: Number(entry) }] : [];
      }),
    ),
  );
}

async function judge(world: World): Promise<void> {
  const { stage } = world;
  const notices = await stage.notify.notices({ limit: 1_000 });
  expect(notices.filter(({ state }) => state === 'pending')).toEqual([]);
  const sent = notices.filter(({ state }) => state === 'sent');
  const keys = sent.map(
    ({ fault, entry, step, recipient }) => `${fault}/${entry}/${step}/${recipient}`,
  );
  const arrived = arrivals(world, new Set(keys));
  // What is written down as sent did arrive.
  const seen = new Set(
    arrived.map(({ fault, entry, step, recipient }) => `${fault}/${entry}/${step}/${recipient}`),
  );
  expect(keys.filter((key) => !seen.has(key))).toEqual([]);
  // A person gets a notice by one channel, not by two.
  expect(new Set(keys).size).toBe(keys.length);
  for (const { fault, recipient, step, entry } of sent) {
    if (step !== 'recovered' && step !== 'closed') continue;
    const before = notices.some(
      (one) =>
        one.fault === fault && one.recipient === recipient && one.entry < entry && one.attempts > 0,
    );
    expect(before, `${recipient} hears that ${fault} is over and knew of it`).toBe(true);
  }
  for (const { id, state, quiet, origin } of stage.faults.open()) {
    if (state !== 'open' || quiet !== null || origin === 'self') continue;
    const told = sent.some(({ fault, step }) => fault === id && step !== 'recovered');
    expect(told, `${id} goes on unanswered and somebody was told`).toBe(true);
  }
  for (const { state, reason } of notices) {
    if (state === 'dropped' || state === 'moved') expect(reason).not.toBe('');
  }
}

test('random histories with failing channels and restarts keep every promise', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 25 }), async (events) => {
      const receivers = { mail: await openReceiver(), sms: await openReceiver() };
      const urls = {
        'mail-url': `${receivers.mail.url}/mail`,
        'sms-url': `${receivers.sms.url}/sms`,
      };
      const secrets = { ...urls, secret: 's3cret' };
      const stage = await openNotifyStage({ channels: CHANNELS, secrets, duty: DUTY });
      const world = { stage, receivers };
      try {
        for (const one of events) await happen(one, world);
        receivers.mail.usual = { status: 200, body: '' };
        receivers.sms.usual = { status: 200, body: '' };
        // Long enough for the longest pause of a breaker and a retry.
        await stage.pass(1_800_000, 60_000);
        await judge(world);
      } finally {
        await stage.close();
        await receivers.mail.close();
        await receivers.sms.close();
      }
    }),
    { numRuns: Number(process.env.NOTICE_RUNS ?? 15) },
  );
});
