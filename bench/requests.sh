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

# How many requests a second: httpd bare, with the usual recipe, with mod_cors,
# and with "RedirectMatch 204", and other servers with the same policy.
#
#   sh bench/requests.sh path/to/mod_cors.so
#
# All servers run at the same time, on one processor; wrk (HTTP/1.1) and h2load
# (h2c) ask them by turns from another, a second each, ROUNDS times over, after
# a round that does not count.  A ratio is the median of those of the rounds;
# at the end, its standard error stands beside it.
#
# "per s" is requests a second of the clock, "cpu" requests a second of the
# processor time that the server takes: the same on a machine that does nothing
# else, but not disturbed by other work, nor by a client that is slower than the
# server.  What was to be reached is compared with the latter.
#
# Environment: ROUNDS; SERVER_CPU, CLIENT_CPU.

set -u
. "$(dirname -- "$0")/common.sh"
. "$here/others.sh"

ROUNDS=${ROUNDS:-4}
SERVER_CPU=${SERVER_CPU:-0}
CLIENT_CPU=${CLIENT_CPU:-$(($(nproc) > 1))}

[ $# -eq 1 ] || fail 'usage: requests.sh mod_cors.so'
need perl wrk h2load curl taskset
find_httpd "$1"
folder htdocs

# ports COUNT: as many that are free
ports() {
    perl -MIO::Socket::INET -e 'my @sockets = map {
            IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")
        } 1 .. shift;
        print join " ", map { $_->sockport } @sockets' "$1"
}

# httpd_server NAME MODULES LINES: event, with all threads in one process
httpd_server() {
    # shellcheck disable=SC2046
    set -- "$@" $(ports 2)
    {
        site htdocs None "mpm_event http2 $2" ''
        cat <<EOF
PidFile "$root/$1.pid"
ErrorLog "$root/$1.log"
Listen 127.0.0.1:$4
Listen 127.0.0.1:$5
Protocols h2c http/1.1
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MaxRequestWorkers 32
$3
EOF
    } > "$root/$1.conf"
    echo "$1 $4 $5 $as_user $HTTPD -DFOREGROUND -f $root/$1.conf" \
        >> "$root/servers"
}

: > "$root/left-out"
httpd_server bare '' ''
httpd_server 204 alias 'RedirectMatch 204 ^/'
httpd_server recipe "$recipe_modules" "$(recipe expose)"
httpd_server cors cors "<Location />
$(policy expose)
</Location>"
for name in nginx caddy lighttpd node go; do
    case $name in
    node) what='Node with cors' ;;
    go) what='Go with rs/cors' ;;
    *) what=$name ;;
    esac
    if ! command -v $name > /dev/null; then
        echo "$what is left out: there is no $name here" >> "$root/left-out"
        continue
    fi
    ports=$(ports 2)
    # shellcheck disable=SC2086
    if command=$(${name}_server $ports); then
        echo "$name $ports $command" >> "$root/servers"
    else
        echo "$what is left out: the package is not here" \
            >> "$root/left-out"
    fi
done
hand_over

BENCH_FOLDER=$root perl "$here/load.pl" "$ROUNDS" "$SERVER_CPU" "$CLIENT_CPU" \
    < "$root/servers" > "$root/runs" 2> "$root/output" \
    || { cat "$root/output" >&2; fail 'load.pl'; }

# of PROTOCOL REQUEST NAME BASE COLUMN: the median ratio, and its standard error
of() {
    perl -e 'my ($file, $protocol, $request, $name, $base, $column) = @ARGV;
        my %seen;
        open my $in, "<", $file or die;
        while (<$in>) {
            my ($round, $p, $r, $n, @figures) = split;
            $seen{$round}{$n} = $figures[$column]
                if $p eq $protocol && $r eq $request;
        }
        my @ratios = sort { $a <=> $b }
            map { $_->{$name} / $_->{$base} }
            grep { $_->{$name} && $_->{$base} } values %seen
            or exit;
        my ($sum, $squares) = (0, 0);
        $sum += $_ / @ratios for @ratios;
        $squares += ($_ - $sum) ** 2 for @ratios;
        printf "%.2f %.3f\n", $ratios[$#ratios / 2],
            @ratios > 1 ? sqrt($squares / @ratios / $#ratios) : 0;' \
        "$root/runs" "$@"
}

# figure PROTOCOL REQUEST NAME COLUMN: to httpd alone
figure() {
    of "$1" "$2" "$3" bare "$4" | cut -d ' ' -f 1
}

label() {
    case $1 in
    bare) echo 'httpd alone' ;;
    204) echo 'RedirectMatch 204' ;;
    recipe) echo 'Header, SetEnvIf, RewriteRule' ;;
    cors) echo 'mod_cors' ;;
    nginx) echo "nginx $(nginx -v 2>&1 | sed 's:.*/::'), map" ;;
    caddy) echo "Caddy $(caddy version | cut -d ' ' -f 1)" ;;
    lighttpd) echo "lighttpd $(lighttpd -v | sed 's:.*/\([0-9.]*\).*:\1:;q')" ;;
    node) echo "Node $(node -v), cors" ;;
    go) echo "$(go version | cut -d ' ' -f 3), rs/cors" ;;
    esac
}

row() {
    printf '%-30s %7s %5s %7s %5s %7s %5s\n' "$@" | sed 's/ *$//'
}

# table PROTOCOL TITLE
table() {
    echo "Requests a second: ratio to httpd alone, event, $2"
    echo
    row '' 'GET' '' 'allowed' '' 'preflight' ''
    row '' 'per s' 'cpu' 'per s' 'cpu' 'per s' 'cpu'
    protocol=$1
    cut -d ' ' -f 1 "$root/servers" | while read -r name; do
        set --
        for request in get allowed preflight; do
            set -- "$@" "$(figure "$protocol" $request "$name" 0)" \
                "$(figure "$protocol" $request "$name" 1)"
        done
        row "$(label "$name")" "$@"
    done
    echo
}

table h1 HTTP/1.1
table h2 h2c
[ ! -s "$root/left-out" ] || { cat "$root/left-out"; echo; }

# more WHAT REQUEST BASE LIMIT
more() {
    # shellcheck disable=SC2046
    set -- "$@" $(of h1 "$2" cors "$3" 1)
    target "$1 (+-$6)" "$5" "$4" least
}

more 'preflights a second, to the recipe' preflight recipe 1.2
more 'the same, to RedirectMatch 204' preflight 204 0.97
more 'GETs a second, to httpd alone' get bare 0.98
more 'GETs, allowed Origin, to httpd alone' allowed bare 0.98
