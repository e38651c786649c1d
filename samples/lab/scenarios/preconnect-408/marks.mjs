/** The telling packets of these samples: 408s, what the server closed without a byte, resets. */
import { FRONT } from '../../parts/front.mjs';
import { FIN } from '../../parts/tshark.mjs';

const FROM_FRONT = `ip.src == ${FRONT}`;

/** The 408s that the server sends. A test on the bytes: one without Content-Length is told by tshark at the FIN only. */
export function timeouts(count, what = `408 from ${FRONT}`) {
  const own = { response: 408, from: FRONT };
  return { what, filter: `${FROM_FRONT} && tcp.payload contains "HTTP/1.1 408"`, count, fault: true, own };
}

/** The same inside TLS. */
export function timeoutsInTls(count, what = `408 from ${FRONT}`) {
  return { what, filter: `${FROM_FRONT} && http.response.code == 408`, count, fault: true };
}

/** HAProxy's 400 to clients that closed an unused connection. */
export function badRequests(count) {
  const what = 'HAProxy answers the end of an unused connection with 400: no harm, the client has gone';
  return { what, filter: `${FROM_FRONT} && http.response.code == 400`, count, own: { response: 400, from: FRONT } };
}

/** All FINs of the server. */
export function fins(count) {
  const own = { segment: 'fin', from: FRONT };
  return { what: `FIN from ${FRONT}`, filter: `${FROM_FRONT} && ${FIN}`, count, own };
}

export function resets(count, what = 'RST for the request on the closed connection') {
  const own = { segment: 'rst', from: FRONT };
  return { what, filter: `${FROM_FRONT} && tcp.flags.reset == 1`, count, fault: count > 0, own };
}

/** Closed by the server, without a byte in either direction. */
export function silentCloses(count) {
  const filter = `${FROM_FRONT} && ${FIN} && tcp.seq == 1 && tcp.ack == 1`;
  return { what: 'FIN on an unused connection, nothing sent', filter, count };
}

/** Closed by the server without a byte though half a request had come. */
export function cutRequests(count) {
  // A client's own FIN counts as one.
  const filter = `${FROM_FRONT} && ${FIN} && tcp.seq == 1 && tcp.ack > 2`;
  return { what: 'FIN upon half a request, nothing sent', filter, count, fault: true };
}
