/**
 * Everything that a run keeps of its connections: the rules' tallies, and those of servers, names,
 * hosts and what was not seen.
 *
 * Fed with connections in any order and in parts, merged in any order, the same analysis; what was
 * seen is plain data, so that shares of a capture may be read by other threads and machines.
 */
import type { CaptureFacts } from '../facts/capture.js';
import type { Connection } from '../facts/connection.js';
import type { RawFinding } from '../facts/finding.js';
import type { LegBehind, QuicSeen, ServerSummary } from '../facts/summary.js';
import { type LegsSeen, LegTally } from '../findings/legs.js';
import { legsBehind } from '../findings/legs-behind.js';
import { type QuicNamesSeen, QuicNameTally } from '../findings/quic-names.js';
import { type UnseenConnections, type UnseenSeen, UnseenTally } from '../findings/unseen.js';
import type { NameAnswer, PresenceSign } from '../net/segment.js';
import type { Rule } from '../rules/rule.js';
import { type RuleFailure, RuleRun, type RulesSeen } from '../rules/rule-run.js';
import {
  mergeNameAnswers,
  type NameAnswers,
  nameAnswers,
  noteNameAnswer,
  noteQuicName,
} from '../rules/tally/name-answers.js';
import { type NamesSeen, NameTally } from '../rules/tally/name-table.js';
import { mergePresence, notePresence, type Presence, presence } from '../rules/tally/presence.js';
import { MAX_ACCEPTED_CLIENTS } from '../rules/tally/server-figures.js';
import { type ServersSeen, ServerTally } from '../rules/tally/server-tally.js';

/** Connections and exchanges that are looked at together: enough to load code once for many, and few enough to die young. */
const MAX_WAITING = 128;

/** What a part of a run saw: plain data. */
export interface RunSeen {
  readonly connections: number;
  readonly exchanges: number;
  readonly rules: RulesSeen;
  readonly names: NamesSeen;
  readonly nameAnswers: NameAnswers;
  readonly presence: Presence;
  readonly servers: ServersSeen;
  readonly unseen: UnseenSeen;
  readonly legs: LegsSeen;
  readonly quicNames: QuicNamesSeen;
}

/** What is concluded from the connections of a run. */
export interface RunConclusions {
  readonly connections: number;
  readonly exchanges: number;
  readonly findings: readonly RawFinding[];
  readonly failures: readonly RuleFailure[];
  readonly servers: readonly ServerSummary[];
  readonly unseen: UnseenConnections & { readonly quic: QuicSeen; readonly legsBehind: readonly LegBehind[] };
  readonly bothLegs: boolean;
}

/** See the head of this file. */
export class RunTallies {
  private connections = 0;
  private exchanges = 0;
  private readonly rules: RuleRun;
  /** Taken, and not looked at yet; with so many exchanges. */
  private readonly waiting: Connection[] = [];
  private waitingExchanges = 0;
  private readonly names = new NameTally();
  private readonly nameAnswers = nameAnswers();
  private readonly presence = presence();
  private readonly servers = new ServerTally();
  private readonly unseen = new UnseenTally();
  private readonly legs = new LegTally();
  private readonly quicNames = new QuicNameTally();

  constructor(rules: readonly Rule<unknown>[]) {
    this.rules = new RuleRun(rules);
  }

  /** Takes a finished connection, or a batch of its exchanges; it is looked at later, together with others. */
  take(connection: Connection): void {
    this.waiting.push(connection);
    this.waitingExchanges += connection.exchanges.length;
    if (this.waiting.length + this.waitingExchanges >= MAX_WAITING) this.inspectWaiting();
  }

  /** A connection was given up because too many were open; it is inspected as well. */
  evicted(): void {
    this.unseen.evicted();
  }

  /** DNS gave an address for a name. */
  resolved({ name, type, value, client, atNs, packet }: NameAnswer): void {
    if (type !== 'A' && type !== 'AAAA') return;
    this.named(name, value);
    noteNameAnswer(this.nameAnswers, { name, address: value, client, atNs, packet });
  }

  /** An address showed that it is there, or was asked for. */
  present({ address, kind, mac, atNs, packet }: PresenceSign): void {
    notePresence(this.presence, address, kind, mac, { atNs, packet });
  }

  /** A name for an address, from the capture itself. */
  named(name: string, address: string): void {
    this.names.dns(name, address);
  }

  /** A client began a QUIC connection. */
  quic(name: string | null, alpn: readonly string[]): void {
    this.quicNames.add(name, alpn);
    if (name !== null) noteQuicName(this.nameAnswers, name);
  }

  /** What was seen so far; goes on changing with the run. */
  get seen(): RunSeen {
    this.inspectWaiting();
    return {
      connections: this.connections,
      exchanges: this.exchanges,
      rules: this.rules.seen,
      names: this.names.seen,
      nameAnswers: this.nameAnswers,
      presence: this.presence,
      servers: this.servers.seen,
      unseen: this.unseen.seen,
      legs: this.legs.seen,
      quicNames: this.quicNames.seen,
    };
  }

  /** Adds what another share of the same run saw, which is not to be used after it. */
  merge(other: RunSeen): void {
    this.inspectWaiting();
    this.connections += other.connections;
    this.exchanges += other.exchanges;
    this.rules.merge(other.rules);
    this.names.merge(other.names);
    mergeNameAnswers(this.nameAnswers, other.nameAnswers);
    mergePresence(this.presence, other.presence);
    this.servers.merge(other.servers);
    this.unseen.merge(other.unseen);
    this.legs.merge(other.legs);
    this.quicNames.merge(other.quicNames);
  }

  /** Everything was seen: what follows from it. */
  conclude(captures: readonly CaptureFacts[], reveal: boolean): RunConclusions {
    this.inspectWaiting();
    const { findings, failures } = this.rules.conclude({
      names: this.names,
      nameAnswers: this.nameAnswers,
      presence: this.presence,
      servers: this.servers,
      captures,
      reveal,
    });
    const servers = this.servers.conclude(this.names);
    const bothLegs = this.legs.conclude();
    return {
      connections: this.connections,
      exchanges: this.exchanges,
      findings,
      failures,
      servers,
      unseen: {
        ...this.unseen.conclude(),
        quic: this.quicNames.conclude(),
        legsBehind: bothLegs ? [] : this.legsBehind(servers, findings),
      },
      bothLegs,
    };
  }

  /** What looks at them passes over all of them before the next: its code is in the processor's cache then. */
  private inspectWaiting(): void {
    const { waiting } = this;
    if (waiting.length === 0) return;
    for (const { exchangeOffset } of waiting) if (exchangeOffset === 0) this.connections += 1;
    this.exchanges += this.waitingExchanges;
    this.rules.inspect(waiting);
    for (const connection of waiting) this.names.inspect(connection);
    for (const connection of waiting) this.servers.inspect(connection);
    for (const connection of waiting) this.unseen.inspect(connection);
    for (const connection of waiting) this.legs.inspect(connection);
    waiting.length = this.waitingExchanges = 0;
  }

  private legsBehind(servers: readonly ServerSummary[], findings: readonly RawFinding[]): LegBehind[] {
    const accepted = this.servers.all().map(({ address, port, acceptedClients: clients }) => ({
      ...{ address, port, clients, areAll: clients.length < MAX_ACCEPTED_CLIENTS },
    }));
    return legsBehind(servers, this.servers.gatewayFailures(), findings, accepted);
  }
}
