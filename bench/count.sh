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

# Counting a server's instructions: read after common.sh by the scripts that do.
# Counted by callgrind on "httpd -X" with prefork: a run of 500 requests on one
# connection less a run of 100, divided by 400.  Start and stop cancel out, and
# so does nearly everything that chance has a part in: the figures repeat to
# within some twenty instructions (httpd's hashes have a random seed).  They
# depend on the httpd and on the depth of TMPDIR; the ratios hardly do.
#
# The script has answers() and requests(), both of a server: what drive.pl
# expects of it, and which requests are counted.
#
# shellcheck shell=sh disable=SC2154

FEW=100
MANY=500
servers=

# configure NAME FOLDER MODULES IN_DIRECTORY IN_SERVER
configure() {
    folder "$2"
    override=None
    if [ -n "$(find "$root/$2" -name .htaccess)" ]; then
        override=FileInfo
    fi
    {
        site "$2" "$override" "mpm_prefork $3" "$4"
        echo "PidFile \"$root/$1.pid\""
        echo "ErrorLog \"$root/$1.log\""
        echo "$5"
    } > "$root/$1.conf" || exit 2
    servers="$servers $1"
}

# location LINES
location() {
    printf '<Location />\n%s\n</Location>\n' "$1"
}

# drive SERVER REQUEST COUNT ANSWERS TOOL...: what drive.pl says goes to
# SERVER.output
drive() {
    server=$1
    request=$2
    times=$3
    answers=$4
    shift 4
    # shellcheck disable=SC2086
    perl "$here/drive.pl" "$request" "$times" "$answers" \
        $as_user env -i PATH="$PATH" LC_ALL=C TZ=UTC "$@" \
        "$HTTPD" -X -f "$root/$server.conf" -C "Listen 127.0.0.1:PORT" \
        > "$root/$server.output" 2>&1 \
        || { cat "$root/$server.output" "$root/$server.log" >&2; return 1; }
    ! grep -E 'exit signal|AddressSanitizer|Assertion|\[crit\]' \
        "$root/$server.log" >&2 || return 1
    rm -f "$root/$server.pid"
}

# run SERVER REQUEST COUNT: leaves the counts in SERVER.REQUEST.COUNT
run() {
    drive "$1" "$2" "$3" "$(answers "$1")" \
        valgrind --quiet --vgdb=no --tool=callgrind \
        --callgrind-out-file="$root/$1.$2.$3" || return 1
    grep -q '^totals: [0-9]' "$root/$1.$2.$3"
}

total() {
    sed -n 's/^totals: //p' "$root/$1.$2.$3"
}

# measure SERVER: leaves instructions per request in SERVER.REQUEST.cost
measure() {
    for request in $(requests "$1"); do
        run "$1" "$request" "$FEW" && run "$1" "$request" "$MANY" || return 1
        echo $((($(total "$1" "$request" "$MANY")
                 - $(total "$1" "$request" "$FEW")) / (MANY - FEW))) \
            > "$root/$1.$request.cost"
    done
}

# Two at a time: they do not count each other's instructions.
measure_all() {
    # shellcheck disable=SC2086
    set -- $servers
    while [ $# -gt 0 ]; do
        first=$1
        measure "$first" &
        if [ $# -gt 1 ]; then
            measure "$2" || fail "cannot measure $2"
            shift
        fi
        wait $! || fail "cannot measure $first"
        shift
    done
}

# cost SERVER REQUEST: instructions
cost() {
    cat "$root/$1.$2.cost"
}
