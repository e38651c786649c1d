/** A client of the import service, as a program makes one on Node: one connection for all requests. */
import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Runs as an actor. `from`: its address; `to` and `port`: the server's; `window`: the bytes that it lets the
 * server send on a stream before it has read some.
 */
export async function startPriceClient({ from, to, port, window }) {
  const session = connect(`http://import.shop.example:${port}`, {
    createConnection: () => connectTcp({ host: to, port, localAddress: from }),
    settings: { initialWindowSize: window },
  });
  session.on('error', () => {}); // every request on it hears of it itself
  return {
    status: () => ask(session, { ':path': '/status' }),
    /** Sends a list of so many bytes. */
    upload: (bytes) => ask(session, { ':method': 'POST', ':path': '/import' }, 'sku,price\n'.repeat(bytes / 10)),
    /** Asks for the list and reads it with pauses; `everyMs` `null`: does not read it, and gives up after `patienceMs`. */
    export: ({ everyMs = null, patienceMs = null }) => download(session, { everyMs, patienceMs }),
    leave: () => session.close(),
  };
}

function ask(session, fields, body) {
  return new Promise((resolve) => {
    const stream = session.request({ ':method': 'GET', ...fields, 'user-agent': 'prices/2.1 (node)' });
    const told = { status: 0, bytes: 0 };
    stream.on('response', (head) => {
      told.status = head[':status'];
    });
    stream.on('data', (chunk) => {
      told.bytes += chunk.length;
    });
    stream.on('error', () => {}); // told by the status
    stream.on('close', () => resolve(told));
    stream.end(body);
  });
}

async function download(session, { everyMs, patienceMs }) {
  const stream = session.request({ ':path': '/export', 'user-agent': 'prices/2.1 (node)' });
  stream.on('error', () => {}); // told by the bytes
  const closed = new Promise((resolve) => stream.on('close', resolve));
  let bytes = 0;
  if (everyMs === null) {
    await pause(patienceMs);
    stream.close(8);
    stream.resume(); // Node sends the reset once what it holds is off its hands
  } else {
    for await (const chunk of stream) {
      bytes += chunk.length;
      await pause(everyMs);
    }
  }
  await closed;
  return { bytes };
}
