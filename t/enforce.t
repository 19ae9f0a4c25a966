use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

# CorsEnforce (sections 2 and 3.4): a page of another origin that the policy
# does not allow gets 403, before authentication and handler; nobody else.

my $page = 'https://a.example';
my $evil = 'https://evil.example';
my $port = vars('port');
my %seen = (origin => $page, vary => 'Origin');
my %none = (vary => 'Origin');
my $vary = join ',', qw(Origin Access-Control-Request-Method
                        Access-Control-Request-Headers);
my @socket = (Upgrade => 'websocket', Connection => 'Upgrade',
              'Sec-WebSocket-Version' => 13,
              'Sec-WebSocket-Key' => 'dGhlIHNhbXBsZSBub25jZQ==');
my @site = map { ['Sec-Fetch-Site' => $_] } qw(same-origin none same-site
                                               cross-site);

# A rule, what is asked, and the answer: options of request(), Origin, other
# fields, the status, and the fields of the answer.
my %own = (host => "localhost:$port");
my %front = (vhost => 'enforce', host => 'front.example');
my @requests = (
    ['no Origin', {}, undef, [], 200, \%none],
    ['no Origin, another site', {}, undef, $site[3], 200, \%none],
    ['an allowed origin', {}, $page, [], 200, \%seen],
    ['an allowed origin of another site', {}, $page, $site[3], 200, \%seen],
    map({ my $origin = $_; ["the origin $_", {}, $_, [], 403, \%none] }
        $evil, 'null', 'junk', '', "$page/", "$page.evil.example"),
    map({ ["a refused $_", { method => $_ }, $evil, [], 403, \%none] }
        qw(HEAD POST PUT DELETE OPTIONS PROPFIND)),
    # Same-origin by Origin and Host
    ['Origin is Host with its port', { %own }, "http://localhost:$port", [],
     200, \%none],
    ['Origin is Host without a port', {}, 'http://localhost', [], 200, \%none],
    ['Origin is Host in other letters', { host => "LocalHost:$port" },
     "http://localhost:$port", [], 200, \%none],
    ['Origin is Host with the default port', { host => 'localhost:80' },
     'http://localhost', [], 200, \%none],
    ['Origin is Host, an IPv4 address', { host => "127.0.0.1:$port" },
     "http://127.0.0.1:$port", [], 200, \%none],
    ['Origin is Host, an IPv6 address', { host => "[::1]:$port" },
     "http://[::1]:$port", [], 200, \%none],
    ['Origin is that of an absolute URL',
     { host => 'other.example',
       path => "http://localhost:$port/enforce/page.html" },
     "http://localhost:$port", [], 200, \%none],
    ['Origin has another port', { %own }, 'http://localhost:81', [], 403,
     \%none],
    ['Origin has the default port, Host another', { %own },
     'http://localhost', [], 403, \%none],
    ['Origin has a port, Host none', {}, "http://localhost:$port", [], 403,
     \%none],
    ['Origin has another scheme', { %own }, "https://localhost:$port", [],
     403, \%none],
    ['Origin has a longer host', {}, 'http://localhost.evil.example', [], 403,
     \%none],
    ['Origin has a shorter host', { host => 'www.site.example' },
     'http://site.example', [], 403, \%none],
    ['a POST of the own origin', { %own, method => 'POST' },
     "http://localhost:$port", [], 200, \%none],
    # Behind a proxy that ends TLS
    ['TLS proxy: https', { %front }, 'https://front.example', [], 200, \%none],
    ['TLS proxy: https, a port', { %front, host => 'front.example:8443' },
     'https://front.example:8443', [], 200, \%none],
    ['TLS proxy: http', { %front }, 'http://front.example', [], 403, \%none],
    ['TLS proxy: another port', { %front }, 'https://front.example:8443', [],
     403, \%none],
    ['TLS proxy: another host', { %front }, 'https://back.example', [], 403,
     \%none],
    ['TLS proxy: an allowed origin', { %front }, $page, [], 200, \%seen],
    # Same-origin by Sec-Fetch-Site
    map({ ["Sec-Fetch-Site: $site[$_][1]", {}, $evil, $site[$_],
           $_ < 2 ? 200 : 403, \%none] } 0 .. 3),
    ['null of the own page', {}, 'null', $site[0], 200, \%none],
    ['null of another site', {}, 'null', $site[3], 403, \%none],
    # WebSocket
    ['a WebSocket handshake', {}, $evil, [@socket], 403, \%none],
    ['a WebSocket handshake of another site', {}, $evil,
     [@socket, @{ $site[3] }], 403, \%none],
    ['a WebSocket handshake of the own page', { %own },
     "http://localhost:$port", [@socket], 200, \%none],
    ['a WebSocket handshake of an allowed origin', {}, $page, [@socket], 200,
     \%seen],
    # Other policies
    ['CorsEnforce Off', { path => '/enforce/off/' }, $evil, [], 200, \%none],
    ['any-origin', { path => '/enforce/any/' }, $evil, [], 200,
     { origin => '*' }],
    ['any-origin, malformed', { path => '/enforce/any/' }, 'junk', [], 200,
     { origin => '*' }],
    # Before authentication, and error documents
    ['before authentication', { path => '/enforce/login/' }, $evil, [], 403,
     \%none, 'Forbidden'],
    ['authentication of an allowed origin', { path => '/enforce/login/' },
     $page, [], 401, \%seen],
    ['authentication without Origin', { path => '/enforce/login/' }, undef,
     [], 401, \%none],
    ['ErrorDocument, a file', { path => '/enforce/document/' }, $evil, [],
     403, \%none, '^error document\n$'],
    ['ErrorDocument, a text', { path => '/enforce/text/' }, $evil, [], 403,
     \%none, '^error text$'],
);

plan tests => @requests + grep({ $_->[6] } @requests) + 1 + 4 + 6;

for (@requests) {
    my ($rule, $of, $origin, $fields, $status, $answer, $body) = @$_;
    my $response = request(path => '/enforce/page.html', %$of, fields => [
        (defined $origin ? (Origin => $origin) : ()), @$fields]);
    cors_is($response, $status, $answer, $rule);
    like($response->{body}, qr/$body/, "$rule: the body") if $body;
}
my $response = get('/enforce/login/', $evil);
is(join('', CorsTest::values($response, 'WWW-Authenticate')), '',
   'before authentication: no challenge');

# Preflights are answered, not enforced.
cors_is(preflight('/enforce/page.html', $page, 'PUT'), 204,
        { %seen, methods => 'PUT', vary => $vary }, 'a granted preflight');
cors_is(preflight('/enforce/page.html', $evil, 'PUT'), 403,
        { vary => $vary }, 'a refused preflight');
cors_is(preflight('/enforce/pass/', $evil, 'PUT'), 200, { vary => $vary },
        'a refused preflight is the handler\'s under CorsPreflight Pass');
cors_is(get('/enforce/pass/', $evil), 403, \%none,
        '... and what would follow it is not');

# The handler does not run; the first and the last request show that it can.
my $mark = log_mark('enforce_ran');
for ([GET => $page, 200], [GET => $evil, 403], [POST => $evil, 403],
     [DELETE => 'null', 403], [GET => undef, 200]) {
    my ($method, $origin, $status) = @$_;
    is(request(method => $method, path => '/enforce/ran.cgi', fields => [
           defined $origin ? (Origin => $origin) : ()])->{status}, $status,
       "the handler: $method from " . ($origin // 'no Origin'));
}
is(log_since('enforce_ran', $mark), "GET\nGET\n",
   'the handler runs for what is not refused');
