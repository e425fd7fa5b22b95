/**
 * What makes a shell ask `nsdiag __complete`, which answers a candidate a line (value, tab, description) and, last,
 * `:files` where a file fits too, else `:`.
 *
 * Source: bash(1) Programmable Completion, zshcompsys(1), complete(1) of fish.
 *
 * @module
 */

/** The shells that are known. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof SHELLS)[number];

/** The line that ends an answer. */
export const ANSWER_END = { files: ':files', noFiles: ':' } as const;

/**
 * bash splits words at colons and equals signs as well, so it is asked with the line, and of an answer it wants what
 * comes behind the last of them.
 */
const BASH = `# bash completion of nsdiag: source <(nsdiag completion bash)
_nsdiag() {
  local line value cur=\${COMP_WORDS[COMP_CWORD]} typed=\${COMP_LINE:0:COMP_POINT}
  typed=\${typed##*[[:blank:]]}
  [[ $typed == *["$COMP_WORDBREAKS"]* && $cur != "$typed" ]] && typed=\${typed%"\${typed##*[:=]}"} || typed=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default 2>/dev/null ;;
      :) ;;
      *) value=\${line%%$'\\t'*}
         printf -v value %q "\${value#"$typed"}"
         COMPREPLY+=("$value") ;;
    esac
  done < <(nsdiag __complete --line "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -F _nsdiag nsdiag
`;

const ZSH = `#compdef nsdiag
# zsh completion of nsdiag: source <(nsdiag completion zsh), or as the file _nsdiag in a folder of $fpath
_nsdiag() {
  local line value files
  local -a candidates
  for line in "\${(@f)$(nsdiag __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :files) files=yes ;;
      :) ;;
      *) value=\${line%%$'\\t'*}
         candidates+=("\${value//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( $#candidates )) && _describe -V nsdiag candidates
  [[ -n $files ]] && _files
}
if [[ $funcstack[1] == _nsdiag ]]; then _nsdiag "$@"; else compdef _nsdiag nsdiag; fi
`;

const FISH = `# fish completion of nsdiag: nsdiag completion fish | source
function __nsdiag_complete
  set -l words (commandline -opc) (commandline -ct | string unescape)
  for line in (nsdiag __complete -- $words[2..] 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path (commandline -ct)
      case ':'
      case '*'
        echo $line
    end
  end
end
complete -c nsdiag -f -k -a '(__nsdiag_complete)'
`;

/** The script of a shell. */
export function completionScript(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}
