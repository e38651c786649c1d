/** What logs add to a report, in words that every format shares: how much of them was found again, and what stands on one side alone. */
import { type LogTie, outcomeText, type PlacedLine } from '../findings/log-tie.js';
import { endpointText } from '../text/address.js';
import { durationText } from '../text/duration.js';
import { hasDate } from '../text/instant.js';
import { countText, manyText } from '../text/size.js';
import { visible } from '../text/visible.js';

/** Lines and resets named one by one in a sentence. */
const MAX_NAMED = 5;

/** A sentence on the logs, and what it is about; the first has the label `LOG`. */
export interface LogSentence {
  readonly label: string;
  readonly text: string;
}

/** A line of a log, and the connection that it is about: safe to show. */
export interface TiedRow {
  /** `front.log:17`. */
  readonly place: string;
  /** Status and flags as the log has them: `502 -`. */
  readonly outcome: string;
  readonly stream: number;
}

/** See the head of this file. */
export function logSentences(logs: LogTie, originEpochNs: bigint): LogSentence[] {
  const { files, tied, withoutConnection, resetsWithoutLine, notCompared } = logs;
  const failing = files.reduce((sum, file) => sum + file.failing, 0);
  const unreadable = files.reduce((sum, file) => sum + file.unreadable, 0);
  const sentences: LogSentence[] = [
    {
      label: 'LOG',
      text: `${countText(tied.length)} of ${manyText(failing, 'failing line')} tied to ${failing === 1 ? 'its connection' : 'their connections'}; ${clockText(logs, originEpochNs)}.`,
    },
  ];
  const add = (label: string, text: string) => sentences.push({ label, text });
  if (withoutConnection.length > 0) {
    const named = withoutConnection
      .slice(0, MAX_NAMED)
      .map((line) => `${placeOf(logs, line)} (${outcomeText(line.line)})`);
    add(
      'No connection',
      `${manyText(withoutConnection.length, 'failing line')}: ${listed(named, withoutConnection.length)}.`,
    );
  }
  if (resetsWithoutLine.length > 0) {
    const named = resetsWithoutLine
      .slice(0, MAX_NAMED)
      .map(({ stream, client, server }) => `stream ${stream} (${endpointText(client)} to ${endpointText(server)})`);
    add('No line', `${manyText(resetsWithoutLine.length, 'reset')}: ${listed(named, resetsWithoutLine.length)}.`);
  }
  if (unreadable > 0) add('Not read', `${manyText(unreadable, 'line')} of no known format.`);
  if (notCompared > 0) add('Not compared', `${manyText(notCompared, 'failure')} beyond what is kept.`);
  return sentences;
}

/** The first lines that were tied, in their order. */
export function tiedRows(logs: LogTie, most: number): TiedRow[] {
  return logs.tied
    .slice(0, most)
    .map((line) => ({ place: placeOf(logs, line), outcome: outcomeText(line.line), stream: line.stream }));
}

function clockText({ offsetNs }: LogTie, originEpochNs: bigint): string {
  if (offsetNs === null) return 'the clocks could not be brought together';
  if (!hasDate(originEpochNs)) return 'the capture has no date, so the clocks are not compared';
  const sides = offsetNs < 0n ? 'behind' : 'ahead of';
  return `its clock ${durationText(Math.abs(Number(offsetNs)))} ${sides} the capture’s`;
}

function placeOf({ files }: LogTie, { file, number }: PlacedLine): string {
  return `${visible(files[file]?.file ?? '')}:${number}`;
}

function listed(named: readonly string[], all: number): string {
  return all > named.length ? `${named.join(', ')}, …` : named.join(', ');
}
