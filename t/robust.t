# What a configuration or a client can do wrong, and what must not come of it.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

plan tests => 27;

my $a = 'https://a.example';
my $evil = 'https://evil.example';
my $pre = 'Access-Control-Request-Method,Access-Control-Request-Headers';

# The filter has a name, and .htaccess files may use it.
cors_none(get('/robust/filter/', $a), 200, undef,
          'SetOutputFilter CORS without a policy does nothing');
cors_is(get('/robust/filter/policy/', $a), 200,
        { origin => $a, vary => 'Origin' },
        'SetOutputFilter CORS under a policy adds nothing');

# An expression that takes PCRE too long is decided against the origin.
my $slow = 'https://' . 'x' x 40 . '.evil.example';
cors_is(get('/robust/regex', $a), 200, { origin => '*', vary => 'Origin' },
        'an expression excludes nobody else');
cors_none(get('/robust/regex', 'https://abc.evil.example'), 200, 'Origin',
          'an expression excludes what it matches');
my $mark = log_mark('error_log');
cors_none(get('/robust/regex', $slow), 200, 'Origin',
          'an expression that takes too long excludes');
like(log_since('error_log', $mark, qr/too long/),
     qr/"https:\/\/\(\(x\+x\+.*takes too long/, 'and is told in the error log');
cors_is(get('/robust/include', 'https://abc.evil.example'), 200,
        { origin => 'https://abc.evil.example', vary => 'Origin' },
        'an expression includes what it matches');
cors_none(get('/robust/include', $slow), 200, 'Origin',
          'an expression that takes too long does not include');

# Preflights with a body, which no browser sends.
my $put = "OPTIONS /robust/body HTTP/1.1\r\nHost: localhost\r\n"
    . "Origin: $a\r\nAccess-Control-Request-Method: PUT\r\n";
my $then = "GET /robust/body HTTP/1.1\r\nHost: localhost\r\n"
    . "Connection: close\r\n\r\n";
my $expect = CorsTest::exchange("${put}Expect: 100-continue\r\n"
                                . "Content-Length: 5\r\n\r\n");
cors_is(CorsTest::parse($expect), 204,
        { origin => $a, methods => 'PUT', vary => "Origin,$pre" },
        'a preflight that waits for "100 Continue" is answered at once');
like($expect, qr/^Connection: close\r$/m, 'and the connection ends');
my $two = CorsTest::exchange("${put}Content-Length: 5\r\n\r\nhello$then");
is(join(' ', $two =~ m{^HTTP/1\.1 (\d+)}mg), '204 200',
   'the body of a preflight is no part of the request behind it');
$two = CorsTest::exchange("${put}Transfer-Encoding: chunked\r\n\r\n"
                          . "5\r\nhello\r\n0\r\n\r\n$then");
is(join(' ', $two =~ m{^HTTP/1\.1 (\d+)}mg), '204 200',
   'nor is a chunked one');
my $broken = CorsTest::exchange("${put}Transfer-Encoding: chunked\r\n\r\n"
                                . "zz\r\nhello\r\n$then");
cors_is(CorsTest::parse($broken), 400,
        { origin => $a, methods => 'PUT', vary => "Origin,$pre" },
        'a broken body is a broken request');
unlike($broken, qr/Additionally/, 'with an error of its own');
is(scalar(() = $broken =~ m{^HTTP/1\.1}mg), 1, 'and the last of its connection');

# The last word of a section holds.
cors_is(get('/robust/last/off', $a), 200, { origin => $a, vary => 'Origin' },
        'Off after On, and None after a list');
cors_is(get('/robust/last/on', $a), 200,
        { origin => $a, credentials => 'true', vary => 'Origin' },
        'On after Off, and a list after None');
cors_none(get('/robust/last/on', 'https://b.example'), 200, 'Origin',
          'what stood before None is gone');

# Taking away from no list does not make one.
cors_is(get('/robust/lone', $evil), 200, { origin => 'https://mine.example' },
        'an exclusion without an outer list makes no policy');

# A preflight starts no session.
my $session = preflight('/robust/session', $a, 'PUT');
cors_is($session, 204, { origin => $a, methods => 'PUT',
                         vary => "Origin,$pre" },
        'a preflight in front of mod_session');
is(join('|', CorsTest::values($session, 'Set-Cookie')), '',
   'starts no session');
isnt(join('|', CorsTest::values(get('/robust/session', $a), 'Set-Cookie')),
     '', 'as an actual request does');

# Policy and CorsEnforce of a request that fails before they are known.
my @of = (vhost => 'robust_late');
my $gone = get('/deny/gone', $evil, @of);
cors_none($gone, 410, 'Origin',
          'CorsEnforce leaves the error of a request that failed alone');
is($gone->{body}, "gone\n", 'and its ErrorDocument');
is(get('/deny/x', $evil, @of)->{body}, "forbidden\n",
   'CorsEnforce itself has an ErrorDocument');
$mark = log_mark('verdict_log');
cors_none(preflight('/deny/gone', $evil, 'PUT', undef, @of), 403,
          "Origin,$pre", 'a preflight of what is gone is one all the same');
like(log_since('verdict_log', $mark, qr/\n/),
     qr/^OPTIONS \S+ 403 preflight refused origin-not-allowed$/m,
     'and is logged as one');
