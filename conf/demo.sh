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
#
# A private httpd on a free loopback port, and real CORS exchanges with it.
# Fails if one of them is not as announced.  Nothing of the system's httpd is
# touched; what is written goes to a directory that is removed at the end.
#
#   APXS      the apxs of the httpd to use (default: the one in the PATH)
#   MOD_CORS  the module (default: mod_cors.so in the directory above)

set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/sbin

fail() {
    echo "demo: $*" >&2
    exit 1
}

here=$(cd "$(dirname "$0")" && pwd) || exit 1
DEMO_MODULE=${MOD_CORS:-${here%/*}/mod_cors.so}
case $DEMO_MODULE in
    /*) ;;
    *)  DEMO_MODULE=$PWD/$DEMO_MODULE ;;
esac
[ -r "$DEMO_MODULE" ] || fail "no $DEMO_MODULE: run \"make\" first"
command -v curl >/dev/null || fail "curl is missing"

# httpd and its modules.
apxs=${APXS:-apxs}
if command -v "$apxs" >/dev/null; then
    httpd=$("$apxs" -q SBINDIR)/$("$apxs" -q PROGNAME)
    modules=$("$apxs" -q LIBEXECDIR)
else
    httpd=$(command -v apache2 || command -v httpd) || fail "no httpd found"
    modules=
    for dir in /usr/lib/apache2/modules /usr/lib64/httpd/modules \
               /usr/local/apache2/modules; do
        [ -d "$dir" ] && modules=$dir && break
    done
fi
[ -x "$httpd" ] || fail "no httpd at $httpd"

# The directory of the server.  Root's TMPDIR may be closed to the user under
# whom the server runs.
pid=
DEMO_DIR=
stop() {
    if [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        pid=
    fi
}
clean_up() {
    stop
    [ -n "$DEMO_DIR" ] && rm -rf "$DEMO_DIR"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

options=
DEMO_USER=
DEMO_GROUP=
if [ "$(id -u)" = 0 ]; then
    for DEMO_USER in www-data apache daemon nobody; do
        id "$DEMO_USER" >/dev/null 2>&1 && break
    done
    DEMO_GROUP=$(id -gn "$DEMO_USER") || fail "no user to run httpd as"
    options="-D DEMO_ROOT"
    TMPDIR=/tmp
    export TMPDIR
fi
umask 022
DEMO_DIR=$(mktemp -d) || exit 1
chmod 755 "$DEMO_DIR"

# What it serves.
mkdir -p "$DEMO_DIR/htdocs"
for dir in public app api legacy transfer; do
    mkdir "$DEMO_DIR/htdocs/$dir"
    printf '{"resource":"%s"}\n' "$dir" > "$DEMO_DIR/htdocs/$dir/data.json"
done
token="$$-${DEMO_DIR##*/}"
printf '%s' "$token" > "$DEMO_DIR/htdocs/token"
# demo, demo
printf 'demo:{SHA}ieSV55Qc+eQOaYDRSha/AjzNTJE=\n' > "$DEMO_DIR/users"

# The modules that are there as files; all others are in httpd itself.
for mpm in event worker prefork; do
    if [ -f "$modules/mod_mpm_$mpm.so" ]; then
        printf 'LoadModule mpm_%s_module "%s"\n' \
               "$mpm" "$modules/mod_mpm_$mpm.so"
        break
    fi
done > "$DEMO_DIR/modules.conf"
for name in unixd log_config authn_core authn_file authz_core authz_user \
            auth_basic headers; do
    if [ -f "$modules/mod_$name.so" ]; then
        printf 'LoadModule %s_module "%s"\n' "$name" "$modules/mod_$name.so"
    fi
done >> "$DEMO_DIR/modules.conf"
export DEMO_DIR DEMO_MODULE DEMO_USER DEMO_GROUP DEMO_PORT

get() {
    curl -q -s --noproxy '*' --max-time 10 "$@"
}

# Start it on some port; on another one if that is taken.
start() {
    : > "$DEMO_DIR/start.log"
    # shellcheck disable=SC2086
    "$httpd" -f "$here/demo.conf" $options -D FOREGROUND \
        > "$DEMO_DIR/start.log" 2>&1 &
    pid=$!
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
        [ "$(get "http://127.0.0.1:$DEMO_PORT/token")" = "$token" ] && return 0
        tries=$((tries + 1))
        sleep 0.1
    done
    stop
    return 1
}

DEMO_PORT=$((20000 + $$ % 12000))
attempts=0
until start; do
    attempts=$((attempts + 1))
    if [ $attempts -ge 10 ] ||
       ! grep -q 'could not bind' "$DEMO_DIR/start.log"; then
        cat "$DEMO_DIR/start.log" >&2
        [ -f "$DEMO_DIR/error.log" ] && cat "$DEMO_DIR/error.log" >&2
        fail "httpd does not start"
    fi
    DEMO_PORT=$((20000 + (DEMO_PORT - 20000 + 1013) % 12000))
done
url=http://127.0.0.1:$DEMO_PORT

# One exchange: what it shows, then curl's arguments but for the URL, then the
# path.  The response's head is left in $DEMO_DIR/head.
number=0
wrong=0
ask() {
    number=$((number + 1))
    printf '\n%d. %s\n\n' "$number" "$1"
    shift
    printf '   $ curl -i'
    for arg in "$@"; do
        case $arg in
            /*)           printf ' %s%s' "$url" "$arg" ;;
            *[!A-Za-z-]*) printf " '%s'" "$arg" ;;
            *)            printf ' %s' "$arg" ;;
        esac
    done
    printf '\n'
    count=$#
    for arg in "$@"; do
        case $arg in
            /*) set -- "$@" "$url$arg" ;;
            *)  set -- "$@" "$arg" ;;
        esac
    done
    shift "$count"
    get -D - -o "$DEMO_DIR/body" "$@" | tr -d '\r' > "$DEMO_DIR/head"
    sed '/^$/d; s/^/     /' "$DEMO_DIR/head"
}

complain() {
    printf '   ** not as announced: %s\n' "$*"
    wrong=$((wrong + 1))
}

# The response has the status.
status() {
    grep -q "^HTTP/[0-9.]* $1 " "$DEMO_DIR/head" || complain "status $1"
}

# It has the field once, with this value and no other.  httpd joins what Vary
# has with commas alone.
has() {
    case $1 in
        Vary) value=$(printf '%s' "$2" | sed 's/, /,/g') ;;
        *)    value=$2 ;;
    esac
    if [ "$(grep -ic "^$1:" "$DEMO_DIR/head")" != 1 ] ||
       ! grep -qFx "$1: $value" "$DEMO_DIR/head"; then
        complain "$1: $value"
    fi
}

# It has none of the fields that begin so.
has_no() {
    for field in "$@"; do
        if grep -qi "^$field" "$DEMO_DIR/head"; then
            complain "no $field"
        fi
    done
}

app='Origin: https://app.example.com'
evil='Origin: https://evil.example'

echo "httpd on $url, configured by conf/demo.conf.
Below each command stands the head of the response."

ask 'A public resource.  The answer is the same for every page, so that a
   cache needs one copy: no Vary.' \
    -H "$app" /public/data.json
status 200
has Access-Control-Allow-Origin '*'
has Access-Control-Expose-Headers ETag
has_no Vary Access-Control-Allow-Credentials

ask 'A list of origins, with credentials.  "CorsExposeHeaders *" is spelled
   out with the headers that this response has: browsers take "*" literally
   where cookies are involved.' \
    -H "$app" -H 'Cookie: session=1' /app/data.json
status 200
has Access-Control-Allow-Origin https://app.example.com
has Access-Control-Allow-Credentials true
has Vary Origin
grep -Eq '^Access-Control-Expose-Headers: (.*, )?ETag(,|$)' \
    "$DEMO_DIR/head" || complain 'Access-Control-Expose-Headers with ETag'

ask 'A page that is not in the list gets the response, and its browser keeps
   it from the page.  Vary says that others get another answer.' \
    -H "$evil" /app/data.json
status 200
has Vary Origin
has_no Access-Control-

ask 'A preflight in front of a password.  Preflights never carry one, so the
   module answers before httpd asks for it.' \
    -X OPTIONS -H "$app" -H 'Access-Control-Request-Method: PUT' \
    -H 'Access-Control-Request-Headers: authorization,content-type' \
    /api/data.json
status 204
has Access-Control-Allow-Origin https://app.example.com
has Access-Control-Allow-Credentials true
has Access-Control-Allow-Methods 'PUT, DELETE'
has Access-Control-Allow-Headers 'Authorization, Content-Type'
has Access-Control-Max-Age 600
has Vary 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'
has_no WWW-Authenticate

ask 'The request itself does need the password, and a page can read the 401.' \
    -H "$app" /api/data.json
status 401
has WWW-Authenticate 'Basic realm="demo"'
has Access-Control-Allow-Origin https://app.example.com
has Access-Control-Allow-Credentials true
has Vary Origin

ask 'A preflight that asks for a method that is not listed.' \
    -X OPTIONS -H "$app" -H 'Access-Control-Request-Method: PATCH' \
    /api/data.json
status 403
has Vary 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'
has_no Access-Control-

ask '"CorsAllowHeaders *" under credentials: the names that were asked for.' \
    -X OPTIONS -H 'Origin: https://pr-7.staging.example.com' \
    -H 'Access-Control-Request-Method: PUT' \
    -H 'Access-Control-Request-Headers: content-type,x-trace-id' \
    /app/data.json
status 204
has Access-Control-Allow-Origin https://pr-7.staging.example.com
has Access-Control-Allow-Credentials true
has Access-Control-Allow-Methods PUT
has Access-Control-Allow-Headers 'content-type, x-trace-id'

ask 'An error.  The page learns that it is a 404 and not a network error.' \
    -H "$app" /app/missing
status 404
has Access-Control-Allow-Origin https://app.example.com
has Access-Control-Allow-Credentials true
has Vary Origin

ask 'CORS headers of an application and of Header lines are replaced: there
   is one Access-Control-Allow-Origin and no "yes".  Vary keeps its names.' \
    -H "$app" /legacy/data.json
status 200
has Access-Control-Allow-Origin https://app.example.com
has_no Access-Control-Allow-Credentials
has Vary 'Accept-Encoding, Origin'

ask '"CorsEnforce On": the POST of a foreign page does not reach the handler.' \
    -X POST -H "$evil" -H 'Sec-Fetch-Site: cross-site' /transfer/data.json
status 403
has Vary Origin
has_no Access-Control-

# The server writes the last lines of its logs after the response.
stop
printf '\n%d. %s\n\n' $((number + 1)) \
    'Why?  "LogLevel cors:info" has a line in the error log for each refusal.'
grep 'CORS .* refused' "$DEMO_DIR/error.log" | sed 's/^/     /'
for reason in \
    'actual refused: origin-not-allowed, origin="https://evil.example" .*/app/' \
    'preflight refused: method-not-allowed, .*method="PATCH" .*/api/' \
    'actual refused: origin-not-allowed, .*method="POST" .*/transfer/'
do
    grep -q "CORS $reason" "$DEMO_DIR/error.log" || complain "$reason"
done
printf '\n   %s\n\n' \
    'The access log has the verdict as CORS_REQUEST, CORS_VERDICT, CORS_REASON:'
grep -v /token "$DEMO_DIR/access.log" | sed 's/^/     /'
grep -qFx 'OPTIONS /api/data.json 403 preflight refused method-not-allowed' \
    "$DEMO_DIR/access.log" || complain 'the reason in the access log'

echo
[ $wrong = 0 ] || fail "$wrong answers were not as announced"
echo "All $number exchanges were as announced."
