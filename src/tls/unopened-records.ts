/**
 * Protected records that nobody opened, and what is told of them from outside: by their type in TLS 1.2 and
 * before; in TLS 1.3, where all look like application data, by their length and their place.
 * docs/without-keys.md.
 */
import type { TlsTurns } from '../facts/tls.js';
import type { Alerts } from './alerts.js';
import { ALERT, APPLICATION_DATA } from './content-type.js';
import type { Direction } from './direction.js';
import type { HandshakeEnd } from './handshake-end.js';
import type { Hellos } from './hellos.js';
import type { SessionKeys } from './session-keys.js';
import { TLS13_ALERT_LENGTH } from './side-tally.js';
import { Turns } from './turns.js';

/** An alert of which nothing but its record is known. */
const ENCRYPTED = { basis: 'encrypted', level: null, description: null, name: null } as const;

/** See the head of this file. */
export class UnopenedRecords {
  private readonly turns = new Turns();

  /** @param client The client's direction. */
  constructor(
    private readonly client: Direction,
    private readonly hellos: Hellos,
    private readonly keys: SessionKeys,
    private readonly end: HandshakeEnd,
    private readonly alerts: Alerts,
  ) {}

  /** Who asked and who answered, as far as it shows; `null`: the client asked nothing. */
  facts(): TlsTurns | null {
    return this.turns.facts();
  }

  /** A record of `length` bytes ended, and stays closed. */
  record(direction: Direction, contentType: number, length: number, packet: number, at: number): void {
    if (this.hellos.is13) {
      const isApplication = this.isProbablyApplication(direction, length, packet);
      if (length === TLS13_ALERT_LENGTH) direction.tally.alertShape(isApplication);
      else if (isApplication) this.application(direction, length, packet, at);
      return;
    }
    if (contentType === APPLICATION_DATA) this.application(direction, length, packet, at);
    else if (contentType === ALERT) {
      direction.closeNotify ??= 'encrypted';
      this.alerts.add(direction === this.client ? 'client' : 'server', ENCRYPTED, packet, at);
    }
  }

  private application(direction: Direction, length: number, packet: number, at: number): void {
    const { mayBeH2 } = this.hellos;
    if (direction === this.client) {
      direction.tally.application(length, length, packet, at);
      this.turns.client(length, packet, at, mayBeH2);
      return;
    }
    if (this.hellos.is13 && this.turns.isFirstAnswer && direction.tally.showsTickets(length, at)) {
      this.turns.withdrawAnswer();
      return;
    }
    direction.tally.application(length, length, packet, at);
    this.turns.server(length, packet, at, mayBeH2);
  }

  /** TLS 1.3: whether it holds application data (see TlsSideFacts.firstApplication). */
  private isProbablyApplication(direction: Direction, length: number, packet: number): boolean {
    if (direction === this.client) return this.end.isBehindClient(length, this.keys.finishedLength, packet);
    return this.end.isFinished(true) && this.client.tally.applicationRecords > 0;
  }
}
