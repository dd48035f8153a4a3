/**
 * The child: a UDP socket, the gate, the decoder. What it has to know comes as one line on stdin;
 * when stdin ends, its parent is gone and so is it. Anything unforeseen ends the process: the
 * parent keeps the input and starts the next one.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Clock, repeat } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { SnmpCredential } from '../snmp/snmp.ts';
import { type Decoded, type Decoder, type Origin, openDecoder } from './decoder.ts';
import { type Frame, Lines, writeFrame } from './frames.ts';
import { Gate, plainAddress } from './gate.ts';
import type { TrapRates } from './traps.ts';

/** What the parent writes to the child's stdin. */
export interface ReceiverSettings {
  readonly host: string;
  readonly port: number;
  readonly sources: readonly string[];
  readonly credentials: readonly SnmpCredential[];
  readonly rates: TrapRates;
}

export interface ReceiverStreams {
  readonly input: NodeJS.ReadableStream;
  readonly write: (line: string) => void;
  readonly clock: Clock;
}

const REPORT_MS = 500;
/** A storm waits in the kernel while one datagram is decoded. */
export const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** Resolves to the exit code when the parent has closed stdin. */
export async function receive({ input, write, clock }: ReceiverStreams): Promise<number> {
  const send = (frame: Frame): void => write(writeFrame(frame));
  const ended = Promise.withResolvers<number>();
  const first = Promise.withResolvers<string>();
  const lines = new Lines(first.resolve);
  input.on('data', (chunk) => lines.push(String(chunk)));
  input.on('end', () => ended.resolve(0));
  const line = await Promise.race([first.promise, ended.promise]);
  if (typeof line === 'number') return line;
  const settings = JSON.parse(line) as ReceiverSettings;
  const gate = new Gate(settings.sources, settings.rates);
  const decoder = await openDecoder(settings.credentials, clock);
  const intake = new Intake(gate, decoder, { clock, send });
  listen(settings, intake, { clock, send, end: ended.resolve });
  return await ended.promise;
}

interface Surroundings {
  readonly clock: Clock;
  readonly send: (frame: Frame) => void;
  readonly end: (code: number) => void;
}

function listen(settings: ReceiverSettings, intake: Intake, around: Surroundings): void {
  const { clock, send, end } = around;
  const { host, port } = settings;
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: SOCKET_BUFFER_BYTES,
  });
  socket.on('error', (error) => {
    send({ kind: 'failed', reason: messageOf(error) });
    end(1);
  });
  socket.on('message', (datagram, from) => intake.take(datagram, from, socket));
  socket.bind({ port, address: host }, () => {
    send({ kind: 'ready', port: socket.address().port });
  });
  repeat(clock, REPORT_MS, () => intake.report());
}

class Intake {
  readonly #gate: Gate;
  readonly #decoder: Decoder;
  readonly #clock: Clock;
  readonly #send: (frame: Frame) => void;
  #received = 0;
  #dropped: Record<string, number> = {};

  constructor(gate: Gate, decoder: Decoder, around: Omit<Surroundings, 'end'>) {
    this.#gate = gate;
    this.#decoder = decoder;
    this.#clock = around.clock;
    this.#send = around.send;
  }

  take(datagram: Buffer, { address, port }: RemoteInfo, socket: Socket): void {
    this.#received += 1;
    const admission = this.#gate.admit(plainAddress(address), this.#clock.monotonic());
    if (admission !== 'taken') {
      this.#drop(admission);
      return;
    }
    this.#send({ kind: 'input', raw: datagram.toString('base64') });
    const decoded = this.#decode(datagram, { address, port });
    if (decoded === null) return;
    const { trap, why, refusal, answers } = decoded;
    if (trap === null) {
      this.#drop(why);
      const from = plainAddress(address);
      this.#send({ kind: 'refused', refusal: refusal === undefined ? null : { from, ...refusal } });
    } else {
      this.#send({ kind: 'trap', trap: { ...trap, from: plainAddress(address) } });
    }
    for (const { bytes, to } of answers) socket.send(bytes, to.port, to.address, () => {});
  }

  report(): void {
    if (this.#received === 0) return;
    const counts = {
      received: this.#received,
      dropped: this.#dropped,
      unlisted: this.#gate.takeUnlisted(),
    };
    this.#send({ kind: 'counts', counts });
    this.#received = 0;
    this.#dropped = {};
  }

  /**
   * One sender's datagram must not cost the others their receiver: what the decoder throws is told
   * to the parent, which keeps the input as if it had ended us.
   */
  #decode(datagram: Buffer, origin: Origin): Decoded | null {
    try {
      return this.#decoder.decode(datagram, origin);
    } catch (error) {
      this.#drop('broken');
      this.#send({ kind: 'broken', reason: messageOf(error) });
      return null;
    }
  }

  #drop(why: string): void {
    this.#dropped[why] = (this.#dropped[why] ?? 0) + 1;
  }
}
