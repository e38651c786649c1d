/** A connection as a short snap length shows it. */
import type { Connection } from '../../src/facts/connection.js';

/** Nobody can see where its requests end. */
export function headCut(facts: Connection): Connection {
  const { client, guards } = facts;
  const exchanges = facts.exchanges.map((exchange) =>
    exchange.request === null
      ? exchange
      : { ...exchange, request: { ...exchange.request, complete: false, lostBytes: 60 } },
  );
  return {
    ...facts,
    exchanges,
    client: { ...client, lostBytes: 60, snappedBytes: 60 },
    guards: { ...guards, snapped: true },
  };
}
