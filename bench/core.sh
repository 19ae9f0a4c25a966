#!/bin/sh
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

# What the core costs by itself, without a server: a verdict on an origin with
# lists of one to a million, on hostile origins and on hostile lists of headers;
# the memory that an origin takes, and the time to load it.
#
#   sh bench/core.sh [FILE]
#
#   FILE    where the figures go that make the picture (growth.sh)
#
# Instructions are callgrind's.  Of the times those that were the shortest
# count: of one origin again and again, and of origins spread over the whole
# list, most of which are in no cache of the processor then.
#
# Environment: CC.

set -u
. "$(dirname -- "$0")/common.sh"

SIZES='1 10 1000 100000 1000000'
TIMES=200000
HOSTILE_TIMES=10000
COUNTED=1000            # as in core.c

need "${CC:-cc}" apr-1-config valgrind
root=$(mktemp -d) || fail 'no temporary folder'
# shellcheck disable=SC2046
${CC:-cc} -std=gnu99 -O2 -g $(apr-1-config --cppflags --includes) \
    -o "$root/core" "$here/core.c" "$here"/../src/core/*.c \
    $(apr-1-config --link-ld --libs) || fail 'core.c does not compile'

# run SIZE TIMES: leaves lines of NAME NS GRANTED INSTRUCTIONS in SIZE
run() {
    "$root/core" "$1" "$2" > "$root/times" || fail "core $1"
    valgrind --quiet --vgdb=no --tool=callgrind --instr-atstart=no \
        --callgrind-out-file="$root/$1.out" "$root/core" "$1" 1 \
        > "$root/counted" || fail "core $1, counted"
    cat "$root/$1.out".* | awk -v counted=$COUNTED '
        /^desc: Trigger: Client Request: / { name = $NF }
        /^totals: / && name != "" {
            printf "%s %.0f\n", name, $2 / counted
            name = ""
        }
    ' > "$root/instructions"
    awk 'FNR == NR { instructions[$1] = $2; next }
         { print $0, $1 == "load" ? 0 : instructions[$1] }' \
        "$root/instructions" "$root/times" > "$root/$1"
    rm -f "$root/$1.out"*
}

# figure SIZE NAME COLUMN
figure() {
    awk -v name="$2" -v column="$3" '$1 == name { print $column }' "$root/$1"
}

for size in $SIZES; do
    run "$size" $TIMES
done
run 0 $HOSTILE_TIMES

row() {
    printf '%-22s %9s %9s %9s %9s %9s %9s %9s\n' "$@" | sed 's/ *$//'
}

echo 'The core alone: a verdict, by the origins in the list'
echo
row '' 'one, hit' '' 'hits' '' 'misses' '' 'to load'
row 'origins' 'instr.' 'ns' 'instr.' 'ns' 'instr.' 'ns' 'ns each'
for size in $SIZES; do
    set --
    for name in hit hit-spread miss-spread; do
        set -- "$@" "$(figure "$size" $name 4)" "$(figure "$size" $name 2)"
    done
    row "$size" "$@" "$(figure "$size" load 2)"
done | tee "$root/table"
[ $# -eq 0 ] || cp "$root/table" "$1"
echo

# hostile LABEL NAME NORMAL
hostile() {
    row "$1" "$(figure 0 "$2" 4)" "$(ratio "$(figure 0 "$2" 4)" \
        "$(figure 0 "$3" 4)")" "$(figure 0 "$2" 2)" "$(ratio \
        "$(figure 0 "$2" 2)" "$(figure 0 "$3" 2)")" "$(figure 0 "$2" 3)" '' ''
}

echo 'The core alone: what is hostile, and ratio to what is not'
echo
row 'an origin' 'instr.' '' 'ns' '' '' '' ''
hostile '3 labels' origin origin
hostile '200 labels, hit' labels origin
hostile '200 labels, miss' labels-miss origin
hostile '512 bytes' long origin
hostile '8 KB' too-long origin
row 'a preflight, 3 headers' '' '' '' '' '' '' ''
hostile 'that asks for 2' preflight preflight
hostile '8 KB of commas' commas preflight
hostile '8 KB of "a,"' letters preflight
hostile 'one name of 8 KB' name preflight
hostile '8 KB of one listed' listed preflight
row 'a preflight, all (*)' '' '' '' '' '' '' ''
hostile 'that asks for 2' preflight-any preflight-any
hostile '8 KB of commas' commas-any preflight-any
hostile '8 KB of "a,"' letters-any preflight-any
hostile 'one name of 8 KB' name-any preflight-any
echo

most=1000000
for what in 'one origin:hit' 'hits all over:hit-spread' \
            'misses:miss-spread'; do
    name=${what#*:}
    target "1 M origins to 10, instructions: ${what%:*}" \
        "$(ratio "$(figure $most "$name" 4)" "$(figure 10 "$name" 4)")" 1.2
    target "1 M origins to 10, time: ${what%:*}" \
        "$(ratio "$(figure $most "$name" 2)" "$(figure 10 "$name" 2)")" 1.2
done
target 'bytes an origin beyond its text' "$(figure $most load 3)" 96
