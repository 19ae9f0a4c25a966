#!/bin/sh
# Tell which lines and branches of the module the tests reach: those of t/unit
# and those over a real httpd together.
#
#   t/coverage.sh [test ...]    tests as t/TEST names them; default all
#
# LINES, BRANCHES     how many percent are wanted, of all files together
# MISSED  if set, the folder where the annotated sources are left (*.gcov)
#
# Each source is compiled once, for both kinds of tests, so that they count in
# the same files.  These are written when a program ends, by the children of
# httpd as well, whatever user they run as.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
apxs=${APXS:-apxs}
cc=${CC:-gcc}
work=$(mktemp -d "${TMPDIR:-/tmp}/mod_cors-coverage.XXXXXX")
trap 'rm -rf "$work"' EXIT

flags="-std=gnu99 -g -O0 --coverage -fPIC -fvisibility=hidden
    $("$apxs" -q EXTRA_CPPFLAGS)
    -I$("$apxs" -q INCLUDEDIR) $("$apxs" -q EXTRA_INCLUDES)
    $(apr-1-config --cppflags --includes)"

mkdir "$work/obj" "$work/unit"
chmod 755 "$work"
chmod 777 "$work/obj"
umask 000

cd "$work/obj"
for source in "$here"/mod_cors.c "$here"/src/*/*.c; do
    $cc $flags -c "$source"
done
# What counts is not to be exported beside the module record.
$cc --coverage -shared -Wl,--exclude-libs,ALL -o "$work/mod_cors.so" ./*.o \
    -lpsl

for unit in "$here"/t/unit/*.c; do
    name=$(basename "$unit" .c)
    core=$(for source in "$here"/src/core/*.c; do
        basename "$source" .c
    done | sed 's/$/.o/')
    $cc -std=gnu99 -O0 $(apr-1-config --cppflags --includes) \
        -o "$work/unit/$name" "$unit" $core --coverage \
        $(apr-1-config --link-ld --libs)
    "$work/unit/$name" > "$work/output" || {
        cat "$work/output"
        exit 1
    }
done

# Its children write at their end, which comes when it stops.
status=0
MODULE=$work/mod_cors.so APXS=$apxs sh "$here/t/run.sh" "$@" || status=$?

mkdir "$work/gcov"
cd "$work/gcov"
gcov -b -c -o ../obj ../obj/*.gcno > "$work/output" 2>&1
find . -type f ! -name '*cors*.c.gcov' -exec rm -f {} +
if [ -n "${MISSED:-}" ]; then
    mkdir -p "$MISSED"
    cp ./*.gcov "$MISSED"
fi

awk -v want_lines="${LINES:-95}" -v want_branches="${BRANCHES:-90}" '
function percent(part, all) { return all ? 100 * part / all : 100 }
function show(name, l, hl, b, hb) {
    printf "%-24s %5d lines %6.1f %%  %5d branches %6.1f %%\n",
        name, l, percent(hl, l), b, percent(hb, b)
}
FNR == 1 { file = FILENAME; sub(".*/", "", file); sub("[.]gcov$", "", file)
           names[++files] = file }
/^branch/ { branches[file]++; if ($0 ~ /taken [1-9]/) taken[file]++; next }
/^ *-:/ { next }
/^ *#####:/ { lines[file]++; next }
/^ *[0-9]+[*]?:/ { lines[file]++; run[file]++ }
END {
    for (i = 1; i <= files; i++) {
        f = names[i]
        show(f, lines[f], run[f], branches[f], taken[f])
        l += lines[f]; r += run[f]; b += branches[f]; t += taken[f]
    }
    show("all", l, r, b, t)
    if (percent(r, l) < want_lines || percent(t, b) < want_branches) {
        printf "less than %d %% of the lines or %d %% of the branches\n",
            want_lines, want_branches
        exit 1
    }
}' ./*.gcov || status=1
exit "$status"
