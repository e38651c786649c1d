/** A connection as a short snap length shows it. */
import type { Connection } from '../../src/facts/connection.js';
import { withRequests } from './facts.js';

/** Nobody can see where its requests end. */
export function headCut(facts: Connection): Connection {
  const { client, guards, ...rest } = withRequests(facts, { complete: false, lostBytes: 60 });
  return {
    ...rest,
    client: { ...client, lostBytes: 60, snappedBytes: 60 },
    guards: { ...guards, snapped: true },
  };
}
