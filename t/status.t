# The policy holds for every status, and for every way in which a response
# comes about: errors, redirects, error documents, front controllers, backends.

use strict;
use warnings;

use IO::Socket::INET ();
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my $files = vars('t_dir') . '/htdocs/status';

# A backend that hangs up.
my ($bad_port, $bad_backend) = do {
    my $listener = IO::Socket::INET->new(Listen => 8,
                                         LocalAddr => '127.0.0.1')
        or die "no port: $@";
    my $pid = fork // die "cannot fork: $!";
    if (!$pid) {
        while (my $client = $listener->accept) {
            close $client;
        }
        exit;
    }
    ($listener->sockport, $pid);
};

# Files that httpd may not read, if it is not root, which it never is here.
my @modes = (["$files/unreadable.txt", 0644], ["$files/closed", 0755]);
make_file("$files/unreadable.txt", 'unreadable');
mkdir "$files/closed";
make_file("$files/closed/plain.txt", 'closed');
chmod 0, map { $_->[0] } @modes;

END {
    if (@modes) {
        my $status = $?;
        chmod $_->[1], $_->[0] for @modes;
        kill TERM => $bad_backend;
        waitpid $bad_backend, 0;
        $? = $status;
    }
}

sub make_file {
    my ($name, $text) = @_;
    open my $out, '>', $name or die "cannot write $name: $!";
    print $out $text;
    close $out or die "cannot write $name: $!";
    return;
}

# A name, a path below /status/ or of its own, the status, and options: of
# request(); names that Vary has besides; body, which the answer to the allowed
# origin has to match, so that the way is known to be taken; a field it has.
my @rows = (
    ['a file', 'plain.txt', 200, body => qr/^plain$/m],
    ['a range', 'plain.txt', 206, fields => [Range => 'bytes=0-1'],
     body => qr/^pl$/],
    ['a range that is not there', 'plain.txt', 416,
     fields => [Range => 'bytes=1000-']],
    ['a file that is not modified', 'plain.txt', 304,
     fields => ['If-None-Match' => '*']],
    ['a precondition that fails', 'plain.txt', 412,
     fields => ['If-Match' => '"no"']],
    ['Redirect', 'moved', 301, has => ['Location', qr/elsewhere/]],
    ['RewriteRule [R] in a virtual host', 'rewritten', 302,
     has => ['Location', qr/elsewhere/]],
    ['RewriteRule [R] in <Location>', 'location', 307,
     has => ['Location', qr/elsewhere/]],
    ['RewriteRule [F] in a virtual host', 'forbidden', 403],
    ['the slash of a directory', 'slash', 301,
     has => ['Location', qr{/slash/$}]],
    ['authentication', 'auth', 401, has => ['WWW-Authenticate', qr/Basic/]],
    ['Require all denied', 'denied', 403],
    ['a missing file', 'missing', 404, body => qr/not found/i],
    ['AllowMethods', 'methods', 405],
    ['a method that a file has not', 'plain.txt', 405, method => 'DELETE',
     has => ['Allow', qr/GET/]],
    ['a method that nothing has', 'plain.txt', 501, method => 'BREW'],
    ['LimitRequestBody', 'body', 413, method => 'POST',
     fields => ['Content-Length' => 20], body_sent => 'x' x 20],
    ['a broken CGI', 'broken.cgi', 500],
    ['the status of a CGI', 'fields.cgi?418', 418, body => qr/fields GET/],
    ['a broken .htaccess', 'broken/plain.txt', 500],
    ['an unreadable file', 'unreadable.txt', 403],
    ['a file in a closed directory', 'closed/plain.txt', 403],
    ['an encoded slash', 'a%2Fb', 404],

    ['a backend', 'backend/plain.txt', 200, body => qr/^plain$/m],
    ['an error of a backend', 'backend/missing', 404],
    ['a dead backend', 'dead/x', 503],
    ['a backend that hangs up', "port/$bad_port/x", 502],
    ['ProxyErrorOverride', 'override/missing', 404, body => qr/not found/i],
    ['ProxyErrorOverride with ErrorDocument', 'override-page/missing', 404,
     body => qr/error page/],

    ['ErrorDocument without a policy', 'error-none/x', 404,
     body => qr/error page/],
    ['ErrorDocument with another policy', 'error-any/x', 404,
     body => qr/error page/],
    ['ErrorDocument with the same policy', 'error-list/x', 404,
     body => qr/error page/],
    ['ErrorDocument that is a CGI', 'error-cgi/x', 404,
     body => qr/fields GET/],
    ['ErrorDocument that is missing too', 'error-missing/x', 404,
     body => qr/additionally/i],
    ['ErrorDocument that is text', 'error-text/x', 404,
     body => qr/error text/],
    ['ErrorDocument that is a URL', 'error-url/x', 302,
     has => ['Location', qr/elsewhere/]],
    ['ErrorDocument, whose policy is the first', '/status-none/error-list/x',
     404, body => qr/error page/],

    ['a front controller in .htaccess', 'front/any/thing?x=1', 200,
     body => qr{front /status/front/any/thing\?x=1$}m],
    ['a front controller with the policy in .htaccess', '/status-own/any',
     200, body => qr{front /status-own/any$}m],
    ['FallbackResource', 'fallback/any', 200, body => qr/^fallback$/m],
    ['FallbackResource, whose policy is the first', '/status-files/fallback/x',
     200, body => qr/^fallback$/m],
    ['DirectoryIndex', 'dir/', 200, body => qr/^index$/m],
    ['DirectoryIndex, whose policy is the first', '/status-files/index/', 200,
     body => qr/^index$/m],
    ['MultiViews', 'multi/page', 200, body => qr/^english$/m,
     names => ['negotiate']],
    ['MultiViews of two languages', 'multi/two', 200, body => qr/^page en$/m,
     names => ['negotiate', 'accept-language']],
    ['MultiViews, whose policy is the first', '/status-files/multi/page', 200,
     body => qr/^page$/m, names => ['negotiate']],
    ['an internal redirect of a CGI', 'fields.cgi?/status-none/plain.txt',
     200, body => qr/^plain$/m],
    ['... to another policy', 'fields.cgi?/status-any/plain.txt', 200,
     body => qr/^plain$/m],
    ['... to what is missing', 'fields.cgi?/status-none/missing', 404],
    ['... from no policy to the first',
     '/status-none/fields.cgi?/status/plain.txt', 200, body => qr/^plain$/m],
    ['... over no policy to the first',
     '/status-none/fields.cgi?/status-none/fields.cgi?/status/plain.txt', 200,
     body => qr/^plain$/m],
    ['an external redirect of a CGI', 'fields.cgi?https://elsewhere.example/',
     302, has => ['Location', qr/elsewhere/]],

    ['HEAD', 'plain.txt', 200, method => 'HEAD', body => qr/^$/],
    ['HEAD of a missing file', 'missing', 404, method => 'HEAD'],
    ['HTTP/1.0', 'plain.txt', 200, version => '1.0', body => qr/^plain$/m],
    ['HTTP/1.0 and a missing file', 'missing', 404, version => '1.0'],
    ['mod_deflate', 'gzip.txt', 200, names => ['accept-encoding'],
     fields => ['Accept-Encoding' => 'gzip'],
     has => ['Content-Encoding', qr/^gzip$/]],
    ['mod_deflate without need', 'gzip.txt', 200, names => ['accept-encoding'],
     body => qr/^This text is long/m],
    ['SSI of another policy', 'page.shtml', 200,
     body => qr/included.*plain/s],
    ['OPTIONS that is no preflight', 'plain.txt', 200, method => 'OPTIONS',
     has => ['Allow', qr/GET/]],
    ['POST to a CGI', 'fields.cgi', 200, method => 'POST',
     body => qr/fields POST/],
);

# Requests that fail before any <Location> is looked up, byte by byte: what is
# before the Origin field, what is after it, and whether httpd comes to read
# the field.
my @early = (
    ['a header line without a colon', 400, "GET /all/plain.txt HTTP/1.1\r\n"
     . "Host: localhost\r\n", "no colon\r\n", 1],
    ['a header name with a space', 400, "GET /all/plain.txt HTTP/1.1\r\n"
     . "Host: localhost\r\n", "a b: c\r\n", 1],
    ['a header that is too long', 400, "GET /all/plain.txt HTTP/1.1\r\n"
     . "Host: localhost\r\n", 'A: ' . 'a' x 9000 . "\r\n", 1],
    ['too many headers', 400, "GET /all/plain.txt HTTP/1.1\r\n"
     . "Host: localhost\r\n", "A: a\r\n" x 101, 1],
    ['no Host', 400, "GET /all/plain.txt HTTP/1.1\r\n", '', 1],
    ['a bad Host', 400, "GET /all/plain.txt HTTP/1.1\r\nHost: a b\r\n", '', 1],
    ['two lengths', 400, "POST /all/fields.cgi HTTP/1.1\r\nHost: a\r\n",
     "Content-Length: 1\r\nContent-Length: 2\r\n", 1],
    ['an unknown transfer coding', 400, "POST /all/fields.cgi HTTP/1.1\r\n"
     . "Host: a\r\n", "Transfer-Encoding: gzip\r\n", 1],
    ['an unknown expectation', 417, "GET /all/plain.txt HTTP/1.1\r\n"
     . "Host: a\r\n", "Expect: the-unexpected\r\n", 1],
    ['a URI that is too long', 414, 'GET /all/' . 'a' x 9000
     . " HTTP/1.1\r\nHost: localhost\r\n", '', 0],
    ['a malformed request line', 400, "GET /all/plain.txt more HTTP/1.1\r\n"
     . "Host: localhost\r\n", '', 0],
    ['a protocol that is none', 400, "GET /all/plain.txt HTPT/1.1\r\n"
     . "Host: localhost\r\n", '', 0],
    ['a bad escape', 400, "GET /all/%zz HTTP/1.1\r\nHost: localhost\r\n", '',
     1],
    ['a path above the root', 400, "GET /../x HTTP/1.1\r\n"
     . "Host: localhost\r\n", '', 1],
    ['an encoded slash', 404, "GET /all/a%2Fb HTTP/1.1\r\n"
     . "Host: localhost\r\n", '', 1],
);

# What is left alone, whatever it asks.
my @alone = (
    ['TRACE', 'TRACE', '/all/plain.txt', 200],
    ['a TRACE that fails', 'TRACE', '/all/plain.txt', 413,
     'Content-Length' => 1],
    ['OPTIONS *', 'OPTIONS', '*', 200],
    ['OPTIONS * that fails', 'OPTIONS', '*', 417, Expect => 'nothing'],
    ['CONNECT', 'CONNECT', 'localhost:443', 405],
);

# Whether a row shows which way its response came.
sub is_shown {
    my (undef, undef, undef, %of) = @{ $_[0] };
    return $of{has} || $of{body};
}

plan tests => @origins * (@rows + 2 * @early + 8)
    + (grep { is_shown($_) } @rows) + 2 * 4 * @alone + 6;

# Vary is what the module makes it: one field with each name once.
sub vary_in_order {
    my ($response) = @_;
    for my $field (grep { lc $_->[0] eq 'vary' } @{ $response->{fields} }) {
        $field->[1] = join ',', sort map { lc } split /\s*,\s*/, $field->[1];
    }
    return $response;
}

sub verdict {
    my ($origin, @names) = @_;
    my %vary = (vary => @names ? join(',', sort 'origin', @names) : 'Origin');
    return \%vary if !$origin || $origin ne $app;
    return { %vary, origin => $app, credentials => 'true',
             expose => 'X-Trace' };
}

sub called { return 'origin ' . ($_[0] // 'none') }

for my $row (@rows) {
    my ($name, $path, $status, %of) = @$row;
    $path = "/status/$path" unless $path =~ m{^/};
    my ($has, $body, @names) = (@of{qw(has body)}, @{ $of{names} || [] });
    my %options = (vhost => 'status', method => $of{method},
                   version => $of{version}, body => $of{body_sent});
    for my $origin (@origins) {
        my $response = get($path, $origin, %options, fields => $of{fields});
        vary_in_order($response) if @names;
        cors_is($response, $status, verdict($origin, @names),
                "$name: $status, " . called($origin));
        next unless $origin && $origin eq $app && ($has || $body);
        my $got = $has ? join '|', CorsTest::values($response, $has->[0])
                       : $response->{body};
        like($got, $has ? $has->[1] : $body, '... this is the way it came');
    }
}

# A subrequest neither decides nor writes.
for my $origin (@origins) {
    my $response = get('/status-none/other.shtml', $origin,
                       vhost => 'status');
    cors_none($response, 200, undef,
              'an included page has no say, ' . called($origin));
    like($response->{body}, qr/included.*plain.*verdict[\s\d]*\(none\)/s,
         '... nor decides, nor forbids');
}
cors_none(get('/status-enforce/plain.txt', $evil, vhost => 'status'), 403,
          'Origin', '... what it would by itself');

# The first policy of a chain decides, be it one that leaves Vary alone.
for my $origin (@origins) {
    for my $case (['/status-any/error-list/x', 404, qr/error page/],
                  ['/status-any/fields.cgi?/status/plain.txt', 200,
                   qr/^plain$/m],
                  ['/status-none/error-any/x', 404, qr/error page/]) {
        my ($path, $status, $body) = @$case;
        my $response = get($path, $origin, vhost => 'status');
        cors_is($response, $status, { origin => '*' },
                "the first policy decides: $path, " . called($origin));
        like($response->{body}, $body, '... this is the way it came');
    }
}
cors_none(get('/status-none/error-none/x', $app, vhost => 'status'), 404,
          undef, 'no policy in the whole chain');

# What the policy of the virtual host answers.
for my $case (@early) {
    my ($name, $status, $before, $after, $is_read) = @$case;
    for my $origin (@origins) {
        my $field = $origin ? "Origin: $origin\r\n" : '';
        for my $vhost (qw(status_all status_any)) {
            my $response = CorsTest::parse(exchange(
                "$before${field}Connection: close\r\n$after\r\n",
                CorsTest::port_of($vhost)));
            my $wanted = $vhost eq 'status_any' ? { origin => '*' }
                         : verdict($is_read ? $origin : undef);
            cors_is($response, $status, $wanted,
                    "$name: $status, $vhost, " . called($origin));
        }
    }
}

like(get('/all/' . 'a' x 9000, $app, vhost => 'status_all')->{body},
     qr/error page/, '... with an ErrorDocument, where there is one');
like(get('/all/a%2Fb', $app, vhost => 'status_all')->{body},
     qr/error page/, '... and here');

for my $case (@alone) {
    my ($name, $method, $path, $status, @more) = @$case;
    for my $vhost (qw(status_all status_any)) {
        for my $fields ([], [Origin => $app], [Origin => $evil],
                        [Origin => $app,
                         'Access-Control-Request-Method' => 'GET']) {
            my $response = request(method => $method, path => $path,
                                   vhost => $vhost,
                                   fields => [@$fields, @more]);
            cors_none($response, $status, undef,
                      "$name is left alone, $vhost, "
                      . join(' ', 'fields', @$fields));
        }
    }
}
cors_is(get('/all/plain.txt', $app, vhost => 'status_all'), 200,
        verdict($app), '... where GET is not');
cors_is(get('/all/plain.txt', undef, vhost => 'status_any'), 200,
        { origin => '*' }, '... with or without Origin');
