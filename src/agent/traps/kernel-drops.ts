/** Datagrams the kernel dropped because nobody read them fast enough; from `/proc/net/udp`. */
import { readFileSync } from 'node:fs';

/** The column `drops` of the sockets on a port; null where the text has none. */
export function dropsOf(text: string, port: number): number | null {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const drops = text.split('\n').flatMap((line) => {
    const [, local, , , , , , , , , , , dropped] = line.trim().split(/\s+/);
    return local?.endsWith(wanted) && /^\d+$/.test(dropped ?? '') ? [Number(dropped)] : [];
  });
  return drops.length === 0 ? null : drops.reduce((sum, one) => sum + one, 0);
}

/** Of the present socket; null where the system does not say. */
export function kernelDrops(port: number): number | null {
  for (const file of ['/proc/net/udp', '/proc/net/udp6']) {
    try {
      const drops = dropsOf(readFileSync(file, 'utf8'), port);
      if (drops !== null) return drops;
    } catch {
      // Not this kind of system.
    }
  }
  return null;
}
