#!/bin/sh
# Run the Apache::Test suite against a mod_cors.so.
#
#   t/run.sh [test ...]     tests as t/TEST names them: t/verdict.t; default all
#
# TEST_USER  who runs it, if root starts this; default www-data
# MODULE  the module to test; default mod_cors.so beside t
# HTTPD   the httpd to run; default that of apxs
# TIMEOUT in seconds, for all tests; default 900
# KEEP    if set, the folder with the server's logs is left, and named
#
# Apache::Test runs nothing as root, and passes when it runs nothing.  So it
# runs as another user over a copy that this user owns, and this script counts.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
module=${MODULE:-$here/../mod_cors.so}
apxs=${APXS:-apxs}
modules=$("$apxs" -q LIBEXECDIR)
httpd=${HTTPD:-$("$apxs" -q SBINDIR)/$("$apxs" -q PROGNAME)}
user=${TEST_USER:-www-data}

[ -f "$module" ] || { echo "$module is not there: make first" >&2; exit 1; }

work=$(mktemp -d "${TMPDIR:-/tmp}/mod_cors-test.XXXXXX")
cleanup() {
    if [ -n "${KEEP:-}" ]; then
        echo "# kept $work"
    else
        rm -rf "$work"
    fi
}
trap cleanup EXIT

cp -R "$here" "$work/t"
cp -R "$here/../docs" "$here/../conf" "$here/../README.md" "$work/"
cp "$module" "$work/mod_cors.so"
find "$work/t" -name '*.cgi' -exec chmod 755 {} +
cp "$here/../mod_cors.h" "$work/"
(cd "$work/t/module" && "$apxs" -c -Wc,-Wall -Wc,-Werror \
    mod_cors_ask.c) > "$work/build.log" 2>&1 || {
    cat "$work/build.log"
    exit 1
}
cp "$work/t/module/.libs/mod_cors_ask.so" "$work/"

# The order matters: a module comes after those whose symbols it uses.
{
    for name in mpm_event authz_core authz_host authz_user authn_core \
        authn_file auth_basic access_compat alias allowmethods cgid dir env \
        expires filter deflate headers include mime negotiation proxy \
        proxy_http rewrite session session_cookie setenvif; do
        echo "LoadModule ${name}_module $modules/mod_$name.so"
    done
    echo "LoadModule cors_module $work/mod_cors.so"
    echo "TypesConfig /etc/mime.types"
} > "$work/modules.conf"

if [ "$(id -u)" = 0 ]; then
    chown -R "$user" "$work"
    chmod 755 "$work"
    as="runuser -u $user --"
else
    as=
fi
export CORS_MODULE="$work/mod_cors.so" CORS_MODULES="$modules" \
    CORS_HTTPD="$httpd"
environment="PATH=$PATH LC_ALL=C TZ=UTC HOME=$work TMPDIR=$work
    CORS_MODULE=$work/mod_cors.so CORS_MODULES=$modules CORS_HTTPD=$httpd"

# A port of its own, and where the machine allows it a network of its own.
lo="ip link set lo up &&"
if unshare -n sh -c "$lo true" 2>/dev/null; then
    isolate="unshare -n"
else
    isolate=
    lo=
fi
port=${PORT:-8529}

$isolate sh -c "$lo cd $work && exec $as env -i $(echo $environment) \
    timeout -s INT ${TIMEOUT:-900} \
    perl t/TEST -httpd $httpd -apxs $(command -v "$apxs") \
    -httpd_conf $work/modules.conf -servername localhost -port $port \
    -threadsperchild 8 -maxclients 16 ${VERBOSE:+-verbose} $*" \
    > "$work/output" 2>&1 && status=0 || status=$?
grep -avE '^\[|^ulimit|^waiting|^$|^using|^server|^[^ ]*apache2 ' "$work/output" || :

fail() {
    echo "not passed: $*"
    status=1
}
grep -q '^Result: PASS' "$work/output" || fail "no passing result"
grep -q '^Files=[1-9][0-9]*, Tests=[1-9]' "$work/output" || fail "no test ran"
if grep -q ' skipped' "$work/output"; then
    fail "a test file was skipped"
fi
if grep -rnE 'exit signal|AddressSanitizer|runtime error|Assertion' \
    --include='*error_log' "$work"/t/logs; then
    fail "a child died"
fi
[ "$status" = 0 ] || tail -n 20 "$work/t/logs/error_log" 2>/dev/null || :
exit "$status"
