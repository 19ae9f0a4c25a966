use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

# What the settings of section 2 do, one after the other.

my $page = 'https://a.example';
my $other = 'https://b.example';
my $vary = join ',', qw(Origin Access-Control-Request-Method
                        Access-Control-Request-Headers);
my %yes = (origin => $page, methods => 'PUT', headers => 'X-One',
           vary => $vary);
my %seen = (origin => $page, expose => 'X-Two', vary => 'Origin');
my $network = 'Access-Control-Request-Private-Network';

# The value of a field that is sent once; what is sent else.
sub field {
    my ($response, $name) = @_;
    return join ' and ', CorsTest::values($response, $name);
}

# CorsPreflight: where, what is asked, who answers, what is in the answer.
my %login = (credentials => 'true', age => 10);
my @pass = (
    ['pass', $page, 'PUT', 'X-One', 'OPTIONS', 200, { %yes, %login }],
    ['pass', $page, 'GET', undef, 'OPTIONS', 200, { %yes, %login }],
    ['pass', $other, 'PUT', 'X-One', 'OPTIONS', 200, { vary => $vary }],
    ['pass', 'junk', 'PUT', 'X-One', 'OPTIONS', 200, { vary => $vary }],
    ['pass', $page, 'PATCH', undef, 'OPTIONS', 200, { vary => $vary }],
    ['pass', $page, 'PUT', 'X-Not', 'OPTIONS', 200, { vary => $vary }],
    ['answer', $page, 'PUT', 'X-One', '', 204, \%yes],
    ['answer', $other, 'PUT', 'X-One', '', 403, { vary => $vary }],
);

# CorsPreflightStatus: where, and what a granted preflight gets.
my @status = (['s-ok', 200, '0'], ['s-none', 204, ''], ['answer', 204, '']);

# CorsMaxAge: where, and the field.
my @age = (['age-zero', 0], ['age-seconds', 5], ['age-minutes', 600],
           ['age-hours', 7200], ['age-off', undef], ['answer', undef]);

# CorsTimingAllowOrigin: where, Origin, and the value of Timing-Allow-Origin.
my @timing = (
    ['t-any', $page, '*'], ['t-any', undef, '*'], ['t-any', 'junk', '*'],
    ['t-list', $page, $page], ['t-list', $other, ''], ['t-list', undef, ''],
    ['t-list', 'null', ''], ['t-login', $page, $page],
    ['t-login', $other, '*'], ['t-login', undef, ''], ['answer', $page, ''],
    ['t-any-own', $page, '*'], ['t-any-own', undef, '*'],
    ['t-list-own', $page, $page],
    map({ ['t-off-own', $_, 'https://own.example and https://own.example']
        } $page, $other, undef),
);

# CorsAllowPrivateNetwork: where, what is said of the network, and the answer.
my @networks = (
    ['network', [true => undef], 'true'], ['network', [], undef],
    map({ ['network', [$_ => undef], undef] }
        'True', 'TRUE', '1', 'false', '', 'truee', 'true, true', '"true"'),
    ['network', ['true', 'true'], undef], ['network', ["true \t"], 'true'],
    ['answer', ['true'], undef],
);

# CorsEngine ReportOnly: what is asked of a site with and without a policy.
my @same = (
    [GET => 'page.html'],
    [GET => 'page.html', Origin => $page],
    [GET => 'page.html', Origin => $other],
    [GET => 'page.html', Origin => 'junk'],
    [HEAD => 'page.html', Origin => $page],
    [POST => 'answer.cgi', Origin => $page],
    [GET => 'page.html', Origin => $page, Range => 'bytes=0-1'],
    [GET => 'page.html', Origin => $page, 'If-None-Match' => '*'],
    [GET => 'moved', Origin => $page],
    [GET => 'missing', Origin => $page],
    [GET => 'login', Origin => $page],
    [GET => 'cors.cgi', Origin => $page],
    [GET => 'cors.cgi', Origin => $other],
    [GET => 'cors.cgi'],
    [OPTIONS => 'page.html', Origin => $page],
    map({ my ($path, @fields) = @$_;
          map { [OPTIONS => $path, Origin => $_, @fields] } $page, $other }
        map({ [$_, 'Access-Control-Request-Method' => 'GET'],
              [$_, 'Access-Control-Request-Method' => 'PUT',
               'Access-Control-Request-Headers' => 'X-One',
               $network => 'true'] }
            qw(page.html answer.cgi cors.cgi login missing))),
);

# CorsAllowOriginMatch: where, origins that are let in, and that are not.
my @matches = (
    ['m-whole', ['https://abc.example'],
     ['https://abc.example.evil.example', 'https://abc.example:8443',
      'https://evil.example.x', 'xhttps://abc.example', 'https://abcxexample',
      'http://abc.example']],
    ['m-either', [$page, $other],
     ['https://a.example.evil.example', 'https://a.example:8443',
      'xhttps://b.example', 'https://b.example.evil.example',
      'https://c.example']],
    ['m-anchored', [$page, 'http://c.example'],
     ['https://a.example.evil.example', 'http://a.example']],
    ['m-all', [$page, 'http://x.y.z:1', 'capacitor://localhost'],
     ['null', '', 'junk', 'https://a.example/', 'https://A.example',
      'https://a.example https://b.example', 'https://a.example,null',
      'https://', 'https://a.example:99999', 'https://' . 'a' x 600]],
    ['m-but', ['https://good.example'],
     ['https://evil.example', 'https://evil7.example', 'null']],
    ['m-any-but', [], ['https://evil.example', 'https://evil7.example']],
);

plan tests => 2 * @pass + 8 + 4 * @status + 3 * @age + @timing + 4
    + @networks + 3 + 2 * @same + 6 + 2
    + map { @{ $_->[1] }, @{ $_->[2] } } @matches;

for (@pass) {
    my ($where, $origin, $method, $headers, $who, $status, $fields) = @$_;
    my $name = "CorsPreflight: $where, $origin $method " . ($headers // '');
    my $response = preflight("/settings/$where/answer.cgi", $origin, $method,
                             $headers);
    cors_is($response, $status, $fields, $name);
    is(field($response, 'X-Handler') . "|$response->{body}",
       $who ? "$who|answered $who\n" : '|', "$name: who answers");
}
cors_is(preflight('/settings/pass/cors.cgi', $page, 'PUT'), 203,
        { %yes, %login, vary => "X-Mine,$vary",
          timing => 'https://mine.example' },
        'CorsPreflight Pass: the status is the handler\'s, its CORS is not');
cors_is(preflight('/settings/pass/answer.cgi', $page, 'PUT', undef,
                  fields => [$network => 'true']), 200,
        { %yes, %login, private => 'true' },
        'CorsPreflight Pass: a private network is granted there too');
my %own = (origin => 'https://mine.example', methods => 'MINE',
           timing => 'https://mine.example');
cors_is(preflight('/settings/keep/cors.cgi', $page, 'PUT'), 203,
        { %own, vary => "X-Mine,$vary", debug => 'granted' },
        'CorsPreflight Pass, CorsUpstream Keep: CORS is the handler\'s');
cors_is(preflight('/settings/keep/cors.cgi', $other, 'PUT'), 203,
        { %own, vary => "X-Mine,$vary",
          debug => 'refused; reason=origin-not-allowed' },
        '... of a refused preflight, too');
cors_is(preflight('/settings/keep/answer.cgi', $page, 'PUT'), 200,
        { %yes, debug => 'granted' }, '... where it says something');
my $moved = log_mark('error_log');
cors_is(preflight('/settings/pass/moved.cgi', $page, 'PUT'), 302,
        { vary => $vary }, 'CorsPreflight Pass: no redirect is a grant');
like(log_since('error_log', $moved, qr/redirected/),
     qr{preflight-redirected, .* target="https://elsewhere\.example/"},
     '... and is told with its target, whoever has set that');
cors_is(request(method => 'OPTIONS', path => '/settings/answer/answer.cgi',
                fields => [Origin => $page]), 200, \%seen,
        'CorsPreflight Answer: an OPTIONS that is none goes to the handler');

for (@status) {
    my ($where, $status, $length) = @$_;
    my $path = "/settings/$where/answer.cgi";
    my $response = preflight($path, $page, 'PUT');
    cors_is($response, $status, \%yes, "CorsPreflightStatus, granted: $where");
    is(field($response, 'Content-Length') . "|$response->{body}", "$length|",
       "CorsPreflightStatus, length and body: $where");
    $response = preflight($path, $other, 'PUT');
    cors_is($response, 403, { vary => $vary },
            "CorsPreflightStatus, refused: $where");
    is($response->{body}, '', "CorsPreflightStatus, refused, body: $where");
}

for (@age) {
    my ($where, $age) = @$_;
    my $path = "/settings/$where/page.html";
    cors_is(preflight($path, $page, 'PUT'), 204, { %yes, age => $age },
            "CorsMaxAge, granted preflight: $where");
    cors_is(preflight($path, $other, 'PUT'), 403, { vary => $vary },
            "CorsMaxAge, refused preflight: $where");
    cors_is(get($path, $page), 200, \%seen, "CorsMaxAge, actual: $where");
}

for (@timing) {
    my ($where, $origin, $timing) = @$_;
    is(field(get("/settings/$where/page.html", $origin),
             'Timing-Allow-Origin'), $timing,
       "Timing-Allow-Origin, $where, " . ($origin // 'no Origin'));
}
cors_is(preflight("/settings/t-list/page.html", $page, 'PUT'), 204, \%yes,
        'Timing-Allow-Origin: not on a granted preflight');
cors_is(preflight("/settings/t-list/page.html", $other, 'PUT'), 403,
        { vary => $vary }, 'Timing-Allow-Origin: not on a refused preflight');
cors_is(preflight("/settings/t-off-own/page.html", $page, 'PUT'), 204,
        { %yes, timing => 'https://own.example' },
        'Timing-Allow-Origin of others stays on a preflight');
cors_is(get('/settings/t-list/cors.cgi', $page), 203,
        { %seen, timing => $page, vary => 'X-Mine,Origin' },
        'Timing-Allow-Origin of a handler is replaced');

for (@networks) {
    my ($where, $said, $private) = @$_;
    my @fields = map { ($network => $_) } grep { defined } @$said;
    cors_is(preflight("/settings/$where/page.html", $page, 'PUT', undef,
                      fields => \@fields), 204, { %yes, private => $private },
            "private network, $where: " . join ' and ',
            map { $_ // () } @$said);
}
cors_is(preflight('/settings/network/page.html', $other, 'PUT', undef,
                  fields => [$network => 'true']), 403, { vary => $vary },
        'private network: not for a refused origin');
cors_is(preflight('/settings/network/page.html', $page, 'PATCH', undef,
                  fields => [$network => 'true']), 403, { vary => $vary },
        'private network: not for a refused method');
cors_is(get('/settings/network/page.html', $page,
            fields => [$network => 'true']), 200, \%seen,
        'private network: on preflights alone');

# The answer of a site, without what differs from one second or path to the
# next.
sub bytes {
    my ($site, $method, $path, @fields) = @_;
    my $text = request(method => $method, path => "/settings/$site/$path",
                       fields => \@fields)->{text};
    $text =~ s/^Date: .*\r\n//m;
    $text =~ s/\b$site\b/SITE/g;
    return $text;
}

for (@same) {
    my ($method, $path, @fields) = @$_;
    my $silent = bytes('silent', @$_);
    my $name = "ReportOnly: $method $path @fields";
    like($silent, qr/^HTTP\S+ [2-4]/, "$name: there is an answer");
    is(bytes('report', @$_), $silent, "$name: as without a policy");
}
for (['GET', $other, 'origin-not-allowed', 'actual refused \(report only\)'],
     ['GET', $page, '-', 'actual granted \(report only\)'],
     ['OPTIONS', $page, 'method-not-allowed',
      'preflight refused \(report only\)']) {
    my ($method, $origin, $reason, $told) = @$_;
    my ($log, $access) = map { log_mark($_) } qw(error_log verdict_log);
    my $kind = $method eq 'GET' ? 'actual' : 'preflight';
    my $path = '/settings/report/page.html';
    $method eq 'GET' ? get($path, $origin)
                     : preflight($path, $origin, 'PATCH');
    like(log_since('error_log', $log, qr/$told/), qr/$told/,
         "ReportOnly: the error log says so: $kind, $reason");
    my $verdict = $reason eq '-' ? 'granted' : 'refused';
    like(log_since('verdict_log', $access, qr/\n/),
         qr/ $kind $verdict $reason$/m,
         "ReportOnly: the environment has the verdict: $kind, $reason");
}

for (@matches) {
    my ($where, $in, $out) = @$_;
    my $path = "/settings/$where/page.html";
    cors_is(get($path, $_), 200, { %seen, origin => $_ },
            "CorsAllowOriginMatch, $where lets in $_") for @$in;
    cors_is(get($path, $_), 200, { vary => 'Origin' },
            "CorsAllowOriginMatch, $where refuses " . substr $_, 0, 50)
        for @$out;
}
cors_is(get('/settings/m-any-but/page.html', $page), 200,
        { %seen, origin => '*' }, 'CorsAllowOriginMatch, * but some: others');
cors_is(get('/settings/m-any-but/page.html', 'null'), 200,
        { %seen, origin => '*' }, 'CorsAllowOriginMatch: never tried on null');
