/** The commands and their flags, as commander takes them; what a command does is loaded when it is called. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { SCHEMA_NAMES, type SchemaName } from '../report/schema-names.js';
import { visible } from '../text/visible.js';
import type { CompareFlags } from './compare.js';
import { SHELLS } from './completion/shells.js';
import { EXAMPLES } from './examples.js';
import type { ExtractFlags } from './extract.js';
import type { FlowsFlags } from './flows.js';
import { helpOf } from './help.js';
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
import { applySettings } from './settings.js';
import type { Surroundings } from './surroundings.js';
import type { TuiFlags } from './tui.js';
import { usageText } from './usage-text.js';
import { packageVersion } from './version.js';

/** Help is laid out for this many columns whatever the terminal has. */
const HELP_WIDTH = 80;

/** A program whose commands give their exit codes to `finish`. */
export function buildProgram(surroundings: Surroundings, finish: (exitCode: number) => void): Command {
  const told = (of: () => Command) => (text: string, write: (text: string) => void) =>
    write(`pcapdx: ${visible(usageText(text, of(), program.commands))}\n`);
  const program: Command = new Command('pcapdx')
    .description('Reads packet captures and says why HTTP requests failed.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
      outputError: told(() => program),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureHelp(helpOf(() => program))
    .hook('preAction', (_program, called) => applySettings(called, surroundings))
    .commandsGroup('Commands:')
    .usage('[COMMAND] [CAPTURE...] [flags]')
    .addHelpText('before', EXAMPLES.pcapdx);

  const command = (name: keyof typeof EXAMPLES, description: string, isDefault = false) =>
    program
      .command(name, { isDefault })
      .description(description)
      .helpOption('-h, --help', 'show help')
      .configureOutput({ outputError: told(() => named(name)) })
      .addHelpText('before', EXAMPLES[name]);
  const named = (name: string) => program.commands.find((known) => known.name() === name) ?? program;
  const names = () => program.commands.map((known) => known.name());

  const report = command('report', 'findings; taken when no command is named', true).argument(
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
    new Option('--log <FILE>', 'access log to tie failures to; may be repeated')
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

  const flows = command('flows', 'every connection, in order of its first packet').argument(
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

  const tui = command('tui', 'explore: from the verdict down to the byte').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  addOptions(tui, [
    new Option('--stream <N>', "open at this connection, by Wireshark's tcp.stream")
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

  const ladder = command('ladder', 'one conversation, packet by packet').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  addOptions(ladder, [
    streamOption(),
    findingOption(),
    new Option('--occurrence <K>', 'which of its occurrences (default: 1)').argParser(wholeNumber(1)).helpGroup(WHICH),
    new Option('-f, --format <F>', 'text, mermaid or svg (default: text)')
      .choices(['text', 'mermaid', 'svg'])
      .helpGroup(RESULT),
    ...fileOptions('.txt, .mmd and .svg'),
    new Option('--all', 'every packet on a line of its own, acknowledgements too').helpGroup(RESULT),
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

  const compare = command('compare', 'two reports: what is gone, rarer, more frequent, new')
    .argument('<BEFORE>', 'report as JSON, of before the change')
    .argument('<AFTER>', 'the same, of after it');
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

  const extract = command('extract', 'some connections as a capture of their own').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  addOptions(extract, [
    streamOption(),
    findingOption(),
    new Option('--occurrence <K>', 'one of its occurrences alone').argParser(wholeNumber(1)).helpGroup(WHICH),
    new Option('-o, --output <FILE>', 'write to FILE, as pcapng').helpGroup(RESULT),
    new Option('--force', 'overwrite the file of --output').helpGroup(RESULT),
    new Option('--payload <P>', 'keep, headers (bodies unreadable) or none (default: headers)')
      .choices(['keep', 'headers', 'none'])
      .helpGroup(RESULT),
    new Option('--anonymise', 'other names, addresses, paths and cookies, of the same lengths').helpGroup(RESULT),
    new Option('--key <FILE>', 'the key of --anonymise: the same names each time').helpGroup(RESULT),
    revealOption(),
    new Option('--with-keys', 'the TLS secrets of these connections in it').helpGroup(RESULT),
    ...ruleOptions(),
    keyLogOption(),
    ...limitOptions(true),
    ...otherOptions(),
  ]);
  extract.action(async (files: string[], flags: ExtractFlags) => {
    const { runExtract } = await import('./extract.js');
    finish(await runExtract(files, flags, names(), surroundings));
  });

  const merge = command('merge', 'one report of the parts that report --shard made').argument(
    '<PART...>',
    'all parts, in any order',
  );
  addOptions(merge, [...resultOptions(), ruleFileOption().helpGroup(JUDGEMENT), failOnOption(), ...textOptions()]);
  merge.action(async (files: string[], flags: MergeFlags) => {
    const { runMerge } = await import('./merge.js');
    finish(await runMerge(files, flags, surroundings));
  });

  command('rules', 'the catalogue: what is looked for')
    .addOption(new Option('-f, --format <F>', 'text or json (default: text)').choices(['text', 'json']))
    .addOption(ruleFileOption())
    .action(async (flags: { format?: 'text' | 'json'; rules?: readonly string[] }) => {
      const { runRules } = await import('./rules.js');
      finish(await runRules(flags.format ?? 'text', flags.rules ?? [], surroundings));
    });

  command('explain', 'one rule in full')
    .argument('<RULE>', 'the id of a rule, as pcapdx rules lists it')
    .addOption(widthOption())
    .addOption(ruleFileOption())
    .action(async (rule: string, flags: { width?: number; rules?: readonly string[] }) => {
      const { runExplain } = await import('./explain.js');
      finish(await runExplain(rule, flags.width, flags.rules ?? [], surroundings));
    });

  command('schema', 'JSON Schema 2020-12 of what the others print')
    .addArgument(new Argument('<WHAT>', 'report, flows, finding or comparison').choices(SCHEMA_NAMES))
    .action(async (what: SchemaName) => {
      const { runSchema } = await import('./schema.js');
      finish(runSchema(what, surroundings));
    });

  command('completion', 'completion of command lines: a script for a shell')
    .addArgument(new Argument('<SHELL>', 'bash, zsh or fish').choices(SHELLS))
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { runCompletion } = await import('./completion.js');
      finish(runCompletion(shell, program, surroundings));
    });

  // Everywhere, and in the help only where it is looked for.
  for (const each of [program, ...program.commands]) {
    const version = new Option('-V, --version', 'print the version');
    each.addOption(each === program ? version : version.hideHelp());
    each.on('option:version', () => {
      surroundings.stdout.write(`${packageVersion()}\n`);
      throw new CommanderError(0, 'commander.version', 'version');
    });
  }
  return program;
}

function addOptions(command: Command, options: readonly Option[]): void {
  for (const option of options) command.addOption(option);
}
