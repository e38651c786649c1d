/** A gRPC client as its libraries make one: one connection for all calls. */
import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';

const PREFIX_BYTES = 5;

/** Runs as an actor. `from`: its address; `to` and `port`: the server's. */
export async function startCaller({ from, to, port }) {
  let session = null;
  const usable = () => {
    if (session !== null && !session.closed && !session.destroyed) return session;
    session = connect(`http://orders.shop.example:${port}`, {
      createConnection: () => connectTcp({ host: to, port, localAddress: from }),
    });
    session.on('error', () => {}); // every call on it hears of it itself
    return session;
  };
  return {
    /** Several calls at once, by method. */
    callAll: (methods) => Promise.all(methods.map((method) => call(usable(), method))),
    /** Closes the connection when what is under way has come. */
    leave: () => session?.close(),
  };
}

function call(session, method) {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/shop.Orders/${method}`,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': '30S',
      'user-agent': 'grpc-node-js/1.12',
    });
    const told = { method, http: 0, grpc: null, words: null, code: 0 };
    const note = (fields) => {
      told.http = fields[':status'] ?? told.http;
      if (fields['grpc-status'] !== undefined) told.grpc = Number(fields['grpc-status']);
      told.words = fields['grpc-message'] ?? told.words;
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('error', () => {}); // told by the code
    stream.on('close', () => resolve({ ...told, code: stream.rstCode }));
    stream.resume();
    const text = JSON.stringify({ order: 9100 });
    const message = Buffer.alloc(PREFIX_BYTES + Buffer.byteLength(text));
    message.writeUInt32BE(Buffer.byteLength(text), 1);
    message.write(text, PREFIX_BYTES);
    stream.end(message);
  });
}
