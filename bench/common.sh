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

# What the measurements share: tools, a folder, policies, and what each policy
# is in other words.  Read by the scripts, not run.
#
# Environment: APXS, HTTPD; BENCH_USER, who runs the servers if root starts
# this.
#
# shellcheck shell=sh disable=SC2034

here=$(dirname -- "$0")
root=

fail() {
    echo "$0: $*" >&2
    if [ -n "$root" ] && [ -s "$root/error_log" ]; then
        tail -n 5 "$root/error_log" >&2
    fi
    exit 2
}

# shellcheck disable=SC2317,SC2329  # called by the trap
clean_up() {
    wait
    [ -z "$root" ] || rm -rf "$root"
}
trap clean_up EXIT
trap 'exit 2' HUP INT TERM

# need TOOL...
need() {
    for tool; do
        command -v "$tool" >/dev/null || fail "$tool is missing"
    done
}

# find_httpd MODULE: sets HTTPD, modules, root and as_user.  The folder has a
# copy of the module, which the user may read and no build replaces meanwhile,
# and a file of 1 KB.
find_httpd() {
    APXS=${APXS:-apxs}
    modules=$("$APXS" -q LIBEXECDIR) || fail "no apxs (APXS=$APXS)"
    HTTPD=${HTTPD:-$("$APXS" -q sbindir)/$("$APXS" -q progname)}
    [ -x "$HTTPD" ] || fail "no httpd: set HTTPD"
    [ -r "$1" ] || fail "$1 is not there: run make first"
    root=$(mktemp -d) || fail 'no temporary folder'
    as_user=
    if [ "$(id -u)" -eq 0 ]; then
        need setpriv
        user=${BENCH_USER:-www-data}
        group=$(id -g "$user") || fail "no user $user: set BENCH_USER"
        as_user="setpriv --reuid $user --regid $group --clear-groups"
    fi
    cp "$1" "$root/mod_cors.so" || fail "cannot copy $1"
    echo 'text/plain txt' > "$root/mime.types"
    perl -e 'print "0123456789abcde\n" x 64' > "$root/file.txt"
    # The ETag is made of the time; its length should not be a matter of chance.
    TZ=UTC touch -t 202401010000 "$root/file.txt"
}

# build_floor: leaves floor.so in the folder
build_floor() {
    cp "$here/floor.c" "$root/" || exit 2
    (cd "$root" && "$APXS" -c -o floor.la floor.c > build.log 2>&1 \
        && cp .libs/floor.so .) || fail "floor.c: $(cat "$root/build.log")"
}

# hand_over: from now on the folder is the user's
hand_over() {
    [ -z "$as_user" ] || chown -R "$user" "$root" || fail 'chown'
}

# folder NAME: a document root, which has the file
folder() {
    mkdir -p "$root/$1"
    ln -f "$root/file.txt" "$root/$1/file.txt"
}

load() {
    for name; do
        if [ "$name" = cors ]; then
            echo "LoadModule cors_module \"$root/mod_cors.so\""
        elif [ -r "$modules/mod_$name.so" ]; then
            echo "LoadModule ${name}_module \"$modules/mod_$name.so\""
        elif ! "$HTTPD" -l | grep -q "^ *mod_$name\.c\$"; then
            fail "httpd has no mod_$name"
        fi
    done
}

# site FOLDER OVERRIDE MODULES IN_DIRECTORY: the configuration of a server,
# MODULES with the MPM first of all
site() {
    # shellcheck disable=SC2086
    load $3 authz_core dir mime
    # Part of the binary in some builds, a file in others.
    "$HTTPD" -l | grep -q '^ *mod_unixd\.c$' || load unixd
    cat <<EOF
ServerRoot "$root"
ServerName localhost
PidFile "$root/httpd.pid"
ErrorLog "$root/error_log"
LogLevel warn
Mutex posixsem
TypesConfig "$root/mime.types"
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
Timeout 60
DocumentRoot "$root/$1"
<Directory "$root/$1">
    AllowOverride $2
    Require all granted
$4
</Directory>
EOF
}

#
# The policies, as drive.pl knows them, and what they are in other words.
#

recipe_modules='headers setenvif rewrite'

# policy NAME: for mod_cors
policy() {
    case $1 in
    pattern) echo 'CorsAllowOrigin https://*.example.com' ;;
    any) echo 'CorsAllowOrigin *' ;;
    none) ;;
    *) echo 'CorsAllowOrigin https://app.example.com https://www.example.com
CorsAllowOrigin https://admin.example.com' ;;
    esac
    case $1 in
    credentials|expose|expanded) echo 'CorsAllowCredentials On' ;;
    esac
    case $1 in
    expose) echo 'CorsExposeHeaders ETag Link X-Request-Id' ;;
    expanded) echo 'CorsExposeHeaders *' ;;
    esac
    echo 'CorsAllowMethods PUT PATCH DELETE
CorsAllowHeaders Authorization Content-Type X-Requested-With
CorsMaxAge 600'
}

# recipe NAME: for mod_headers, mod_setenvif and mod_rewrite
# shellcheck disable=SC2016  # $0 is for SetEnvIf
recipe() {
    allowed='%{CORS_ORIGIN}e'
    if='env=CORS_ORIGIN'
    case $1 in
    any)
        allowed='"*"'
        if= ;;
    pattern)
        echo 'SetEnvIf Origin "^https://([a-z0-9-]+\.)+example\.com$" CORS_ORIGIN=$0' ;;
    *)
        echo 'SetEnvIf Origin "^https://(app|www|admin)\.example\.com$" CORS_ORIGIN=$0' ;;
    esac
    echo "Header always set Access-Control-Allow-Origin $allowed $if"
    case $1 in
    credentials|expose)
        echo "Header always set Access-Control-Allow-Credentials true $if" ;;
    esac
    case $1 in
    expose)
        echo "Header always set Access-Control-Expose-Headers \"ETag, Link, X-Request-Id\" $if" ;;
    esac
    echo "Header always set Access-Control-Allow-Methods \"GET, HEAD, POST, PUT, PATCH, DELETE\" $if
Header always set Access-Control-Allow-Headers \"Authorization, Content-Type, X-Requested-With\" $if
Header always set Access-Control-Max-Age 600 $if"
    [ "$1" = any ] || echo 'Header always merge Vary Origin'
    echo 'RewriteEngine On
RewriteCond %{REQUEST_METHOD} OPTIONS
RewriteRule ^ - [R=204,L]'
}

# ratio A B
ratio() {
    perl -e 'printf "%.2f", $ARGV[0] / $ARGV[1]' -- "$@"
}

# target WHAT VALUE [LIMIT [least]]: a line that says whether what is to be
# reached is; and again in the file BENCH_TARGETS, if that is set
target() {
    echo "$2 ${3:-}" | awk -v what="$1" -v least="${4:-}" '
        NF == 1 { printf "%-51s %8s\n", what, $1 }
        NF == 2 {
            reached = least ? $1 >= $2 : $1 <= $2
            printf "%-51s %8s, at %s %-6s %s\n", what, $1,
                least ? "least" : "most ", $2,
                reached ? "reached" : "NOT REACHED"
        }' | tee -a "${BENCH_TARGETS:-/dev/null}"
}
