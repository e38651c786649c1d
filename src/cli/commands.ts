/**
 * The commands, one function each: its arguments, its flags, and the module that is loaded when it is called.
 * They stand in the order of the help.
 */
import { Argument, type Command, Option } from 'commander';
import { SCHEMA_NAMES, type SchemaName } from '../report/schema-names.js';
import type { CompareFlags } from './compare.js';
import { SHELLS } from './completion/shells.js';
import type { EXAMPLES } from './examples.js';
import type { ExtractFlags } from './extract.js';
import type { FlowsFlags } from './flows-flags.js';
import type { LadderFlags } from './ladder.js';
import type { MergeFlags } from './merge.js';
import { wholeNumber } from './option-values.js';
import {
  failOnOption,
  fileOptions,
  filterOption,
  findingOption,
  JUDGEMENT,
  keyLogOption,
  limitOptions,
  otherOptions,
  RESULT,
  resultOptions,
  revealOption,
  ruleFileOption,
  ruleOptions,
  splitOptions,
  streamOption,
  textOptions,
  WHICH,
  widthOption,
} from './options.js';
import type { ReportFlags } from './report.js';
import type { Surroundings } from './surroundings.js';
import type { TuiFlags } from './tui.js';

/** What a command is declared with. */
interface Declaring {
  /** The program that the commands are of. */
  readonly program: Command;
  /** Adds a command, with its examples before its help. `isDefault`: it is taken where no command is named. */
  readonly command: (name: keyof typeof EXAMPLES, description: string, isDefault?: boolean) => Command;
  /** Names of all commands: what is no file and like one of them is mistyped. */
  readonly names: () => readonly string[];
  /** Takes the exit code. */
  readonly finish: (exitCode: number) => void;
  readonly surroundings: Surroundings;
}

/** Declares all commands, in the order of the help. */
export const COMMANDS: readonly ((declaring: Declaring) => void)[] = [
  declareReport,
  declareFlows,
  declareTui,
  declareLadder,
  declareCompare,
  declareExtract,
  declareMerge,
  declareRules,
  declareExplain,
  declareSchema,
  declareCompletion,
];

function declareReport({ command, finish, names, surroundings }: Declaring): void {
  const report = command('report', 'say why requests failed: the default command', true).argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  addOptions(report, [
    ...resultOptions(),
    new Option('--ladder <L>', 'in markdown: mermaid, text or none (default: mermaid)')
      .choices(['mermaid', 'text', 'none'])
      .helpGroup(RESULT),
    ...ruleOptions(),
    failOnOption(),
    keyLogOption(),
    new Option('--log <FILE>', 'access log to match failures with; may be repeated')
      .argParser((file: string, previous: readonly string[] | undefined) => [...(previous ?? []), file])
      .helpGroup(JUDGEMENT),
    ...textOptions(),
    ...splitOptions('merge joins them'),
    ...limitOptions(true),
    ...otherOptions(),
  ]);
  report.action(async (files: string[], flags: ReportFlags) => {
    const { runReport } = await import('./report.js');
    finish(await runReport(files, flags, names(), surroundings));
  });
}

function declareFlows({ command, finish, names, surroundings }: Declaring): void {
  const flows = command('flows', 'list every connection, in order of its first packet').argument(
    '[CAPTURE]',
    'capture file; - is standard input',
  );
  addOptions(flows, [
    new Option('-f, --format <F>', 'ndjson or text (default: ndjson)').choices(['ndjson', 'text']).helpGroup(RESULT),
    ...fileOptions('.ndjson and .txt'),
    filterOption('connections'),
    revealOption(),
    keyLogOption(),
    ...textOptions().filter((known) => known.long !== '--color'),
    ...splitOptions('sort by stream to join'),
    ...limitOptions(false),
    ...otherOptions(),
  ]);
  flows.action(async (file: string | undefined, flags: FlowsFlags) => {
    const { runFlows } = await import('./flows.js');
    finish(await runFlows(file === undefined ? [] : [file], flags, names(), surroundings));
  });
}

function declareTui({ command, finish, names, surroundings }: Declaring): void {
  const tui = command('tui', 'explore on screen, from the verdict down to the byte').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  addOptions(tui, [
    new Option('--stream <N>', 'open at this connection, by Wireshark’s tcp.stream')
      .argParser(wholeNumber(0))
      .helpGroup(WHICH),
    new Option('--packet <N>', 'open at this packet of --stream').argParser(wholeNumber(1)).helpGroup(WHICH),
    filterOption('rows'),
    revealOption(),
    ...ruleOptions(),
    keyLogOption(),
    ...textOptions().filter((known) => known.long !== '--width'),
    ...limitOptions(true),
  ]);
  tui.action(async (files: string[], flags: TuiFlags) => {
    const { runTuiCommand } = await import('./tui.js');
    finish(await runTuiCommand(files, flags, names(), surroundings));
  });
}

function declareLadder({ command, finish, names, surroundings }: Declaring): void {
  const ladder = command('ladder', 'draw one conversation, packet by packet').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  addOptions(ladder, [
    streamOption(),
    findingOption('(default: F1)'),
    new Option('--occurrence <K>', 'which of its occurrences (default: 1)').argParser(wholeNumber(1)).helpGroup(WHICH),
    new Option('-f, --format <F>', 'text, mermaid or svg (default: text)')
      .choices(['text', 'mermaid', 'svg'])
      .helpGroup(RESULT),
    ...fileOptions('.txt, .mmd and .svg'),
    new Option('--all', 'one line for each packet, even plain acknowledgements').helpGroup(RESULT),
    revealOption(),
    ...ruleOptions(),
    keyLogOption(),
    ...textOptions().filter((known) => known.long === '--ascii' || known.long === '--width'),
    ...limitOptions(true),
    ...otherOptions(),
  ]);
  ladder.action(async (files: string[], flags: LadderFlags) => {
    const { runLadder } = await import('./ladder.js');
    finish(await runLadder(files, flags, names(), surroundings));
  });
}

function declareCompare({ command, finish, surroundings }: Declaring): void {
  const compare = command('compare', 'compare two reports: what is gone, rarer, or new')
    .argument('<BEFORE>', 'JSON report from before the change')
    .argument('<AFTER>', 'JSON report from after it');
  addOptions(compare, [
    new Option('-f, --format <F>', 'text or json (default: text)').choices(['text', 'json']).helpGroup(RESULT),
    ...fileOptions('.txt and .json'),
    new Option('--fail-on <W>', 'exit 1 on worse, unmended or never (default: never)')
      .choices(['worse', 'unmended', 'never'])
      .helpGroup(JUDGEMENT),
    ...textOptions().filter((known) => known.long !== '--time'),
  ]);
  compare.action(async (before: string, after: string, flags: CompareFlags) => {
    const { runCompare } = await import('./compare.js');
    finish(runCompare(before, after, flags, surroundings));
  });
}

function declareExtract({ command, finish, names, surroundings }: Declaring): void {
  const extract = command('extract', 'write some connections to a capture of their own').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  addOptions(extract, [
    streamOption(),
    findingOption('in the report: F1'),
    new Option('--occurrence <K>', 'only this one of its occurrences').argParser(wholeNumber(1)).helpGroup(WHICH),
    new Option('-o, --output <FILE>', 'write to FILE, as pcapng').helpGroup(RESULT),
    new Option('--force', 'overwrite the file of --output').helpGroup(RESULT),
    new Option('--payload <P>', 'keep, headers (bodies unreadable) or none (default: headers)')
      .choices(['keep', 'headers', 'none'])
      .helpGroup(RESULT),
    new Option('--anonymise', 'replace names, addresses, paths and cookies by others of equal length').helpGroup(
      RESULT,
    ),
    new Option('--key <FILE>', 'key for --anonymise, for the same names each time').helpGroup(RESULT),
    revealOption(),
    new Option('--with-keys', 'include the TLS secrets of these connections').helpGroup(RESULT),
    ...ruleOptions(),
    keyLogOption(),
    ...limitOptions(true),
    ...otherOptions(),
  ]);
  extract.action(async (files: string[], flags: ExtractFlags) => {
    const { runExtract } = await import('./extract.js');
    finish(await runExtract(files, flags, names(), surroundings));
  });
}

function declareMerge({ command, finish, surroundings }: Declaring): void {
  const merge = command('merge', 'join the parts that report --shard made').argument(
    '<PART...>',
    'all parts, in any order',
  );
  addOptions(merge, [...resultOptions(), ruleFileOption().helpGroup(JUDGEMENT), failOnOption(), ...textOptions()]);
  merge.action(async (files: string[], flags: MergeFlags) => {
    const { runMerge } = await import('./merge.js');
    finish(await runMerge(files, flags, surroundings));
  });
}

function declareRules({ command, finish, surroundings }: Declaring): void {
  command('rules', 'list the rules: what pcapdx looks for')
    .addOption(
      new Option('-f, --format <F>', 'text or json (default: text)').choices(['text', 'json']).helpGroup(RESULT),
    )
    .addOption(ruleFileOption().helpGroup(JUDGEMENT))
    .action(async (flags: { format?: 'text' | 'json'; rules?: readonly string[] }) => {
      const { runRules } = await import('./rules.js');
      finish(await runRules(flags.format ?? 'text', flags.rules ?? [], surroundings));
    });
}

function declareExplain({ command, finish, surroundings }: Declaring): void {
  command('explain', 'explain one rule in full')
    .argument('<RULE>', 'id of a rule, as pcapdx rules lists it')
    .addOption(ruleFileOption().helpGroup(JUDGEMENT))
    .addOption(widthOption())
    .action(async (rule: string, flags: { width?: number; rules?: readonly string[] }) => {
      const { runExplain } = await import('./explain.js');
      finish(await runExplain(rule, flags.width, flags.rules ?? [], surroundings));
    });
}

function declareSchema({ command, finish, surroundings }: Declaring): void {
  command('schema', 'print the JSON Schema (2020-12) of an output')
    .addArgument(new Argument('<WHAT>', 'report, flows, finding or comparison').choices(SCHEMA_NAMES))
    .action(async (what: SchemaName) => {
      const { runSchema } = await import('./schema.js');
      finish(runSchema(what, surroundings));
    });
}

function declareCompletion({ command, finish, program, surroundings }: Declaring): void {
  command('completion', 'print a script that completes command lines')
    .addArgument(new Argument('<SHELL>', 'bash, zsh or fish').choices(SHELLS))
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { runCompletion } = await import('./completion.js');
      finish(runCompletion(shell, program, surroundings));
    });
}

function addOptions(command: Command, options: readonly Option[]): void {
  for (const option of options) command.addOption(option);
}
