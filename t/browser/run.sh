#!/bin/sh
# Run the cases in real browsers, against an httpd with the module.
#
#   t/browser/run.sh [chromium|firefox ...]    default both
#
# TEST_USER  who runs it, if root starts this; default www-data
# MODULE     the module to test; default mod_cors.so beside t
# PORT       the first of fourteen ports, where the machine gives no network of
#            its own to the tests; default 8640
# ONLY       an expression for the names of the cases to run
# AT_ONCE    how many pages a browser has at a time; default 3
# VERBOSE    if set, each test is told
# KEEP       if set, the folder with the server's logs is left, and named
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
module=${MODULE:-$top/mod_cors.so}
apxs=${APXS:-apxs}
user=${TEST_USER:-www-data}
packages=$top/build/browser/node_modules

if [ "${1:-}" != inside ]; then
    [ -f "$module" ] || { echo "$module is not there: make first" >&2; exit 1; }
    [ -d "$packages/puppeteer-core" ] || {
        echo "no puppeteer-core in build/browser: make test-browser" >&2
        exit 1
    }

    work=$(mktemp -d "${TMPDIR:-/tmp}/mod_cors-browser.XXXXXX")
    cleanup() {
        if [ -n "${KEEP:-}" ]; then
            echo "# kept $work"
        else
            rm -rf "$work"
        fi
    }
    trap cleanup EXIT
    trap 'exit 1' INT TERM

    # All that is needed, where the user who runs it may read and write.
    mkdir "$work/tests" "$work/home"
    cp -R "$here/." "$work/tests"
    cp -R "$packages" "$work/node_modules"
    cp "$module" "$work/mod_cors.so"
    chmod 755 "$work" "$work"/tests/cgi/*.cgi
    if [ "$(id -u)" = 0 ]; then
        chown -R "$user" "$work"
        as="runuser -u $user --"
    else
        as=
    fi

    lo="ip link set lo up &&"
    if unshare -n sh -c "$lo true" 2>/dev/null; then
        isolate="unshare -n"
    else
        isolate=
        lo=
    fi
    $isolate sh -c "$lo exec $as env -i PATH='$PATH' LC_ALL=C TZ=UTC \
        HOME='$work/home' TMPDIR='$work/home' WORK='$work' \
        HTTPD='$("$apxs" -q SBINDIR)/$("$apxs" -q PROGNAME)' \
        MODULES='$("$apxs" -q LIBEXECDIR)' PORT='${PORT:-8640}' \
        ONLY='${ONLY:-}' VERBOSE='${VERBOSE:-}' AT_ONCE='${AT_ONCE:-}' \
        sh '$work/tests/run.sh' inside $*" || exit 1
    exit 0
fi
shift

# From here on as an ordinary user in $WORK, where tests is this folder.
tests=$WORK/tests
mkdir "$WORK/htdocs" "$WORK/cgi"
cp -R "$tests/htdocs/." "$WORK/htdocs"
cp "$tests"/cgi/*.cgi "$WORK/cgi"
node "$tests/media.js" "$WORK/htdocs/api"
cp "$tests/cgi/echo.cgi" "$WORK/htdocs/api/dir/htaccess/"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$WORK/key.pem" \
    -out "$WORK/certificate.pem" 2> "$WORK/openssl_log" || {
    cat "$WORK/openssl_log"
    exit 1
}
# reader, with the password secret
echo 'reader:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=' > "$WORK/users"

replace="s|@ROOT@|$WORK|g;s|@MODULE@|$WORK/mod_cors.so|g"
json=
number=0
for name in PAGE_A PAGE_B PAGE_X API_REAL API_NONE API_ALL OTHER_REAL \
    OTHER_NONE OTHER_ALL TLS_REAL TLS_NONE TLS_ALL SOCKET DEAD; do
    eval "$name=$((PORT + number))"
    replace="$replace;s|@$name@|$((PORT + number))|g"
    case $name in
    PAGE_*) replace="$replace;s|@ORIGIN_${name#PAGE_}@|http://localhost:$((
        PORT + number))|g" ;;
    esac
    json="$json${json:+,}\"$name\":$((PORT + number))"
    number=$((number + 1))
done
# The order matters: a module comes after those whose symbols it uses.
for name in mpm_event authz_core authz_user authn_core authn_file auth_basic \
    alias cgid dir env filter headers http2 mime proxy proxy_http rewrite \
    ssl; do
    replace="$replace;s|@MODULES@|LoadModule ${name}_module \
$MODULES/mod_$name.so\\n@MODULES@|"
done
replace="$replace;s|@MODULES@||"
for file in httpd.conf api.conf policies.conf allowed.conf; do
    sed "$replace" "$tests/$file.in" > "$WORK/$file"
done
sed "$replace" "$tests/htdocs/api/dir/htaccess/htaccess.in" \
    > "$WORK/htdocs/api/dir/htaccess/.htaccess"

# Wait, but not for ever, until a command succeeds.
await() {
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        "$@" && return 0
        sleep 0.25
    done
    echo "not within five seconds: $*" >&2
    return 1
}

pids=
stop() {
    [ ! -s "$WORK/httpd.pid" ] || kill "$(cat "$WORK/httpd.pid")" || :
    for pid in $pids; do
        kill "$pid" 2>/dev/null || :
        wait "$pid" 2>/dev/null || :
    done
    await test ! -e "$WORK/httpd.pid" || :
}
trap stop EXIT
trap 'exit 1' INT TERM

listens() {
    node -e 'require("net").connect(process.argv[1], "127.0.0.1")
        .on("connect", () => process.exit(0))
        .on("error", () => process.exit(1))' "$1"
}

node "$tests/socket.js" "$SOCKET" &
pids="$pids $!"
"$HTTPD" -f "$WORK/httpd.conf" || {
    cat "$WORK/error_log" 2>/dev/null || :
    exit 1
}
await listens "$API_REAL"
await listens "$SOCKET"

# Xvfb tells the display that it has found free.
Xvfb -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp \
    3> "$WORK/display" 2> "$WORK/xvfb_log" &
pids="$pids $!"
await test -s "$WORK/display" || { cat "$WORK/xvfb_log"; exit 1; }

export DISPLAY=":$(cat "$WORK/display")" NODE_PATH="$WORK/node_modules" \
    CORS_PORTS="{$json}" CORS_WIRE_LOG="$WORK/wire_log" \
    CORS_ERROR_LOG="$WORK/error_log" CORS_SUMMARY="$WORK/summary"
[ $# -gt 0 ] || set -- chromium firefox
programs=
for name in "$@"; do
    programs="$programs $name.js"
done
cd "$tests"
timeout 600 prove ${VERBOSE:+-v} -j 2 --timer --exec node $programs \
    && status=0 || status=$?
if grep -nE 'exit signal|AddressSanitizer|runtime error|Assertion' \
    "$WORK/error_log"; then
    echo "not passed: a child died"
    status=1
fi
cat "$WORK/summary" || status=1
exit "$status"
