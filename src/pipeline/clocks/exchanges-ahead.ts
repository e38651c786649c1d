import type { PacketReference } from '../../facts/packet-reference.js';
import { legKey } from '../../rules/judgements/leg-key.js';
import { logExchanges } from '../../rules/observation/exchange-log.js';
import { exchangeLog } from '../../rules/observation/exchange-rows.js';
import { type LoggedExchange, loggedExchanges } from '../../rules/observation/logged-exchange.js';
import { rankOfText } from '../../rules/tally/rank.js';
import { KeyLog } from '../../tls/key-log.js';
import { Run, type RunListener } from '../run.js';
import type { ClockGroup } from './clock-groups.js';
import { type Looking, lookAhead } from './look-ahead.js';

/** An exchange that may be a leg of a proxy's. */
export interface ExchangeAhead extends LoggedExchange {
  /** Equal on both legs even where the proxy puts another prefix before the path (judgements/leg-key). */
  readonly looseKey: number;
}

/** The exchanges at the beginning of a group's captures, by the group's clock. */
export async function exchangesAhead(
  { captures }: ClockGroup,
  looking: Looking,
  keyLogs: readonly string[],
): Promise<readonly ExchangeAhead[]> {
  /** By the request's first packet: of HTTP/2 one may hold several, which are told apart by their keys then. */
  const looseKeys = new Map<PacketReference, number>();
  const [log, failures] = [exchangeLog(), exchangeLog()];
  const listener: RunListener = {
    connection(connection) {
      logExchanges(connection, log, failures);
      for (const { request } of connection.exchanges)
        if (request !== null) looseKeys.set(request.firstPacket, rankOfText(legKey(request)));
    },
    evicted: () => undefined,
    spent: () => undefined,
    name: () => undefined,
    presence: () => undefined,
    quic: () => undefined,
  };
  const keyLog = new KeyLog();
  for (const text of keyLogs) keyLog.add(text);
  const run = new Run(listener, { keyLog });
  await lookAhead(
    captures,
    looking,
    (packet) => run.packet(packet),
    (text) => keyLog.add(text),
  );
  run.finish();
  return loggedExchanges(log, failures).map((exchange) => ({
    ...exchange,
    looseKey: looseKeys.get(exchange.packet) ?? exchange.key,
  }));
}
