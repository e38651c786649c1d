import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/facts/exchange.js';
import { announcesClose } from '../../../src/rules/judgements/closing-message.js';
import { healthy } from '../facts.js';

function message(changes: Partial<Message>): Message {
  const [exchange] = healthy().exchanges;
  if (exchange?.response == null) throw new Error('the builders made no exchange');
  return { ...exchange.response, ...changes };
}
const connectionField = (value: string) => [{ name: 'connection', value }];

describe('announcesClose', () => {
  it('reads the Connection field, whatever its case and company', () => {
    expect(announcesClose(message({}))).toBe(false);
    expect(announcesClose(message({ fields: connectionField('Close') }))).toBe(true);
    expect(announcesClose(message({ fields: connectionField('upgrade, close') }))).toBe(true);
    expect(announcesClose(message({ fields: connectionField('keep-alive') }))).toBe(false);
  });

  it('knows bodies that end with the connection, and HTTP/1.0', () => {
    expect(announcesClose(message({ framing: 'close' }))).toBe(true);
    expect(announcesClose(message({ version: 'HTTP/1.0' }))).toBe(true);
    expect(announcesClose(message({ version: 'HTTP/1.0', fields: connectionField('Keep-Alive') }))).toBe(false);
  });
});
