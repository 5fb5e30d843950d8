# shellcheck shell=sh disable=SC3028,SC3054
# Source this file to put PoACL on the paths of this shell: . PREFIX/set_env.sh
# Needed only by scripts that expect it; PATH=PREFIX/bin and PYTHONPATH=PREFIX/python are enough.
if [ -n "${BASH_SOURCE:-}" ]; then
  _poacl_file="${BASH_SOURCE}"
elif [ -n "${ZSH_VERSION:-}" ]; then
  _poacl_file="$(eval 'echo ${(%):-%x}')"
else
  _poacl_file="${ASCEND_HOME_PATH:-.}/set_env.sh"
fi
_poacl_home="$(cd "$(dirname "$(readlink -f "$_poacl_file")")" && pwd)"
if [ -f "$_poacl_home/lib/libascendcl.so" ]; then
  export ASCEND_HOME_PATH="$_poacl_home"
  export ASCEND_TOOLKIT_HOME="$_poacl_home"
  export DDK_PATH="$_poacl_home"
  export NPU_HOST_LIB="$_poacl_home/runtime/lib64/stub"
  export PATH="$_poacl_home/bin:$PATH"
  export LD_LIBRARY_PATH="$_poacl_home/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  export PYTHONPATH="$_poacl_home/python${PYTHONPATH:+:$PYTHONPATH}"
else
  echo "set_env.sh: no lib/libascendcl.so beside $_poacl_file; in a plain sh set" \
       "ASCEND_HOME_PATH to the install folder first" >&2
fi
unset _poacl_file _poacl_home
