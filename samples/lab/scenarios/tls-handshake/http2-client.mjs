/** A client that speaks HTTP/2 alone, as gRPC clients do: it offers `h2` and nothing else (an actor). */
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';

/** OpenSSL's name, in Node, of the alert `no_application_protocol` from the server. */
export const NO_SHARED_PROTOCOL = 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';

/** Asks for `paths` one after the other on one connection. Gives `{ code, statuses }`: the error's code, 0 without. */
export async function callOverHttp2({ from, to, name, paths, authority }) {
  const session = connect(`https://${name}`, {
    host: to,
    servername: name,
    localAddress: from,
    ca: readFileSync(authority),
  });
  let code = 0;
  const closed = new Promise((resolve) => session.once('close', resolve));
  session.on('error', (error) => {
    code = error.code;
  });
  const statuses = [];
  for (const path of paths) statuses.push(await statusOf(session, path));
  session.close();
  await closed;
  return { code, statuses };
}

function statusOf(session, path) {
  return new Promise((resolve) => {
    if (session.destroyed) {
      resolve(0);
      return;
    }
    const request = session.request({ ':path': path, 'user-agent': 'order-stream/1.9' });
    let status = 0;
    request.on('response', (headers) => {
      status = headers[':status'];
    });
    request.on('error', () => {}); // the session says why
    request.on('close', () => resolve(status)).resume();
  });
}
