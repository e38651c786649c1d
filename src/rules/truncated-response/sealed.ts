/**
 * Answers that are cut in TLS without keys (docs/without-keys.md). How long they were to be is not visible;
 * that they were cut is, where the server ends in the middle of a record, or where a server that
 * says close_notify elsewhere ends several connections at one moment without it, amid its data.
 */

import type { Connection } from '../../facts/connection.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import type { CutResponse } from '../judgements/cut-response.js';
import { PROCESS_END_NS } from '../judgements/moments.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { hasClientSaidGoodbye, isSealed, sealedTurnsOf } from '../judgements/sealed-turn.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { occurrenceIn } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from '../tally/per-server.js';

/** Data this soon before the end was not the end of an answer that had been over for a while. */
const AMID_NS = 100_000_000;
/** A server that said close_notify so often, and oftener than not, does so whenever it ends a connection itself. */
const HABIT = 3;
/** Ends without close_notify that are kept of a server. */
const MAX_BARE = 256;
const MAX_AMID = 64;

/** How one server ends connections whose TLS no key opens. */
interface Farewells {
  /** With close_notify. */
  said: number;
  /** First of both sides, and without it. */
  bare: number;
  readonly bareEnds: Earliest<Moment & { readonly stream: number }>;
  /** Of them, those amid data of the server. */
  readonly amid: Earliest<CutResponse>;
}

/** By server. */
export interface SealedFarewells {
  readonly servers: PerServer<Farewells>;
}

/** None yet. */
export function sealedFarewells(): SealedFarewells {
  return { servers: perServer() };
}

/** Adds all of `from`. */
export function mergeFarewells(into: SealedFarewells, from: SealedFarewells): void {
  mergePerServer(into.servers, from.servers, newFarewells, (whole, part) => {
    whole.said += part.said;
    whole.bare += part.bare;
    mergeEarliest(whole.bareEnds, part.bareEnds);
    mergeEarliest(whole.amid, part.amid);
  });
}

function newFarewells(): Farewells {
  return { said: 0, bare: 0, bareEnds: earliest(MAX_BARE), amid: earliest(MAX_AMID) };
}

/** Notes how the server of a connection ended it, and gives the answer that it cut, if that is plain by itself. */
export function noteFarewell(connection: Connection, farewells: SealedFarewells): CutResponse | null {
  const { tls, server, close, stream } = connection;
  if (tls === null || !isSealed(tls)) return null;
  const [first] = close.segments;
  const cut = first?.from === 'server' ? sealedCutOf(connection, tls.server.unfinishedBytes) : null;
  const said = tls.server.closeNotify === 'probable' || tls.server.closeNotify === 'seen';
  const isBare = first?.from === 'server' && tls.server.closeNotify === 'none';
  const known = said || isBare ? tallyOf(farewells.servers, server.endpoint, newFarewells) : null;
  if (known !== null && said) known.said += 1;
  else if (known !== null && first !== undefined) {
    known.bare += 1;
    addEarliest(known.bareEnds, { atNs: first.atNs, packet: first.packet, stream });
    if (cut?.sealedBy === 'no-close-notify') addEarliest(known.amid, cut);
  }
  return cut?.sealedBy === 'record' ? cut : null;
}

/** The answer that the end of a connection cuts, as far as records tell; `null`: none, or it cannot be told. */
function sealedCutOf(connection: Connection, unfinishedBytes: number): CutResponse | null {
  const [end] = connection.close.segments;
  const sealed = sealedTurnsOf(connection);
  if (sealed === null || end === undefined || end.from !== 'server' || end.deltaSequence !== 0) return null;
  const { last, tls } = sealed;
  const { answer } = last;
  if (answer === null || answer.startNs > end.atNs || silenceIsUnsayable(connection, end) !== null) return null;
  if (hasClientSaidGoodbye(tls, end.atNs)) return null;
  // A bare reset answers for a socket that is not there; what was under way to it is the client's story.
  if (end.kind === 'rst' && resetShapeOf(end) !== 'B') return null;
  const isMidRecord = unfinishedBytes > 0;
  const lastNs = Math.max(answer.endNs, Math.min(connection.server.lastPayloadNs ?? 0, end.atNs));
  if (!isMidRecord) {
    // A client that had sent more than was read makes a close a reset: that may follow a whole answer.
    if (end.kind === 'rst' || tls.server.closeNotify !== 'none' || end.atNs - lastNs > AMID_NS) return null;
  }
  const common = occurrenceIn(connection, end);
  return {
    ...common,
    steps: Math.min(2, common.steps + 1),
    request: null,
    index: null,
    requestBytes: last.bytes,
    sealedBy: isMidRecord ? 'record' : 'no-close-notify',
    status: null,
    how: end.kind,
    framing: null,
    bytes: answer.bytes + unfinishedBytes,
    declared: null,
    requestPacket: last.firstPacket,
    requestNs: last.startNs,
    headPacket: answer.firstPacket,
    startNs: answer.startNs,
    lastPacket: answer.lastPacket,
    lastNs: answer.endNs,
    pauseNs: end.atNs - lastNs,
    goesOn: null,
  };
}

/**
 * Of the answers that are cut without it showing in a record: those of a server that says close_notify
 * elsewhere, and that ended other connections at the same moment without it too.
 */
export function soundCutsOf({ servers }: SealedFarewells): CutResponse[] {
  return serversOf(servers).flatMap(({ tally: { said, bare, bareEnds, amid } }) =>
    said < HABIT || said <= bare
      ? []
      : amid.items.filter((cut) =>
          bareEnds.items.some(
            ({ stream, atNs }) => stream !== cut.stream && Math.abs(atNs - cut.atNs) <= PROCESS_END_NS,
          ),
        ),
  );
}
