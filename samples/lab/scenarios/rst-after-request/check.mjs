/**
 * Does a capture show the story, to the number? Read with tshark, compared with what the clients,
 * the agent and nginx's logs say. Each fault is a sentence; a sample without faults is good.
 */
import { CATALOGUE, COUNTS, ORDERS, SCANNER, SHOP } from './story.mjs';

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** Round trip from the server host to the clients: long enough to prove that a reset came too soon, not absurd. */
const ROUND_TRIP_NS = [800_000n, 4_000_000n];
/** The agent writes its two resets one right after the other: far sooner than one could answer the other, on a slow machine too. */
const PAIR_NS = 200_000n;

/** The faults of the capture of the incidents. `told`: what the programs themselves say happened. */
export function faultsOfIncident(records, told) {
  const faults = new Faults();
  const connections = connectionsOf(records);
  checkPath(faults, records, connections);

  const shop = connections.filter((connection) => isServer(connection, SHOP));
  const forged = shop.filter((connection) => connection.resets.length > 0);
  const pairs = forged.filter((connection) => isForgedPair(connection));
  faults.expect('connections to the shop with resets', COUNTS.shopReset, forged.length);
  faults.expect('pairs of forged resets', COUNTS.shopReset, pairs.length);
  faults.expect(
    'of them on reused connections',
    COUNTS.shopResetOnReused,
    pairs.filter(({ responses }) => responses > 0).length,
  );
  faults.expect(
    'of them of the scanner',
    COUNTS.shopReset,
    pairs.filter(({ request }) => request.viewer === SCANNER.address).length,
  );
  faults.expect('requests the shop answered', COUNTS.shopAnswered, answeredIn(shop));
  faults.expect(
    'requests reset, says the agent',
    COUNTS.shopReset,
    told.agent.reset.filter((viewer) => viewer === SCANNER.address).length,
  );
  faults.expect("requests in the shop's log", COUNTS.shopAnswered, told.shopLog.length);
  faults.expect('of them of the scanner', 1, told.shopLog.filter(({ viewer }) => viewer === SCANNER.address).length);
  faults.expect(
    'requests the clients saw reset',
    COUNTS.shopReset,
    told.shop.filter(({ error }) => error === 'ECONNRESET').length,
  );

  const orders = connections.filter((connection) => isServer(connection, ORDERS));
  const killed = orders.filter(({ resets }) => resets.length === 1 && isAbort(resets[0]));
  const refused = orders.filter(({ resets }) => resets.length === 1 && isRefusal(resets[0]));
  faults.expect('orders answered', COUNTS.ordersAnswered, answeredIn(orders));
  faults.expect('connections reset by the kill', COUNTS.ordersKilled, killed.length);
  faults.expect(
    'of them never accepted',
    COUNTS.ordersKilledUnaccepted,
    killed.filter(({ responses }) => responses === 0).length,
  );
  faults.expect('refused connections', COUNTS.ordersRefused, refused.length);
  faults.expect(
    'orders the clients saw reset',
    COUNTS.ordersKilled,
    told.orders.unread.filter(({ error }) => error === 'ECONNRESET').length,
  );
  checkCatalogue(faults, connections, told);

  const resets = 2 * COUNTS.shopReset + COUNTS.ordersKilled + COUNTS.ordersRefused + COUNTS.catalogueAborted;
  faults.expect('resets in all', resets, records.filter(({ flags }) => flags & RST).length);
  return faults.sentences;
}

/** The faults of the healthy twin: the same requests, all answered. */
export function faultsOfHealthyTwin(records, told) {
  const faults = new Faults();
  const connections = connectionsOf(records);
  checkPath(faults, records, connections);
  const at = (site) => connections.filter((connection) => isServer(connection, site));
  faults.expect('requests the shop answered', COUNTS.shopAnswered + COUNTS.shopReset, answeredIn(at(SHOP)));
  faults.expect("requests in the shop's log", COUNTS.shopAnswered + COUNTS.shopReset, told.shopLog.length);
  faults.expect(
    'orders answered',
    COUNTS.ordersAnswered + COUNTS.ordersKilled + COUNTS.ordersRefused,
    answeredIn(at(ORDERS)),
  );
  checkCatalogue(faults, connections, told);
  faults.expect('resets in all', COUNTS.catalogueAborted, records.filter(({ flags }) => flags & RST).length);
  return faults.sentences;
}

class Faults {
  sentences = [];

  expect(what, wanted, found) {
    if (wanted !== found) this.sentences.push(`${what}: ${found}, should be ${wanted}`);
  }
}

/** Nothing repeated, all handshakes complete or refused, and a round trip that tells near from far. */
function checkPath(faults, records, connections) {
  faults.expect('retransmissions', 0, records.filter(({ retransmission }) => retransmission !== null).length);
  faults.expect(
    'connections without a SYN first',
    0,
    connections.filter(({ packets }) => packets[0].flags !== SYN).length,
  );
  const far = [];
  for (const {
    packets: [, synAck, ack],
  } of connections) {
    if (synAck.flags === (SYN | ACK)) far.push(ack.time - synAck.time);
  }
  const [lowest, highest] = ROUND_TRIP_NS;
  faults.expect(
    'round trips to the clients out of range',
    0,
    far.filter((time) => time < lowest || time > highest).length,
  );
}

function checkCatalogue(faults, connections, told) {
  const catalogue = connections.filter((connection) => isServer(connection, CATALOGUE));
  const aborted = catalogue.filter(({ resets }) => resets.length > 0);
  faults.expect('catalogue connections with resets', COUNTS.catalogueAborted, aborted.length);
  faults.expect(
    'of them by the client',
    COUNTS.catalogueAborted,
    aborted.filter(({ resets }) => resets.every(({ toPort }) => toPort === CATALOGUE.port)).length,
  );
  faults.expect(
    'catalogue answers',
    COUNTS.catalogueAnswered,
    told.catalogue.filter(({ status }) => status !== undefined).length,
  );
  // tshark prints no response for the answer that was cut short.
  faults.expect('catalogue answers in the capture', COUNTS.catalogueAnswered, answeredIn(catalogue));
  faults.expect(
    'closes by FIN',
    true,
    catalogue.some(({ packets }) => packets.some(({ flags }) => flags & FIN)),
  );
}

function connectionsOf(records) {
  const byStream = new Map();
  for (const record of records) {
    if (!byStream.has(record.stream)) byStream.set(record.stream, []);
    byStream.get(record.stream).push(record);
  }
  return [...byStream.values()].map((packets) => ({
    packets,
    resets: packets.filter(({ flags }) => flags & RST),
    request: packets.findLast(({ method }) => method !== null) ?? null,
    responses: packets.filter(({ status }) => status !== null).length,
  }));
}

function isServer({ packets: [syn] }, { address, port }) {
  return syn.to === address && syn.toPort === port;
}

function answeredIn(connections) {
  return connections.reduce((sum, { responses }) => sum + responses, 0);
}

/** What the agent leaves behind: both sides reset, bare, at the start of the request, one right after the other, sooner than the client could have answered. */
function isForgedPair({ packets, request, resets }) {
  const [toClient, toServer] = resets;
  const [, synAck, ack] = packets;
  return (
    resets.length === 2 &&
    resets.every(
      ({ flags, window, options, ipId }) => flags === RST && window === 0 && options === null && ipId === 0,
    ) &&
    toClient.from === SHOP.address &&
    toServer.to === SHOP.address &&
    toClient.sequence === request.acknowledgement &&
    toServer.sequence === request.sequence &&
    packets.at(-3) === request &&
    packets.at(-1) === toServer &&
    toServer.time - toClient.time <= PAIR_NS &&
    (toServer.time - request.time) * 2n < ack.time - synAck.time
  );
}

/** close() with unread bytes, and what becomes of a listener's queue. */
function isAbort({ from, flags, window, options }) {
  return from === ORDERS.address && flags === (RST | ACK) && window > 0 && options !== null;
}

/** The answer of a port where nobody listens. */
function isRefusal({ from, flags, window, sequence, options }) {
  return from === ORDERS.address && flags === (RST | ACK) && window === 0 && sequence === 0 && options === null;
}
