import { type ClientHello, readClientHello } from '../../src/tls/client-hello.js';
import { readServerHello, type ServerHello } from '../../src/tls/server-hello.js';
import { alpn, clientHello, serverHello } from './build-hello.js';

/** What a ServerHello of this version says. */
export function answer(version: number): ServerHello {
  const body = serverHello({ version });
  const hello = readServerHello(body, 0, body.length);
  if (hello === null) throw new Error('the ServerHello of this test is malformed');
  return hello;
}

/** What a ClientHello says that offers these protocols. */
export function offer(...names: readonly string[]): ClientHello {
  const body = clientHello({ extensions: [alpn(...names)] });
  const hello = readClientHello(body, 0, body.length);
  if (hello === null) throw new Error('the ClientHello of this test is malformed');
  return hello;
}
