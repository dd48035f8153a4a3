/**
 * A process of its own: so many switches on 127.1.0.0/16, each with a socket, all with one table of
 * 48 ports. The last ones say nothing. Sends `ready` to its parent.
 */
import { createSocket } from 'node:dgram';
import {
  counter32,
  counter64,
  gauge,
  honestAnswer,
  integer,
  oidValue,
  parseRequest,
  SimTable,
  type SimValue,
  text,
  ticks,
} from '../../test/support/snmp-device.ts';
import { addressOfDevice, PORTS } from './snmp-plan.ts';

const [devices = 0, silent = 0, port = 0] = process.argv.slice(2).map(Number);

const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';
const startMs = performance.now();
/** Bytes since the start at 10 MB/s: counters move. */
const moving = (): number => Math.floor((performance.now() - startMs) * 10_000);

/** All of ifTable and ifXTable of one port (RFC 2863). */
function portRows(i: number): Record<string, SimValue> {
  const rows: Record<string, SimValue> = {
    [`${IF}.1.${i}`]: integer(i),
    [`${IF}.2.${i}`]: text(`GigabitEthernet0/${i}`),
    [`${IF}.3.${i}`]: integer(6),
    [`${IF}.4.${i}`]: integer(1_500),
    [`${IF}.5.${i}`]: gauge(1_000_000_000),
    [`${IF}.6.${i}`]: text(Buffer.from([0, 27, 33, 0, 0, i])),
    [`${IF}.7.${i}`]: integer(1),
    [`${IF}.8.${i}`]: integer(i % 4 === 0 ? 2 : 1),
    [`${IF}.9.${i}`]: ticks(12_345),
    [`${IFX}.1.${i}`]: text(`Gi0/${i}`),
    [`${IFX}.14.${i}`]: integer(1),
    [`${IFX}.15.${i}`]: gauge(1_000),
    [`${IFX}.16.${i}`]: integer(2),
    [`${IFX}.17.${i}`]: integer(1),
    [`${IFX}.18.${i}`]: text(`room ${i}`),
    [`${IFX}.19.${i}`]: ticks(0),
  };
  for (let c = 10; c <= 21; c++) rows[`${IF}.${c}.${i}`] = counter32(c === 14 ? 3 : 1_000_000 + c);
  for (let c = 2; c <= 5; c++) rows[`${IFX}.${c}.${i}`] = counter32(70_000 + c);
  for (let c = 6; c <= 13; c++) rows[`${IFX}.${c}.${i}`] = () => counter64(2 ** 40 + moving() + c);
  return rows;
}

const rows: Record<string, SimValue> = {
  '1.3.6.1.2.1.1.1.0': text('Simulated switch'),
  '1.3.6.1.2.1.1.2.0': oidValue('1.3.6.1.4.1.99999.1'),
  '1.3.6.1.2.1.1.3.0': () => ticks(1_000_000 + Math.floor(performance.now() / 10)),
  '1.3.6.1.2.1.1.5.0': text('sim'),
  '1.3.6.1.2.1.2.1.0': integer(PORTS),
};
for (let i = 1; i <= PORTS; i++) Object.assign(rows, portRows(i));
const table = new SimTable(rows);

function openDevice(i: number): Promise<void> {
  const socket = createSocket('udp4');
  if (i < devices - silent) {
    socket.on('message', (datagram, from) => {
      socket.send(honestAnswer(table, parseRequest(datagram)), from.port, from.address);
    });
  }
  return new Promise((done) => {
    socket.bind(port, addressOfDevice(i), done);
  });
}

await Promise.all(Array.from({ length: devices }, (_, i) => openDevice(i)));
process.send?.('ready');
