/**
 * WebSocket (RFC 6455) by hand, both roles: the handshake, text, ping, pong and close. No extension, no
 * fragment, no message beyond 65535 bytes: what a small notification service sends.
 */
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** RFC 6455 §1.3: what a server puts behind the key before it hashes both. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** RFC 6455 §5.2. */
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const FINAL = 0x80;
const MASKED = 0x80;
const LENGTH_IN_TWO_BYTES = 126;
const MASK_BYTES = 4;

/** RFC 6455 §7.1.5: how an end is told that came without a Close frame. */
export const NO_CLOSE_FRAME = 1006;

/** What is wrong with a request that should open a WebSocket, in the words of a server; `null`: nothing (RFC 6455 §4.2.1). */
export function handshakeFault({ method, httpVersion, headers }) {
  if (method !== 'GET') return `method ${method}`;
  if (headers.upgrade?.toLowerCase() !== 'websocket') return `invalid Upgrade header: ${headers.upgrade ?? 'null'}`;
  if (httpVersion !== '1.1') return `HTTP/${httpVersion}`;
  if (headers['sec-websocket-version'] !== '13') return `version ${headers['sec-websocket-version']}`;
  if (Buffer.from(headers['sec-websocket-key'] ?? '', 'base64').length !== 16) return 'invalid Sec-WebSocket-Key';
  return null;
}

/** Accepts the request of an 'upgrade' event of node:http. */
export function acceptWebSocket({ headers }, socket) {
  const answer = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptOf(headers['sec-websocket-key'])}`,
  ];
  socket.setNoDelay(true).write(`${answer.join('\r\n')}\r\n\r\n`);
  return new WebSocketPeer(socket, { isClient: false });
}

/**
 * Opens one as a client. `at` is what node:http's request takes (`host`, `port`, `path`, `localAddress`, `headers`;
 * with `secure` also what node:tls takes). Gives `{ status, peer }`, `peer` `null` when it was refused.
 */
export function openWebSocket({ secure = false, headers = {}, ...at }) {
  const key = randomBytes(16).toString('base64');
  const request = (secure ? httpsRequest : httpRequest)({
    ...at,
    agent: false,
    headers: {
      ...headers,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
    },
  });
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume().once('close', () => resolve({ status: response.statusCode, peer: null }));
    });
    request.once('upgrade', (response, socket, first) => {
      if (response.headers['sec-websocket-accept'] !== acceptOf(key)) reject(new Error('wrong Sec-WebSocket-Accept'));
      const peer = new WebSocketPeer(socket.setNoDelay(true), { isClient: true });
      resolve({ status: response.statusCode, peer });
      // A turn later, when the caller listens.
      if (first.length > 0) setImmediate(() => socket.emit('data', first));
    });
    request.end();
  });
}

function acceptOf(key) {
  return createHash('sha1').update(`${key}${GUID}`).digest('base64');
}

/** One end of an open WebSocket. */
export class WebSocketPeer {
  #socket;
  #isClient;
  #unread = Buffer.alloc(0);
  #hasSentClose = false;
  #code = NO_CLOSE_FRAME;

  /** Called with each text that arrives. */
  onText = () => {};
  /** Pongs that have arrived, and pings that were answered. */
  pongs = 0;
  pings = 0;
  /** Resolves with the code of the peer's Close frame, or 1006, once the connection is gone. */
  closed;

  constructor(socket, { isClient }) {
    this.#socket = socket;
    this.#isClient = isClient;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', () => {}); // a reset is told by the missing Close frame
    socket.on('end', () => socket.end());
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve(this.#code));
    });
  }

  send(text) {
    this.#write(TEXT, Buffer.from(text));
  }

  ping() {
    this.#write(PING, Buffer.alloc(0));
  }

  /** Begins the closing handshake; `andHangUp` does not wait for the peer's Close. */
  close(code = 1000, { andHangUp = false } = {}) {
    if (this.#hasSentClose) return;
    this.#hasSentClose = true;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#write(CLOSE, payload);
    if (andHangUp) this.#socket.end();
  }

  #write(opcode, payload) {
    if (!this.#socket.writable) return;
    const maskBit = this.#isClient ? MASKED : 0;
    const long = payload.length >= LENGTH_IN_TWO_BYTES;
    const head = Buffer.alloc(long ? 4 : 2);
    head[0] = FINAL | opcode;
    head[1] = maskBit | (long ? LENGTH_IN_TWO_BYTES : payload.length);
    if (long) head.writeUInt16BE(payload.length, 2);
    const mask = this.#isClient ? randomBytes(MASK_BYTES) : Buffer.alloc(0);
    this.#socket.write(Buffer.concat([head, mask, masked(payload, mask)]));
  }

  #take(bytes) {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (let frame = this.#nextFrame(); frame !== null; frame = this.#nextFrame()) this.#answer(frame);
  }

  #nextFrame() {
    const bytes = this.#unread;
    if (bytes.length < 2) return null;
    const short = bytes[1] & 0x7f;
    const afterLength = short === LENGTH_IN_TWO_BYTES ? 4 : 2;
    if (bytes.length < afterLength) return null;
    const length = short === LENGTH_IN_TWO_BYTES ? bytes.readUInt16BE(2) : short;
    const start = afterLength + ((bytes[1] & MASKED) === 0 ? 0 : MASK_BYTES);
    if (bytes.length < start + length) return null;
    this.#unread = bytes.subarray(start + length);
    return {
      opcode: bytes[0] & 0x0f,
      payload: masked(bytes.subarray(start, start + length), bytes.subarray(afterLength, start)),
    };
  }

  #answer({ opcode, payload }) {
    if (opcode === TEXT) this.onText(payload.toString());
    if (opcode === PONG) this.pongs += 1;
    if (opcode === PING) {
      this.pings += 1;
      this.#write(PONG, payload);
    }
    if (opcode !== CLOSE) return;
    this.#code = payload.length >= 2 ? payload.readUInt16BE() : 1005;
    this.close(this.#code);
    if (!this.#isClient) this.#socket.end(); // RFC 6455 §7.1.1: the server closes the connection first
  }
}

function masked(payload, mask) {
  return mask.length === 0 ? payload : payload.map((byte, index) => byte ^ mask[index % MASK_BYTES]);
}
