/** An HTTP/1.1 client that says what is sent when, and how a connection ends: for what libraries do not let one choose. */
import { connect } from 'node:net';

/** Opens a connection from the address `from`. */
export function open({ from, to, port = 80 }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: to, port, localAddress: from });
    socket.once('connect', () => resolve(new Connection(socket))).once('error', reject);
  });
}

class Connection {
  #socket;
  #received = '';
  #wake = () => {};
  #isOver = false;

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text) => {
      this.#received += text;
      this.#wake();
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#wake();
      });
    }
  }

  /** Writes requests, `[method, path, ...header lines]` each, in one segment. */
  send(...requests) {
    const texts = requests.map(([method, path, ...lines]) => {
      const head = [`${method} ${path} HTTP/1.1`, 'Host: shop.example', ...lines];
      return `${head.join('\r\n')}\r\n\r\n`;
    });
    this.#socket.write(texts.join(''));
  }

  /** The status of the next response, once it is there whole. `method`: what was asked; a HEAD has no body. */
  async answer(method = 'GET') {
    for (;;) {
      const found = taken(this.#received, method);
      if (found !== null) {
        this.#received = found.rest;
        return found.status;
      }
      if (this.#isOver) return null;
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** One request and the status of its response. */
  ask(method, path, ...lines) {
    this.send([method, path, ...lines]);
    return this.answer(method);
  }

  /** Lets what comes wait in the kernel. */
  stopReading() {
    this.#socket.pause();
  }

  /** Waits until the first bytes of an answer are there, and reads no more. */
  async begin(bytes) {
    while (this.#received.length < bytes && !this.#isOver) {
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
    this.stopReading();
  }

  /** Waits until the server has closed, and closes too. */
  closed() {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) resolve();
      this.#socket.once('close', resolve);
    });
  }

  /** Closes as a client does that is done. */
  end() {
    this.#socket.end();
    return this.closed();
  }

  /** Closes without a look at what may have come: SO_LINGER 0. */
  reset() {
    this.#socket.resetAndDestroy();
  }

  /** Closes the way close() does, with what was not read left unread. */
  abandon() {
    this.#socket.destroy();
  }
}

/** The first response in `text`, when it is whole: its status, and what follows it. Informational ones are passed over. */
function taken(text, method) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const status = Number(head.slice(9, 12));
  if (status < 200) return taken(text.slice(end + 4), method);
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
  const length = hasBody ? Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0) : 0;
  if (text.length < end + 4 + length) return null;
  return { status, rest: text.slice(end + 4 + length) };
}
