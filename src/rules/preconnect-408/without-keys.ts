import type { Connection } from '../../facts/connection.js';
import type { TlsFacts } from '../../facts/tls.js';
import { FAREWELL_NS } from '../judgements/idleness.js';
import { clientLeftBefore } from './client-sent.js';
import { begunAt, MIN_SILENT_AGE_NS, unused } from './given-up.js';
import type { Incident } from './incident.js';
import { lateWithoutKeys } from './late-request.js';

/** Lengths of TLS records that may hold a 408 with its page: more than a GOAWAY or an alert, less than a page. */
const MIN_STATUS_RECORD = 40;
const MAX_STATUS_RECORD = 1024;

/**
 * TLS that no key opens: the handshake is done, the client sent nothing more, and the server ends an
 * idle period with a record of a 408's size, or an alert's, and FIN (docs/without-keys.md).
 */
export function closedWithoutKeys(connection: Connection, tls: TlsFacts): Incident | null {
  const { close, idlePeriods } = connection;
  const fin = close.segments.find(({ from }) => from === 'server');
  if (fin === undefined || fin.kind !== 'fin' || fin.deltaSequence !== 0 || tls.finishedNs.client === null) return null;
  const spokeNs = tls.client.firstApplication?.atNs ?? null;
  if ((spokeNs !== null && spokeNs < fin.atNs) || clientLeftBefore(connection, fin.atNs)) return null;
  if (tls.alerts.some(({ from, level }) => from === 'server' && level === 'fatal')) return null;
  const period = idlePeriods.find(
    ({ startNs, durationNs, endedBy }) =>
      durationNs >= MIN_SILENT_AGE_NS &&
      startNs + durationNs <= fin.atNs &&
      fin.atNs - startNs - durationNs <= FAREWELL_NS &&
      (endedBy === 'server-payload' || endedBy === 'server-fin'),
  );
  if (period === undefined || period.packet === null) return null;
  const begun = begunAt(connection);
  const atNs = period.startNs + period.durationNs;
  if (begun === null || period.startNs < begun.atNs) return null;
  const last = tls.server.firstProtected.filter((record) => record.atNs >= atNs);
  const isCut = tls.server.records > 0 && tls.server.firstProtected.at(-1)?.packet !== tls.server.lastRecord?.packet;
  if (isCut || last.some(({ contentType }) => contentType !== 21 && contentType !== 23)) return null;
  const said = last.filter(({ length }) => length >= MIN_STATUS_RECORD);
  if (said.length > 1 || said.some(({ length }) => length > MAX_STATUS_RECORD)) return null;
  return unused(connection, {
    atNs,
    packet: period.packet,
    fin,
    farewell: said.length === 1 ? 'shape' : 'silent',
    response: null,
    late: lateWithoutKeys(connection, tls, atNs),
  });
}
