/** The packets of a mark as pcapdx's own decoding finds them. */
import type { Connection } from '../../src/facts/connection.js';
import type { Endpoint, Side } from '../../src/facts/endpoint.js';
import { OPPOSITE } from '../../src/facts/endpoint.js';
import { packetNumberOf } from '../../src/facts/packet-reference.js';
import type { OwnMark } from './scenarios.js';

/** Numbers of the packets, in order. */
export function ownFrames(connections: readonly Connection[], mark: OwnMark): number[] {
  return connections
    .flatMap((connection) => framesIn(connection, mark))
    .map(packetNumberOf)
    .sort((one, other) => one - other);
}

function framesIn(connection: Connection, mark: OwnMark): number[] {
  const isMeant = (from: Side): boolean =>
    isAt(connection[from].endpoint, mark.from) && isAt(connection[OPPOSITE[from]].endpoint, mark.to);
  if (mark.segment !== undefined) {
    const { segments } = connection.close;
    return segments.filter(({ kind, from }) => kind === mark.segment && isMeant(from)).map(({ packet }) => packet);
  }
  if (mark.response !== undefined) {
    const responses = connection.exchanges.flatMap(({ interim, response }) => [
      ...interim.map(({ status, packet }) => ({ status, headPacket: packet })),
      ...(response === null ? [] : [response]),
    ]);
    return isMeant('server')
      ? responses.filter(({ status }) => status === mark.response).map(({ headPacket }) => headPacket)
      : [];
  }
  if (mark.hello !== undefined) {
    const hello = connection.tls?.clientHello;
    return hello?.serverNames.includes(mark.hello) && isMeant('client') ? [hello.lastPacket] : [];
  }
  if (mark.alert !== undefined) {
    const alerts = connection.tls?.alerts ?? [];
    return alerts
      .filter(({ from, level, description }) => level === 'fatal' && description === mark.alert && isMeant(from))
      .map(({ packet }) => packet);
  }
  const requests = connection.exchanges.flatMap(({ request }) => (request === null ? [] : [request]));
  return isMeant('client')
    ? requests
        .filter(
          ({ method, target, authority }) =>
            method === mark.request &&
            (mark.target ?? target) === target &&
            (mark.authority === undefined || mark.authority === authority),
        )
        .map(({ headPacket }) => headPacket)
    : [];
}

/** `wanted`: an address, an address and a port, or anybody. */
function isAt({ address, port }: Endpoint, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === address || wanted === `${address}:${port}`;
}
