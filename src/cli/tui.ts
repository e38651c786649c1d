/** `pcapdx tui`: hands the terminal and what the commands can do to the application. */
import { existsSync, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import type { Analysis } from '../facts/summary.js';
import { fileWord } from '../text/shell-word.js';
import { visible } from '../text/visible.js';
import type { ReportSources } from '../tui/perform.js';
import type { TerminalStreams } from '../tui/run.js';
import { isColoured, PLAIN_WIDTH } from './colour.js';
import { openDestination } from './destination.js';
import { EXIT, UsageError } from './exit-code.js';
import { filterOf } from './filter-flag.js';
import { laddersOf } from './ladders.js';
import { capturesOf, guardAgainstTypos, keyLogText, type ReadingFlags } from './reading.js';
import { repeatedFlags } from './repeated-flags.js';
import { chosenRules, type RuleChoice } from './rule-choice.js';
import { ownKeys } from './settings.js';
import type { Surroundings } from './surroundings.js';
import { packageVersion } from './version.js';

/** Flags of `pcapdx tui`. */
export interface TuiFlags extends ReadingFlags {
  readonly stream?: number;
  readonly packet?: number;
  readonly filter?: string;
  readonly reveal?: boolean;
  readonly rule?: readonly RuleChoice[];
  readonly rules?: readonly string[];
  readonly time?: 'utc' | 'local' | 'relative';
  readonly color?: 'auto' | 'always' | 'never';
  readonly ascii?: boolean;
}

/** Runs the application until the user quits. */
export async function runTuiCommand(
  named: readonly string[],
  flags: TuiFlags,
  commands: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  if (flags.packet !== undefined && flags.stream === undefined)
    throw new UsageError('--packet goes with --stream, the connection that it is of');
  const files = capturesOf(named, surroundings);
  if (files === null) return EXIT.input;
  guardAgainstTypos(files, commands);
  for (const file of files)
    if (file !== '-' && !existsSync(file)) throw new UsageError(`${visible(file)}: no such file`);
  const { env } = surroundings;
  const typed = flags.filter ?? '';
  const filter = filterOf(typed, () => true, '', files);
  const keyLog = keyLogText(flags, surroundings);
  const rules = await ruleIds(flags);
  const keys = ownKeys(surroundings);
  if ((env.INK_SCREEN_READER ?? '') === 'true')
    throw new UsageError(
      `a screen reader is in use: pcapdx report ${fileWord(files[0] ?? 'CAPTURE')} says the same in plain text`,
    );
  const streams = terminalStreams(files, env.TERM);
  const { runTui } = await import('../tui/run.js');
  const outcome = await runTui({
    task: {
      files,
      keyLogs: keyLog === null ? [] : [keyLog],
      maxUnpacked: flags.maxUnpacked,
      maxSpool: flags.maxSpool,
      reveal: flags.reveal === true,
      rules,
      ruleFiles: flags.rules ?? [],
    },
    streams,
    isColoured: isColoured(flags.color ?? 'auto', env, true),
    isAscii: flags.ascii === true,
    time: flags.time ?? 'utc',
    filter: { typed, filter },
    stream: flags.stream ?? null,
    packet: flags.packet ?? null,
    keys,
    locale: process.env,
    services: {
      application: `pcapdx ${packageVersion()}`,
      report: (format, analysis, data, sources) => reportText(format, analysis, data.errors, flags, sources),
      write: (file, content, isOverwriting) => {
        const destination = openDestination(file, isOverwriting, files, surroundings);
        try {
          if (typeof content === 'string') destination.write(content);
          else destination.writeBytes(content);
          destination.commit();
        } finally {
          destination.discard();
        }
      },
      explain: async (rule, width) => {
        const { explanationOf } = await import('./explain.js');
        return explanationOf(rule, width, flags.rules ?? []);
      },
    },
  });
  // Those that were opened here would keep the process waiting for keys.
  if (streams.input !== process.stdin) streams.input.destroy();
  if (streams.output !== process.stdout) streams.output.destroy();
  for (const message of outcome.messages) surroundings.stderr.write(`pcapdx: ${visible(message)}\n`);
  return outcome.exitCode;
}

/**
 * The terminal: standard input and output where they are one, else /dev/tty, so that a capture can come
 * through a pipe.
 *
 * @throws {UsageError} where there is none
 */
function terminalStreams(files: readonly string[], term: string | undefined): TerminalStreams {
  if (term === 'dumb') throw noTerminal(files);
  try {
    const isInput = process.stdin.isTTY === true && !files.includes('-');
    const input = isInput ? process.stdin : new ReadStream(openSync('/dev/tty', 'r'));
    if (process.stdout.isTTY) return { input, output: process.stdout, descriptor: 1 };
    const descriptor = openSync('/dev/tty', 'w');
    return { input, output: new WriteStream(descriptor), descriptor };
  } catch {
    throw noTerminal(files);
  }
}

function noTerminal(files: readonly string[]): UsageError {
  const capture = files[0] === undefined || files[0] === '-' ? 'CAPTURE' : fileWord(files[0]);
  return new UsageError(`tui needs a terminal; pcapdx report ${capture} prints the same findings`);
}

async function ruleIds({ rule, rules }: TuiFlags): Promise<readonly string[] | null> {
  if (rule === undefined || rule.length === 0) return null;
  const [{ RULES }, { loadOwnRules }] = await Promise.all([import('../rules/index.js'), import('./own-rules.js')]);
  const known = [...RULES, ...(await loadOwnRules(rules ?? []))].map(({ meta }) => meta.id);
  return chosenRules(rule, known) ?? null;
}

async function reportText(
  format: 'markdown' | 'json' | 'html' | 'text',
  analysis: Analysis,
  errors: readonly {
    readonly file: string;
    readonly code: string;
    readonly offset: number | null;
    readonly reason: string;
  }[],
  flags: TuiFlags,
  sources: ReportSources,
): Promise<string> {
  const input = {
    analysis,
    errors,
    version: packageVersion(),
    reveal: flags.reveal === true,
    maxOccurrences: undefined,
    filter: null,
    repeated: repeatedFlags(flags),
  };
  const drawn = () =>
    laddersOf(analysis, { conversation: (stream, kept = []) => sources.conversation(stream, kept) }, input.reveal);
  switch (format) {
    case 'json': {
      const { jsonReport } = await import('../report/json.js');
      return jsonReport(input);
    }
    case 'markdown': {
      const { markdownReport } = await import('../report/markdown/markdown.js');
      const ladders = await drawn();
      return markdownReport(input, { ladder: 'mermaid', ladders });
    }
    case 'html': {
      const { htmlReport } = await import('../report/html/page.js');
      return htmlReport(input, { ladders: await drawn(), overview: await sources.overview() });
    }
    case 'text': {
      const { textReport } = await import('../report/text.js');
      return textReport(input, {
        width: PLAIN_WIDTH,
        isColoured: false,
        ascii: flags.ascii === true,
        time: flags.time ?? 'utc',
      });
    }
    default: {
      const never: never = format;
      return never;
    }
  }
}
