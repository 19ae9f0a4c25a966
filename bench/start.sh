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

# What a million origins cost when httpd reads its configuration: "httpd -t"
# with as many lines of CorsAllowOrigin, and with as many lines of comment or
# of a directive that does nothing, all of one length.
#
#   sh bench/start.sh path/to/mod_cors.so
#
# Processor time, the shortest of three runs each, less that of httpd without
# the lines.

set -u
. "$(dirname -- "$0")/common.sh"

COUNT=1000000
RUNS=3

[ $# -eq 1 ] || fail 'usage: start.sh mod_cors.so'
need perl
find_httpd "$1"
build_floor
folder htdocs

# lines FORMAT PER_LINE: as many origins, PER_LINE in a line
lines() {
    perl -e 'my ($count, $start, $per) = @ARGV;
        for (my $i = 0; $i < $count; $i += $per) {
            print join(" ", $start, map {
                sprintf "https://shop-%07d.example.com", $i + $_
            } 0 .. $per - 1), "\n";
        }' "$COUNT" "$@"
}

lines CorsAllowOrigin 1 > "$root/origins"
lines CorsAllowOrigin 100 > "$root/hundred"
lines '# a comment    ' 1 > "$root/comments"
: > "$root/nothing"

# seconds LINES MODULE
seconds() {
    {
        site htdocs None mpm_prefork ''
        echo "LoadModule cors_module \"$root/$2.so\""
        echo '<Location />'
        echo "Include \"$root/$1\""
        echo '</Location>'
    } > "$root/httpd.conf"
    perl -e 'my ($runs, @command) = @ARGV;
        my $best;
        for (1 .. $runs) {
            my @before = times;
            system(@command) == 0 or die "@command failed\n";
            my @after = times;
            my $time = $after[2] + $after[3] - $before[2] - $before[3];
            $best = $time if !defined $best || $time < $best;
        }
        print $best;' "$RUNS" "$HTTPD" -t -f "$root/httpd.conf" \
        2> "$root/error_log" || fail "$1 with $2.so"
}

nothing=$(seconds nothing mod_cors)

# row LABEL LINES MODULE: sets time
row() {
    time=$(seconds "$2" "$3")
    time=$(perl -e 'printf "%.2f", $ARGV[0] - $ARGV[1]' "$time" "$nothing")
    [ "$2" != comments ] || comments=$time
    printf '%-42s %7s s %7s\n' "$1" "$time" "$(ratio "$time" "$comments")"
}

echo 'httpd -t with a million lines'
echo
row 'comments' comments mod_cors
row 'a directive that does nothing' origins floor
row 'CorsAllowOrigin' origins mod_cors
echo
target 'a million origins, to comments' "$(ratio "$time" "$comments")" 3
row 'CorsAllowOrigin, 100 origins a line' hundred mod_cors
echo
