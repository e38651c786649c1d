/**
 * An HTTP/2 client as gateways and API clients are: one connection for all requests, a new one when the server has
 * said GOAWAY on the old.
 */
import { readFile } from 'node:fs/promises';
import { connect, constants } from 'node:http2';
import { connect as connectTls } from 'node:tls';

const { NGHTTP2_REFUSED_STREAM } = constants;

/**
 * Runs as an actor. `to`: the server's address, on port 443; `site`: its name; `authority`: the certificate it
 * trusts; `sendsAgain`: whether a request that the server has not looked at is sent once more on a new connection.
 */
export async function startGateway({ from, to, site, authority, sendsAgain }) {
  const ca = await readFile(authority);
  let session = null;
  const usable = () => {
    if (session !== null && !session.closed && !session.destroyed) return session;
    session = connect(`https://${site}`, {
      createConnection: () =>
        connectTls({ host: to, port: 443, localAddress: from, servername: site, ca, ALPNProtocols: ['h2'] }),
    });
    session.on('error', () => {}); // every request on it hears of it itself
    return session;
  };
  const ask = async (asked) => {
    const first = await answerOn(usable(), asked);
    if (!sendsAgain || first.code !== NGHTTP2_REFUSED_STREAM) return first;
    return { ...(await answerOn(usable(), asked)), isAgain: true };
  };
  return {
    /** Several at once, as a page needs them. */
    askAll: (all) => Promise.all(all.map(ask)),
    /** Closes the connection when what is under way has come. */
    leave: () => session?.close(),
  };
}

function answerOn(session, { method = 'GET', path, body = null }) {
  return new Promise((resolve) => {
    const fields = { ':method': method, ':path': path, 'user-agent': 'edge-gateway/1.9', accept: '*/*' };
    if (body !== null) fields['content-type'] = 'application/json';
    const stream = session.request(fields, { endStream: body === null });
    const outcome = { status: 0, bytes: 0, isAgain: false };
    stream.on('response', (response) => {
      outcome.status = response[':status'];
    });
    stream.on('data', (piece) => {
      outcome.bytes += piece.length;
    });
    let isWhole = false;
    stream.on('end', () => {
      isWhole = true;
    });
    let error = null;
    stream.on('error', (raised) => {
      error = raised.code;
    });
    stream.on('close', () => {
      const complete = isWhole && error === null && outcome.status !== 0;
      resolve({ ...outcome, stream: stream.id ?? null, complete, code: stream.rstCode, error });
    });
    if (body !== null) stream.end(JSON.stringify(body));
  });
}
