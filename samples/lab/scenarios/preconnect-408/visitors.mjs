/**
 * Visitors of a shop whose browsers and clients open connections ahead of need. Each keeps a pool as a
 * simple client does: a connection on which the server said nothing and closed is thrown away; one on
 * which bytes lie ready is not looked at before it is used, and what lies there is taken for the answer.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { pause } from '../../parts/program.mjs';

/** What a visitor's client calls itself. */
const AGENTS = {
  desktop:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  laptop: 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  phone: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  kiosk: 'shop-kiosk/2.3',
  camera: 'shelf-camera/1.8',
};

/** Half of a slow client's request goes out at once, the rest when its uplink is back. */
const SHELF_REPORT = JSON.stringify({ shelf: 'B-14', empty: ['4006381333931', '4005808219780'] });

/**
 * Plays `visits` at the same time against `to`:`port` (`authority`: over TLS) and gives for each connection
 * what the visitor saw of it: `{ local, use, answers, ending }`, `answers` a list of `{ path, status }`
 * (status 0: closed without one).
 */
export async function browse({ visits, to, port, host, authority = null }) {
  const secure = authority === null ? null : { ca: readFileSync(authority), servername: host };
  const told = await Promise.all(
    visits.map(async ({ after, play, from, agent, ...how }) => {
      await pause(after);
      const visitor = new Visitor({ from, to, port, host, secure, agent: AGENTS[agent] });
      await PLAYS[play](visitor, how);
      return visitor.leave();
    }),
  );
  return told.flat();
}

const PLAYS = {
  /** Preconnects `ahead` times, reads `pages` on the first connections, each once more, and leaves the others unused. */
  async reads(visitor, { ahead, pages, stays }) {
    const connections = await visitor.preconnect(ahead);
    const used = connections.slice(0, pages.length);
    await Promise.all(used.map((connection, index) => connection.ask(pages[index])));
    await pause(250);
    await used[0].ask('/assets/logo.svg');
    await pause(stays);
  },
  /** The same, and when the reader at last goes on, an unused connection is taken for it; on failure a new one. */
  async readsOn(visitor, { ahead, pages, waits, next }) {
    const connections = await visitor.preconnect(ahead);
    await Promise.all(pages.map((page, index) => connections[index].ask(page)));
    connections[pages.length].isUsedLate();
    await pause(waits);
    const status = await visitor.unused().ask(next);
    if (status === 200) return;
    await pause(400);
    await visitor.open().ask(next);
  },
  /** Preconnects once, and asks on that connection `waits` milliseconds after it stood; on failure on a new one. */
  async asksAt(visitor, { waits, next }) {
    const [connection] = await visitor.preconnect(1);
    connection.isUsedLate();
    await pause(waits);
    const status = await connection.ask(next);
    if (status === 200) return;
    await pause(400);
    await visitor.open().ask(next);
  },
  /** Sends half of a request, the rest `stalls` milliseconds later unless it has been answered or cut off by then. */
  async stalls(visitor, { stalls }) {
    const connection = visitor.open();
    await connection.report(stalls);
    await pause(150);
  },
  /** Asks again and again on one connection. */
  async polls(visitor, { path, times, every }) {
    const connection = visitor.open();
    for (let asked = 0; asked < times; asked += 1) {
      await connection.ask(path);
      await pause(every);
    }
  },
  /** Preconnects, and thinks better of it. */
  async turnsAway(visitor, { ahead, stays }) {
    await visitor.preconnect(ahead);
    await pause(stays);
  },
};

class Visitor {
  #how;
  #connections = [];

  constructor(how) {
    this.#how = how;
  }

  open() {
    const connection = new Connection(this.#how);
    this.#connections.push(connection);
    return connection;
  }

  async preconnect(count) {
    const opened = Array.from({ length: count }, () => this.open());
    await Promise.all(opened.map((connection) => connection.ready));
    return opened;
  }

  /** A connection not yet asked anything that the server has not closed in silence, else a new one. */
  unused() {
    return this.#connections.find((connection) => connection.isUnused && !connection.isGone) ?? this.open();
  }

  /** Closes what is open, and says how each connection went. */
  leave() {
    return Promise.all(this.#connections.map((connection) => connection.leave()));
  }
}

class Connection {
  #socket;
  #how;
  #text = '';
  #ended = false;
  #late = false;
  #half = false;
  #answers = [];
  #heard = () => {};
  #closed;

  constructor(how) {
    const { from, to, port, secure } = how;
    this.#how = how;
    // Half open: a client that does not look at its unused connections does not close them either.
    const endpoint = { host: to, port, localAddress: from, allowHalfOpen: true };
    this.#socket =
      secure === null ? connect(endpoint) : connectTls({ ...endpoint, ...secure, ALPNProtocols: ['http/1.1'] });
    this.#socket.setNoDelay(true);
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', resolve);
    });
    this.ready = new Promise((resolve, reject) => {
      this.#socket.once(secure === null ? 'connect' : 'secureConnect', () => {
        this.local = `${this.#socket.localAddress}:${this.#socket.localPort}`;
        resolve();
      });
      this.#socket.once('error', reject);
    });
    this.#socket.setEncoding('latin1').on('data', (piece) => {
      this.#text += piece;
      this.#heard();
    });
    this.#socket.on('error', () => this.#end()).on('end', () => this.#end());
  }

  get isUnused() {
    return this.#answers.length === 0;
  }

  /** The server closed and said nothing: the client has noticed. */
  get isGone() {
    return this.#ended && this.#text === '';
  }

  /** Tells the record that this connection waits to be used. */
  isUsedLate() {
    this.#late = true;
  }

  /** Asks and gives the status of what comes, or lies there already. */
  async ask(path) {
    await this.ready;
    const { host, agent } = this.#how;
    const accept = path.endsWith('.html') || path === '/' ? 'text/html,application/xhtml+xml' : '*/*';
    const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, `User-Agent: ${agent}`, `Accept: ${accept}`];
    this.#socket.write(`${[...lines, 'Accept-Language: en', 'Connection: keep-alive'].join('\r\n')}\r\n\r\n`);
    return this.#answered(path);
  }

  async report(stalls) {
    this.#half = true;
    await this.ready;
    const { host, agent } = this.#how;
    this.#socket.write(`POST /api/shelves HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${agent}\r\nContent-Ty`);
    const answer = this.#answered('/api/shelves');
    const isOver = await Promise.race([answer.then(() => true), pause(stalls).then(() => false)]);
    if (!isOver) {
      const rest = `pe: application/json\r\nContent-Length: ${SHELF_REPORT.length}\r\n\r\n${SHELF_REPORT}`;
      this.#socket.write(rest);
    }
    return answer;
  }

  async leave() {
    const ending = this.#ended ? 'server' : 'client';
    this.#socket.end();
    // A server that lingers may not close while it waits for more.
    await Promise.race([this.#closed, pause(100)]);
    this.#socket.destroy();
    return { local: this.local, use: this.#use(), answers: this.#answers, ending };
  }

  #use() {
    if (this.#half) return 'half';
    if (this.#late) return 'late';
    return this.isUnused ? 'idle' : 'used';
  }

  #end() {
    this.#ended = true;
    if (this.#text === '') this.#socket.end();
    this.#heard();
  }

  async #answered(path) {
    const answer = { path, status: null };
    this.#answers.push(answer);
    answer.status = await new Promise((resolve) => {
      this.#heard = () => {
        const status = this.#takeResponse();
        if (status !== null) resolve(status);
        else if (this.#ended) resolve(0);
      };
      this.#heard();
    });
    return answer.status;
  }

  /** Takes one whole response from what was received and gives its status. */
  #takeResponse() {
    const head = /^HTTP\/1\.[01] (\d{3})[\s\S]*?\r\n\r\n/.exec(this.#text);
    if (head === null) return null;
    const length = /^content-length: (\d+)/im.exec(head[0]);
    // Without a length the body ends with the connection.
    const end = length === null ? this.#text.length : head[0].length + Number(length[1]);
    if (this.#text.length < end || (length === null && !this.#ended)) return null;
    this.#text = this.#text.slice(end);
    return Number(head[1]);
  }
}
