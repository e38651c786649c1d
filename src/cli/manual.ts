/** The manual page, made of the commands and flags that there are: what `man pcapdx` shows. */
import type { CommandModel, FlagModel, ProgramModel } from './command-model.js';

/** The page in roff, section 1. `examples`: command lines, each with what it is for. */
export function manualPage(
  program: ProgramModel,
  version: string,
  examples: readonly (readonly [string, string])[],
): string {
  const { commands, description, usual } = program;
  return [
    `.TH PCAPDX 1 "" "pcapdx ${version}" "User Commands"`,
    '.SH NAME',
    'pcapdx \\- why did the request fail? reads packet captures and tells',
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => ['.br', synopsis(command, command.name === usual)]),
    '.SH DESCRIPTION',
    text(description),
    'A finding is an argument: what happened, to which server, how often, the packets that prove it, which causes are ruled out and why, and the configuration line that mends it.',
    '.PP',
    'Captures are pcap or pcapng, plain, in gzip or in zstd; \\fB\\-\\fR is standard input. Several are one run, ordered by time.',
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH FILTERS',
    ...FILTERS,
    '.SH ENVIRONMENT',
    ...ENVIRONMENT,
    '.SH FILES',
    ...FILES,
    '.SH EXIT STATUS',
    ...EXIT_STATUS,
    '.SH EXAMPLES',
    ...examples.flatMap(([line, purpose]) => ['.TP', `\\fB${text(line)}\\fR`, text(purpose)]),
    '.SH SEE ALSO',
    '\\fBtcpdump\\fR(1), \\fBtshark\\fR(1), \\fBeditcap\\fR(1)',
    '',
  ].join('\n');
}

const FILTERS = [
  'Words and \\fIfield:value\\fR, all of which must hold. \\fB\\-\\fR before a term negates it, \\fIa,b\\fR is either, quotes hold blanks, \\fB< > <= >=\\fR compare, \\fB~\\fR is a regular expression:',
  '.PP',
  '.RS 4',
  'rule:rst\\-after\\-request server:10.0.1.43 \\-port:443',
  '.br',
  'status:5xx,none time:>1s \\-path:/health',
  '.RE',
  '.PP',
  'The simple part of Wireshark\\(cqs language is taken too: tcp.stream eq 3, ip.addr == 10.0.1.43 and tcp.port == 80.',
];

const ENVIRONMENT = [
  ...[
    '.TP',
    '\\fBPCAPDX_\\fIFLAG\\fR',
    'Default of a flag: PCAPDX_TIME=local, PCAPDX_MAX_OCCURRENCES=5, PCAPDX_ASCII=1.',
  ],
  ...[
    '.TP',
    '\\fBNO_COLOR\\fR, \\fBFORCE_COLOR\\fR, \\fBTERM\\fR',
    'Whether to colour, where \\fB\\-\\-color\\fR does not say.',
  ],
  ...['.TP', '\\fBSSLKEYLOGFILE\\fR', 'Read with \\fB\\-\\-keylog env\\fR alone.'],
];

const FILES = [
  ...['.TP', '\\fI.pcapdxrc.json\\fR', 'Defaults of flags, in the working directory.'],
  ...[
    '.TP',
    '\\fI$XDG_CONFIG_HOME/pcapdx/config.json\\fR',
    'The same for the user; the file of the directory goes before.',
  ],
];

const EXIT_STATUS = [
  ...['.TP', '\\fB0\\fR', 'Read, and nothing at or above \\fB\\-\\-fail\\-on\\fR.'],
  ...['.TP', '\\fB1\\fR', 'Findings at or above it.'],
  ...['.TP', '\\fB2\\fR', 'Wrong usage, or a capture that cannot be read; what could be read is still reported.'],
  ...['.TP', '\\fB70\\fR', 'A defect of pcapdx.'],
  ...[
    '.TP',
    '\\fB129\\fR, \\fB130\\fR, \\fB143\\fR',
    'After SIGHUP, SIGINT, SIGTERM: the first one stops the reading, and what was read is reported.',
  ],
];

function synopsis({ name, arguments: taken }: CommandModel, isUsual: boolean): string {
  const words = taken.map((argument) => `\\fI${text(argument.text)}\\fR`).join(' ');
  return `\\fBpcapdx\\fR ${isUsual ? `[\\fB${name}\\fR]` : `\\fB${name}\\fR`} ${words} [\\fIflags\\fR]`.replace(
    '  ',
    ' ',
  );
}

function commandSection(command: CommandModel): string[] {
  const { name, description, arguments: taken, flags } = command;
  return [
    `.SS ${text([name, ...taken.map((argument) => argument.text)].join(' '))}`,
    text(description),
    ...flags.flatMap(flagLines),
  ];
}

function flagLines({ long, short, value, description }: FlagModel): string[] {
  const names = [short, long].filter((name) => name !== null).map((name) => `\\fB${text(name)}\\fR`);
  return ['.TP', `${names.join(', ')}${value === null ? '' : ` \\fI${text(value)}\\fR`}`, text(description)];
}

/**
 * Text as roff takes it: a backslash and a hyphen mean something, and so do a dot and a quote where a line begins.
 * groff by itself takes the bytes of UTF-8 for characters, so the apostrophe gets roff's name.
 */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replace(/^([.'])/, '\\&$1');
}
