import { describe, expect, it } from 'vitest';
import { readPrinted } from '../../../src/capture/text-log/line.js';
import { payloadOf } from '../../../src/capture/text-log/payload.js';

const HEAD = '12:00:00.000001 IP 10.0.0.10.41955 > 10.0.0.49.80: Flags [P.], seq 1:74, ack 1, win 63, length';

function shown(line: string, body: readonly string[] = []): string {
  const segment = readPrinted(line);
  if (segment === null) throw new Error(`unreadable: ${line}`);
  return payloadOf(segment, body).toString();
}

describe('what a text shows of HTTP', () => {
  it('is the first line by default, cut at the length of the payload', () => {
    expect(shown(`${HEAD} 73: HTTP: GET /x HTTP/1.1`)).toBe('GET /x HTTP/1.1\r\n');
    expect(shown(`${HEAD} 10: HTTP: GET /x HTTP/1.1`)).toBe('GET /x HTT');
    expect(shown(`${HEAD} 73`)).toBe('');
    expect(shown(`${HEAD} 0`, ['GET / HTTP/1.1'])).toBe('');
  });

  it('is a path where it was blotted out', () => {
    expect(shown(`${HEAD} 73: HTTP: GET URI HTTP/1.1`)).toBe('GET /URI HTTP/1.1\r\n');
  });

  it('is the head with -v, without the body and without prose', () => {
    const body = ['\tGET /x HTTP/1.1', '\tHost: shop.example', '\tAccept: */*', '\t'];
    expect(shown(`${HEAD} 73: HTTP, length: 73`, [...body, '\t{"a":1} [|http]', 'What is this: a bug?'])).toBe(
      'GET /x HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n\r\n',
    );
    expect(shown(`${HEAD} 73: HTTP, length: 73`, [...body.slice(0, 2), 'We see this a lot: why?'])).toBe(
      'GET /x HTTP/1.1\r\nHost: shop.example\r\n',
    );
    expect(shown(`${HEAD} 73: HTTP, length: 73`, ['prose', ...body])).toBe('');
  });

  it('is the head with -A, behind as many characters as the headers have', () => {
    // Of forty bytes of headers two were line feeds, one behind a carriage return that is not printed.
    const headers = ['E..}Z7@.?..M', '..', '..1.....K......G..?....'];
    const packet = (text: string) => [...headers.slice(0, 2), ...`${headers[2]}${text}`.split('\n')];
    expect(shown(`${HEAD} 73`, packet('GET /x HTTP/1.1\nHost: shop.example\n\nbody'))).toBe(
      'GET /x HTTP/1.1\r\nHost: shop.example\r\n\r\n',
    );
    expect(shown(`${HEAD} 73`, packet('<p>you wrote GET /x HTTP/1.1\n'))).toBe('');
    expect(shown(`${HEAD} 73`, ['GET /x HTTP/1.1', 'Host: shop.example'])).toBe('');
  });

  it('ends its lines as they fit', () => {
    const body = ['GET /x HTTP/1.1', 'Host: a', ''];
    expect(shown(`${HEAD} 25: HTTP, length: 25`, body)).toBe('GET /x HTTP/1.1\nHost: a\n\n');
    expect(shown(`${HEAD} 20: HTTP, length: 20`, body)).toBe('GET /x HTTP/1.1\r\n');
  });
});
