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

# What a request costs: instructions of the whole server, httpd bare, with the
# usual recipe of mod_headers, mod_setenvif and mod_rewrite, and with mod_cors.
# And what a .htaccess file costs that httpd parses for each request: one with
# 20 lines for mod_cors, and one with 20 for mod_headers.
#
#   sh bench/server.sh [--all] [--functions] path/to/mod_cors.so
#
#   --all        other places for policy and recipe as well: <Location>,
#                .htaccess; and the module without a policy
#   --functions  also what the module's own functions cost per request, and
#                where in the server the difference comes from; and the same
#                of the 20 lines
#
# Counted by callgrind on "httpd -X" with prefork: a run of 500 requests on one
# connection less a run of 100, divided by 400.  Start and stop cancel out, and
# so does nearly everything that chance has a part in: the figures repeat to
# within some twenty instructions (httpd's hashes have a random seed).  They
# depend on the httpd and on the depth of TMPDIR; the differences hardly do.
#
# The recipe stands in the server's configuration, where its preflight costs
# least.
#
# The .htaccess files are asked for without an Origin, so that reading them is
# nearly all that they cost.  They are timed too, without callgrind: the median
# of 5000 requests each, to the three by turns.  The times have the way to the
# server and back in them, the differences have not.
#
# Exit status: 0, or 2 if something could not be measured or answered wrongly.
#
# Environment: APXS, HTTPD; BENCH_USER, who runs the server if root starts this.

set -u

FEW=100
MANY=500
REQUESTS='get origin preflight'
TIMED=5000

here=$(dirname -- "$0")
root=

fail() {
    echo "bench/server.sh: $*" >&2
    if [ -n "$root" ] && [ -s "$root/error_log" ]; then
        tail -n 5 "$root/error_log" >&2
    fi
    exit 2
}

# shellcheck disable=SC2317  # called by the trap
clean_up() {
    [ -z "$root" ] || rm -rf "$root"
}
trap clean_up EXIT
trap 'exit 2' HUP INT TERM

#
# Arguments and tools.
#

all=
functions=
module=
for arg; do
    case $arg in
    --all) all=yes ;;
    --functions) functions=yes ;;
    -*) fail "unknown option $arg" ;;
    *) module=$arg ;;
    esac
done
[ -n "$module" ] || fail 'usage: server.sh [--all] [--functions] mod_cors.so'
[ -r "$module" ] || fail "$module is not there: run make first"

APXS=${APXS:-apxs}
modules=$("$APXS" -q LIBEXECDIR) || fail "no apxs (APXS=$APXS)"
HTTPD=${HTTPD:-$("$APXS" -q sbindir)/$("$APXS" -q progname)}
[ -x "$HTTPD" ] || fail "no httpd: set HTTPD"
for tool in valgrind perl; do
    command -v "$tool" >/dev/null || fail "$tool is missing"
done

root=$(mktemp -d) || fail 'no temporary folder'
as_user=
if [ "$(id -u)" -eq 0 ]; then
    user=${BENCH_USER:-www-data}
    group=$(id -g "$user") || fail "no user $user: set BENCH_USER"
    command -v setpriv >/dev/null || fail 'root needs setpriv, to be another'
    as_user="setpriv --reuid $user --regid $group --clear-groups"
fi

#
# The servers: one folder, one configuration each.
#

# A copy, which the user may read and no build replaces meanwhile.
cp "$module" "$root/mod_cors.so" || fail "cannot copy $module"
mkdir "$root/htdocs"
perl -e 'print "0123456789abcde\n" x 64' > "$root/htdocs/file.txt"
# The ETag is made of the time; its length should not be a matter of chance.
TZ=UTC touch -t 202401010000 "$root/htdocs/file.txt"
echo 'text/plain txt' > "$root/mime.types"

policy='CorsAllowOrigin https://app.example.com https://www.example.com
CorsAllowOrigin https://admin.example.com
CorsAllowCredentials On
CorsAllowMethods PUT PATCH DELETE
CorsAllowHeaders Authorization Content-Type X-Requested-With
CorsMaxAge 600'

recipe_modules='headers setenvif rewrite'
# shellcheck disable=SC2016  # $0 is for SetEnvIf
recipe='SetEnvIf Origin "^https://(app|www|admin)\.example\.com$" CORS_ORIGIN=$0
Header always set Access-Control-Allow-Origin %{CORS_ORIGIN}e env=CORS_ORIGIN
Header always set Access-Control-Allow-Credentials "true" env=CORS_ORIGIN
Header always set Access-Control-Allow-Methods "GET, HEAD, POST, PUT, PATCH, DELETE" env=CORS_ORIGIN
Header always set Access-Control-Allow-Headers "Authorization, Content-Type, X-Requested-With" env=CORS_ORIGIN
Header always set Access-Control-Max-Age "600" env=CORS_ORIGIN
Header always merge Vary Origin
RewriteEngine On
RewriteCond %{REQUEST_METHOD} OPTIONS
RewriteRule ^ - [R=204,L]'

# Each directive that may stand in a .htaccess file.
cors_lines='CorsEngine On
CorsAllowOrigin https://app.example.com https://www.example.com
CorsAllowOrigin https://*.staging.example.com http://localhost:*
CorsAllowOrigin https://*.partner.example:8443 -https://old.partner.example:8443
CorsAllowOriginMatch "https://pr-[0-9]+\.preview\.example\.com"
CorsAllowCredentials https://app.example.com https://*.staging.example.com
CorsAllowMethods PUT PATCH
CorsAllowMethods DELETE
CorsAllowHeaders Authorization Content-Type X-Requested-With
CorsAllowHeaders X-Client-* -X-Client-Internal
CorsExposeHeaders +ETag +Location
CorsExposeHeaders +X-RateLimit-* -X-RateLimit-Internal
CorsMaxAge 10min
CorsPreflight Answer
CorsPreflightStatus 200
CorsEnforce On
CorsUpstream Replace
CorsTimingAllowOrigin On
CorsAllowPrivateNetwork On
CorsDebug Off'

# What recipes for CORS have, and what stands beside it.
# shellcheck disable=SC2016  # $1 is for Header edit
header_lines='Header unset Access-Control-Allow-Origin
Header unset Access-Control-Allow-Credentials
Header always unset Access-Control-Allow-Origin
Header always set Access-Control-Allow-Origin %{CORS_ORIGIN}e env=CORS_ORIGIN
Header always set Access-Control-Allow-Origin "expr=%{HTTP:Origin}" "expr=%{HTTP:Origin} =~ m#^https://pr-[0-9]+\.preview\.example\.com$#"
Header always set Access-Control-Allow-Credentials "true" env=CORS_ORIGIN
Header always set Access-Control-Allow-Methods "GET, HEAD, POST, PUT, PATCH, DELETE" env=CORS_ORIGIN
Header always set Access-Control-Allow-Headers "Authorization, Content-Type, X-Requested-With" env=CORS_ORIGIN
Header always set Access-Control-Expose-Headers "ETag, Location, X-RateLimit-Limit" env=CORS_ORIGIN
Header always set Access-Control-Max-Age "600" env=CORS_ORIGIN
Header always set Access-Control-Allow-Private-Network "true" "expr=-n %{HTTP:Access-Control-Request-Private-Network}"
Header always set Timing-Allow-Origin %{CORS_ORIGIN}e env=CORS_ORIGIN
Header always merge Vary Origin
Header always merge Vary Access-Control-Request-Method env=CORS_PREFLIGHT
Header always merge Vary Access-Control-Request-Headers env=CORS_PREFLIGHT
Header edit Set-Cookie "^(.*)$" "$1; SameSite=None; Secure" env=CORS_ORIGIN
Header always set Cross-Origin-Resource-Policy cross-origin
Header always set Cross-Origin-Opener-Policy same-origin
Header always set Referrer-Policy strict-origin-when-cross-origin
Header always set X-Content-Type-Options nosniff'

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

# configure NAME FOLDER OVERRIDE MODULES IN_DIRECTORY IN_SERVER
configure() {
    {
        load mpm_prefork authz_core dir mime
        # Part of the binary in some builds, a file in others.
        "$HTTPD" -l | grep -q '^ *mod_unixd\.c$' || load unixd
        # shellcheck disable=SC2086
        load $4
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
DocumentRoot "$root/$2"
<Directory "$root/$2">
    AllowOverride $3
    Require all granted
$5
</Directory>
$6
EOF
    } > "$root/$1.conf" || exit 2
}

configure bare htdocs None '' '' ''
configure recipe htdocs None "$recipe_modules" '' "$recipe"
configure cors htdocs None cors "$policy" ''
servers='bare recipe cors'
if [ -n "$all" ]; then
    for name in bare recipe cors; do
        mkdir "$root/$name"
        cp -p "$root/htdocs/file.txt" "$root/$name/"
    done
    echo '# nothing' > "$root/bare/.htaccess"
    echo "$recipe" > "$root/recipe/.htaccess"
    echo "$policy" > "$root/cors/.htaccess"
    configure bare-htaccess bare FileInfo '' '' ''
    configure recipe-htaccess recipe FileInfo "$recipe_modules" '' ''
    configure cors-htaccess cors FileInfo cors '' ''
    configure bare-location htdocs None '' '' '<Location />
ServerSignature Off
</Location>'
    configure cors-location htdocs None cors '' "<Location />
$policy
</Location>"
    configure recipe-directory htdocs None "$recipe_modules" "$recipe" ''
    configure cors-unused htdocs None cors '' ''
    servers="$servers cors-unused recipe-directory bare-location cors-location
        bare-htaccess recipe-htaccess cors-htaccess"
fi

# One server, and a folder for each .htaccess file.
folders='bare cors headers'
for name in $folders; do
    mkdir -p "$root/lines/$name"
    cp -p "$root/htdocs/file.txt" "$root/lines/$name/"
done
echo '# nothing' > "$root/lines/bare/.htaccess"
echo "$cors_lines" > "$root/lines/cors/.htaccess"
echo "$header_lines" > "$root/lines/headers/.htaccess"
configure lines lines FileInfo 'headers cors' '' ''
[ -z "$as_user" ] || chown -R "$user" "$root" || fail 'chown'

#
# Measuring.
#

# drive SERVER ARGUMENTS TOOL...: what drive.pl says, with a server under TOOL
drive() {
    conf=$root/$1.conf
    arguments=$2
    shift 2
    rm -f "$root/httpd.pid"
    # shellcheck disable=SC2086
    perl "$here/drive.pl" $arguments \
        $as_user env -i PATH="$PATH" LC_ALL=C TZ=UTC "$@" \
        "$HTTPD" -X -f "$conf" -C "Listen 127.0.0.1:PORT" \
        > "$root/output" 2>&1 || fail "$conf: $(cat "$root/output")"
    if grep -E 'exit signal|AddressSanitizer|Assertion|\[crit\]' \
        "$root/error_log" >&2; then
        fail "crashed: $conf, $arguments"
    fi
}

# run SERVER REQUEST COUNT: leaves the counts in SERVER.REQUEST.COUNT
run() {
    out=$root/$1.$2.$3
    server=$1
    case $1 in
    bare*|cors-unused) answers=bare ;;
    lines-*)
        server=lines
        answers=${1#lines-}/${1#lines-}
        ;;
    *) answers=cors ;;
    esac
    drive "$server" "$2 $3 $answers" valgrind --quiet --vgdb=no \
        --tool=callgrind --callgrind-out-file="$out"
    grep -q '^totals: [0-9]' "$out" || fail "callgrind has not counted $1: $2"
}

# cost SERVER REQUEST: instructions per request
cost() {
    few=$(sed -n 's/^totals: //p' "$root/$1.$2.$FEW")
    many=$(sed -n 's/^totals: //p' "$root/$1.$2.$MANY")
    echo $(((many - few) / (MANY - FEW)))
}

# measure SERVER REQUEST: leaves them in SERVER.REQUEST.cost
measure() {
    run "$1" "$2" "$FEW"
    run "$1" "$2" "$MANY"
    cost "$1" "$2" > "$root/$1.$2.cost"
}

for name in $servers; do
    for request in $REQUESTS; do
        measure "$name" "$request"
    done
done
for name in $folders; do
    measure "lines-$name" get
done
drive lines "get $TIMED bare/bare,cors/cors,headers/headers"
cp "$root/output" "$root/times"

#
# The tables.
#

measured() {
    cat "$root/$1.$2.cost"
}

label() {
    case $1 in
    bare) echo 'bare httpd' ;;
    recipe) echo 'headers, setenvif, rewrite' ;;
    cors) echo 'mod_cors in <Directory>' ;;
    cors-unused) echo 'mod_cors without a policy' ;;
    recipe-directory) echo 'the three in <Directory>' ;;
    bare-location) echo 'bare, with a <Location />' ;;
    cors-location) echo 'mod_cors in <Location />' ;;
    bare-htaccess) echo 'bare, with a .htaccess' ;;
    recipe-htaccess) echo 'the three in .htaccess' ;;
    cors-htaccess) echo 'mod_cors in .htaccess' ;;
    lines-bare) echo 'a comment' ;;
    lines-cors) echo '20 lines for mod_cors' ;;
    lines-headers) echo '20 lines for mod_headers' ;;
    esac
}

# What a server is compared with: httpd that walks the same sections.
base_of() {
    case $1 in
    *-location) echo bare-location ;;
    *-htaccess) echo bare-htaccess ;;
    *) echo bare ;;
    esac
}

row() {
    printf '%-27s %9s %7s %9s %7s %9s %7s\n' "$@" | sed 's/ *$//'
}

version=$("$HTTPD" -v | sed -n 's/^Server version: //p')
echo "Instructions per request, $version"
echo
row '' 'GET' '' 'GET with' 'Origin' 'preflight' ''
for name in $servers; do
    base=$(base_of "$name")
    set --
    for request in $REQUESTS; do
        cost=$(measured "$name" "$request")
        if [ "$name" = "$base" ]; then
            set -- "$@" "$cost" ''
        else
            set -- "$@" "$cost" \
                "$(printf '%+d' $((cost - $(measured "$base" "$request"))))"
        fi
    done
    row "$(label "$name")" "$@"
done
echo

echo "Instructions and microseconds per GET, by what a .htaccess file has"
echo

# time_of FOLDER: nanoseconds
time_of() {
    sed -n "s:^$1/$1 ::p" "$root/times"
}

# divide FORMAT A B
divide() {
    perl -e 'printf $ARGV[0], $ARGV[1] / $ARGV[2]' -- "$@"
}

# more_cost FOLDER, more_time FOLDER: than a comment
more_cost() {
    echo $(($(measured "lines-$1" get) - $(measured lines-bare get)))
}
more_time() {
    echo $(($(time_of "$1") - $(time_of bare)))
}

row '' 'count' '' 'time' ''
for name in $folders; do
    set -- "$(measured "lines-$name" get)" '' \
        "$(divide %.1f "$(time_of "$name")" 1000)" ''
    if [ "$name" != bare ]; then
        set -- "$1" "$(printf '%+d' "$(more_cost "$name")")" \
            "$3" "$(divide %+.1f "$(more_time "$name")" 1000)"
    fi
    row "$(label "lines-$name")" "$@"
done
row 'the former to the latter' \
    '' "$(divide %.2f "$(more_cost cors)" "$(more_cost headers)")" \
    '' "$(divide %.2f "$(more_time cors)" "$(more_time headers)")"
echo

if [ -n "$functions" ]; then
    for request in $REQUESTS; do
        echo "mod_cors in <Directory>: $request"
        perl "$here/functions.pl" "$root/cors.$request" \
            "$root/bare.$request" "$FEW" "$MANY" \
            || fail 'functions.pl'
        echo
    done
    echo '20 lines for mod_cors in .htaccess: get'
    perl "$here/functions.pl" "$root/lines-cors.get" "$root/lines-bare.get" \
        "$FEW" "$MANY" || fail 'functions.pl'
    echo
fi
