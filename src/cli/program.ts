/** The commands and their flags, as commander takes them; what a command does is loaded when it is called. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { SCHEMA_NAMES, type SchemaName } from '../report/schema-names.js';
import { BUCKETS, type Share } from '../tcp/share.js';
import { visible } from '../text/visible.js';
import { NARROWEST } from './colour.js';
import type { CompareFlags } from './compare.js';
import { SHELLS } from './completion/shells.js';
import type { ExtractFlags } from './extract.js';
import type { FlowsFlags } from './flows.js';
import type { LadderFlags } from './ladder.js';
import type { MergeFlags } from './merge.js';
import type { ReportFlags } from './report.js';
import type { RuleChoice } from './rule-choice.js';
import { applySettings } from './settings.js';
import type { Surroundings } from './surroundings.js';
import type { TuiFlags } from './tui.js';
import { packageVersion } from './version.js';

/** Help is laid out for this many columns whatever the terminal has. */
const HELP_WIDTH = 80;

const WHICH = 'Which:';
const RESULT = 'Result:';
const JUDGEMENT = 'Judgement:';
const TEXT = 'Text:';
const OTHER = 'Other:';
/** In the manual and in completion; the help is one screen. */
const LIMITS = 'Limits:';
const REPORT = 'Flags of report, those used most:';

/** Flags of report in the help of the program. */
const MOST_USED: ReadonlySet<string> = new Set([
  ...['--format', '--output', '--max-occurrences', '--filter', '--reveal', '--rule', '--fail-on', '--keylog'],
  ...['--color', '--quiet'],
]);

const EXAMPLES = {
  pcapdx: `Examples:
  pcapdx front.pcapng                              why did requests fail?
  tcpdump -U -s0 -w - 'tcp port 80' | pcapdx -     the same, while it is taken
`,
  report: `Examples:
  pcapdx report front.pcapng                       findings, for people
  pcapdx report ring*.pcap -o findings.json        several as one, for scripts
`,
  flows: `Examples:
  pcapdx flows front.pcapng                        a JSON object each
  pcapdx flows front.pcapng --format text          the same as a table
`,
  ladder: `Examples:
  pcapdx ladder front.pcapng --stream 3            one connection, who said what
  pcapdx ladder front.pcapng --finding F1 --format mermaid
`,
  compare: `Examples:
  pcapdx compare before.json after.json            did the change mend it?
  pcapdx compare before.json after.json --fail-on unmended
`,
  tui: `Examples:
  pcapdx tui front.pcapng                          findings, connections, packets
  ssh web1 tcpdump -U -s0 -w - | pcapdx tui -      the same, while it is taken
`,
  extract: `Examples:
  pcapdx extract front.pcapng --finding F1 -o f1.pcapng
  pcapdx extract front.pcapng --stream 3,7 --anonymise -o evidence.pcapng
`,
  merge: `Examples:
  pcapdx report big.pcap --shard 1/2 -o part1.json one of two parts, on any machine
  pcapdx merge part1.json part2.json               the report of the whole
`,
  rules: `Examples:
  pcapdx rules                                     what is looked for
  pcapdx rules --format json                       the same for scripts
`,
  explain: `Examples:
  pcapdx explain rst-after-request                 one rule in full
  pcapdx rules                                     which rules there are
`,
  completion: `Examples:
  source <(pcapdx completion bash)                 in this shell
  pcapdx completion fish > ~/.config/fish/completions/pcapdx.fish
`,
  schema: `Examples:
  pcapdx schema report > report.schema.json        what --format json prints
  pcapdx schema flows > flows.schema.json          what one line of flows holds
`,
} as const;

/** A program whose commands give their exit codes to `finish`. */
export function buildProgram(surroundings: Surroundings, finish: (exitCode: number) => void): Command {
  const program: Command = new Command('pcapdx')
    .description('Reads packet captures and says why HTTP requests failed.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
      outputError: (text, write) => write(`pcapdx: ${oneLine(text)}\n`),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .helpCommand(false)
    .configureHelp({
      // The default command's flags are those that most people look for; of them the first help has the few used most.
      visibleOptions: (shown) =>
        shown === program
          ? [
              ...report.options
                .filter(({ long }) => long !== undefined && MOST_USED.has(long))
                .map(({ flags, description }) => new Option(flags, description)),
              ...program.options,
              new Option('-h, --help', 'help; all flags: pcapdx COMMAND --help'),
            ].map((option) => option.helpGroup(REPORT))
          : [
              ...shown.options.filter((option) => !option.hidden && option.helpGroupHeading !== LIMITS),
              new Option('-h, --help', 'show help').helpGroup(OTHER),
            ],
      // Groups in order of what is shown, not of what the command itself declares.
      groupItems: (_declared, shown, groupOf) => {
        const groups = new Map<string, typeof shown>();
        for (const item of shown) groups.set(groupOf(item), [...(groups.get(groupOf(item)) ?? []), item]);
        return groups;
      },
      // The descriptions name the choices.
      optionDescription: (option) => option.description,
      argumentDescription: (argument) => argument.description,
      subcommandTerm: (known) =>
        [known.name(), ...known.registeredArguments.map((argument) => argumentText(argument))].join(' '),
    })
    .hook('preAction', (_program, called) => applySettings(called, surroundings))
    .commandsGroup('Commands:')
    .usage('[COMMAND] [CAPTURE...] [flags]')
    .addHelpText('before', EXAMPLES.pcapdx);

  const command = (name: keyof typeof EXAMPLES, description: string, isDefault = false) =>
    program
      .command(name, { isDefault })
      .description(description)
      .helpOption('-h, --help', 'show help')
      .addHelpText('before', EXAMPLES[name]);
  const names = () => program.commands.map((known) => known.name());

  const report = command('report', 'findings; taken when no command is named', true).argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  for (const option of [
    ...resultOptions(),
    new Option('--ladder <L>', 'in markdown: mermaid, text or none (default: mermaid)')
      .choices(['mermaid', 'text', 'none'])
      .helpGroup(RESULT),
    new Option('--rule <ID>', 'run this rule only; may be repeated').argParser(choice(true)).helpGroup(JUDGEMENT),
    new Option('--no-rule <ID>', 'leave this rule out; may be repeated').argParser(choice(false)).helpGroup(JUDGEMENT),
    ruleFileOption().helpGroup(JUDGEMENT),
    failOnOption(),
    keyLogOption(),
    new Option('--log <FILE>', 'access log to tie failures to; may be repeated')
      .argParser((file: string, previous: readonly string[] | undefined) => [...(previous ?? []), file])
      .helpGroup(JUDGEMENT),
    ...textOptions(),
    ...splitOptions('merge joins them'),
    ...limitOptions(true),
    ...otherOptions(),
  ]) {
    report.addOption(option);
  }
  report.action(async (files: string[], flags: ReportFlags) => {
    const { runReport } = await import('./report.js');
    finish(await runReport(files, flags, names(), surroundings));
  });

  const flows = command('flows', 'every connection, in order of its first packet').argument(
    '[CAPTURE]',
    'capture file; - is standard input',
  );
  for (const option of [
    new Option('-f, --format <F>', 'ndjson or text (default: ndjson)').choices(['ndjson', 'text']).helpGroup(RESULT),
    ...fileOptions('.ndjson and .txt'),
    filterOption('connections'),
    revealOption(),
    keyLogOption(),
    ...textOptions().filter((known) => known.long !== '--color'),
    ...splitOptions('sort by stream to join'),
    ...limitOptions(false),
    ...otherOptions(),
  ]) {
    flows.addOption(option);
  }
  flows.action(async (file: string | undefined, flags: FlowsFlags) => {
    const { runFlows } = await import('./flows.js');
    finish(await runFlows(file === undefined ? [] : [file], flags, names(), surroundings));
  });

  const tui = command('tui', 'explore: from the verdict down to the byte').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  for (const option of [
    new Option('--stream <N>', "open at this connection, by Wireshark's tcp.stream")
      .argParser(wholeNumber(0))
      .helpGroup(WHICH),
    new Option('--packet <N>', 'open at this packet of --stream').argParser(wholeNumber(1)).helpGroup(WHICH),
    filterOption('rows'),
    revealOption(),
    new Option('--rule <ID>', 'run this rule only; may be repeated').argParser(choice(true)).helpGroup(JUDGEMENT),
    new Option('--no-rule <ID>', 'leave this rule out; may be repeated').argParser(choice(false)).helpGroup(JUDGEMENT),
    ruleFileOption().helpGroup(JUDGEMENT),
    keyLogOption(),
    ...textOptions().filter((known) => known.long !== '--width'),
    ...limitOptions(true),
  ]) {
    tui.addOption(option);
  }
  tui.action(async (files: string[], flags: TuiFlags) => {
    const { runTuiCommand } = await import('./tui.js');
    finish(await runTuiCommand(files, flags, names(), surroundings));
  });

  const ladder = command('ladder', 'one conversation, packet by packet').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  for (const option of [
    streamOption(),
    findingOption(),
    new Option('--occurrence <K>', 'which of its occurrences (default: 1)').argParser(wholeNumber(1)).helpGroup(WHICH),
    new Option('-f, --format <F>', 'text, mermaid or svg (default: text)')
      .choices(['text', 'mermaid', 'svg'])
      .helpGroup(RESULT),
    ...fileOptions('.txt, .mmd and .svg'),
    new Option('--all', 'every packet on a line of its own, acknowledgements too').helpGroup(RESULT),
    revealOption(),
    keyLogOption(),
    ...textOptions().filter((known) => known.long === '--ascii' || known.long === '--width'),
    ...limitOptions(true),
    ...otherOptions(),
  ]) {
    ladder.addOption(option);
  }
  ladder.action(async (files: string[], flags: LadderFlags) => {
    const { runLadder } = await import('./ladder.js');
    finish(await runLadder(files, flags, names(), surroundings));
  });

  const compare = command('compare', 'two reports: what is gone, rarer, more frequent, new')
    .argument('<BEFORE>', 'report as JSON, of before the change')
    .argument('<AFTER>', 'the same, of after it');
  for (const option of [
    new Option('-f, --format <F>', 'text or json (default: text)').choices(['text', 'json']).helpGroup(RESULT),
    ...fileOptions('.txt and .json'),
    new Option('--fail-on <W>', 'exit 1 on worse, unmended or never (default: never)')
      .choices(['worse', 'unmended', 'never'])
      .helpGroup(JUDGEMENT),
    ...textOptions().filter((known) => known.long !== '--time'),
  ]) {
    compare.addOption(option);
  }
  compare.action(async (before: string, after: string, flags: CompareFlags) => {
    const { runCompare } = await import('./compare.js');
    finish(runCompare(before, after, flags, surroundings));
  });

  const extract = command('extract', 'some connections as a capture of their own').argument(
    '[CAPTURE...]',
    'capture files; - is standard input',
  );
  for (const option of [
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
    keyLogOption(),
    ...limitOptions(true),
    ...otherOptions(),
  ]) {
    extract.addOption(option);
  }
  extract.action(async (files: string[], flags: ExtractFlags) => {
    const { runExtract } = await import('./extract.js');
    finish(await runExtract(files, flags, names(), surroundings));
  });

  const merge = command('merge', 'one report of the parts that report --shard made').argument(
    '<PART...>',
    'all parts, in any order',
  );
  for (const option of [...resultOptions(), ruleFileOption().helpGroup(JUDGEMENT), failOnOption(), ...textOptions()])
    merge.addOption(option);
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

/** What `report` and `merge` print. */
function resultOptions(): Option[] {
  return [
    new Option('-f, --format <F>', 'text, markdown, html, json, ndjson (default: text)')
      .choices(['text', 'markdown', 'html', 'json', 'ndjson'])
      .helpGroup(RESULT),
    ...fileOptions('.txt, .md, .html, .json, .ndjson'),
    new Option('--max-occurrences <N>', 'examples per finding (default: text 3, json 20)')
      .argParser(wholeNumber(0))
      .helpGroup(RESULT),
    filterOption('findings'),
    revealOption(),
  ];
}

function failOnOption(): Option {
  return new Option('--fail-on <S>', 'exit 1 at critical, warning, notice or never')
    .choices(['critical', 'warning', 'notice', 'never'])
    .helpGroup(JUDGEMENT);
}

/** How the work is split; the result of all parts is that of the whole. */
function splitOptions(joined: string): Option[] {
  return [
    new Option('--jobs <N>', 'threads that share the work (default: by size)')
      .argParser(wholeNumber(1))
      .helpGroup(OTHER),
    new Option('--shard <I/N>', `part I of N of the connections; ${joined}`).argParser(shard).helpGroup(OTHER),
  ];
}

function shard(text: string): Share {
  const [, part = '', parts = ''] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  const [index, count] = [Number(part) - 1, Number(parts)];
  if (part === '' || index < 0 || index >= count || count > BUCKETS)
    throw new InvalidArgumentError(`I/N is needed, such as 1/4: a part from 1 to N, and N up to ${BUCKETS}.`);
  return { index, count };
}

function fileOptions(implied: string): Option[] {
  return [
    new Option('-o, --output <FILE>', `to FILE; ${implied} set --format`).helpGroup(RESULT),
    new Option('--force', 'overwrite the file of --output').helpGroup(RESULT),
  ];
}

function revealOption(): Option {
  return new Option('--reveal', 'show query strings and tokens as sent').helpGroup(RESULT);
}

function filterOption(what: string): Option {
  return new Option('--filter <EXPR>', `show these ${what} only: server:10.0.1.43 -port:443`).helpGroup(RESULT);
}

function streamOption(): Option {
  return new Option('--stream <N>', "a connection, by Wireshark's tcp.stream; 3,7: several")
    .argParser(streamNumbers)
    .helpGroup(WHICH);
}

function findingOption(): Option {
  return new Option('--finding <ID>', "a finding's connections, by its id in the report: F1").helpGroup(WHICH);
}

function ruleFileOption(): Option {
  return new Option('--rules <FILE>', 'own rules, a module; may be repeated').argParser(
    (file: string, previous: readonly string[] | undefined) => [...(previous ?? []), file],
  );
}

function keyLogOption(): Option {
  return new Option('--keylog <FILE>', 'TLS key log that decrypts; env: SSLKEYLOGFILE').helpGroup(JUDGEMENT);
}

function textOptions(): Option[] {
  return [
    new Option('--time <Z>', 'utc, local or relative times (default: utc)')
      .choices(['utc', 'local', 'relative'])
      .helpGroup(TEXT),
    new Option('--color <WHEN>', 'auto, always or never (default: auto)')
      .choices(['auto', 'always', 'never'])
      .helpGroup(TEXT),
    new Option('--ascii', 'no characters beyond ASCII').helpGroup(TEXT),
    widthOption().helpGroup(TEXT),
  ];
}

function widthOption(): Option {
  return new Option('--width <N>', 'columns (default: the terminal, up to 100, or 80)').argParser(
    wholeNumber(NARROWEST),
  );
}

/** Limits on what captures may be made to fill. @param looksAgain The command looks at packets a second time. */
function limitOptions(looksAgain: boolean): Option[] {
  const unpacked = new Option('--max-unpacked <SIZE>', 'most of a capture in gzip, unpacked (default: 100G)')
    .argParser(size)
    .helpGroup(LIMITS);
  const spool = new Option('--max-spool <SIZE>', 'most kept on disk of pipes and gzip (default: 32G)')
    .argParser(size)
    .helpGroup(LIMITS);
  return looksAgain ? [unpacked, spool] : [unpacked];
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Bytes: `500M`, `2G`. */
function size(text: string): number {
  const [, figure = '', unit = ''] = /^(\d{1,15})([KMGT]?)B?$/i.exec(text) ?? [];
  const bytes = Number(figure) * (SIZE_UNITS[unit.toUpperCase()] ?? 0);
  if (figure === '' || bytes < 1 || bytes > Number.MAX_SAFE_INTEGER)
    throw new InvalidArgumentError('A size is needed, such as 500M or 2G.');
  return bytes;
}

function otherOptions(): Option[] {
  return [
    new Option('-q, --quiet', 'no progress, no warnings on standard error').helpGroup(OTHER),
    new Option('-v, --verbose', 'progress also without a terminal').helpGroup(OTHER),
  ];
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < least) {
      throw new InvalidArgumentError(`A whole number of at least ${least} is needed.`);
    }
    return value;
  };
}

/** `3,7`, and the flag given again. */
function streamNumbers(text: string, previous: readonly number[] | undefined): readonly number[] {
  const words = text.split(',');
  if (!words.every((word) => /^\d{1,9}$/.test(word))) {
    throw new InvalidArgumentError('Numbers are needed: 3 or 3,7.');
  }
  return [...new Set([...(previous ?? []), ...words.map(Number)])];
}

/** Both rule flags fill one list, in the order given. */
function choice(wanted: boolean): (id: string, previous: RuleChoice[] | undefined) => RuleChoice[] {
  return (id, previous) => [...(Array.isArray(previous) ? previous : []), { id, wanted }];
}

/** Commander's message without its prefix and line breaks. */
function oneLine(text: string): string {
  return visible(
    text
      .replace(/^error: /, '')
      .trim()
      .replaceAll(/\s*\n\s*/g, ' '),
  );
}
