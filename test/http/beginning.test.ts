import { describe, expect, it } from 'vitest';
import type { BeginningKind } from '../../src/facts/beginning.js';
import { areOdd, beginningKindOf, gatewayHeadLength } from '../../src/http/beginning.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('first bytes', () => {
  it.each<[string, BeginningKind]>([
    ['\x16\x03\x01\x02\x00\x01', 'tls-handshake'],
    ['\x15\x03\x03\x00\x02\x02\x28', 'tls-alert'],
    ['GET / HTTP/1.1\r\n', 'http-request'],
    ['OPTIONS * HTTP/1.1\r\n', 'http-request'],
    ['M-SEARCH * HTTP/1.1\r\n', 'http-request'],
    ['GET http://a.example/ HTTP/1.1\r\n', 'http-request'],
    ['HTTP/1.1 400 Bad Request\r\n', 'http-response'],
    [`HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n`, 'tls-demand'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n<title>400 The plain HTTP request was sent to HTTPS port</title>', 'tls-demand'],
    ["HTTP/1.1 400 Bad Request\r\n\r\nReason: You're speaking plain HTTP to an SSL-enabled server port.", 'tls-demand'],
    ['HTTP/1.1 400 \r\n\r\nBad Request\r\nThis combination of host and port requires TLS.\r\n', 'tls-demand'],
    ['HTTP/1.1 200 OK\r\n\r\nThe plain HTTP request was sent to HTTPS port', 'http-response'],
    ['HTTP/1.1 40', 'http-response'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'h2-preface'],
    ['PRI * HTTP', 'h2-preface'],
    ['PRI', 'other'],
    ['<!DOCTYPE HTML>\n<html lang="en">', 'markup'],
    ['<html>\r\n<head>', 'markup'],
    ['<stream:stream xmlns="jabber:client">', 'other'],
    ['<htmlx>', 'other'],
    ['<', 'other'],
    ['\x00\x00\x12\x04\x00\x00\x00\x00\x00', 'h2-settings'],
    ['PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n', 'proxy-header'],
    ['\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c', 'proxy-header'],
    ['\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00', 'fastcgi'],
    ['\x01\x01\x00\x00\x00\x08\x00\x00', 'other'],
    ['\x02\x01\x00\x01\x00\x08\x00\x00', 'other'],
    ['\x01\x02\x00\x01\x00\x08\x00\x00', 'other'],
    ['\x12\x34\x00\x97\x02\x02\x00\x08HTTP/1.1', 'ajp'],
    ['\x12\x34\x00\x01\x0a', 'ajp'],
    ['\x12\x34\x00\x01\x63', 'other'],
    ['\x12\x34\x00', 'other'],
    ['\x00\x81\x01\x00\x0c\x00QUERY_STRING', 'uwsgi'],
    ['\x00\x81\x01\x00\x0c\x01QUERY_STRING', 'other'],
    ['\x00\x81\x01\x00\x0c\x00QUERY string', 'other'],
    ['\x00\x81\x01\x00\x0c\x00QUERY', 'uwsgi'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'other'],
    ['EHLO a.example\r\n', 'other'],
    ['\x16\x03', 'other'],
    ['', 'other'],
  ])('%j', (text, kind) => {
    expect(beginningKindOf(bytes(text), 0, text.length)).toBe(kind);
  });

  it('are found wherever they stand in the segment', () => {
    const view = bytes('xxGET / HTTP/1.1');
    expect(beginningKindOf(view, 2, view.length)).toBe('http-request');
  });

  it('are worth a look where they do not fit, or the client sends a PROXY header', () => {
    expect(areOdd('tls-handshake', 'http-response')).toBe(true);
    expect(areOdd('http-request', 'tls-alert')).toBe(true);
    expect(areOdd('http-request', 'tls-demand')).toBe(true);
    expect(areOdd('fastcgi', 'http-response')).toBe(true);
    expect(areOdd('proxy-header', null)).toBe(true);
    expect(areOdd('fastcgi', 'other')).toBe(true);
    expect(areOdd('ajp', null)).toBe(true);
    expect(areOdd('uwsgi', 'http-response')).toBe(true);
    expect(areOdd('h2-preface', null)).toBe(true);
    expect(areOdd('tls-handshake', 'markup')).toBe(true);
    for (const [client, server] of [
      ['tls-handshake', 'tls-alert'],
      ['http-request', 'http-response'],
      ['h2-preface', 'h2-settings'],
      ['http-request', 'markup'],
      ['tls-handshake', 'other'],
      ['tls-handshake', null],
      ['other', 'http-response'],
      [null, 'http-response'],
    ] as const)
      expect(areOdd(client, server), `${client} ${server}`).toBe(false);
  });
});

describe('the head of a request to an application server', () => {
  it.each([
    ['FastCGI: a record header', '\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00', 8],
    ['FastCGI, cut', '\x01\x01\x00\x01\x00\x08', 6],
    ['AJP: magic, length, code', '\x12\x34\x00\x97\x02\x02\x00\x08HTTP/1.1', 5],
    ['uwsgi: up to the first name, its value not', '\x00\x81\x01\x00\x0c\x00QUERY_STRING\x01\x00a', 18],
    ['uwsgi, cut within the name', '\x00\x81\x01\x00\x0c\x00QUERY', 11],
    ['none of these', 'EHLO a.example\r\n', 0],
    ['HTTP', 'GET / HTTP/1.1\r\n', 0],
  ])('%s', (_name, text, length) => {
    expect(gatewayHeadLength(bytes(text))).toBe(length);
  });
});
