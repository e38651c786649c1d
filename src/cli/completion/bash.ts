import type { CommandModel, FlagModel, ProgramModel } from '../command-model.js';

/** The completion for bash (3.2 and later): a function, and its registration. `rules`: ids that a rule flag takes. */
export function bashCompletion({ commands, usual }: ProgramModel, rules: readonly string[]): string {
  const names = commands.map(({ name }) => name);
  return `# bash completion for pcapdx: put it where bash-completion looks, or
#   source <(pcapdx completion bash)
_pcapdx_words() {
  local IFS=$' \\n'
  COMPREPLY+=($(compgen -P "$before" -W "$1" -- "$2"))
}
_pcapdx_files() {
  # Names may hold blanks.
  local IFS=$'\\n'
  COMPREPLY+=($(compgen -P "$before" -f -- "$1"))
}
_pcapdx_list() {
  # Of several words with commas between them the last is completed, and none is offered twice.
  local given=, word words=
  if [[ $2 == *,* ]]; then
    given=,\${2%,*}, before=$before\${2%,*},
  fi
  for word in $1; do
    [[ $given == *,$word,* ]] || words+=" $word"
  done
  _pcapdx_words "$words" "\${2##*,}"
}
_pcapdx() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=${usual} before= word at
  COMPREPLY=()
  # --format=json comes in three words, where = is among COMP_WORDBREAKS, or in one.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $current == --*=* ]]; then
    previous=\${current%%=*} before=\${current%%=*}= current=\${current#*=}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case $word in
      ${names.join('|')}) command=$word; break ;;
      -*) ;;
      *) break ;;
    esac
  done
  case $command,$previous in
${commands.flatMap((command) => command.flags.flatMap((flag) => valueCase(command, flag, rules))).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case $command in
${commands.map(({ name, flags }) => `      ${name}) _pcapdx_words '${flags.flatMap(spellings).join(' ')}' "$current" ;;`).join('\n')}
    esac
    return
  fi
  case $command in
${commands.map((command) => argumentCase(command, rules)).join('\n')}
  esac
  if ((COMP_CWORD == 1)); then
    _pcapdx_words '${names.join(' ')}' "$current"
  fi
}
complete -o filenames -F _pcapdx pcapdx
`;
}

function valueCase({ name }: CommandModel, flag: FlagModel, rules: readonly string[]): string[] {
  if (flag.value === null) return [];
  const pattern = spellings(flag)
    .map((spelling) => `${name},${spelling}`)
    .join('|');
  return [`    ${pattern}) ${valueAction(flag, rules)}return ;;`];
}

function valueAction({ kind, choices }: FlagModel, rules: readonly string[]): string {
  if (kind === 'file') return '_pcapdx_files "$current"; ';
  if (kind === 'rule') return `_pcapdx_list '${rules.join(' ')}' "$current"; `;
  return choices.length > 0 ? `_pcapdx_words '${choices.join(' ')}' "$current"; ` : '';
}

function argumentCase({ name, arguments: [first] }: CommandModel, rules: readonly string[]): string {
  const words = first?.kind === 'rule' ? rules : (first?.choices ?? []);
  if (words.length > 0) return `    ${name}) _pcapdx_words '${words.join(' ')}' "$current" ;;`;
  return first?.kind === 'file' ? `    ${name}) _pcapdx_files "$current" ;;` : `    ${name}) ;;`;
}

function spellings({ long, short }: FlagModel): string[] {
  return short === null ? [long] : [short, long];
}
