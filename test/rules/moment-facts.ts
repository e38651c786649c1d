/** Connections that a server ends at one moment, written by hand. Times are microseconds since the run's first packet. */
import type { Connection } from '../../src/facts/connection.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, type Step } from './facts.js';

/** The `at`-th connection of a capture: its own stream, port and packets. */
export function apart(at: number, opened: number): ConnectionOptions {
  return { stream: at, clientPort: 41_000 + at, firstPacket: 1001 + at * 10, beginsAt: opened };
}

/** Opened, used once at `used`, and idle from then on until the server ends it at `ended`. */
export function idleUntil(
  at: number,
  { opened, used = opened, ended }: { readonly opened: number; readonly used?: number; readonly ended: number },
  options: ConnectionOptions = {},
  response: Parameters<typeof answer>[3] = {},
): Connection {
  const end = ended - opened;
  const steps: Step[] = [
    ...handshake(),
    get(used - opened + 1133),
    answer(used - opened + 3000, 200, 500, response),
    finBy('server', end),
    finBy('client', end + 100),
  ];
  return connection(steps, { ...apart(at, opened), ...options });
}
