import type { Connection } from '../facts/connection.js';
import { flowLine } from '../report/flow.js';
import { FlowOrder } from '../report/flow-order.js';
import { Redaction } from '../text/redaction.js';
import { widthOf } from './colour.js';
import { type Destination, formatOf, openDestination } from './destination.js';
import { EXIT } from './exit-code.js';
import type { FlowsFlags } from './flows-flags.js';
import { capturesOf, readCaptures } from './reading.js';
import type { Surroundings } from './surroundings.js';

/** Characters gathered before they are written: a system call per line would cost more than the line. */
const WRITE_AT = 65_536;

/** Takes connections as they end and writes them in order. */
interface FlowWriter {
  add(connection: Connection, originEpochNs: bigint): void;
  skip(stream: number): void;
  finish(): void;
}

/** `pcapdx flows`: connections are written while the capture is read. */
export async function runFlows(
  named: readonly string[],
  flags: FlowsFlags,
  commands: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const files = capturesOf(named, surroundings);
  if (files === null) return EXIT.input;
  const format = formatOf(flags.format, flags.output, {
    usual: 'ndjson',
    byExtension: { '.ndjson': 'ndjson', '.jsonl': 'ndjson', '.txt': 'text' },
  });
  const isShown = await choiceOf(flags.filter, files);
  const destination = openDestination(flags.output, flags.force === true, files, surroundings);
  try {
    // Columns of a table are laid out for the rows as they come.
    const jobs = format === 'text' || flags.shard !== undefined ? 1 : await jobsOf(flags, files);
    if (jobs > 1) {
      const { flowsInJobs } = await import('./flows-jobs.js');
      const exitCode = await flowsInJobs(files, flags, jobs, destination, surroundings);
      destination.commit();
      return exitCode;
    }
    const writer =
      format === 'text'
        ? await tableWriter(destination, flags)
        : lineWriter(destination, await redactionOf(flags, files));
    const { analysis, errors, exitCode } = await readCaptures(
      {
        files,
        flags,
        commands,
        // No rule judges: only the connections are asked for.
        rules: [],
        onConnection: (connection, originEpochNs) => {
          if (isShown(connection)) writer.add(connection, originEpochNs);
          else writer.skip(connection.stream);
        },
        onSpentStream: (stream) => writer.skip(stream),
        streams: flags.output === undefined,
        cleanUp: () => destination.discard(),
      },
      surroundings,
    );
    if (errors.length > 0 && analysis.captures.length === 0) return exitCode;
    writer.finish();
    destination.commit();
    return exitCode;
  } finally {
    destination.discard();
  }
}

/** Threads: one unless the user says otherwise, for lines come sooner so. */
async function jobsOf({ jobs = 1 }: FlowsFlags, files: readonly string[]): Promise<number> {
  if (jobs === 1) return 1;
  const { jobsFor } = await import('../pipeline/jobs.js');
  return jobsFor(files, jobs);
}

/** Which connections `--filter` shows. */
async function choiceOf(
  expression: string | undefined,
  files: readonly string[],
): Promise<(connection: Connection) => boolean> {
  if (expression === undefined) return () => true;
  const [{ filterOf }, { matches }, { ConnectionRow, NOT_OF_CONNECTIONS }] = await Promise.all([
    import('./filter-flag.js'),
    import('../filter/filter.js'),
    import('../report/connection-row.js'),
  ]);
  const what = 'flows judges nothing and has no findings; pcapdx report --filter chooses them';
  const filter = filterOf(expression, (field) => !NOT_OF_CONNECTIONS.has(field), what, files);
  return (connection) => matches(filter, new ConnectionRow(connection));
}

async function redactionOf({ reveal }: FlowsFlags, files: readonly string[]): Promise<Redaction> {
  const { saltOf } = await import('../pipeline/run-salt.js');
  return new Redaction(reveal === true, () => saltOf(files));
}

function lineWriter(destination: Destination, redaction: Redaction): FlowWriter {
  let text = '';
  const order = new FlowOrder<string>((line) => {
    text += line;
    if (text.length < WRITE_AT) return;
    destination.write(text);
    text = '';
  });
  return {
    add: (connection) => order.add(connection.stream, `${JSON.stringify(flowLine(connection, redaction))}\n`),
    skip: (stream) => order.skip(stream),
    finish() {
      order.finish();
      destination.write(text);
    },
  };
}

async function tableWriter(destination: Destination, flags: FlowsFlags): Promise<FlowWriter> {
  const { FlowsTable, SAMPLE_ROWS } = await import('../report/flows-table.js');
  const table = new FlowsTable({
    width: widthOf(flags.width, destination.columns),
    isColoured: false,
    ascii: flags.ascii === true,
    time: flags.time ?? 'utc',
  });
  // No column holds a secret; the word is given all the same, as in every output.
  if (flags.reveal === true) destination.write('SECRETS SHOWN (--reveal)\n');
  let rows: (readonly string[])[] = [];
  const order = new FlowOrder<readonly string[]>((row) => {
    rows.push(row);
    if (rows.length < SAMPLE_ROWS) return;
    destination.write(table.lines(rows));
    rows = [];
  });
  return {
    add: (connection, originEpochNs) => order.add(connection.stream, table.row(connection, originEpochNs)),
    skip: (stream) => order.skip(stream),
    finish() {
      order.finish();
      destination.write(table.lines(rows));
    },
  };
}
