use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

# Section 6: the verdict in the environment, for CGI and the access log.

my $page = 'https://a.example';
my $evil = 'https://evil.example';
my ($asked_method, $asked_headers) = map { "Access-Control-Request-$_" }
    qw(Method Headers);

# A request, and CORS_REQUEST, CORS_VERDICT and CORS_REASON.
sub ask {
    my ($method, $headers) = @_;
    return ($asked_method => $method,
            defined $headers ? ($asked_headers => $headers) : ());
}

my @verdicts = (
    ['GET', [], 'none - -'],
    ['POST', [], 'none - -'],
    ['OPTIONS', [], 'none - -'],
    ['OPTIONS', [ask('PUT')], 'none - -'],
    ['GET', [Origin => $page], 'actual granted -'],
    ['POST', [Origin => $page], 'actual granted -'],
    ['PUT', [Origin => $page], 'actual granted -'],
    ['PATCH', [Origin => $page, ask('PUT')], 'actual granted -'],
    ['OPTIONS', [Origin => $page], 'actual granted -'],
    ['GET', [Origin => $evil], 'actual refused origin-not-allowed'],
    ['GET', [Origin => 'null'], 'actual refused origin-not-allowed'],
    ['GET', [Origin => 'junk'], 'actual refused origin-malformed'],
    ['GET', [Origin => "$page/"], 'actual refused origin-malformed'],
    ['GET', [Origin => ''], 'actual refused origin-malformed'],
    ['GET', [Origin => $page, Origin => $page],
     'actual refused origin-malformed'],
    ['OPTIONS', [Origin => $page, ask('PUT', 'x-one')], 'preflight granted -'],
    ['OPTIONS', [Origin => $page, ask('GET')], 'preflight granted -'],
    ['OPTIONS', [Origin => $evil, ask('PUT')],
     'preflight refused origin-not-allowed'],
    ['OPTIONS', [Origin => 'junk', ask('PUT')],
     'preflight refused origin-malformed'],
    ['OPTIONS', [Origin => $page, ask('PATCH')],
     'preflight refused method-not-allowed'],
    ['OPTIONS', [Origin => $page, ask('put')],
     'preflight refused method-not-allowed'],
    ['OPTIONS', [Origin => $page, ask('PUT', 'X-One, X-Not')],
     'preflight refused header-not-allowed'],
    ['OPTIONS', [Origin => $page, ask('PUT', 'X One')],
     'preflight refused header-malformed'],
    ['OPTIONS', [Origin => $page, ask('PUT', 'X-One;')],
     'preflight refused header-malformed'],
    ['OPTIONS', [Origin => $page, ask('PUT', 'X-One,' x 300)],
     'preflight refused header-malformed'],
);

# Where another resource answers than the one that was asked, or none: a rule,
# the path, Origin, the status, the verdict, whether a script shows it.
my ($granted, $refused) = ('actual granted -',
                           'actual refused origin-not-allowed');
my @others = map {
    my ($rule, $path, $status, $seen, %of) = @$_;
    my $verdict = $of{policy} // 1;
    ([$rule, $path, $page, $status, $seen,
      $verdict eq 'other' ? $refused : $verdict ? $granted : '- - -'],
     ["$rule, refused", $path, $evil, $of{refused} // $status, $seen,
      $verdict ? $refused : '- - -'],
     ["$rule, no Origin", $path, undef, $status, $seen,
      $verdict ? 'none - -' : '- - -'])
} (
    ['no policy', '/env-free/x', 200, 1, policy => 0],
    ['CorsEngine Off', '/env/off/x', 404, 0, policy => 0],
    ['CorsEngine ReportOnly', '/env/report/x', 404, 0],
    ['ErrorDocument', '/env/gone/x', 404, 1],
    ['RewriteRule in .htaccess', '/env/rewrite/own', 200, 1],
    ['RewriteRule in .htaccess to what has no policy', '/env/rewrite/free',
     200, 1],
    ['Location of a CGI', '/env/go.cgi?/env/env.cgi', 200, 1],
    ['Location of a CGI to what has no policy', '/env/go.cgi?/env-free/x',
     200, 1],
    ['Location of a CGI to what has another policy',
     '/env/go.cgi?/env-other/x', 200, 1],
    ['the first policy of the chain', '/env-go/x?/env/env.cgi', 200, 1],
    ['the first policy of the chain, another', '/env-go/x?/env-other/x', 200,
     1, policy => 'other'],
    ['a chain without a policy', '/env-go/x?/env-free/x', 200, 1,
     policy => 0],
    ['the policy of a directory\'s index, in a chain', '/env-go/x?/env-dir/',
     200, 1],
    ['RewriteRule in .htaccess to what is denied', '/env/rewrite/denied', 403,
     0],
    # The last of a chain is logged, with its own status.
    ['404 with an ErrorDocument that is denied', '/env/denied/x', 403, 0],
    ['404 with an ErrorDocument that is sent away', '/env/away/x', 404, 0],
    ['401', '/env/login/', 401, 0],
    ['401 with an ErrorDocument', '/env/login-page/', 401, 1],
    ['404', '/env/missing', 404, 0],
    ['CorsEnforce', '/env/enforced', 404, 0, refused => 403],
);

# Requests that fail before a section is known: policy of the virtual host.
my @failures = map {
    my ($rule, $text) = @$_;
    map { ["$rule, " . ($_->[0] // 'no Origin'),
           $text =~ s/ORIGIN/defined $_->[0] ? "Origin: $_->[0]" : 'X-A: b'/er,
           $_->[1]] }
        [$page, $granted], [$evil, $refused], [undef, 'none - -'];
} (['no Host', "GET /env/early HTTP/1.1\r\nORIGIN\r\n\r\n"],
   ['two Hosts', "GET /env/early HTTP/1.1\r\nHost: a\r\nHost: b\r\n" .
    "ORIGIN\r\n\r\n"],
   ['a Host that is none', "GET /env/early HTTP/1.1\r\nHost: a b\r\n" .
    "ORIGIN\r\n\r\n"]);

plan tests => @verdicts * 2 + grep({ $_->[0] ne 'OPTIONS' } @verdicts)
    + @others + grep({ $_->[4] } @others) + 2 * @failures + 4;

# What the script shows of a verdict.
sub shown {
    my @words = split ' ', $_[0];
    my @names = qw(CORS_REQUEST CORS_VERDICT CORS_REASON);
    return join '', sort map { $words[$_] eq '-' ? ()
                                                 : "$names[$_]=$words[$_]\n" }
        0 .. 2;
}

# A request; the response, and what is in the access log about it.
sub logged {
    my $mark = log_mark('verdict_log');
    my $response = request(@_);
    return ($response, log_since('verdict_log', $mark, qr/\n/));
}

sub short { my ($text) = @_; return length $text > 40 ? 'long' : $text }

for (@verdicts) {
    my ($method, $fields, $verdict) = @$_;
    my $name = "$method " . join ' ', map { short($_) } @$fields;
    my ($response, $line) = logged(method => $method, path => '/env/env.cgi',
                                   fields => $fields, version => '1.0');
    like($line, qr{^$method /env/env\.cgi \d+ \Q$verdict\E\n\z},
         "access log: $name");
    is($response->{body}, shown($verdict), "environment of a CGI: $name")
        if $method ne 'OPTIONS';
    $response = request(method => $method, path => '/env/pass/x',
                        fields => $fields, version => '1.0');
    is($response->{body}, shown($verdict),
       "environment of a CGI, CorsPreflight Pass: $name");
}

for (@others) {
    my ($rule, $path, $origin, $status, $seen, $verdict) = @$_;
    my ($response, $line) = logged(path => $path, version => '1.0', fields => [
        defined $origin ? (Origin => $origin) : ()]);
    my $url = $path =~ s/\?.*//r;
    is($line, "GET $url $status $verdict\n", "access log: $rule");
    is($response->{body}, shown($verdict), "environment of a CGI: $rule")
        if $seen;
}

for (@failures) {
    my ($rule, $text, $verdict) = @$_;
    my $mark = log_mark('verdict_log');
    my $response = CorsTest::parse(exchange($text, CorsTest::port_of('env')));
    cors_is($response, 400, { vary => 'Origin',
                              $verdict eq $granted ? (origin => $page) : () },
            "400, policy of the virtual host: $rule");
    like(log_since('verdict_log', $mark, qr/\n/), qr/ 400 \Q$verdict\E\n\z/,
         "400, access log: $rule");
}

# RequestHeader comes with the fixups.
for my $path ('/env/pass/told', '/env/go.cgi?/env-told/x') {
    is(get($path, $page, version => '1.0')->{body},
       shown($granted) . "HTTP_X_CORS_VERDICT=granted\n",
       "what a backend is told: $path");
}

# A preflight of a URL without a policy that leads to one with it.
for ([$page, 204, 'preflight granted -'],
     [$evil, 403, 'preflight refused origin-not-allowed']) {
    my ($origin, $status, $verdict) = @$_;
    my (undef, $line) = logged(method => 'OPTIONS', fields => [
        Origin => $origin, ask('PUT')], path => '/env-rewrite/own');
    is($line, "OPTIONS /env-rewrite/own $status $verdict\n",
       "access log: a preflight that is redirected within, $verdict");
}
