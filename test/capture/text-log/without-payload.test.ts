/** Text of a port that tcpdump does not take for HTTP: lengths and numbers, and no request. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../../src/pipeline/analyze.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-unseen-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function resetsIn(lines: readonly string[]) {
  const file = path.join(folder, 'dump.txt');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { analysis } = await analyze({ files: [file] });
  return analysis.findings.filter(({ rule }) => rule === 'rst-after-request');
}

const [THERE, BACK] = ['10.0.0.1.4001 > 10.0.1.46.9000', '10.0.1.46.9000 > 10.0.0.1.4001'];
const OPENED = [
  `12:00:00.000000 IP ${THERE}: Flags [S], seq 100, win 64240, options [mss 1460], length 0`,
  `12:00:00.000100 IP ${BACK}: Flags [S.], seq 500, ack 101, win 65160, options [mss 1460], length 0`,
  `12:00:00.001000 IP ${THERE}: Flags [.], ack 1, win 502, length 0`,
];
const DATA = `12:00:00.001100 IP ${THERE}: Flags [P.], seq 1:20, ack 1, win 502, length 19`;
const HEARD = `12:00:00.001150 IP ${BACK}: Flags [.], ack 20, win 509, length 0`;
const RESET = `12:00:00.021000 IP ${BACK}: Flags [R.], seq 1, ack 20, win 509, length 0`;

describe('a reset behind data that is not in the text', () => {
  it('is told as possible, with what is known: how many bytes, and no answer', async () => {
    const [finding, ...others] = await resetsIn([...OPENED, DATA, HEARD, RESET]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      confidence: 'possible',
      facts: { outstanding: 'uncaptured-bytes', encrypted: false, requestBytes: 19, kind: 'application-abort' },
    });
    expect(finding?.summary).toContain('19 bytes');
    expect(finding?.summary).toContain('that it was a request is not known');
    expect(finding?.evidence[0]?.packets.map(({ packet }) => packet % 1000)).toEqual([2, 4, 6]);
  });

  it('is a notice on a port on which HTTP does not commonly stand, however often it comes', async () => {
    const times = (count: number): string[] =>
      Array.from({ length: count }, (_, at) =>
        [...OPENED, DATA, HEARD, RESET].map((line) =>
          line.replaceAll('.9000', '.6881').replaceAll('.4001', `.400${at}`).replace('12:00:00', `12:00:0${at}`),
        ),
      ).flat();
    expect(await resetsIn(times(1))).toMatchObject([{ severity: 'notice', confidence: 'possible' }]);
    expect(await resetsIn(times(6))).toMatchObject([{ severity: 'notice', confidence: 'possible', occurrences: 6 }]);
  });

  it('stays possible however often it comes', async () => {
    const all = [1, 2, 3, 4, 5, 6].flatMap((at) =>
      [...OPENED, DATA, HEARD, RESET].map((line) =>
        line.replaceAll('.4001', `.400${at}`).replace('12:00:00', `12:00:0${at}`),
      ),
    );
    expect((await resetsIn(all))[0]).toMatchObject({ confidence: 'possible', occurrences: 6 });
  });

  it.each([
    [
      'the server had spoken',
      [...OPENED, `12:00:00.001050 IP ${BACK}: Flags [P.], seq 1:9, ack 1, win 509, length 8`, DATA, RESET],
    ],
    [
      'the client had ended',
      [...OPENED, DATA, `12:00:00.002000 IP ${THERE}: Flags [F.], seq 20, ack 1, win 502, length 0`, RESET],
    ],
    ['nothing was sent', [...OPENED, RESET]],
    ['the connection had begun before', [DATA, HEARD, RESET]],
    [
      'it is of the client',
      [...OPENED, DATA, HEARD, RESET.replace(BACK, THERE).replace('seq 1, ack 20', 'seq 20, ack 1')],
    ],
    [
      'its bytes are printed and are no HTTP',
      [
        ...OPENED,
        DATA,
        '\t0x0000:  4500 003b 0001 4000 4006 0000 0a00 0001  E..;..@.@.......',
        '\t0x0010:  0a00 012e 0fa1 2328 0000 0065 0000 01f5  ......#(...e....',
        '\t0x0020:  5018 01f6 0000 0000 5353 482d 322e 302d  P.......SSH-2.0-',
        '\t0x0030:  4f70 656e 5353 485f 390d 0a              OpenSSH_9..',
        RESET,
      ],
    ],
  ])('is none where %s', async (_, lines) => {
    expect(await resetsIn(lines)).toEqual([]);
  });
});

it('the report says how to have the payload: not by a snap length, which a text has none of', async () => {
  const file = path.join(folder, 'quality.txt');
  const both = [1, 2].flatMap((at) =>
    [...OPENED, DATA, HEARD, RESET].map((line) => line.replaceAll('.4001', `.400${at}`)),
  );
  writeFileSync(file, `${both.join('\n')}\n`);
  const { analysis } = await analyze({ files: [file] });
  const quality = analysis.findings.find(({ rule }) => rule === 'capture-quality');
  expect(quality?.remedies.map(({ config }) => config)).toEqual([
    'tcpdump -w capture.pcap\ntcpdump -nn -v -X -r capture.pcap',
  ]);
});
