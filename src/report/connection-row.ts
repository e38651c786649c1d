/** A connection as a filter sees it. */
import type { Connection } from '../facts/connection.js';
import { type Exchange, UNKNOWN_STATUS, UNKNOWN_TEXT } from '../facts/exchange.js';
import { packetNumberOf } from '../facts/packet-reference.js';
import type { FieldName } from '../filter/fields.js';
import type { FilterRow } from '../filter/filter.js';
import { endpointText } from '../text/address.js';

/** Fields of a filter that say something of findings or of what a user marked: a connection alone has none of them. */
export const NOT_OF_CONNECTIONS: ReadonlySet<FieldName> = new Set(['rule', 'sev', 'conf', 'finding', 'marked']);

/** See the head of this file. */
export class ConnectionRow implements FilterRow {
  constructor(private readonly connection: Connection) {}

  valuesOf(field: FieldName): readonly (string | number)[] {
    const { connection } = this;
    const { client, server, tls, exchanges } = connection;
    switch (field) {
      case 'server':
        return [endpointText(server.endpoint)];
      case 'client':
        return [endpointText(client.endpoint)];
      case 'name':
        return [...this.valuesOf('sni'), ...this.valuesOf('authority')];
      case 'port':
        return [client.endpoint.port, server.endpoint.port];
      case 'proto':
        return [connection.protocol];
      case 'alpn':
        return known(tls?.serverHello?.alpn);
      case 'sni':
        return tls?.clientHello?.serverNames ?? [];
      case 'authority':
        return exchanges.flatMap(({ request }) => known(request?.authority));
      case 'method':
        return exchanges.flatMap(({ request }) => known(request?.method));
      case 'path':
        return exchanges.flatMap(({ request }) => known(request?.target));
      case 'status':
        return exchanges.flatMap(statusOf);
      case 'close':
        return [connection.close.kind];
      case 'reset':
        return [connection.close.resetBy ?? 'none'];
      case 'handshake':
        return [connection.handshake.kind];
      case 'stream':
        return [connection.stream];
      case 'packet':
        return this.packets();
      case 'time':
        return [connection.endNs - connection.startNs];
      case 'ttfb':
        return longest(exchanges.flatMap(firstByteNs));
      case 'idle':
        return longest(connection.idlePeriods.map(({ durationNs }) => durationNs));
      case 'bytes':
        return [client.payloadBytes + server.payloadBytes];
      case 'requests':
        return [exchanges.filter(({ request }) => request !== null).length];
      case 'rule':
      case 'sev':
      case 'conf':
      case 'finding':
      case 'marked':
        return [];
      default: {
        const never: never = field;
        return never;
      }
    }
  }

  text(): string {
    const fields: readonly FieldName[] = ['client', 'server', 'name', 'proto', 'method', 'path', 'status', 'close'];
    return [this.connection.stream, ...fields.flatMap((field) => this.valuesOf(field))].join(' ');
  }

  /** Those that facts name: the ends of the connection and of each message, and how it was closed. */
  private packets(): readonly number[] {
    const { firstPacket, lastPacket, close, exchanges } = this.connection;
    return [
      firstPacket,
      lastPacket,
      ...close.segments.map(({ packet }) => packet),
      ...exchanges.flatMap(({ request, response }) =>
        [request, response].flatMap((message) =>
          message === null ? [] : [message.firstPacket, message.headPacket, message.lastPacket],
        ),
      ),
    ].map(packetNumberOf);
  }
}

function statusOf({ response }: Exchange): readonly number[] {
  return response === null || response.status === UNKNOWN_STATUS ? [] : [response.status];
}

/** From the request's end to the response's first byte. */
function firstByteNs({ request, response }: Exchange): readonly number[] {
  return request === null || response === null ? [] : [response.startNs - request.endNs];
}

function longest(values: readonly number[]): readonly number[] {
  return values.length === 0 ? [] : [values.reduce((most, value) => Math.max(most, value))];
}

function known(text: string | null | undefined): readonly string[] {
  return text === null || text === undefined || text === UNKNOWN_TEXT ? [] : [text];
}
