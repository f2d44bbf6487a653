# shellcheck shell=bash
# Programs in the background, for the scripts beside it. Each has $dir/NAME.pid and writes to $dir/NAME.log: a
# process is ours only if it does, for numbers of processes that ended are given to others.
: "${dir:?}"

is_running() {
  [ -f "$dir/$1.pid" ] && [ "$(readlink "/proc/$(cat "$dir/$1.pid")/fd/1")" = "$dir/$1.log" ]
}

answers() {
  (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

fail() {
  echo "$(basename "$0"): $1" >&2
  exit 1
}

# launch NAME PORT COMMAND…: unless it runs already
launch() {
  local name=$1 port=$2
  shift 2
  if is_running "$name"; then return; fi
  if answers "$port"; then fail "something else listens on port $port, where $name is to"; fi
  nohup "$@" >"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}

# until_answers NAME PORT
until_answers() {
  local _
  for _ in $(seq 600); do
    if answers "$2"; then return; fi
    is_running "$1" || break
    sleep 0.1
  done
  tail -5 "$dir/$1.log" >&2
  fail "$1 does not answer on port $2: above is the end of $dir/$1.log"
}

# end NAME…: all of them at once, and wait
end() {
  local name
  for name in "$@"; do
    if is_running "$name"; then kill "$(cat "$dir/$name.pid")"; fi
  done
  for name in "$@"; do
    while is_running "$name"; do sleep 0.1; done
    rm -f "$dir/$name.pid"
  done
}
