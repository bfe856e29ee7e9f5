//! `awl completion`: what makes a shell ask this program.

use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::CommandError;

/// `completion`.
pub(crate) static COMMAND: Custom = Custom::new(
    "completion",
    &[Argument::positional("shell")
        .choices(&["bash", "zsh", "fish", "powershell"])
        .literal()],
    run,
);

fn run(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let script = match given.get("shell") {
        Some("zsh") => ZSH,
        Some("fish") => FISH,
        Some("powershell") => POWERSHELL,
        _ => BASH,
    };
    // The name of the program that asked: it may be called otherwise.
    let program = invocation.ui.program().to_owned();
    invocation
        .ui
        .write_out(&script.replace("PROGRAM", &program));
    Ok(())
}

const BASH: &str = r#"# bash completion: eval "$(PROGRAM completion bash)"
_PROGRAM_complete() {
    local line="${COMP_LINE:0:COMP_POINT}" word candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n "$candidate" ]] && COMPREPLY+=("$candidate")
    done < <(COMP_LINE="$line" COMP_POINT="" PROGRAM complete 2>/dev/null)
    # Readline replaces what stands behind the last break only.
    word="${line##*[[:space:]]}"
    local cur="${COMP_WORDS[COMP_CWORD]}"
    [[ "$cur" == : || "$cur" == = ]] && cur=""
    local before="${word%"$cur"}"
    if [[ -n "$before" && "$before" != "$word" || -z "$cur" ]]; then
        COMPREPLY=("${COMPREPLY[@]#"$before"}")
    fi
    # More may follow in the same word.
    if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *[/={[] || "$line" == *" --query "* && "${line##* --query }" != *" "* ]]; then
        compopt -o nospace
    fi
}
complete -o default -o nosort -F _PROGRAM_complete PROGRAM
"#;

const ZSH: &str = r#"#compdef PROGRAM
# zsh completion: eval "$(PROGRAM completion zsh)"
_PROGRAM_complete() {
    local line="${(j: :)words[1,CURRENT-1]} ${(Q)PREFIX}"
    local candidate
    local -a whole open
    for candidate in "${(@f)$(COMP_LINE="$line" COMP_POINT="" PROGRAM complete 2>/dev/null)}"; do
        # A quotation is the shell's own.
        candidate="${candidate#[\'\"]}"
        case "$candidate" in
            ('') ;;
            # More may follow in the same word.
            (*/|*=|*'{'|*'[') open+=("$candidate") ;;
            (*) [[ "$words[CURRENT-1]" == --query ]] && open+=("$candidate") || whole+=("$candidate") ;;
        esac
    done
    if (( ! $#whole && ! $#open )); then
        _files
        return
    fi
    (( $#whole )) && compadd -V PROGRAM -- $whole
    (( $#open )) && compadd -V PROGRAM -S '' -- $open
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _PROGRAM_complete PROGRAM
"#;

const FISH: &str = r#"# fish completion: PROGRAM completion fish | source
function __PROGRAM_complete
    set -lx COMP_LINE (commandline -cp | string replace -ra '\\\\(.)' '$1')
    set -lx COMP_POINT
    set -l candidates (PROGRAM complete 2>/dev/null | string match -v '' | string replace -r '^[\'"]' '')
    if test (count $candidates) -gt 0
        printf '%s\n' $candidates
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c PROGRAM -f -k -a '(__PROGRAM_complete)'
"#;

const POWERSHELL: &str = r#"# PowerShell completion: PROGRAM completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName PROGRAM -ScriptBlock {
    param($word, $ast, $position)
    $line = $ast.ToString()
    $length = $position - $ast.Extent.StartOffset
    if ($length -gt $line.Length) { $line = $line.PadRight($length) }
    $env:COMP_LINE = $line.Substring(0, $length)
    $env:COMP_POINT = ''
    try {
        PROGRAM complete | Where-Object { $_ } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
        }
    } finally {
        Remove-Item Env:COMP_LINE, Env:COMP_POINT
    }
}
"#;
