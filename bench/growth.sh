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

# What a longer list of origins costs: a GET of an origin that stands last in
# it, in instructions of the whole server, and a verdict of the core alone.
#
#   sh bench/growth.sh path/to/mod_cors.so CORE [PICTURE]
#
#   CORE     the figures of core.sh
#   PICTURE  an SVG file to write
#
# The recipe's list is one regular expression, as it is written by hand.

set -u
. "$(dirname -- "$0")/common.sh"
. "$here/count.sh"

SIZES='1 10 100 1000 10000'
RECIPE_SIZES='1 10 100 1000'

[ $# -ge 2 ] || fail 'usage: growth.sh mod_cors.so CORE [PICTURE]'
need valgrind perl gnuplot
[ -s "$2" ] || fail "$2 is not there: run core.sh first"
find_httpd "$1"
cp "$2" "$root/core" || exit 2

# hosts SIZE FORMAT BETWEEN: as many, app last
hosts() {
    perl -e 'my ($size, $format, $between) = @ARGV;
        print join $between, map { sprintf $format, $_ }
            (map { sprintf "shop-%07d", $_ } 2 .. $size), "app"' "$@"
}

configure bare htdocs '' '' ''
for size in $SIZES; do
    configure "cors-$size" htdocs cors '' "$(policy none)
$(hosts "$size" 'CorsAllowOrigin https://%s.example.com' '
')"
done
for size in $RECIPE_SIZES; do
    configure "recipe-$size" htdocs "$recipe_modules" '' "$(recipe exact \
        | sed "s/(.*)/($(hosts "$size" %s '|'))/")"
done
hand_over

requests() {
    echo allowed
}

answers() {
    case $1 in
    bare) echo bare ;;
    *) echo "${1%-*}:exact" ;;
    esac
}

measure_all

row() {
    printf '%-10s %12s %12s %12s\n' "$@"
}

echo 'Instructions per GET of an allowed origin, by the origins in the list'
echo
row origins httpd recipe mod_cors
for size in $SIZES; do
    recipe=-
    [ ! -e "$root/recipe-$size.allowed.cost" ] \
        || recipe=$(cost "recipe-$size" allowed)
    row "$size" "$(cost bare allowed)" "$recipe" "$(cost "cors-$size" allowed)"
done | tee "$root/whole"
echo

[ $# -eq 3 ] || exit 0
gnuplot > "$root/picture" 2> "$root/output" <<EOF || fail gnuplot
set terminal svg size 840,320 dynamic noenhanced \\
    font 'sans-serif,13' background 'white'
set multiplot layout 1,2
set logscale xy
set grid ytics lc rgb '#dddddd'
set border 3
set tics nomirror
set format x '%.0s%c'
set format y '%.0s%c'
set xlabel 'origins in the list'
set key top left reverse Left samplen 2
set datafile missing '-'
set title 'GET from an allowed origin: instructions, whole server'
set yrange [20000:200000]
set ytics add (20000, 50000, 100000, 200000)
plot '$root/whole' using 1:3 title 'Header, SetEnvIf' \\
         with linespoints lw 2 pt 7 ps 0.6 lc rgb '#c0392b', \\
     '' using 1:4 title 'mod_cors' \\
         with linespoints lw 2 pt 7 ps 0.6 lc rgb '#1f618d', \\
     '' using 1:2 title 'httpd alone' \\
         with lines lw 2 dt 2 lc rgb '#7f8c8d'
set title 'a verdict: instructions, the core alone'
set yrange [100:10000]
set ytics autofreq
plot '$root/core' using 1:4 title 'allowed' \\
         with linespoints lw 2 pt 7 ps 0.6 lc rgb '#1f618d', \\
     '' using 1:6 title 'refused' \\
         with linespoints lw 2 pt 6 ps 0.6 lc rgb '#2e86c1'
unset multiplot
EOF
cp "$root/picture" "$3" || fail "cannot write $3"
