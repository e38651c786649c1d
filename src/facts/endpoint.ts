/** The role of an endpoint in a connection: who asked for it, as far as it shows ({@link ClientBasis} in facts/connection). */
export type Side = 'client' | 'server';

/** The other role. */
export const OPPOSITE: Readonly<Record<Side, Side>> = { client: 'server', server: 'client' };

/** One value for each side of a connection. */
export interface BothSides<T> {
  readonly client: T;
  readonly server: T;
}

/** An address and a port, as text for reports: IPv4 dotted, IPv6 as RFC 5952 writes it. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}
