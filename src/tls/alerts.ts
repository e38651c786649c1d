/** The alerts of a connection: those that were read, or known by their record type, and those that have the shape of one alone. */
import { OPPOSITE, type Side } from '../facts/endpoint.js';
import { MAX_ALERTS, type TlsAlert, type TlsFacts } from '../facts/tls.js';
import { ALERT } from './content-type.js';
import type { Direction } from './direction.js';

/** See the head of this file. */
export class Alerts {
  private readonly kept: TlsAlert[] = [];
  private count = 0;

  add(
    from: Side,
    alert: Pick<TlsAlert, 'basis' | 'level' | 'description' | 'name'>,
    packet: number,
    atNs: number,
  ): void {
    this.count += 1;
    if (this.kept.length < MAX_ALERTS) this.kept.push({ from, packet, atNs, ...alert });
  }

  /**
   * With the last records that have an alert's shape, in order of time.
   *
   * @param isTurned Who was held to be the client is the server.
   */
  facts(client: Direction, server: Direction, isTurned: boolean): Pick<TlsFacts, 'alerts' | 'alertCount'> {
    const alerts = isTurned ? this.kept.map((alert) => ({ ...alert, from: OPPOSITE[alert.from] })) : [...this.kept];
    let alertCount = this.count;
    for (const direction of [client, server]) {
      if (!direction.tally.endsInAlertShape || !direction.hasEnded) continue;
      alertCount += 1;
      const { lastPacket: packet, lastNs: atNs } = direction.tally;
      const from = direction === client ? 'client' : 'server';
      if (alerts.length < MAX_ALERTS) {
        alerts.push({ from, packet, atNs, basis: 'shape', level: null, description: null, name: null });
      }
    }
    alerts.sort((one, other) => one.atNs - other.atNs);
    return { alerts, alertCount };
  }
}

/** Whether a direction ended with close_notify: read, or taken for it by its place and its length. */
export function closeNotifyOf(direction: Direction): 'seen' | 'probable' | 'none' | 'unknown' {
  const { closeNotify, hasEnded, hasLoss, tally } = direction;
  if (closeNotify === 'seen') return 'seen';
  const isLastAlert = tally.lastType === ALERT && closeNotify === 'encrypted';
  if (isLastAlert || (hasEnded && tally.endsInAlertShape && tally.applicationRecords > 0)) return 'probable';
  if (hasLoss || !hasEnded || tally.endsInAlertShape) return 'unknown';
  return 'none';
}
