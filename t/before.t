# A preflight is answered before access control, authentication, handler and
# backend, none of which sees it; whatever is no preflight meets them all.

use strict;
use warnings;

use MIME::Base64 qw(encode_base64);
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my %actual = (origin => $app, credentials => 'true', vary => 'Origin');
my $preflight_vary = join ',', qw(Origin Access-Control-Request-Method
                                  Access-Control-Request-Headers);
my %granted = (%actual, methods => 'PUT', headers => 'X-One', age => 600,
               vary => $preflight_vary);
my %login = (fields => [
    Authorization => 'Basic ' . encode_base64('user:secret', '')]);

# Whatever sees a request writes a line "METHOD path" to one of these.
my ($cgi, $backend) = qw(before_seen before_backend_log);

# Who is in the way, the URL, what a GET gets there, and how a GET gets to
# the handler: a path of the control, and options of it.
my @ways = (
    ['Basic authentication', '/before/basic', 401, undef, %login],
    ['Require all denied', '/before/denied', 403, '/before/cgi'],
    ['AllowMethods GET', '/before/methods', 200],
    ['LimitExcept GET', '/before/limit', 200],
    ['a CGI', '/before/cgi', 200],
    ['a front controller', '/before/front/any/thing', 200],
    ['Basic authentication in .htaccess', '/before-own/auth/x', 401, undef,
     %login],
    ['Require all denied in .htaccess', '/before-own/denied/x', 403,
     '/before-own/front/x'],
    ['a front controller in .htaccess', '/before-own/front/any/thing', 200],
    ['a backend', '/before/proxied', 200],
);

# Who leads to a URL that has a policy, from one that has none.
my @leads = (['RewriteRule', '/before-later/rewrite'],
             ['DirectoryIndex', '/before-later/index/'],
             ['FallbackResource', '/before-later/fallback/x']);

# OPTIONS requests that lack what makes a preflight: the fields they have, and
# what CORS has to say to them.
my %with_origin = (Origin => $app);
my %with_method = ('Access-Control-Request-Method' => 'PUT',
                   'Access-Control-Request-Headers' => 'X-One');
my @no_preflights = (
    ['without Origin', { %with_method }, { vary => 'Origin' }],
    ['without Access-Control-Request-Method', { %with_origin }, { %actual }],
    ['without either', {}, { vary => 'Origin' }],
);

# What an OPTIONS that is no preflight gets, and who sees it.
my @options = (
    ['authentication', '/before/basic', 401],
    ['Require all denied', '/before/denied', 403],
    ['AllowMethods', '/before/methods', 405],
    ['LimitExcept', '/before/limit', 403],
    ['authentication in .htaccess', '/before-own/auth/x', 401],
    ['the handler', '/before/cgi', 200, $cgi],
    ['the front controller', '/before/front/x', 200, $cgi],
    ['the backend', '/before/proxied', 200, $backend,
     '/backend'],
);

plan tests => 214;

sub has_none {
    my ($response, $field, $name) = @_;
    return is(join('|', CorsTest::values($response, $field)), '', $name);
}

sub ask {
    my ($origin, $path, %of) = @_;
    return preflight($path, $origin, 'PUT', 'x-one', %of);
}

# The lines of both logs since the marks, once a pattern is in the one.
sub marks { return map { $_ => log_mark($_) } $cgi, $backend }

sub seen_since {
    my ($log, $pattern, %mark) = @_;
    my $text = log_since($log, $mark{$log}, $pattern);
    for my $other (grep { $_ ne $log } $cgi, $backend) {
        $text .= log_since($other, $mark{$other});
    }
    return $text;
}

# The log of the CGI is there from here on.
get('/before/cgi');

# 1. Answered, and not seen.
for my $way (@ways) {
    my ($who, $path, $status, $control, %of) = @$way;
    my $log = $path =~ /proxied/ ? $backend : $cgi;
    my %mark = marks();

    my $response = ask($app, $path);
    cors_is($response, 204, \%granted, "preflight ahead of $who: granted");
    has_none($response, 'WWW-Authenticate', "... not challenged by $who");
    is($response->{body}, '', '... without a body');

    $response = ask($evil, $path);
    cors_none($response, 403, $preflight_vary,
              "preflight ahead of $who: refused");
    has_none($response, 'WWW-Authenticate', "... not challenged by $who");
    is($response->{body}, '', '... without a body or ErrorDocument');

    cors_is(get($path, $app), $status, \%actual, "actual request to $who");
    is(get($control // $path, $app, %of)->{status}, 200,
       '... and one that gets through');
    my $line = $control // $path;
    $line = '/backend' if $log eq $backend;
    my $seen = seen_since($log, qr/^GET \Q$line\E$/m, %mark);
    ok($seen =~ /^GET \Q$line\E$/m && $seen !~ /OPTIONS/,
       "preflight not seen behind $who, where the actual request is")
        or diag($seen);
}

# 2. No preflights.
for my $kind (@no_preflights) {
    my ($what, $fields, $wanted) = @$kind;
    for my $case (@options) {
        my ($who, $path, $status, $log, $line) = @$case;
        my %mark = marks();
        my $response = request(method => 'OPTIONS', path => $path,
                               fields => [%$fields]);
        cors_is($response, $status, $wanted, "OPTIONS $what meets $who");
        if ($status == 401) {
            is(scalar(CorsTest::values($response, 'WWW-Authenticate')), 1,
               '... and is challenged');
        }
        elsif ($log && $who ne 'the front controller') {
            $line //= $path;
            like(log_since($log, $mark{$log}, qr/OPTIONS/),
                 qr/\AOPTIONS \Q$line\E\n\z/, "... $who sees it, once");
        }
    }
}
{
    my %mark = marks();
    my $response = get('/before/cgi', $app, fields => [%with_method]);
    cors_is($response, 200, \%actual,
            'GET with Access-Control-Request-Method is no preflight');
    like($response->{body}, qr/^seen GET$/m, '... the handler answers it');
    cors_is(get('/before/basic', $app, fields => [%with_method]), 401,
            \%actual, '... authentication is asked');
    $response = request(method => 'POST', path => '/before/cgi', fields => [
        %with_origin, %with_method, 'Content-Length' => 0]);
    cors_is($response, 200, \%actual,
            'POST with Access-Control-Request-Method is no preflight');
    like($response->{body}, qr/^seen POST$/m, '... the handler answers it');
}
{
    my $response = ask($app, '/before-none');
    cors_none($response, 200, undef,
              'without a policy a preflight belongs to the handler');
    like($response->{body}, qr/^seen OPTIONS$/m, '... which answers it');
}

# 3. A body, and the next request on the connection.
my @bodies = (
    ['none', "\r\n"],
    ['of no length', "Content-Length: 0\r\n\r\n"],
    ['with a length', "Content-Length: 11\r\n\r\nhello=world"],
    ['that looks like a request',
     "Content-Length: 34\r\n\r\nGET /before/error.cgi HTTP/1.0\r\n\r\n"],
    ['in chunks',
     "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
);
for my $body (@bodies) {
    my ($what, $text) = @$body;
    for my $case ([$app, '/before/cgi', 204, \%granted],
                  [$app, '/before/status-200', 200, \%granted],
                  [$evil, '/before/cgi', 403, { vary => $preflight_vary }]) {
        my ($origin, $path, $status, $wanted) = @$case;
        my $answer = exchange("OPTIONS $path HTTP/1.1\r\nHost: localhost\r\n"
            . "Origin: $origin\r\nAccess-Control-Request-Method: PUT\r\n"
            . $text . "GET /before/basic HTTP/1.1\r\nHost: localhost\r\n"
            . "Origin: $app\r\nConnection: close\r\n\r\n");
        my $first = CorsTest::parse($answer);
        my $second = CorsTest::parse($first->{body});
        cors_is($first, $status, $wanted,
                "preflight on a kept connection, body $what: $status");
        cors_is($second, 401, \%actual, '... and the request after it');
        is(() = $answer =~ m{^HTTP/1\.1 }mg, 2, '... two answers in all');
    }
}

# 4. The answer itself.
{
    my $response = ask($app, '/before/status-200');
    cors_is($response, 200, \%granted, 'CorsPreflightStatus 200');
    is(join('|', CorsTest::values($response, 'Content-Length')), '0',
       '... has Content-Length: 0');
    is($response->{body}, '', '... and no body');
    cors_none(ask($evil, '/before/status-200'), 403, $preflight_vary,
              '... and a refused one has 403 all the same');

    $response = ask($app, '/before/cgi');
    is($response->{status}, 204, 'status 204');
    has_none($response, 'Content-Length', '... has no Content-Length');
    has_none($response, 'Transfer-Encoding', '... and is not in chunks');
}
for my $case ([$app, 204, \%granted], [$evil, 403, {}]) {
    my ($origin, $status, $wanted) = @$case;
    my $response = ask($origin, '/before/always');
    my @vary = CorsTest::values($response, 'Vary');
    is(join('|', map { join ', ', sort split /,/ } @vary),
       join(', ', sort('Accept-Language', split /,/, $preflight_vary)),
       "Header always set Vary is merged, $status");
    cors_is($response, $status, { %$wanted, vary => $vary[0] },
            '... its CORS fields are not, they are replaced');
    is(join('|', CorsTest::values($response, 'X-Always')), 'yes',
       '... and others come through');
}

# 5. The ErrorDocument, which a GET meets, and a refused preflight does not.
for my $path ('/before/denied', '/before-own/denied/x') {
    my $mark = log_mark($cgi);
    my $response = ask($evil, $path);
    is($response->{body}, '', "ErrorDocument of $path not sent");
    $response = get($path, $evil);
    cors_none($response, 403, 'Origin', '... sent for a GET');
    like($response->{body}, qr/^error 403$/m, '... as it is');
    is(log_since($cgi, $mark, qr/ERROR/), "ERROR $path\n", '... and run once');
}

# 6. A policy that only the target of an internal redirect has.
for my $lead (@leads) {
    my ($who, $path) = @$lead;
    my %mark = marks();
    my $response = ask($app, $path);
    cors_is($response, 204, \%granted,
            "preflight, target of $who has the policy: granted");
    $response = ask($evil, $path);
    cors_none($response, 403, $preflight_vary, '... refused');
    is($response->{body}, '', '... without a body');
    cors_is(get($path, $app), 200, \%actual, '... actual request');
    unlike(seen_since($cgi, qr/^GET/m, %mark), qr/OPTIONS/,
           '... the target sees that alone');
}
