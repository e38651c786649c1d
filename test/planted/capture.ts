/** A capture with a secret wherever a request, a response or a connection can carry one. */
import type { Side } from '../../src/facts/endpoint.js';
import { pcap, type TestPacket } from '../capture/build-pcap.js';
import { block, END, END_HEADERS, frame, PREFACE, settings, word } from '../http/h2/frames.js';
import { ipv4, LINKTYPE_IPV4, tcp } from '../net/packets.js';
import { secret, webToken } from './secrets.js';

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 0x10;
const DATA = 0x18;

/** What one side says at once. */
interface Turn {
  readonly from: Side;
  readonly bytes: Uint8Array;
}
const client = (...parts: readonly (string | Uint8Array)[]): Turn => ({ from: 'client', bytes: joined(parts) });
const server = (...parts: readonly (string | Uint8Array)[]): Turn => ({ from: 'server', bytes: joined(parts) });
const joined = (parts: readonly (string | Uint8Array)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));

/** A conversation with server 198.51.100.`host`, which ends it. */
interface Story {
  readonly host: number;
  readonly end: 'rst' | 'fin';
  readonly turns: readonly Turn[];
}

const head = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

/** Targets with a secret each. */
const targets = (): string[] => [
  `/a?x=1&token=${secret('parameter token')}`,
  `/login?user=u&password=${secret('parameter password')}`,
  `/a?api_key=${secret('parameter api_key')}#access_token=${secret('fragment')}`,
  `/cb?code=${secret('OAuth code')}&state=${secret('OAuth state')}&id_token=${webToken('parameter id_token')}`,
  `/a?v=${webToken('parameter of any name')}`,
  `/a/${webToken('path')}/b`,
  `/cart;jsessionid=${secret('path parameter')}/pay`,
  `/password/reset/${secret('reset link')}`,
  `/go?next=https%3A%2F%2Fh.example%2F%3Fsession_id%3D${secret('URL in a parameter')}`,
  `http://user:${secret('user information')}@a.example/`,
  `/s3?X-Amz-Signature=${secret('X-Amz-Signature')}&X-Amz-Security-Token=${secret('X-Amz-Security-Token')}`,
  `/reset/MQ/${secret('reset link with id')}/`,
  `/forgot-password/${secret('forgotten password')}`,
  `/a?list=1,2&token=a,${secret('value with a comma')}`,
  `/go?next=https%253A%252F%252Fh%252F%253Ftoken%253D${secret('URL encoded twice')}`,
  `/blob?sv=2022-11-02&sr=b&sig=${secret('parameter sig')}`,
  `/blob?sas=${secret('parameter sas')}`,
  `/gcs?X-Goog-Signature=${secret('X-Goog-Signature')}&GoogleAccessId=x`,
  `/cf?Policy=x&Signature=${secret('parameter Signature')}&Key-Pair-Id=K`,
  `/hls?hdnts=exp=1~acl=/*~hmac=${secret('Akamai token')}`,
  `/s/link?md5=${secret('secure link of nginx')}&expires=2147483647`,
  `/a?client_secret=${secret('parameter client_secret')}&refresh_token=${secret('parameter refresh_token')}`,
  `/cas?ticket=ST-1-${secret('parameter ticket')}`,
  `/saml?SAMLResponse=${secret('parameter SAMLResponse')}`,
  `/a?user%5Bpassword%5D=${secret('encoded name')}`,
  `/api/sk_live_${secret('key of a known form in a path')}/x`,
  `/a?q=ghp_${secret('key of a known form in a parameter').padEnd(36, '0')}`,
];

const requestFields = (): string[] => [
  'Host: a.example',
  `Cookie: sid=${secret('Cookie')}; other=${secret('second cookie')}`,
  `Authorization: Bearer ${secret('Authorization')}`,
  `Proxy-Authorization: Basic ${Buffer.from(`u:${secret('Proxy-Authorization')}`).toString('base64')}`,
  `X-Api-Key: ${secret('X-Api-Key')}`,
  `X-RapidAPI-Key: ${secret('X-RapidAPI-Key')}`,
  `X-App-Key: ${secret('X-App-Key')}`,
  `X-Amz-Server-Side-Encryption-Customer-Key: ${secret('customer key')}`,
  `X-Auth-Token: ${secret('X-Auth-Token')}`,
  `X-Vault-Token: hvs.${secret('X-Vault-Token')}`,
  `X-Internal: glpat-${secret('key of a known form in any field')}`,
  `DPoP: ${webToken('DPoP')}`,
  `Referer: http://u:${secret('user information of Referer')}@a.example/?list=1,2&token=${secret('Referer')}`,
  `X-Original-URL: /a?sig=${secret('X-Original-URL')}`,
  `User-Agent: probe (bearer ${secret('User-Agent')})`,
  `X-Query: {"apiKey": "${secret('JSON in a field')}"}`,
  `X-Emby-Authorization: MediaBrowser Token="${secret('X-Emby-Authorization')}"`,
  `Baggage: userToken=${secret('Baggage')}`,
  `Sec-WebSocket-Protocol: bearer, ${secret('subprotocol')}`,
];

const responseFields = (): string[] => [
  `Set-Cookie: sid=${secret('Set-Cookie')}; Path=/`,
  `Location: /next?list=1,2&access_token=${secret('Location')}`,
  `Content-Location: /x?sig=${secret('Content-Location')}`,
  `Refresh: 0; url=/next;jsessionid=${secret('Refresh')}`,
  `Link: </a?l=1,2&token=${secret('Link')}>; rel=next, <https://u:${secret('user information of Link')}@h/>; rel=x`,
  `X-Auth-Token: ${secret('X-Auth-Token of a response')}`,
  `X-Accel-Redirect: /p?token=${secret('X-Accel-Redirect')}`,
  `Report-To: {"endpoints":[{"url":"https://r.example/?token=${secret('Report-To')}"}]}`,
  `WWW-Authenticate: Bearer error_description="token=${secret('WWW-Authenticate')}"`,
];

/** A story for each target: some answered, so that what responses carry is there too, the others reset. */
const plainStories = (): Story[] =>
  targets().map((target, index) => ({
    host: 2,
    end: 'rst',
    turns: [
      client(head(`GET ${target} HTTP/1.1`, ...requestFields())),
      ...(index % 2 === 0 ? [] : [server(head('HTTP/1.1 302 Found', ...responseFields(), 'Content-Length: 0'))]),
    ],
  }));

const asked = (target: string, ...fields: readonly string[]): Turn =>
  client(head(`GET ${target} HTTP/1.1`, 'Host: a.example', ...fields));

/** What rules have something to say of. */
const oddStories = (): Story[] => [
  {
    host: 3,
    end: 'fin',
    turns: [
      asked(`/one?token=${secret('request of a redirection')}`),
      server(head('HTTP/1.1 302 Found', `Location: /one?token=${secret('redirection')}`, 'Content-Length: 0')),
      asked(`/one?token=${secret('request of a redirection')}`),
      server(head('HTTP/1.1 302 Found', `Location: /one?token=${secret('redirection')}`, 'Content-Length: 0')),
      asked(`/one?token=${secret('request of a redirection')}`),
      server(head('HTTP/1.1 302 Found', `Location: /one?token=${secret('redirection')}`, 'Content-Length: 0')),
    ],
  },
  {
    host: 4,
    end: 'fin',
    turns: [
      asked(`/login?code=${secret('request behind TLS')}`, 'X-Forwarded-Proto: https', 'X-Forwarded-For: 203.0.113.9'),
      server(
        head(
          'HTTP/1.1 302 Found',
          `Location: http://a.example/home?access_token=${secret('Location to http')}`,
          `Set-Cookie: session=${secret('cookie without Secure')}; Path=/`,
          'Content-Length: 0',
        ),
      ),
    ],
  },
  {
    host: 5,
    end: 'fin',
    turns: [
      asked(`/in?sig=${secret('request of a leak')}`, 'X-Forwarded-For: 203.0.113.9'),
      server(
        head(
          'HTTP/1.1 302 Found',
          `Location: http://10.0.0.5:8080/in/?code=${secret('Location with an inner address')}`,
          `Set-Cookie: sid=${secret('cookie of an inner domain')}; Domain=10.0.0.5`,
          'Content-Length: 0',
        ),
      ),
    ],
  },
  {
    host: 6,
    end: 'fin',
    turns: [
      asked(`/part?token=${secret('request of a cut response')}`),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 500'), `{"access_token": "${secret('body, cut')}", "more": "`),
    ],
  },
  {
    host: 7,
    end: 'fin',
    turns: [
      client(
        head(
          `POST /form?token=${secret('request with a body')} HTTP/1.1`,
          'Host: a.example',
          'Content-Type: application/x-www-form-urlencoded',
          'Content-Length: 200',
        ),
        `user=u&password=${secret('body, a form')}`.padEnd(200, '&'),
      ),
      server(
        head(
          `HTTP/1.1 400 Bad token=${secret('reason phrase')}`,
          'Content-Type: application/json',
          'Content-Length: 100',
        ),
        `{"error": "bad", "refresh_token": "${secret('body of an error')}"}`.padEnd(100),
      ),
    ],
  },
  {
    host: 8,
    end: 'fin',
    turns: [
      asked('/chunks'),
      server(
        head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Trailer: X-Session-Token'),
        `4;token=${secret('chunk extension')}\r\nbody\r\n0\r\n`,
        head(`X-Session-Token: ${secret('trailer')}`),
      ),
    ],
  },
  {
    host: 9,
    end: 'fin',
    turns: [
      client(
        head(
          `CONNECT u:${secret('user information of CONNECT')}@b.example:443 HTTP/1.1`,
          'Host: b.example:443',
          `Proxy-Authorization: Basic ${secret('Proxy-Authorization of CONNECT')}`,
        ),
      ),
      server(head('HTTP/1.1 407 Proxy Authentication Required', 'Content-Length: 0')),
    ],
  },
  {
    host: 10,
    end: 'rst',
    turns: [
      webSocketRequest(),
      server(
        head(
          'HTTP/1.1 101 Switching Protocols',
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
          `Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.${secret('subprotocol taken')}`,
        ),
      ),
      client(webSocketFrame(1, `{"type":"auth","token":"${secret('body of a WebSocket message')}"}`, true)),
      server(webSocketFrame(1, `token=${secret("body of the server's WebSocket message")}`, false)),
      server(webSocketFrame(9, `sid=${secret('ping')}`, false)),
      server(webSocketFrame(8, `\x03\xf0bad token=${secret('reason of a close')}`, false)),
    ],
  },
  {
    host: 11,
    end: 'fin',
    turns: [
      webSocketRequest(),
      server(head('HTTP/1.1 403 Forbidden', `X-Denied-Token: ${secret('refused WebSocket')}`, 'Content-Length: 0')),
    ],
  },
];

function webSocketRequest(): Turn {
  return client(
    head(
      `GET /ws?access_token=${secret('target of a WebSocket')} HTTP/1.1`,
      'Host: a.example',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Origin: https://u:${secret('Origin')}@a.example`,
      `Sec-WebSocket-Protocol: v1.chat, base64url.bearer.authorization.k8s.io.${secret('subprotocol of Kubernetes')}`,
    ),
  );
}

/** RFC 6455 §5.2; the mask, if any, is zero. */
function webSocketFrame(opcode: number, text: string, isMasked: boolean): Uint8Array {
  const content = Buffer.from(text, 'latin1');
  return Buffer.concat([
    Buffer.of(0x80 | opcode, (isMasked ? 0x80 : 0) | content.length, ...(isMasked ? [0, 0, 0, 0] : [])),
    content,
  ]);
}

/** Literals that are never to be indexed: RFC 7541 §6.2.3. */
function neverIndexed(fields: readonly string[]): Uint8Array {
  return Buffer.concat(
    fields.map((field) => {
      const literal = block([field]);
      literal[0] = 0x10;
      return literal;
    }),
  );
}

const h2Story = (path: Uint8Array): Story => ({
  host: 2,
  end: 'rst',
  turns: [
    client(
      PREFACE,
      settings(),
      frame(
        1,
        END | END_HEADERS,
        1,
        Buffer.concat([
          block([':method: GET', ':scheme: http']),
          path,
          block([':authority: a.example', `cookie: sid=${secret('cookie of HTTP/2')}`]),
          neverIndexed([
            `user-agent: ${secret('never indexed user-agent')}`,
            `x-forwarded-for: ${secret('never indexed x-forwarded-for')}`,
            `x-request-id: ${secret('never indexed x-request-id')}`,
          ]),
        ]),
      ),
    ),
    server(
      settings(),
      frame(
        5,
        END_HEADERS,
        1,
        Buffer.concat([
          word(2),
          block([
            ':method: GET',
            `:path: /pushed?token=${secret('pushed target')}`,
            ':scheme: http',
            ':authority: a.example',
          ]),
        ]),
      ),
      frame(1, END_HEADERS, 1, block([':status: 200', `set-cookie: sid=${secret('set-cookie of HTTP/2')}`])),
      frame(
        1,
        END | END_HEADERS,
        1,
        block(['grpc-status: 16', `grpc-message: bad token=${secret('trailer of HTTP/2')}`]),
      ),
      frame(
        7,
        0,
        0,
        Buffer.concat([
          Buffer.alloc(8),
          Buffer.from(`token=${secret('GOAWAY')} Authorization: Bearer ${secret('credentials in GOAWAY')}`),
        ]),
      ),
    ),
  ],
});

const stories: readonly Story[] = [
  ...plainStories(),
  h2Story(block([`:path: /h2?token=${secret('path of HTTP/2')}`])),
  h2Story(neverIndexed([`:path: /h2?q=${secret('never indexed path')}`])),
  ...oddStories(),
];

/** The numbers of all its connections, as `--stream` takes them. */
export const STREAMS = stories.map((_, stream) => stream).join();

/** The bytes of the capture. */
export function plantedCapture(): Uint8Array {
  const packets = stories.flatMap((story, index) => packetsOf(story, 40_000 + index, 1_700_000_000 + index));
  return pcap(packets, { network: LINKTYPE_IPV4 });
}

function packetsOf({ host, end, turns }: Story, port: number, seconds: number): TestPacket[] {
  const packets: TestPacket[] = [];
  const next = { client: 0x8123_4567, server: 0x9876_5432 };
  const address = 0xc6336400 + host;
  const add = (from: Side, flags: number, data: Uint8Array = new Uint8Array(0)) => {
    const isClient = from === 'client';
    const [source, destination] = isClient ? [port, 80] : [80, port];
    const acknowledgement = next[isClient ? 'server' : 'client'];
    const segment = tcp({ source, destination, flags, sequence: next[from], acknowledgement, data });
    const addresses = isClient ? { destination: address } : { source: address, destination: 0xc0000201 };
    packets.push({ seconds, nanoseconds: packets.length * 200_000, bytes: ipv4(segment, addresses) });
    next[from] += data.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
  };
  add('client', SYN);
  add('server', SYN | ACK);
  add('client', ACK);
  for (const { from, bytes } of turns) add(from, DATA, bytes);
  if (end === 'rst') add('server', RST | ACK);
  else {
    add('server', FIN | ACK);
    add('client', FIN | ACK);
    add('server', ACK);
  }
  return packets;
}
