import type { LogTie, PlacedLine } from '../findings/log-tie.js';
import { epochAt, instantText } from '../text/instant.js';
import { visible } from '../text/visible.js';
import type { ReportDocument } from './schema.js';

/** Lines and resets listed of each kind; the counts are of all. */
const MAX_LISTED = 1000;

/** The `logs` of a report document. Of a line stands what was understood, never its text. */
export function logsDocument(logs: LogTie, originEpochNs: bigint): NonNullable<ReportDocument['logs']> {
  const { files, offsetNs, tied, withoutConnection, resetsWithoutLine, notCompared } = logs;
  return {
    files: files.map(({ file, lines, unreadable, failing }) => ({ file: visible(file), lines, unreadable, failing })),
    clockOffsetSeconds: offsetNs === null ? null : Number(offsetNs) / 1e9,
    counts: {
      tied: tied.length,
      withoutConnection: withoutConnection.length,
      resetsWithoutLine: resetsWithoutLine.length,
      notCompared,
    },
    tied: tied.slice(0, MAX_LISTED).map((line) => ({ ...lineOf(line), stream: line.stream, by: line.by })),
    withoutConnection: withoutConnection.slice(0, MAX_LISTED).map(lineOf),
    resetsWithoutLine: resetsWithoutLine.slice(0, MAX_LISTED).map(({ stream, client, server, endNs }) => ({
      stream,
      client: { ...client },
      server: { ...server },
      time: instantText(epochAt(originEpochNs, endNs)),
    })),
  };
}

function lineOf({ file, number, line }: PlacedLine) {
  const { endNs, status, targetStatus, flags } = line;
  return { file, line: number, time: instantText(endNs), status, targetStatus, flags };
}
