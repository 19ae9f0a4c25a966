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

# shellcheck shell=sh disable=SC2154
# What t/sanitized.sh, t/valgrind.sh, t/threads.sh and t/soak.sh share.  They
# set here, the folder that they are in; httpd, its modules and who runs it are
# found out as t/run.sh does.

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# A folder that the user who runs httpd can use: $root, with reports in it.
sanitize_begin() {
    apxs=${APXS:-apxs}
    cc=${CC:-gcc}
    httpd=$("$apxs" -q SBINDIR)/$("$apxs" -q PROGNAME)
    modules=$("$apxs" -q LIBEXECDIR)
    user=${TEST_USER:-www-data}
    root=$(mktemp -d "${TMPDIR:-/tmp}/mod_cors-watched.XXXXXX")
    trap 'sanitize_end' EXIT
    trap 'exit 1' HUP INT TERM
    mkdir "$root/reports"
    chmod 755 "$root"
    chmod 1777 "$root/reports"
    as=
    [ "$(id -u)" != 0 ] || as="runuser -u $user --"
}

sanitize_end() {
    if [ -n "${KEEP:-}" ]; then
        echo "# kept $root"
    else
        rm -rf "$root"
    fi
}

# isolated COMMAND ...: as the user, where the machine allows it in a network
# of its own
isolated() {
    lo='ip link set lo up'
    if unshare -n sh -c "$lo" 2>/dev/null; then
        unshare -n sh -c "$lo"' && exec "$@"' sh $as "$@"
    else
        $as "$@"
    fi
}

# build_module FLAGS: mod_cors.so, in a copy of the sources
build_module() {
    mkdir "$root/build"
    (cd "$here/.." && cp -R Makefile ./*.c ./*.h src "$root/build")
    make -s -C "$root/build" APXS="$apxs" LTO="$1" mod_cors.so \
        || fail 'mod_cors.so is not built'
    cp "$root/build/mod_cors.so" "$root/"
}

# preload NAME [FLAG ...]: t/sanitize/NAME.c, to be preloaded into httpd
preload() {
    name=$1
    shift
    # shellcheck disable=SC2046  # the flags are several words
    "$cc" -std=gnu99 -Wall -Wextra -Werror -g -O1 -fPIC -shared "$@" \
        $(apr-1-config --cppflags --includes) -o "$root/$name.so" \
        "$here/sanitize/$name.c" -ldl || fail "$name.so is not built"
}

# build_canary FLAGS
build_canary() {
    mkdir "$root/canary"
    cp "$here/sanitize/mod_canary.c" "$root/canary/"
    # shellcheck disable=SC2046,SC2086  # the flags are several words
    (cd "$root/canary" \
        && "$apxs" -c $(printf ' -Wc,%s -Wl,%s' $(for flag in $1; do
            echo "$flag" "$flag"; done)) mod_canary.c) \
        > "$root/canary.log" 2>&1 || fail "$(cat "$root/canary.log")"
    cp "$root/canary/.libs/mod_canary.so" "$root/"
    {
        echo "ServerRoot $root"
        echo 'ServerName localhost'
        echo "ErrorLog $root/error_log"
        echo "LoadModule mpm_event_module $modules/mod_mpm_event.so"
        echo "LoadModule canary_module $root/mod_canary.so"
    } > "$root/canary.conf"
}

# write_httpd NAME=VALUE ... [COMMAND ...]: $root/apache2, httpd with these
# variables, which what it starts does not inherit from the tests
write_httpd() {
    {
        echo '#!/bin/sh'
        echo "exec env $* $httpd \"\$@\""
    } > "$root/apache2"
    chmod 755 "$root/apache2"
}

# canary BUG [REPORT]: "httpd -t" with the bug has this report, or none
canary() {
    CANARY=$1 $as "$root/apache2" -t -f "$root/canary.conf" \
        > "$root/canary.out" 2>&1 || :
    cat "$root"/reports/* >> "$root/canary.out" 2>/dev/null || :
    if [ -n "${2:-}" ]; then
        grep -q "$2" "$root/canary.out" \
            || fail "no report of $1: $(cat "$root/canary.out")"
    else
        no_reports || exit 1
        grep -q 'Syntax OK' "$root/canary.out" \
            || fail "$(cat "$root/canary.out")"
    fi
    rm -f "$root"/reports/*
}

# no_reports: says what is reported, and whether nothing is
no_reports() {
    for report in "$root"/reports/*; do
        [ -s "$report" ] || continue
        echo "not passed: ${report##*/} reports"
        head -n 60 "$report"
        return 1
    done
    return 0
}
