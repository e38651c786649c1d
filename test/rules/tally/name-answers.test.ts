import { describe, expect, it } from 'vitest';
import {
  isQuicName,
  mergeNameAnswers,
  nameAnswers,
  nameAnswersOf,
  noteNameAnswer,
  noteQuicName,
} from '../../../src/rules/tally/name-answers.js';

const told = (name: string, atNs: number) => ({
  name,
  address: '10.0.0.49',
  client: '10.0.0.1',
  atNs,
  packet: atNs,
});

describe('what DNS told whom', () => {
  it('is kept with the earliest times, by client, name and address', () => {
    const all = nameAnswers();
    for (const at of [9, 1, 5, 7, 3]) noteNameAnswer(all, told('Serv1.example.', at));
    noteNameAnswer(all, { ...told('serv1.example', 2), client: '10.0.0.2' });
    noteNameAnswer(all, told('no name at all', 4));
    expect(
      nameAnswersOf(all).map(({ client, name, answers }) => [client, name, answers.items.map(({ atNs }) => atNs)]),
    ).toEqual([
      ['10.0.0.1', 'serv1.example', [1, 3, 5, 7]],
      ['10.0.0.2', 'serv1.example', [2]],
    ]);
    expect(all.isWhole).toBe(true);
  });

  it('is the same by parts, in any order', () => {
    const names = Array.from({ length: 40 }, (_, at) => `serv${at % 23}.example`);
    const whole = nameAnswers(16);
    const parts = [nameAnswers(16), nameAnswers(16), nameAnswers(16)];
    names.forEach((name, at) => {
      noteNameAnswer(whole, told(name, at));
      noteNameAnswer(parts[at % 3] ?? whole, told(name, at));
    });
    const joined = nameAnswers(16);
    for (const part of parts.reverse()) mergeNameAnswers(joined, structuredClone(part));
    expect(nameAnswersOf(joined)).toEqual(nameAnswersOf(whole));
    expect(joined.isWhole).toBe(false);
    expect(whole.isWhole).toBe(false);
  });

  it('holds the names asked for by QUIC', () => {
    const one = nameAnswers();
    const other = nameAnswers();
    noteQuicName(other, 'SERV1.example');
    mergeNameAnswers(one, other);
    expect(isQuicName(one, 'serv1.example')).toBe(true);
    expect(isQuicName(one, 'serv2.example')).toBe(false);
  });
});
