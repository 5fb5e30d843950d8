# Shared by the scripts in this folder (sourced, never run): places, messages, logged commands.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=/usr/bin/python3
if [[ -t 1 ]]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'
else bold='' dim='' red='' plain=''; fi

say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
fail() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2; exit 1; }

# run_logged LOG COMMAND...: quiet when it works; when it fails, its last lines and its exit code.
run_logged() {
  local log=$1 code=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null || code=$?
  if ((code)); then
    tail -n 40 "$log" >&2
    printf '%serror:%s "%s" ended with code %d; the whole log is %s\n' \
      "$red" "$plain" "$*" "$code" "$log" >&2
    return "$code"
  fi
}

# Turns ninja's "[n/m] ..." lines into one line that counts (terminal) or four lines (file).
show_progress() {
  local line quarter=0 width=0
  while IFS= read -r line; do
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
    local done=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]}
    if [[ -t 1 ]]; then
      printf '\r    %s%d of %d steps%s\e[K' "$dim" "$done" "$all" "$plain"
      width=1
    elif ((done * 4 / all > quarter)); then
      quarter=$((done * 4 / all))
      printf '    %d of %d steps\n' "$done" "$all"
    fi
  done
  if ((width)); then printf '\r\e[K'; fi
}
