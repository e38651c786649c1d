/**
 * Reading for somebody who looks on: takes the captures once, tells how far it is and what was found
 * so far, fills the connection index, and answers questions about what has been read.
 *
 * It knows nothing of threads: messages come in by `take` and go out by `tell` (tui/reader.ts has it
 * in a worker). While captures are read, questions are answered whenever the event loop turns.
 */
import { copied } from '../../bytes/copied.js';
import type { Connection } from '../../facts/connection.js';
import type { Finding } from '../../facts/finding.js';
import { CAPTURE_STRIDE } from '../../facts/packet-reference.js';
import type { PacketTree } from '../../facts/packet-tree.js';
import type { Analysis } from '../../facts/summary.js';
import type { FieldName } from '../../filter/fields.js';
import { isFieldName } from '../../filter/fields.js';
import { EVERYTHING, numbersAsked } from '../../filter/filter.js';
import { parseFilter } from '../../filter/parse.js';
import { RULES } from '../../rules/index.js';
import type { LegPairs } from '../../rules/judgements/leg-pairing.js';
import { visible } from '../../text/visible.js';
import { analyze } from '../analyze.js';
import { DrillDown } from '../drill-down.js';
import { evidenceExtract } from '../evidence-extract.js';
import { extractConnections } from '../extract.js';
import { ConnectionIndex, type IndexGrowth } from '../index/connection-index.js';
import { IndexWriter } from '../index/index-writer.js';
import { OverviewTally } from '../overview-tally.js';
import { loadOwnRules } from '../own-rules.js';
import type { Progress } from '../read-captures.js';
import { Follower } from './follow.js';
import { IndexFilterRow, type KnownOfStreams } from './index-filter-row.js';
import { orderOf } from './index-order.js';
import { legsOf } from './legs.js';
import { packetTree } from './packet-tree.js';
import type {
  Extract,
  ExtractRequest,
  FromReader,
  QuestionKind,
  Questions,
  ReadingTask,
  ToReader,
} from './protocol.js';
import { standardInput } from './standard-input.js';

/** An extract passes between threads whole; evidence is small. */
const MAX_EXTRACT_BYTES = 256 * 1024 * 1024;
/** At most ten messages of progress a second. */
const PROGRESS_INTERVAL_MS = 100;
/** Values offered of a field. */
const MAX_VALUES = 50;
/** Rows that are looked through for them: enough to know what is frequent. */
const MAX_ROWS_SEEN = 20_000;

type Answers = { [K in QuestionKind]: (ask: Questions[K]['ask']) => Promise<Questions[K]['answer']> };

/** See the head of this file. */
export class Session {
  private drillDown = new DrillDown();
  private readonly writer = new IndexWriter();
  private readonly index = new ConnectionIndex();
  private readonly overview = new OverviewTally();
  private readonly abort = new AbortController();
  private analysis: Analysis | null = null;
  private pairs: LegPairs | null = null;
  private reveal = false;
  /** When progress was told; ms since the epoch. */
  private toldAt = 0;
  private findingsByStream = new Map<number, Finding[]>();

  constructor(private readonly tell: (message: FromReader) => void) {}

  take(message: ToReader): void {
    switch (message.kind) {
      case 'read':
        this.read(message.task).catch((thrown: unknown) => {
          this.tell({ kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) });
        });
        break;
      case 'stop':
        this.abort.abort();
        break;
      case 'ask':
        this.answer(message.id, message.question, message.ask);
        break;
      default: {
        const never: never = message;
        throw new Error(`no such message: ${JSON.stringify(never)}`);
      }
    }
  }

  close(): void {
    this.drillDown.close();
  }

  private async read({ files, keyLogs, reveal, rules, ruleFiles, ...limits }: ReadingTask): Promise<void> {
    this.reveal = reveal;
    this.drillDown = new DrillDown(null, limits);
    const ownRules = await loadOwnRules(ruleFiles);
    const metas = [...RULES, ...ownRules].map(({ meta }) => meta);
    this.tell({ kind: 'causes', causes: Object.fromEntries(metas.map(({ id, hypotheses }) => [id, hypotheses])) });
    const { analysis, errors } = await analyze({
      files,
      maxUnpacked: limits.maxUnpacked,
      keyLogs,
      reveal,
      ...(rules === null ? {} : { rules }),
      ...(ruleFiles.length === 0 ? {} : { ownRules }),
      ...(files.includes('-') ? { stdin: standardInput() } : {}),
      signal: this.abort.signal,
      drillDown: this.drillDown,
      onProgress: (progress) => this.progress(progress),
      onLegs: (pairs) => {
        this.pairs = pairs;
      },
      onPart: (connection) => this.add(connection),
      onInterim: (interim) => {
        this.know(interim);
        this.tell({ kind: 'interim', analysis: interim });
      },
    });
    this.know(analysis);
    const failures = errors.map(({ file, code, offset, reason, message }) => ({ file, code, offset, reason, message }));
    this.tell({
      kind: 'done',
      analysis,
      errors: failures,
      growth: this.growth(),
      timeline: this.overview.timelineSoFar,
    });
  }

  private add(connection: Connection): void {
    this.writer.add(connection);
    this.overview.add(connection);
  }

  private progress(progress: Progress): void {
    const now = Date.now();
    if (now - this.toldAt < PROGRESS_INTERVAL_MS) return;
    this.toldAt = now;
    this.tell({ kind: 'progress', progress, growth: this.growth(), timeline: this.overview.timelineSoFar });
  }

  private growth(): IndexGrowth {
    const growth = this.writer.takeGrowth();
    this.index.grow(growth);
    return growth;
  }

  private know(analysis: Analysis): void {
    this.analysis = analysis;
    const { findings } = analysis;
    this.findingsByStream = new Map();
    for (const finding of findings)
      for (const { stream } of finding.evidence) {
        const known = this.findingsByStream.get(stream);
        if (known === undefined) this.findingsByStream.set(stream, [finding]);
        else if (!known.includes(finding)) known.push(finding);
      }
  }

  private answer<K extends QuestionKind>(id: number, question: K, ask: Questions[K]['ask']): void {
    const answers: Answers[K] = this.answers[question];
    answers(ask).then(
      (answer) => this.tell({ kind: 'answer', id, answer }),
      (thrown: unknown) => {
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        this.tell({ kind: 'refused', id, reason: visible(reason) });
      },
    );
  }

  private readonly answers: Answers = {
    conversation: ({ stream, kept }) => this.drillDown.conversation(stream, kept),
    legs: async ({ stream }) => (this.pairs === null ? null : legsOf(stream, this.pairs)),
    packet: async ({ packet }) => {
      let tree: PacketTree | null = null;
      await this.drillDown.packet(packet, (view) => {
        tree = packetTree(view);
      });
      return tree;
    },
    plaintext: async ({ stream }) => {
      if (this.drillDown.spanOf(stream) === null) return null;
      const follower = new Follower(stream, this.drillDown.keys);
      await this.drillDown.eachPacket([stream], (packet) => follower.packet(packet));
      return follower.finish();
    },
    order: async ({ filter, sort, isReversed, marked }) => {
      const parsed = parseFilter(filter).filter ?? EVERYTHING;
      const packets = await this.holdersOf(numbersAsked(parsed, 'packet'));
      return orderOf(this.index, parsed, sort, isReversed, { ...this.known, marked: new Set(marked), packets });
    },
    overview: async () => this.overview.conclude(),
    extract: (request) => this.extract(request),
    values: async ({ field }) => (isFieldName(field) ? this.valuesOf(field) : []),
  };

  private readonly known: KnownOfStreams = {
    findingsOf: (stream) => this.findingsByStream.get(stream) ?? NO_FINDINGS,
    marked: new Set(),
    packets: new Map(),
  };

  /** Which connections hold packets of these numbers, in any of the captures. */
  private async holdersOf(numbers: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>> {
    const holders = new Map<number, number[]>();
    const captures = Math.max(1, this.analysis?.captures.length ?? 1);
    for (const number of numbers)
      for (let capture = 0; capture < captures; capture += 1)
        for (const stream of await this.drillDown.streamsOf([capture * CAPTURE_STRIDE + number]))
          holders.set(stream, [...(holders.get(stream) ?? []), number]);
    return holders;
  }

  private async extract({ finding: id, streams, application }: ExtractRequest): Promise<Extract> {
    const { analysis } = this;
    if (analysis === null) throw new Error('nothing is known yet');
    const finding = analysis.findings.find((known) => known.id === id) ?? null;
    const about = finding === null ? analysis.findings : [finding];
    const evidence = about.flatMap((each) => each.evidence.filter(({ stream }) => streams.includes(stream)));
    const notes = new Map(
      evidence.flatMap(({ packets }) => packets.map(({ packet, note }) => [packet, note] as const)),
    );
    const secrecy = { isAnonymous: false, reveal: this.reveal, withKeys: false };
    const subject = { analysis, finding, isWhole: true, streams, notes, ...secrecy };
    const chosen = await evidenceExtract(this.drillDown, subject);
    const pieces: Uint8Array[] = [];
    let length = 0;
    const packets = await extractConnections(
      this.drillDown,
      { ...chosen, payload: 'headers', anonymiseKey: null, withKeys: false, reveal: this.reveal, application },
      (bytes) => {
        length += bytes.length;
        if (length > MAX_EXTRACT_BYTES) throw new Error('is larger than 256 MB: pcapdx extract writes it');
        pieces.push(copied(bytes, 0, bytes.length));
      },
    );
    return { bytes: Buffer.concat(pieces), packets, connections: chosen.streams.length };
  }

  /** Values of a field in the first rows, most frequent first. */
  private valuesOf(field: FieldName): readonly string[] {
    const counts = new Map<string, number>();
    const row = new IndexFilterRow(this.index, this.known);
    for (row.row = 0; row.row < Math.min(this.index.size, MAX_ROWS_SEEN); row.row += 1) {
      for (const value of row.valuesOf(field)) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    }
    const sorted = [...counts].sort(([, one], [, other]) => other - one);
    return sorted.slice(0, MAX_VALUES).map(([value]) => value);
  }
}

const NO_FINDINGS: readonly Finding[] = [];
