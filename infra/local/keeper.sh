# Runs one part of the stack and never outlives the one who started it: keeper.sh LOG COMMAND...
# Our standard input is a pipe that the parent holds open. When it closes, because the parent asks or has died
# (kill -9 included), the command gets TERM, and KILL 15 s later. Standard output: the command's pid, one line.
# We exit with the command's own status.
log=$1
shift
exec 3<&0
"$@" </dev/null 3<&- >>"$log" 2>&1 &
child=$!
echo "$child"
(
  read -r _ <&3
  kill -TERM "$child"
  seconds=0
  while kill -0 "$child" && [ "$seconds" -lt 15 ]; do
    sleep 1
    seconds=$((seconds + 1))
  done
  kill -KILL "$child"
) >/dev/null 2>&1 &
watcher=$!
wait "$child"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
