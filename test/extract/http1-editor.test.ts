import { describe, expect, it } from 'vitest';
import { client, edited, NAMES, server } from './edited.js';

const SIZES = [1, 7, 1000];
const HOST = NAMES.authority('shop.acme.test');

describe('heads and bodies of HTTP/1, edited', () => {
  const conversation = [
    client(
      'POST /acme HTTP/1.1\r\nHost: shop.acme.test:8080\r\nContent-Length: 6\r\n\r\nsecretGET /2 HTTP/1.1\r\n\r\n',
    ),
    server(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;n=acme\r\nbody\r\n0\r\nX-T: acme\r\n\r\n',
    ),
    server('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nLocation: http://shop.acme.test/\r\n\r\nno'),
  ];

  it.each(SIZES)('leave names and bodies behind, and all else where it was, in pieces of %i', (size) => {
    const written = edited(conversation, {}, size);
    expect(written.client.toString('latin1')).toBe(
      `POST ${NAMES.text('/acme')} HTTP/1.1\r\nHost: ${HOST}:8080\r\nContent-Length: 6\r\n\r\nxxxxxxGET ${NAMES.text('/2')} HTTP/1.1\r\n\r\n`,
    );
    expect(written.server.toString('latin1')).toBe(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
        `4;${NAMES.text('n=acme')}\r\nxxxx\r\n0\r\n` +
        `X-T: ${NAMES.text('acme')}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nLocation: http://${HOST}/\r\n\r\nxx`,
    );
  });

  it.each(SIZES)('keep names where they may stay, in pieces of %i', (size) => {
    const written = edited(conversation, { pseudonyms: null }, size);
    expect(written.client.toString('latin1')).toContain('Host: shop.acme.test:8080');
    expect(written.client.toString('latin1')).not.toContain('secret');
  });

  it('leave nothing behind a lone carriage return, and blanks where they were', () => {
    const written = edited([client('GET / HTTP/1.1\r\nX-A: acme\racme \t\r\nacme\r\nX-B:\r\n\r\n')]);
    const acme = NAMES.text('acme');
    expect(written.client.toString('latin1')).toBe(
      `GET / HTTP/1.1\r\nX-A: ${acme}\r${acme} \t\r\n${acme}\r\nX-B:\r\n\r\n`,
    );
  });

  it('know answers without a body, and bodies that only the end of the connection ends', () => {
    const written = edited([
      client('HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHTTP/1.0 200 OK\r\n\r\nall of it'),
    ]);
    expect(written.server.toString('latin1')).toBe(
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHTTP/1.0 200 OK\r\n\r\nxxxxxxxxx',
    );
  });

  it('let nothing out behind a loss until a message begins a segment', () => {
    const { server: written } = edited([
      server('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'),
      server('rest secret', 5),
      server('HTTP/1.1 204 No Content\r\n\r\n'),
    ]);
    expect(written.toString('latin1')).not.toContain('secret');
    expect(written.toString('latin1')).toContain('HTTP/1.1 204 No Content');
  });

  it('let nothing out of what is no HTTP at all, nor of a capture that begins within a body', () => {
    expect(edited([client('USER acme\r\nPASS geheim\r\n')]).client.toString('latin1')).toMatch(/^x+$/);
    const { server: written } = edited([server('tail of a secret body'), server('HTTP/1.1 204 No Content\r\n\r\n')]);
    expect(written.toString('latin1')).toMatch(/^x+HTTP\/1\.1 204 No Content\r\n\r\n$/);
  });

  it.each(SIZES)('edit the address line of a PROXY header before them, in pieces of %i', (size) => {
    const { client: written } = edited(
      [client('PROXY TCP4 192.0.2.7 198.51.100.9 5000 80\r\nGET / HTTP/1.1\r\n\r\n')],
      {},
      size,
    );
    const text = written.toString('latin1');
    expect(text).toMatch(/^PROXY TCP4 [\d.]{9} [\d.]{12} 5000 80\r\nGET \/ HTTP\/1\.1\r\n\r\n$/);
    expect(text).not.toContain('192.0.2.7');
  });

  it('follow a tunnel into what it holds', () => {
    const written = edited([
      client('CONNECT acme.test:443 HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 200 Connection established\r\n\r\n'),
      client('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno'),
    ]);
    expect(written.client.toString('latin1')).not.toContain('acme');
    expect(written.client.toString('latin1')).toContain('GET / HTTP/1.1\r\nHost: ');
    expect(written.server.toString('latin1')).toMatch(/Content-Length: 2\r\n\r\nxx$/);
  });
});
