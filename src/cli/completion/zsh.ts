import type { ArgumentModel, CommandModel, FlagModel, ProgramModel } from '../command-model.js';

/** The completion for zsh, to be put as _pcapdx into a folder of fpath. */
export function zshCompletion({ commands, usual }: ProgramModel, rules: readonly string[]): string {
  const described = commands.map(({ name, description }) => `    ${quoted(`${escaped(name)}:${description}`)}`);
  return `#compdef pcapdx
# zsh completion for pcapdx: put it as _pcapdx into a folder of fpath, or
#   source <(pcapdx completion zsh)
_pcapdx() {
  local command=${usual} word
  local -a commands=(
${described.join('\n')}
  )
  for word in \${words[2,CURRENT-1]}; do
    case $word in
      ${commands.map(({ name }) => name).join('|')}) command=$word; break ;;
      -*) ;;
      *) break ;;
    esac
  done
  if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then
    _describe -t commands command commands
  elif ((\${words[(I)$command]} > 1)); then
    # The command itself is no argument.
    words=("\${(@)words[1,\${words[(I)$command]}-1]}" "\${(@)words[\${words[(I)$command]}+1,-1]}")
    ((CURRENT--))
  fi
  case $command in
${commands.map((command) => `    ${command.name})\n      _arguments -s \\\n${specs(command, rules).join(' \\\n')}\n      ;;`).join('\n')}
  esac
}
if [[ \${funcstack[1]} == _pcapdx ]]; then
  _pcapdx "$@"
else
  compdef _pcapdx pcapdx
fi
`;
}

function specs({ flags, arguments: taken }: CommandModel, rules: readonly string[]): string[] {
  return [...flags.map((flag) => flagSpec(flag, rules)), ...taken.map((argument) => argumentSpec(argument, rules))].map(
    (spec) => `        ${spec}`,
  );
}

/** \`'(-f --format)'{-f,--format}'[text or json]:F:(text json)'\`. */
function flagSpec(
  { long, short, value, kind, choices, description, isRepeatable }: FlagModel,
  rules: readonly string[],
) {
  const taken = kind === 'rule' ? listAction(rules) : actionFor(choices, kind === 'file');
  const action = value === null ? '' : `:${value}:${taken}`;
  const rest = quoted(`[${bracketed(description)}]${action}`);
  // A value stands behind the flag, in the same word or in the next.
  const [shortForm, longForm] = value === null ? [short, long] : [`${short}+`, `${long}=`];
  if (short === null) return `${isRepeatable ? "'*'" : ''}${longForm}${rest}`;
  return `${isRepeatable ? "'*'" : quoted(`(${short} ${long})`)}{${shortForm},${longForm}}${rest}`;
}

function argumentSpec({ kind, choices, text, isVariadic }: ArgumentModel, rules: readonly string[]): string {
  const action = actionFor(kind === 'rule' ? rules : choices, kind === 'file');
  return quoted(`${isVariadic ? '*' : ''}:${text.replaceAll(/[<>[\].]/g, '')}:${action}`);
}

function actionFor(words: readonly string[], isFile: boolean): string {
  if (words.length > 0) return `(${words.join(' ')})`;
  return isFile ? '_files' : ' ';
}

/** Several of the words with commas between them; the space before it keeps _arguments from adding its own options. */
function listAction(words: readonly string[]): string {
  return ` _values -s , rule ${words.join(' ')}`;
}

function bracketed(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, (character) => `\\${character}`);
}

function escaped(text: string): string {
  return text.replaceAll(':', '\\:');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
