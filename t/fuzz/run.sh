#!/bin/sh
# Fuzz, or replay what is known.
#
#   t/fuzz/run.sh replay|SECONDS target ...
#
# replay runs the seeds and what was found in former times; SECONDS is how long
# each target is fuzzed, which begins with all of these.  Targets are built in
# build/fuzz.  What is found on the way stays in build/fuzz/corpus, and what
# breaks a rule in build/fuzz/TARGET-*: it belongs in t/fuzz/found/TARGET then.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/build/fuzz
seconds=$1
shift

# As many at a time as there are processors.
if [ $# -gt 1 ]; then
    printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" sh "$0" "$seconds"
    exit 0
fi
target=$1

# The ends of a log that say what broke, and how much was done.
told='ERROR|SUMMARY|does not hold|^  [^ ]|runtime error|Test unit written'

known=
for folder in "$here/seeds/$target" "$here/found/$target"; do
    [ ! -d "$folder" ] || known="$known $folder"
done
log=$build/$target.log
if [ "$seconds" = replay ]; then
    files=$(find $known -type f)
    "$build/$target" $files > "$log" 2>&1 && status=0 || status=$?
    what="$(echo "$files" | wc -l) inputs"
else
    mkdir -p "$build/corpus/$target"
    "$build/$target" -max_total_time="$seconds" -max_len=4096 \
        -timeout=20 -rss_limit_mb=2048 -dict="$here/cors.dict" \
        -artifact_prefix="$build/$target-" -print_final_stats=1 \
        "$build/corpus/$target" $known > "$log" 2>&1 && status=0 || status=$?
    what="$(sed -n 's/^stat::number_of_executed_units: //p' "$log") \
executions, $(sed -n 's/.* \(cov: [0-9]*\) .*/\1/p' "$log" | tail -n 1)"
fi
if [ "$status" = 0 ]; then
    echo "ok $target: $what"
else
    echo "not ok $target: see $log"
    grep -aE "$told" "$log" | head -n 12 || :
    exit 1
fi
