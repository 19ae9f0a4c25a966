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

# What a .htaccess file costs that httpd parses for each request: one with 20
# lines for mod_cors, and one with 20 for mod_headers.
#
#   sh bench/htaccess.sh [--functions] path/to/mod_cors.so
#
#   --functions  also what the module's own functions cost per request
#
# The files are asked for without an Origin, so that reading them is nearly all
# that they cost.  They are timed too, without callgrind: the median of 5000
# requests each, to the three by turns.  The times have the way to the server
# and back in them, the differences have not.
#
# Exit status: 0, or 2 if something could not be measured or answered wrongly.

set -u
. "$(dirname -- "$0")/common.sh"
. "$here/count.sh"

TIMED=5000
FOLDERS='bare cors headers'

functions=
[ "${1:-}" != --functions ] || { functions=yes; shift; }
[ $# -eq 1 ] || fail 'usage: htaccess.sh [--functions] mod_cors.so'
need valgrind perl
find_httpd "$1"

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

# One server, and a folder for each .htaccess file.
for name in $FOLDERS; do
    folder "lines/$name"
done
echo '# nothing' > "$root/lines/bare/.htaccess"
echo "$cors_lines" > "$root/lines/cors/.htaccess"
echo "$header_lines" > "$root/lines/headers/.htaccess"
for name in $FOLDERS; do
    configure "$name" lines 'headers cors' '' ''
done
hand_over

requests() {
    echo get
}

answers() {
    case $1 in
    bare) echo bare/bare ;;
    cors) echo cors:exact/cors ;;
    headers) echo recipe:lines/headers ;;
    esac
}

measure_all
drive bare get $TIMED \
    "$(answers bare),$(answers cors),$(answers headers)" \
    || fail 'cannot time them'

#
# The table.
#

label() {
    case $1 in
    bare) echo 'a comment' ;;
    cors) echo '20 lines for mod_cors' ;;
    headers) echo '20 lines for mod_headers' ;;
    esac
}

# time_of FOLDER: nanoseconds
time_of() {
    sed -n "s#^$(answers "$1") ##p" "$root/bare.output"
}

# more_cost FOLDER, more_time FOLDER: than a comment
more_cost() {
    echo $(($(cost "$1" get) - $(cost bare get)))
}
more_time() {
    echo $(($(time_of "$1") - $(time_of bare)))
}

row() {
    printf '%-27s %9s %7s %9s %7s\n' "$@" | sed 's/ *$//'
}

# micro NANOSECONDS
micro() {
    awk -v ns="$1" 'BEGIN { printf "%.1f", ns / 1000 }'
}

echo 'Instructions and microseconds per GET, by what a .htaccess file has'
echo
row '' 'instr.' 'more' 'us' 'more'
row "$(label bare)" "$(cost bare get)" '' "$(micro "$(time_of bare)")" ''
for name in cors headers; do
    row "$(label $name)" "$(cost $name get)" "$(more_cost $name)" \
        "$(micro "$(time_of $name)")" "$(micro "$(more_time $name)")"
done
row 'the former to the latter' '' \
    "$(ratio "$(more_cost cors)" "$(more_cost headers)")" '' \
    "$(ratio "$(more_time cors)" "$(more_time headers)")"
echo

if [ -n "$functions" ]; then
    perl "$here/functions.pl" "$root/cors.get" "$root/bare.get" \
        "$FEW" "$MANY" || fail 'functions.pl'
    echo
fi
