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

# What a request costs in instructions of the whole server: httpd bare, with
# the usual recipe of mod_headers, mod_setenvif and mod_rewrite, and with
# mod_cors, under several policies.
#
#   sh bench/instructions.sh [--functions] path/to/mod_cors.so
#
#   --functions  also what the module's own functions cost per request, and
#                where in the server the difference comes from
#
# The fields alone are what httpd takes to send what mod_cors answers, with the
# expose list: a module writes them that knows nothing else (floor.c).
#
# The recipe stands in the server's configuration, where its preflight costs
# least, and mod_cors in <Directory>, unless the row says otherwise.
#
# Exit status: 0, or 2 if something could not be measured or answered wrongly.

set -u
. "$(dirname -- "$0")/common.sh"
. "$here/count.sh"

REQUESTS='get allowed refused preflight bad-preflight'
HOSTILE='commas letters name listed'

functions=
module=
for arg; do
    case $arg in
    --functions) functions=yes ;;
    -*) fail "unknown option $arg" ;;
    *) module=$arg ;;
    esac
done
[ -n "$module" ] || fail 'usage: instructions.sh [--functions] mod_cors.so'
need valgrind perl
find_httpd "$module"
build_floor

#
# The servers: one configuration each.
#

for name in bare recipe cors; do
    mkdir "$root/$name-htaccess"
done
echo '# nothing' > "$root/bare-htaccess/.htaccess"
recipe expose > "$root/recipe-htaccess/.htaccess"
policy expose > "$root/cors-htaccess/.htaccess"

configure bare htdocs '' '' ''
configure floor htdocs alias '' 'RedirectMatch 204 ^/'
configure fields htdocs '' '' "LoadModule cors_module \"$root/floor.so\""
configure fields-location htdocs '' '' \
    "LoadModule cors_module \"$root/floor.so\"
$(location 'ServerSignature Off')"
configure unused htdocs cors '' ''
for name in exact pattern any credentials expose; do
    configure "recipe-$name" htdocs "$recipe_modules" '' "$(recipe $name)"
done
for name in exact pattern any credentials expose expanded; do
    configure "cors-$name" htdocs cors "$(policy $name)" ''
done
configure bare-location htdocs '' '' "$(location 'ServerSignature Off')"
configure recipe-location htdocs "$recipe_modules" '' \
    "$(location "$(recipe expose)")"
configure cors-location htdocs cors '' "$(location "$(policy expose)")"
configure bare-htaccess bare-htaccess '' '' ''
configure recipe-htaccess recipe-htaccess "$recipe_modules" '' ''
configure cors-htaccess cors-htaccess cors '' ''
hand_over

# requests SERVER: those that are asked of it
requests() {
    case $1 in
    floor) echo preflight ;;
    fields*) echo 'get allowed preflight' ;;
    bare-location|cors-location) echo "$REQUESTS $HOSTILE" ;;
    *-htaccess) echo "$REQUESTS options" ;;
    *) echo "$REQUESTS" ;;
    esac
}

# answers SERVER: as drive.pl calls it
answers() {
    case $1 in
    floor) echo 204 ;;
    fields*) echo cors:expose ;;
    bare*|unused) echo bare ;;
    *-location|*-htaccess) echo "${1%-*}:expose" ;;
    *) echo "${1%-*}:${1#*-}" ;;
    esac
}

measure_all

#
# The table.
#

label() {
    case $1 in
    bare) echo 'httpd alone' ;;
    floor) echo 'RedirectMatch 204' ;;
    fields) echo 'the fields alone' ;;
    fields-location) echo 'and with a <Location />' ;;
    unused) echo 'mod_cors without a policy' ;;
    bare-location) echo 'with a <Location />' ;;
    bare-htaccess) echo 'with an empty .htaccess' ;;
    *-exact) echo '3 origins' ;;
    *-pattern) echo 'https://*.example.com' ;;
    *-any) echo '*' ;;
    *-credentials) echo '3 origins, credentials' ;;
    *-expose) echo 'and an expose list' ;;
    *-expanded) echo 'and expose *, expanded' ;;
    *-location) echo 'the list in <Location />' ;;
    *-htaccess) echo 'the list in .htaccess' ;;
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
    printf '%-27s %8s %5s %8s %5s %8s %5s %8s %5s %8s %5s\n' "$@" \
        | sed 's/ *$//'
}

# rows SERVER...
rows() {
    for name; do
        base=$(base_of "$name")
        set --
        for request in $REQUESTS; do
            if [ -e "$root/$name.$request.cost" ]; then
                set -- "$@" "$(cost "$name" "$request")" "$(ratio \
                    "$(cost "$name" "$request")" "$(cost "$base" "$request")")"
            else
                set -- "$@" '' ''
            fi
        done
        row "$(label "$name")" "$@"
    done
}

table() {
    row '' 'GET' '' 'allowed' '' 'refused' '' 'preflight' '' 'refused' ''
    rows bare bare-location bare-htaccess floor unused fields fields-location
    echo 'Header, SetEnvIf, RewriteRule'
    rows recipe-exact recipe-pattern recipe-any recipe-credentials \
        recipe-expose recipe-location recipe-htaccess
    echo 'mod_cors'
    rows cors-exact cors-pattern cors-any cors-credentials cors-expose \
        cors-expanded cors-location cors-htaccess
}

echo 'Instructions per request, and ratio to httpd that walks the same sections,'
"$HTTPD" -v | sed -n 's/^Server version: //p'
echo
table
echo

echo 'Hostile preflights, policy in <Location />: ratio to a normal one'
echo
printf '%-27s %8s %5s %8s %5s   %s\n' '' httpd '' mod_cors '' 'to httpd'
for request in $HOSTILE; do
    set --
    for name in bare-location cors-location; do
        set -- "$@" "$(cost $name "$request")" "$(ratio \
            "$(cost $name "$request")" "$(cost $name preflight)")"
    done
    printf '%-27s %8s %5s %8s %5s %10s\n' "8 KB of $request" "$@" "$(ratio \
        "$(cost cors-location "$request")" "$(cost bare-location "$request")")"
done
echo

# more SERVER REQUEST [BASE]
more() {
    echo $(($(cost "$1" "$2") - $(cost "${3:-$(base_of "$1")}" "$2")))
}

# to SERVER REQUEST BASE REQUEST: a ratio
to() {
    ratio "$(cost "$1" "$2")" "$(cost "$3" "$4")"
}

target 'GET: more than httpd alone' "$(more cors-expose get)" 600
target '  of which the fields alone' "$(more fields get)"
target 'GET, allowed Origin: more than httpd alone' \
    "$(more cors-expose allowed)" 1600
target '  of which the fields alone' "$(more fields allowed)"
target 'preflight in <Location>' "$(cost cors-location preflight)" 26000
target '  of which the fields alone' "$(cost fields-location preflight)"
target 'preflight in .htaccess, to OPTIONS there' \
    "$(to cors-htaccess preflight cors-htaccess options)" 1.15
for request in $HOSTILE; do
    target "8 KB of $request, to a normal preflight" \
        "$(to cors-location "$request" cors-location preflight)" 2
done
echo

if [ -n "$functions" ]; then
    for request in get allowed preflight; do
        for name in cors-expose cors-location cors-htaccess; do
            base=$(base_of "$name")
            echo "mod_cors, $(label "$name"): $request"
            perl "$here/functions.pl" "$root/$name.$request" \
                "$root/$base.$request" "$FEW" "$MANY" || fail 'functions.pl'
            echo
        done
    done
fi
