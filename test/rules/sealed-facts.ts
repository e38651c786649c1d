/** Connections whose TLS no key opens, written by hand: what records show is given as turns. */
import type { Connection } from '../../src/facts/connection.js';
import type { TlsFacts, TlsSideFacts, TlsTurn, TlsTurns } from '../../src/facts/tls.js';
import { clientHelloFacts, tlsFacts } from '../findings/connections.js';
import { type ConnectionOptions, connection, handshake, type Step } from './facts.js';

const US = 1000;

/** What records of a connection show beside their turns. */
export interface SealedOptions extends ConnectionOptions {
  readonly alpn?: readonly string[];
  readonly turns?: Partial<TlsTurns>;
  readonly clientSide?: Partial<TlsSideFacts>;
  readonly serverSide?: Partial<TlsSideFacts>;
  readonly tls?: Partial<TlsFacts>;
}

/** Client data at `at` microseconds, answered at `answeredAt` (`null`: never) with so many bytes; packets 4 and on. */
export function turn(at: number, answeredAt: number | null, bytes = 900, packet = 4): TlsTurn {
  return {
    ...{ firstPacket: packet, startNs: at * US, lastPacket: packet, endNs: at * US, bytes: 180 },
    answer:
      answeredAt === null
        ? null
        : {
            records: 1,
            bytes,
            ...{ firstPacket: packet + 1, startNs: answeredAt * US, lastPacket: packet + 1, endNs: answeredAt * US },
          },
  };
}

/** TLS 1.3 of a client that offers HTTP/1.1, whose last turn is `last`, ended by `end`. */
export function sealed(last: TlsTurn, end: readonly Step[], options: SealedOptions = {}): Connection {
  const { alpn = ['http/1.1'], turns = {}, clientSide = {}, serverSide = {}, tls = {}, ...others } = options;
  const beginsNs = (others.beginsAt ?? 0) * US;
  const steps: Step[] = [...handshake(), { at: last.endNs / US, is: 'data', from: 'client', bytes: last.bytes + 5 }];
  if (last.answer !== null)
    steps.push({ at: last.answer.startNs / US, is: 'data', from: 'server', bytes: last.answer.bytes + 5 });
  const facts = connection([...steps, ...end], { serverPort: 443, ...others, protocol: 'tls' });
  const moved = (one: TlsTurn): TlsTurn => movedBy(one, beginsNs, (others.firstPacket ?? 1) - 1);
  const lastTurn = moved(last);
  const shape = { packet: lastTurn.lastPacket, atNs: lastTurn.endNs, contentType: 23, length: last.bytes };
  const side = tlsFacts().client;
  return {
    ...facts,
    tls: tlsFacts({
      clientHello: clientHelloFacts({ alpn }),
      serverHello: { packet: 5, atNs: 0, version: 'TLS 1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', alpn: null },
      finishedNs: { client: beginsNs + 1_000_000, server: beginsNs + 900_000 },
      client: { ...side, lastApplication: shape, applicationRecords: 1, ...clientSide },
      server: { ...side, ...serverSide },
      ...tls,
      turns: {
        ...{ count: 2, prompt: 1, lastPrompt: { packet: lastTurn.firstPacket, atNs: lastTurn.startNs }, lateCount: 0 },
        ...{ mayBePreface: false, wentOn: { client: 0, server: 0 } },
        ...turns,
        late: (turns.late ?? []).map(moved),
        last: lastTurn,
      },
    }),
  };
}

function movedBy(one: TlsTurn, ns: number, packets: number): TlsTurn {
  const { answer } = one;
  return {
    ...one,
    firstPacket: one.firstPacket + packets,
    lastPacket: one.lastPacket + packets,
    startNs: one.startNs + ns,
    endNs: one.endNs + ns,
    answer:
      answer === null
        ? null
        : {
            ...answer,
            firstPacket: answer.firstPacket + packets,
            lastPacket: answer.lastPacket + packets,
            startNs: answer.startNs + ns,
            endNs: answer.endNs + ns,
          },
  };
}
