use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

# Section 6: the verdict in the environment, for CGI and the access log, and
# in the error log.

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

# What hostile requests put into the error log: Origin and other fields, and
# what has to be there of them.
my $escape = "\e[31m";
my @hostile = (
    ['8 KB', 'https://' . 'a' x 8000, [], 'https://aaaa'],
    ['8 KB of high bytes', "\xff" x 8000, [], '\\xff\\xff'],
    ['quotes', 'https://"a"\'b\'', [], '"a'],
    ['backslashes', 'https://a\\b\\n\\', [], 'a\\\\b\\\\n'],
    ['formats', 'https://%n%n%s%s%999999d%', [], '%n%n%s%s%999999d%'],
    ['a tab', "https://a\tb", [], 'a\\tb'],
    ['UTF-8', "https://\xc3\xa4.example", [], '\\xc3\\xa4'],
    ['a folded line', "https://a\r\n b", [], 'https://a'],
    ['escape sequences', "https://${escape}a\x07\x7f", [], '\\x1b[31ma'],
    ['method of 8 KB', $page, [ask('M' x 8000)], 'MMMM'],
    ['method with %n', $page, [ask('%n%s')], '%n%s'],
    ['headers of 8 KB', $page, [ask('PUT', 'Y' x 8000)], $page],
    ['headers with quotes', $page, [ask('PUT', "\"\\%n\tx")], $page],
);

plan tests => @verdicts * 2 + grep({ $_->[0] ne 'OPTIONS' } @verdicts)
    + @others + grep({ $_->[4] } @others) + 2 * @failures
    + @verdicts + 5 + 3 * @hostile + 3 + 1;

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

# The error log of a server of its own.
my $server = private_httpd(<<'CONF');
LogLevel warn cors:info
HttpProtocolOptions Unsafe
<Location /plain>
    CorsAllowOrigin https://a.example
    CorsAllowMethods PUT
    CorsAllowHeaders X-One
</Location>
<Location /plain/gone>
    ErrorDocument 404 /plain/index.html
</Location>
<Location /plain/forbidden>
    CorsEnforce On
    ErrorDocument 403 /plain/missing
</Location>
CONF
my $log = ($server->root =~ m{([^/]+)$})[0] . '/error_log';

# The lines that a request puts into the error log.
sub told {
    my (%of) = @_;
    my $mark = log_mark($log);
    request(path => '/plain/index.html', port => $server->port, %of);
    return split /\n/, log_since($log, $mark);
}

for (@verdicts) {
    my ($method, $fields, $verdict) = @$_;
    my $name = "$method " . join ' ', map { short($_) } @$fields;
    my @lines = told(method => $method, fields => $fields);
    my ($kind, undef, $reason) = split ' ', $verdict;
    if ($reason eq '-') {
        is("@lines", '', "error log at info, nothing: $name");
        next;
    }
    my %field = @$fields;
    my $said = $kind eq 'preflight' ? $field{$asked_method} : $method;
    my @missing = grep { index($lines[0] // '', $_) < 0 }
        ':info]', $reason, $kind, $said, '/plain/index.html', $field{Origin};
    is(@lines . " line, missing: @missing", '1 line, missing: ',
       "error log at info, one line with what matters: $name");
}

my @chain = told(path => '/plain/gone/x', fields => [Origin => $evil]);
is(@chain, 1, 'error log: one line, though an ErrorDocument answers');
like($chain[0], qr{/plain/gone/x}, '... with the URL that was asked');
@chain = grep { /cors/ } told(path => '/plain/forbidden/x',
                              fields => [Origin => $evil]);
is(@chain, 1, 'error log: one line, though two errors meet');
is(join('', told(path => '/other/x', fields => [Origin => $evil])), '',
   'error log: nothing without a policy');
is(join('', told(path => '/plain/gone/x', fields => [Origin => $page])), '',
   'error log at info: nothing of what is granted');

my ($named) = told(method => 'OPTIONS', fields => [
    Origin => $page, ask('PUT'),
    'Access-Control-Request-Headers' => 'x-one,x-bad,x-other']);
my ($conf) = $server->root . '/httpd.conf';
like($named, qr/header-not-allowed.* header=x-bad
                \ \(CorsAllowHeaders\ at\ \Q$conf\E:\d+,\ which\ has\ X-One\)$/x,
     'error log: the header that is refused, where, and what is not');

for (@hostile) {
    my ($rule, $origin, $fields, $wanted) = @$_;
    my @lines = told(method => @$fields ? 'OPTIONS' : 'GET',
                     fields => [Origin => $origin, @$fields]);
    is(@lines, 1, "hostile, one line: $rule");
    my $line = $lines[0] // '';
    ok(length $line < 1500 && $line !~ /[^ -~]/,
       "hostile, short and printable: $rule");
    ok(index($line, $wanted) >= 0, "hostile, what it was is told: $rule")
        or diag($line);
}

# At debug, as this server's LogLevel has it, grants are told too.
for my $method ('GET', 'OPTIONS') {
    my $mark = log_mark('error_log');
    request(method => $method, path => '/env/env.cgi', fields => [
        Origin => $page, $method eq 'GET' ? () : ask('PUT')]);
    my @lines = grep { /cors:debug.* granted.*\Q$page\E/ }
        split /\n/, log_since('error_log', $mark);
    is(@lines, 1, "error log at debug, one line for a grant: $method");
}
my $mark = log_mark('error_log');
get('/env/env.cgi');
unlike(log_since('error_log', $mark), qr/cors:/,
       'error log at debug: nothing of what is no CORS request');
