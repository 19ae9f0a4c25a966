# Attacks on how a request is framed and cached: by what another has asked for
# before, by lines that only some servers take for Origin, by methods.  Each has
# its control, what is right and passes.
#
# For attacks on the origin see t/attack.t, for those on the policy
# t/attack_policy.t.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $web = 'https://web.example';
my $evil = 'https://evil.example';
my $vary = join ',', qw(Origin Access-Control-Request-Method
                        Access-Control-Request-Headers);
my %granted = (origin => $app, credentials => 'true', vary => 'Origin');
my %answer = (%granted, vary => $vary, methods => 'PUT, DELETE',
              headers => 'X-One, Content-Type');
my $page = vars('t_dir') . '/htdocs/plain/index.html';

my $policy = <<"CONF";
CorsAllowOrigin $app $web
CorsAllowCredentials On
CorsAllowMethods PUT DELETE
CorsAllowHeaders X-One Content-Type
CONF
my $files = vars('t_logs') . "/attack-$$";

my $server = private_httpd(<<"CONF", modules => [qw(alias reflector filter)]);
MergeTrailers On
<LocationMatch "^/(list|echo)">
    $policy
</LocationMatch>
<Location /echo>
    SetHandler reflector
</Location>
<Location /star>
    CorsAllowOrigin *
    CorsAllowMethods *
    CorsAllowHeaders *
    CorsExposeHeaders *
</Location>
<Location /some>
    CorsAllowOrigin *
    CorsAllowCredentials $app
    CorsAllowMethods *
    CorsAllowHeaders *
</Location>
AliasMatch "^/(list|star|some)" $page
CONF
my @of = (port => $server->port);
my $quick = cache('on');
my $handler = cache('off');

# A server that keeps what it answers, in the quick handler or in the handler.
sub cache {
    my ($is_quick) = @_;
    return private_httpd(<<"CONF", modules => [qw(alias headers cache
CacheRoot @{[write_file("$files/cache-$is_quick/x", '')
             || "$files/cache-$is_quick"]}
CacheEnable disk /
CacheQuickHandler $is_quick
CacheHeader On
CacheIgnoreQueryString On
AliasMatch "^/" $page
Header set Cache-Control max-age=600
$policy
CONF
        cache_disk)]);
}

# Responses in the order in which they came on one connection.
sub responses {
    my ($text) = @_;
    return map { CorsTest::parse($_) }
        grep { /^HTTP/ } split m{(?=^HTTP/1\.[01] \d{3})}m,
        exchange($text, $server->port);
}

sub line {
    my ($method, $path, @fields) = @_;
    my $text = "$method $path HTTP/1.1\r\nHost: localhost\r\n";
    while (my ($name, $value) = splice @fields, 0, 2) {
        $text .= "$name: $value\r\n";
    }
    return "$text\r\n";
}

my @close = (Connection => 'close');
my @put = ('Access-Control-Request-Method' => 'PUT');

plan tests => 177;

# 1. Caches: whoever asks first, and whatever with, the answer that another
# origin gets is its own.
my @callers = ([$app], [$web], [$evil], [undef], ['null'], ["$app, $evil"],
               [$evil, 'X-Forwarded-Host' => 'app.example'],
               [$evil, @put], [$app, 'X-Original-Origin' => $evil],
               [undef, Referer => "$evil/"], [$evil, Forwarded => $app],
               [$evil, 'If-None-Match' => '*'], [$evil, Range => 'bytes=0-1']);
for my $cache (['the quick handler', $quick], ['the handler', $handler]) {
    my ($how, $httpd) = @$cache;
    my ($hits, $url) = (0, 0);
    for my $first (@callers) {
        $url++;
        my @wrong;
        for my $caller ($first, $first, @callers, reverse @callers) {
            my ($origin, @fields) = @$caller;
            my $response = get("/page$url", $origin, fields => [@fields],
                               port => $httpd->port);
            my $got = join '|', map { CorsTest::values($response, $_) }
                'Access-Control-Allow-Origin', 'Vary';
            my $is_allowed = $origin && ($origin eq $app || $origin eq $web);
            my $want = $is_allowed ? "$origin|Origin" : 'Origin';
            push @wrong, ($origin // 'none') . " got $got" if $got ne $want;
            $hits += grep { /^HIT/ } CorsTest::values($response, 'X-Cache');
        }
        is(join("\n", @wrong), '', "a cache in $how, first asked by "
           . join(' ', map { $_ // 'none' } @$first));
    }
    cmp_ok($hits, '>', 100, "control: the cache in $how has answered");
}

# 2. One connection, one request after the other: nothing of one is in the
# answer to another.
{
    my @asked = ($app, $evil, undef, $web, 'null', $app, "$app, $evil", undef);
    my @got = responses(join('', map {
        line(GET => '/list', defined $_ ? (Origin => $_) : ())
    } @asked) . line(GET => '/list', @close));
    is(scalar @got, 9, 'pipelined requests are answered each');
    for my $i (0 .. $#asked) {
        my $origin = $asked[$i] // '';
        my $is_allowed = $origin eq $app || $origin eq $web;
        cors_is($got[$i], 200, $is_allowed ? { %granted, origin => $origin }
                                           : { vary => 'Origin' },
                "pipelined request $i: " . ($asked[$i] // 'none'));
    }
    @got = responses(line(OPTIONS => '/list', Origin => $app, @put)
        . line(GET => '/list', Origin => $evil)
        . line(OPTIONS => '/list', Origin => $evil, @put)
        . line(GET => '/list', @close));
    cors_is($got[0], 204, \%answer, 'control: a pipelined preflight');
    cors_none($got[1], 200, 'Origin', 'a refused request behind it');
    cors_none($got[2], 403, $vary, 'a refused preflight behind that');
    cors_none($got[3], 200, 'Origin', 'and one without Origin');
}

# 3. An Origin in what is no header: in a body, behind one, or where servers
# differ on what the body is.  The request itself has the attacker's.
my $inner = line(GET => '/list', Origin => $app, @close);
my $length = length $inner;
my $chunk = sprintf "%x\r\n%s\r\n0\r\n", $length, $inner;
my @framing = (
    ['in the body', ['Content-Length' => $length], $inner],
    ['in a chunk', ['Transfer-Encoding' => 'chunked'], "$chunk\r\n"],
    ['in a trailer', ['Transfer-Encoding' => 'chunked'],
     "1\r\nx\r\n0\r\nOrigin: $app\r\n\r\n"],
    ['in a trailer, twice', ['Transfer-Encoding' => 'chunked',
                             Trailer => 'Origin'],
     "1\r\nx\r\n0\r\nOrigin: $app\r\nOrigin: $app\r\n\r\n"],
    ['in the extension of a chunk', ['Transfer-Encoding' => 'chunked'],
     "1;Origin=\"$app\"\r\nx\r\n0\r\n\r\n"],
    ['both Content-Length and chunks', ['Content-Length' => 4,
        'Transfer-Encoding' => 'chunked'], "$chunk\r\n"],
    ['both, the other way round', ['Transfer-Encoding' => 'chunked',
        'Content-Length' => 4], "$chunk\r\n"],
    ['two lengths', ['Content-Length' => 0, 'Content-Length' => $length],
     $inner],
    ['two lengths in one', ['Content-Length' => "0, $length"], $inner],
    ['a signed length', ['Content-Length' => "+$length"], $inner],
    ['an encoding that is none', ['Transfer-Encoding' => 'xchunked',
        'Content-Length' => $length], $inner],
    ['chunked and identity', ['Transfer-Encoding' => 'chunked, identity'],
     "$chunk\r\n"],
    ['a tab before the encoding', ['Transfer-Encoding' => "\tchunked"],
     "$chunk\r\n"],
    ['a space behind the name', ['Transfer-Encoding ' => 'chunked'],
     "$chunk\r\n"],
    ['an underscore in the name', ['Transfer_Encoding' => 'chunked',
        'Content-Length' => $length], $inner],
);
for my $method ('POST', 'OPTIONS') {
    my @asks = $method eq 'OPTIONS' ? @put : ();
    for my $case (@framing) {
        my ($what, $fields, $body) = @$case;
        my @got = responses(line($method => '/echo', Origin => $evil, @asks,
                                 @close, @$fields) . $body);
        my @let_in = grep { CorsTest::values($_, 'Access-Control-Allow-Origin')
        } @got;
        is(@got . ' ' . @let_in, '1 0', "$method, Origin $what");
    }
}
{
    my ($response) = responses(line(POST => '/echo', Origin => $app, @close,
                                    'Transfer-Encoding' => 'chunked')
        . "1\r\nx\r\n0\r\nOrigin: $evil\r\n\r\n");
    cors_is($response, 200, \%granted,
            'control: an Origin in a trailer takes nothing away, either');
    ($response) = responses(line(POST => '/echo', @close,
                                 'Transfer-Encoding' => 'chunked')
        . "1\r\nx\r\n0\r\nOrigin: $app\r\n\r\n");
    cors_none($response, 200, 'Origin', 'an Origin in a trailer alone');
    ($response) = responses(line(OPTIONS => '/list', Origin => $app, @close,
                                 'Transfer-Encoding' => 'chunked')
        . "1\r\nx\r\n0\r\nAccess-Control-Request-Method: PUT\r\n\r\n");
    cors_is($response, $response->{status}, \%granted,
            'a method in a trailer makes no preflight');
    isnt($response->{status}, 204, '... and is not answered as one');
}

# 4. Names that are not Origin's, and lines that are not one.
my @lines = (
    ['X-Origin', "X-Origin: $app\r\n", 200],
    ['Origin_', "Origin_: $app\r\n", 200],
    ['HTTP_ORIGIN', "HTTP_ORIGIN: $app\r\n", 200],
    ['Sec-Origin', "Sec-Origin: $app\r\n", 200],
    ['Referer', "Referer: $app/\r\n", 200],
    ['Sec-WebSocket-Origin', "Sec-WebSocket-Origin: $app\r\n", 200],
    ['Origin in Connection', "Connection: Origin\r\n", 200],
    ['a space behind Origin', "Origin : $app\r\n", 400],
    ['a tab behind Origin', "Origin\t: $app\r\n", 400],
    ['a space before Origin', " Origin: $app\r\n", 400],
    ['Origin without a colon', "Origin $app\r\n", 400],
    ['a value that goes on', "Origin: https://app.\r\n example\r\n", 200],
    ['a value that goes on with another', "Origin: $app\r\n $app\r\n", 200],
    ['an LF alone', "X: y\nOrigin: $app\r\n", 400],
    ['NUL in the name', "Ori\0gin: $app\r\n", 400],
    ['NUL in the value', "Origin: $app\0.evil.example\r\n", 400],
    ['a bare carriage return', "Origin: $evil\rOrigin: $app\r\n", 400],
    ['two, the allowed one first', "Origin: $app\r\nOrigin: $evil\r\n", 200],
    ['two, the allowed one last', "Origin: $evil\r\nOrigin: $app\r\n", 200],
    ['two, other case', "origin: $app\r\nORIGIN: $app\r\n", 200],
    ['three', "Origin: $app\r\nOrigin: $app\r\nOrigin: $app\r\n", 200],
    ['two, one is empty', "Origin:\r\nOrigin: $app\r\n", 200],
);
for my $case (@lines) {
    my ($what, $text, $status) = @$case;
    my ($response, @more) = responses("GET /list HTTP/1.1\r\n$text"
        . "Host: localhost\r\nConnection: close\r\n\r\n");
    cors_none($response, $status, 'Origin',
              "a line that is no Origin: $what");
    is(scalar @more, 0, '... and one answer');
}
for my $text ("Origin: $app\r\n", "ORIGIN:$app\r\n", "origin:\t$app \t\r\n",
              "Origin:\r\n $app\r\n") {
    my ($response) = responses("GET /list HTTP/1.1\r\n$text"
        . "Host: localhost\r\nConnection: close\r\n\r\n");
    cors_is($response, 200, \%granted, "control: $text" =~ s/\s+/ /gr);
}

# 5. Methods.
for my $path ('/star', '/some') {
    for my $method (qw(CONNECT TRACE TRACK connect Trace tRaCk)) {
        cors_none(preflight($path, $app, $method, undef, @of), 403,
                  $path eq '/star' ? $vary =~ s/^Origin,//r : $vary,
                  "$method is not allowed by \"*\": $path");
    }
    is(preflight($path, $app, $_, undef, @of)->{status}, 204,
       "control: $_ is, $path") for qw(PATCH TRACES);
}
for my $method (qw(put Put delete pUT PUT;DELETE PUTT PU), 'PUT,DELETE',
                'PUT DELETE', 'PUT, DELETE', '*', '', 'PUT%00') {
    cors_none(preflight('/list', $app, $method, undef, @of), 403, $vary,
              "\"$method\" is not PUT");
}
cors_is(preflight('/list', $app, $_, undef, @of), 204, \%answer,
        "control: \"$_\"") for 'PUT', ' PUT ';
for my $name (qw(X-HTTP-Method-Override X-HTTP-Method X-Method-Override
                 _method)) {
    my @override = (fields => [$name => 'PUT']);
    cors_none(preflight('/list', $app, 'PATCH', undef, @of, @override), 403,
              $vary, "$name does not change what a preflight asks for");
    cors_is(preflight('/list', $app, 'GET', undef, @of, @override), 204,
            \%answer, '... nor forbids what it is granted');
    cors_none(preflight('/list', $app, 'PUT', lc $name, @of), 403, $vary,
              '... and has to be listed itself');
    my $response = get('/list', $app, @of, method => 'POST', fields => [
        $name => 'OPTIONS', 'Content-Length' => 0, @put]);
    cors_is($response, $response->{status}, \%granted,
            '... and makes no preflight of a POST');
    isnt($response->{status}, 204, '... which is handled as what it is');
}
for my $method (qw(options Options OPTIONSX)) {
    my $response = request(@of, path => '/list', method => $method,
                           fields => [Origin => $app, @put]);
    is(scalar(CorsTest::values($response, 'Access-Control-Allow-Methods')), 0,
       "$method is not OPTIONS");
}
