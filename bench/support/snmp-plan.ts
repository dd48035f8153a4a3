/** What the simulated switches and those who ask them agree on. */
export const PORTS = 48;

/** 127.1.0.1, 127.1.0.2 …: 250 devices of each third number. */
export const addressOfDevice = (i: number): string =>
  `127.1.${Math.floor(i / 250)}.${1 + (i % 250)}`;
