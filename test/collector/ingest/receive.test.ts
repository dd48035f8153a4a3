import { compressSync } from 'snappy';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/shared/errors.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { EPOCH, errorOf, hostMessage, hostSeries, numbered, request, rig, V2 } from './rig.ts';
import { writeRequestV1, writeRequestV2 } from './wire-bytes.ts';

const AHEAD = 600_000;

describe('a write that is stored', () => {
  it('is acknowledged only after the store has committed', async () => {
    const { send, store, token, clock } = await rig();
    const release = store.hold();
    const answer = send(await token('web1'), hostMessage('web1', clock.now()));
    let answered = false;
    void answer.then(() => {
      answered = true;
    });
    await clock.advance(0);
    expect(answered).toBe(false);
    expect(store.dump()).toEqual([]);
    release();
    expect((await answer).status).toBe(204);
    expect(store.dump()).toHaveLength(3);
  });

  it('carries our mark and our time', async () => {
    const { send, token, clock } = await rig();
    const secret = await token('web1');
    const plain = await send(secret, hostMessage('web1', clock.now()));
    expect(plain).toEqual({
      status: 204,
      headers: { 'x-watchkeeper-receipt': 'stored', 'x-watchkeeper-time': `${clock.now()}` },
      body: '',
    });
    const one = await send(secret, hostMessage('web1', clock.now() + 1), numbered('web1', 1));
    expect(one.headers['x-watchkeeper-receipt']).toBe(`${EPOCH}/1`);
  });

  it('is told to a sender of 2.0 by count; histograms and exemplars are none of ours', async () => {
    const { send, token, clock, ingest } = await rig();
    const list = hostSeries('web1', clock.now()).map((series) => ({ ...series, exemplars: 1 }));
    list.push({ ...list[0]!, samples: [], histograms: 4 } as never);
    const answer = await send(await token('web1'), writeRequestV2(list), { 'content-type': V2 });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'x-prometheus-remote-write-samples-written': '3',
      'x-prometheus-remote-write-histograms-written': '0',
      'x-prometheus-remote-write-exemplars-written': '0',
    });
    expect(ingest.counters()).toMatchObject({ samples: 3, histograms: 4, exemplars: 4 });
  });

  it('stores the same whether it came as 1.0 or as 2.0', async () => {
    const first = await rig();
    const second = await rig();
    const list = hostSeries('web1', first.clock.now());
    await first.send(await first.token('web1'), writeRequestV1(list));
    await second.send(await second.token('web1'), writeRequestV2(list), { 'content-type': V2 });
    expect(second.store.dump()).toEqual(first.store.dump());
  });

  it('may be empty: Prometheus sends metadata alone', async () => {
    const { send, token, store } = await rig();
    expect((await send(await token('p', 'remote-write'), Buffer.alloc(0))).status).toBe(204);
    expect(store.appends).toHaveLength(0);
  });

  it('puts the device and its facts into the ledger', async () => {
    const { send, token, desk, clock } = await rig();
    const message = writeRequestV1([
      {
        labels: [
          ['__name__', 'node_uname_info'],
          ['agent', 'web1'],
          ['instance', 'db.example:9100'],
          ['release', '6.1.0'],
        ],
        samples: [{ timeMs: clock.now(), value: 1 }],
      },
    ]);
    await send(await token('web1'), message);
    expect(desk.devices()).toMatchObject([
      {
        name: 'db.example:9100',
        kind: 'server',
        agents: ['web1'],
        facts: { uname_release: '6.1.0' },
        status: 'live',
        firstSeenMs: clock.now(),
      },
    ]);
  });

  it('marks devices of an import as history', async () => {
    const { send, token, desk, clock } = await rig();
    const then = clock.now() - 4_000 * DAY_MS;
    await send(await token('history', 'import'), hostMessage('vm1', then));
    expect(desk.device('vm1')?.status).toBe('imported');
  });
});

describe('numbered batches', () => {
  it('are stored once, and the second time get the same receipt', async () => {
    const { send, token, store, clock, ingest } = await rig();
    const secret = await token('web1');
    const message = hostMessage('web1', clock.now());
    const first = await send(secret, message, numbered('web1', 1));
    const again = await send(secret, message, numbered('web1', 1));
    expect(again).toEqual(first);
    expect(store.appends).toHaveLength(2);
    expect(store.dump()).toHaveLength(3);
    expect(ingest.counters()).toMatchObject({ duplicateBatches: 1, samples: 3 });
  });

  it('are refused ahead of their turn, with the number that is expected', async () => {
    const { send, token, store, clock } = await rig();
    const secret = await token('web1');
    const answer = await send(secret, hostMessage('web1', clock.now()), numbered('web1', 3));
    expect(answer.status).toBe(409);
    expect(errorOf(answer)).toMatchObject({ code: 'sequence_gap', detail: { expected: 1 } });
    expect(store.dump()).toEqual([]);
  });

  it('bring their declared losses with them', async () => {
    const { send, token, store, clock } = await rig();
    const gap = { reason: 'quota', fromMs: 1, toMs: 2, samples: 7 };
    const headers = { ...numbered('web1', 1), 'x-watchkeeper-gaps': JSON.stringify([gap]) };
    await send(await token('web1'), hostMessage('web1', clock.now()), headers);
    expect(store.gaps).toMatchObject([gap]);
  });

  it('declare what was refused in them instead of losing the rest', async () => {
    const { send, token, store, clock, logged } = await rig({ seriesPerSender: 2 });
    const secret = await token('web1');
    const answer = await send(secret, hostMessage('web1', clock.now()), numbered('web1', 1));
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(store.dump()).toHaveLength(2);
    expect(store.gaps).toMatchObject([
      { reason: 'cardinality', fromMs: clock.now(), toMs: clock.now(), samples: 1 },
    ]);
    expect(logged.join()).toContain('"cardinality":1');
    const next = await send(secret, hostMessage('web1', clock.now() + 1), numbered('web1', 2));
    expect(next.status).toBe(204);
  });

  it('count when everything in them is refused', async () => {
    const { send, token, store, clock } = await rig({ seriesPerSender: 0 });
    const secret = await token('web1');
    await send(secret, hostMessage('web1', clock.now()), numbered('web1', 1));
    expect(store.cursor('web1', EPOCH)).toBe(1);
    expect(store.gaps).toMatchObject([{ reason: 'cardinality', samples: 3 }]);
  });

  it('tell how far off the clock of their agent is', async () => {
    const { send, token, desk, clock } = await rig();
    const headers = { ...numbered('web1', 1), 'x-watchkeeper-sent-at': `${clock.now() + 90_000}` };
    await send(await token('web1'), hostMessage('web1', clock.now()), headers);
    expect(desk.agents()[0]).toMatchObject({ heardMs: clock.now(), clockOffsetSeconds: 90 });
  });
});

describe('a write of which some is refused', () => {
  it('stores the rest and answers 400 with counts and the first reason', async () => {
    const { send, token, store, clock, ingest } = await rig();
    const secret = await token('prom', 'remote-write');
    const good = hostSeries('web1', clock.now());
    const bad = { labels: [['__name__', 'a b']], samples: good[0]!.samples } as const;
    const unsorted = {
      labels: [
        ['__name__', 'x'],
        ['b', '1'],
        ['a', '1'],
      ],
      samples: good[0]!.samples,
    } as const;
    const answer = await send(secret, writeRequestV2([bad, ...good, unsorted]), {
      'content-type': V2,
    });
    expect(answer.status).toBe(400);
    expect(answer.headers['x-prometheus-remote-write-samples-written']).toBe('3');
    expect(errorOf(answer)).toMatchObject({
      code: 'bad_request',
      message: '2 samples were refused, 3 stored: label name "a b" is not valid',
      detail: { refused: { rejected: 2 }, written: 3 },
    });
    expect(store.dump()).toHaveLength(3);
    expect(ingest.counters()).toMatchObject({ rejected: { rejected: 2 }, samples: 3 });
  });

  it('says the same every time, without reading the labels again', async () => {
    const { send, token, clock } = await rig();
    const secret = await token('prom', 'remote-write');
    const samples = [{ timeMs: clock.now(), value: 1 }];
    const message = writeRequestV1([{ labels: [['__name__', '1x']], samples }]);
    const first = await send(secret, message);
    for (let index = 0; index < 3; index++) expect(await send(secret, message)).toEqual(first);
  });

  it('does not let samples from the future harm others (D18)', async () => {
    const { send, token, store, clock } = await rig();
    const list = hostSeries('web1', clock.now());
    const ahead = hostSeries('new', clock.now() + AHEAD + 1, { count: 2 });
    const edge = hostSeries('edge', clock.now() + AHEAD, { count: 1 });
    const answer = await send(
      await token('prom', 'remote-write'),
      writeRequestV1([...ahead, ...list, ...edge]),
    );
    expect(answer.status).toBe(400);
    expect(errorOf(answer).detail).toEqual({ refused: { too_new: 2 }, written: 4 });
    expect(store.dump()).toHaveLength(4);
  });

  it('refuses what is past the retention, except from an import', async () => {
    const { send, token, clock } = await rig({ retentionMs: DAY_MS });
    const old = hostMessage('web1', clock.now() - DAY_MS - 1);
    const refused = await send(await token('prom', 'remote-write'), old);
    expect(errorOf(refused).detail).toEqual({ refused: { too_old: 3 }, written: 0 });
    expect((await send(await token('history', 'import'), old)).status).toBe(204);
  });

  it('refuses times before 1970 from everybody but agents', async () => {
    const { send, token } = await rig();
    const answer = await send(await token('history', 'import'), hostMessage('web1', -1));
    expect(errorOf(answer).detail).toMatchObject({ refused: { too_old: 3 } });
  });

  it('is logged once a minute and sender, not once a request', async () => {
    const { send, token, clock, logged } = await rig({ seriesPerSender: 0 });
    const secret = await token('web1');
    for (let index = 0; index < 5; index++) await send(secret, hostMessage('web1', clock.now()));
    expect(logged).toHaveLength(1);
    await clock.advance(60_000);
    await send(secret, hostMessage('web1', clock.now()));
    expect(logged).toHaveLength(2);
  });
});

describe('an agent whose clock is wrong (P6)', () => {
  it.each([
    ['in 1970', 0],
    ['in 2038', Date.UTC(2038, 0, 19)],
  ])('%s loses nothing: its samples are stamped on arrival', async (_, wrong) => {
    const { send, token, store, clock, ingest } = await rig();
    const list = [
      ...hostSeries('web1', wrong + 15_000, { count: 1 }),
      ...hostSeries('web1', wrong + 30_000, { count: 1 }),
    ];
    const answer = await send(await token('web1'), writeRequestV1(list), numbered('web1', 1));
    expect(answer.status).toBe(204);
    expect(store.appends[0]?.times).toEqual(Float64Array.of(clock.now() - 15_000, clock.now()));
    expect(ingest.counters().clockSuspect).toBe(2);
    expect(store.gaps).toEqual([]);
  });

  it('keeps the samples of the same batch that can be believed', async () => {
    const { send, token, store, clock, ingest } = await rig();
    const list = [
      ...hostSeries('web1', clock.now() - 5_000, { count: 1 }),
      ...hostSeries('web1', clock.now() + 2 * AHEAD, { count: 1 }),
    ];
    await send(await token('web1'), writeRequestV1(list));
    expect(store.appends[0]?.times).toEqual(Float64Array.of(clock.now() - 5_000, clock.now()));
    expect(ingest.counters().clockSuspect).toBe(1);
  });
});

describe('tokens', () => {
  it.each([
    ['none', undefined],
    ['another scheme', 'Basic d2ViMTpwYXNz'],
    ['an empty one', 'Bearer '],
    ['a wrong one', `Bearer wk_${'0'.repeat(72)}`],
    ['one with a line feed', 'Bearer wk_\n'],
  ])('are asked for: %s is refused', async (_, authorization) => {
    const { ingest, clock } = await rig();
    const body = hostMessage('web1', clock.now());
    const { headers, ...rest } = request('', body);
    const answer = await ingest.receive({ ...rest, headers: { ...headers, authorization } });
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(errorOf(answer).code).toBe('unauthorised');
  });

  it('stop counting the moment they are revoked', async () => {
    const { send, token, desk, clock, ingest } = await rig();
    const secret = await token('web1');
    expect((await send(secret, hostMessage('web1', clock.now()))).status).toBe(204);
    const late = request(secret, Buffer.alloc(0));
    expect(ingest.precheck(late.headers, late.from)).toBeNull();
    await desk.revokeAgent('web1', { who: 'test', from: 'here' });
    expect((await send(secret, hostMessage('web1', clock.now()))).status).toBe(401);
    await clock.advance(1_000);
    expect((await ingest.receive(late)).status).toBe(401);
  });

  it('cannot be used as another agent: nothing stored, an audit entry each (S2)', async () => {
    const { send, token, store, clock, desk } = await rig();
    const secrets = await Promise.all(['a', 'b', 'c', 'd'].map((name) => token(name)));
    const names = ['a', 'b', 'c', 'd', 'e', '', 'A', 'a.', 'a"', '值守'];
    let attempts = 0;
    for (let round = 0; attempts < 1_000; round++) {
      const who = round % 4;
      const as = names[(round * 7 + (round >> 3)) % names.length]!;
      if (as === names[who]) continue;
      const mine = names[who]!;
      const byHeader = round % 2 === 0;
      const answer = byHeader
        ? await send(secrets[who]!, hostMessage(mine, clock.now()), numbered(as, 1))
        : await send(secrets[who]!, hostMessage(as, clock.now()), numbered(mine, 1));
      expect(answer.status).toBe(403);
      expect(errorOf(answer).code).toBe('forbidden');
      attempts++;
      await clock.advance(10);
    }
    expect(store.dump()).toEqual([]);
    expect(store.devices()).toEqual([]);
    const refused = (await desk.auditEntries(10_000)).filter(({ result }) => result === 'refused');
    expect(refused).toHaveLength(1_000);
    expect(refused[0]).toMatchObject({ from: '192.0.2.7', action: 'ingest.write' });
    expect(new Set(refused.map(({ who }) => who))).toEqual(new Set(['a', 'b', 'c', 'd']));
  }, 60_000);

  it('refuse a whole request for one foreign series among own ones', async () => {
    const { send, token, store, clock } = await rig();
    const mixed = [...hostSeries('web1', clock.now()), ...hostSeries('web2', clock.now())];
    expect((await send(await token('web1'), writeRequestV1(mixed))).status).toBe(403);
    expect(store.devices()).toEqual([]);
  });

  it('given again with another kind are judged by the new kind', async () => {
    const { send, token, desk, clock } = await rig();
    const foreign = hostMessage('x', clock.now());
    expect((await send(await token('p', 'remote-write'), foreign)).status).toBe(204);
    await desk.revokeAgent('p', { who: 'test', from: 'here' });
    expect((await send(await token('p', 'agent'), foreign)).status).toBe(403);
  });
});

describe('limits', () => {
  it('refuse a declared or real length above the limit', async () => {
    const { sendBody, token, ingest } = await rig({ bodyBytes: 100 });
    const secret = await token('web1');
    const { headers, from } = request(secret, Buffer.alloc(101));
    expect(ingest.precheck(headers, from)?.status).toBe(413);
    const lying = await sendBody(secret, Buffer.alloc(101), { 'content-length': '5' });
    expect(lying.status).toBe(413);
  });

  it('refuse a body that decodes to more than 8 MiB before decoding it', async () => {
    const { sendBody, token } = await rig();
    const bomb = Buffer.from([0x80, 0x80, 0x80, 0x08, 0x00, 0x00]);
    const answer = await sendBody(await token('web1'), bomb);
    expect(answer.status).toBe(413);
    expect(errorOf(answer).message).toContain('above 8388608');
  });

  it('refuse an agent’s batch of over 5000 samples, whole', async () => {
    const { send, token, clock, store } = await rig();
    const samples = Array.from({ length: 5_001 }, (_, i) => ({
      timeMs: clock.now() + i,
      value: 1,
    }));
    const message = writeRequestV1([{ ...hostSeries('web1', 0)[0]!, samples }]);
    const answer = await send(await token('web1'), message);
    expect(answer.status).toBe(413);
    expect(store.dump()).toEqual([]);
    expect((await send(await token('p', 'remote-write'), message)).status).toBe(400);
  });

  it('slow down a token that sends too much, and only that one', async () => {
    const { sendBody, token, clock } = await rig();
    const [greedy, calm] = [await token('web1'), await token('web2')];
    // A megabyte of nothing: refused, but it costs what it costs to find out.
    const large = compressSync(Buffer.alloc(1024 * 1024));
    const statuses: number[] = [];
    for (let index = 0; index < 21; index++) {
      statuses.push((await sendBody(greedy, large)).status);
    }
    expect(statuses).toEqual([...Array(19).fill(400), 429, 429]);
    const refused = await sendBody(greedy, large);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(errorOf(refused)).toMatchObject({ code: 'overloaded' });
    expect((await sendBody(calm, compressSync(Buffer.alloc(0)))).status).toBe(204);
    await clock.advance(1_000);
    expect((await sendBody(greedy, large)).status).toBe(400);
  });

  it('let an agent send two thousand small requests a second', async () => {
    const { send, token, clock } = await rig();
    const secret = await token('web1');
    for (let second = 0; second < 12; second++) {
      for (let index = 0; index < 2_000; index++) {
        expect((await send(secret, Buffer.alloc(0))).status).toBe(204);
      }
      await clock.advance(1_000);
    }
  });

  it('refuse a flood of new series of a device and keep those it had', async () => {
    const { send, token, clock, store } = await rig({ seriesPerSender: 5 });
    const secret = await token('web1');
    const flood = (round: number) =>
      hostSeries('web1', clock.now() + round, { count: 200 }).map((series) => ({
        ...series,
        labels: [...series.labels, ['round', String(round)]] as const,
      }));
    for (let round = 0; round < 20; round++) {
      const headers = numbered('web1', round + 1);
      expect((await send(secret, writeRequestV1(flood(round)), headers)).status).toBe(204);
    }
    expect(store.dump()).toHaveLength(5);
    const lost = store.gaps.reduce((sum, { samples }) => sum + samples, 0);
    expect(lost).toBe(20 * 200 - 5);
    const known = flood(0)
      .slice(0, 5)
      .map((series) => ({
        ...series,
        samples: [{ timeMs: clock.now() + 500, value: 1 }],
      }));
    await send(secret, writeRequestV1(known), numbered('web1', 21));
    expect(store.dump()).toHaveLength(10);
  });

  it('leave room for others when one agent speaks for ever more devices', async () => {
    const { send, token, clock, store } = await rig({ seriesPerAgent: 10 });
    const greedy = await token('site');
    for (let index = 0; index < 20; index++) {
      const series = hostSeries('site', clock.now(), { count: 3 }).map((one) => ({
        ...one,
        labels: one.labels.map(([name, value]) =>
          name === 'instance'
            ? (['instance', `switch-${index}`] as const)
            : ([name, value] as const),
        ),
      }));
      await send(greedy, writeRequestV1(series), numbered('site', index + 1));
    }
    expect(store.dump()).toHaveLength(10);
    const other = await token('web2');
    const calm = writeRequestV1(hostSeries('web2', clock.now(), { count: 3 }));
    expect((await send(other, calm, numbered('web2', 1))).status).toBe(204);
    expect(store.dump()).toHaveLength(13);
  });

  it('answer 429 to wrong tokens of one address, and still serve right ones from it', async () => {
    const { send, token } = await rig();
    const secret = await token('web1');
    const statuses = [];
    for (let index = 0; index < 22; index++) {
      statuses.push((await send('wk_wrong', Buffer.alloc(0))).status);
    }
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(statuses.slice(20)).toEqual([429, 429]);
    expect((await send(secret, Buffer.alloc(0))).status).toBe(204);
  });

  it('ask senders to wait when a million samples wait for their commit', async () => {
    const { send, token, clock, store } = await rig();
    const secret = await token('p', 'remote-write');
    const samples = Array.from({ length: 50_000 }, (_, i) => ({
      timeMs: clock.now() - i,
      value: 1,
    }));
    const message = writeRequestV1([{ ...hostSeries('web1', 0)[0]!, samples }]);
    const release = store.hold();
    const waiting = Array.from({ length: 20 }, () => send(secret, message));
    const refused = await send(secret, message);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBeDefined();
    release();
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(204);
    expect((await send(secret, message)).status).toBe(204);
  });
});

describe('what is not a write request', () => {
  it.each([
    ['content-type', 'application/json', 415],
    ['content-type', `${V2};x=1`, 415],
    ['content-encoding', 'gzip', 415],
    ['content-encoding', 'br', 415],
    ['content-encoding', undefined, 415],
    ['content-encoding', ['snappy', 'snappy'], 400],
    ['x-watchkeeper-seq', '1', 400],
  ] as const)('is refused by its %s %j', async (name, value, status) => {
    const { send, token, ingest } = await rig();
    const headers = { [name]: value } as Record<string, string>;
    const secret = await token('web1');
    const answer = await send(secret, Buffer.alloc(0), headers);
    expect(answer.status).toBe(status);
    expect(errorOf(answer).message).not.toBe('');
    expect(answer.headers['x-watchkeeper-time']).toBeDefined();
    if (status === 415) {
      const { headers: sent, from } = request(secret, Buffer.alloc(0), headers);
      expect(ingest.precheck(sent, from)?.status).toBe(415);
    }
  });

  it('is refused by its bytes, and the same batch can come again whole', async () => {
    const { send, sendBody, token, clock, store } = await rig();
    const secret = await token('web1');
    const message = hostMessage('web1', clock.now());
    const garbage = await sendBody(secret, Buffer.from('not snappy'), numbered('web1', 1));
    expect([garbage.status, errorOf(garbage).code]).toEqual([400, 'malformed']);
    const cut = await send(secret, message.subarray(0, -1), numbered('web1', 1));
    expect([cut.status, errorOf(cut).code]).toEqual([400, 'malformed']);
    expect((await send(secret, message, numbered('web1', 1))).status).toBe(204);
    expect(store.dump()).toHaveLength(3);
  });
});

describe('a store that cannot store', () => {
  it.each([['disk_full'], ['unavailable']] as const)(
    '%s is told as 503 with a time',
    async (code) => {
      const { send, token, clock, store, desk } = await rig();
      const secret = await token('web1');
      store.failWith(new Failure(code, 'no room'));
      const answer = await send(secret, hostMessage('web1', clock.now()), numbered('web1', 1));
      expect(answer.status).toBe(503);
      expect(errorOf(answer).code).toBe(code);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(2);
      expect(desk.devices()).toEqual([]);
      expect(desk.agents()[0]?.heardMs).toBe(0);
      store.failWith(null);
      const again = await send(secret, hostMessage('web1', clock.now()), numbered('web1', 1));
      expect(again.status).toBe(204);
      expect(store.dump()).toHaveLength(3);
    },
  );

  it('spreads the times it names', async () => {
    const { send, token, clock, store } = await rig();
    const secret = await token('web1');
    store.failWith(new Failure('unavailable', 'busy'));
    const times = new Set<string | undefined>();
    for (let index = 0; index < 30; index++) {
      const answer = await send(secret, hostMessage('web1', clock.now()));
      times.add(answer.headers['retry-after']);
    }
    expect(times.size).toBeGreaterThan(2);
  });

  it('does not show a sender what only the log should', async () => {
    const { send, token, clock, store, logged } = await rig();
    store.failWith(new Error('SQLITE_CORRUPT in /var/lib/x'));
    const answer = await send(await token('web1'), hostMessage('web1', clock.now()));
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('SQLITE');
    expect(logged.join()).toContain('SQLITE_CORRUPT');
  });
});

describe('series that were removed', () => {
  it('get their new numbers, never those of others', async () => {
    const { send, token, clock, store } = await rig();
    const [one, two] = [await token('web1'), await token('web2')];
    for (let index = 0; index < 4; index++) {
      await send(one, hostMessage('web1', clock.now() + index));
      await send(two, hostMessage('web2', clock.now() + index));
    }
    store.forgetSeries();
    const later = clock.now() + 100;
    await send(two, hostMessage('web2', later));
    await send(one, hostMessage('web1', later));
    const last = store.dump().filter((line) => line.includes(` ${later} `));
    expect(last).toHaveLength(6);
    expect(last.filter((line) => line.includes('agent="web2"'))).toHaveLength(3);
    expect(store.appends.at(-2)?.sender).toBe('web2');
    expect(store.deviceOf(store.appends.at(-2)!.shape.series[0]!)).toBe('web2');
  });
});
