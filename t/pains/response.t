# The pains of the response: headers that come twice, or not at all, because
# httpd has two tables of them, makes errors another way than answers, and
# takes the configuration of whatever it has redirected to: P2, P3, P9, P10,
# P13, P18 to P21, P25 and P26.

use strict;
use warnings;

use IO::Socket::INET ();
use CorsPains;

my $set = "Header set Access-Control-Allow-Origin $app\n";
my $always = "Header always set Access-Control-Allow-Origin $app\n";
my $policy = "CorsAllowOrigin $app\n";
my @from = (Origin => $app);

# What is right for the page of $app.
sub fine { return { status => $_[0], origin => $app, vary => 'Origin' } }

# The lines in a section.
sub in {
    my ($section, $lines) = @_;
    return "<$section>\n$lines</" . $section =~ s/ .*//r . ">\n";
}

# Over HTTP/2, which curl speaks.  What an interim response has is told as
# Interim.
sub http2 {
    my ($path) = @_;
    return sub {
        my ($server, $host) = @_;
        my $url = 'http://127.0.0.1:' . $server->port . $path;
        my $answer = `curl -s -i --http2-prior-knowledge -m 20 \\
            -H 'Host: $host' -H 'Origin: $app' $url`;
        die "curl: $?" if $?;
        my $response = CorsTest::parse($answer =~ s{^HTTP/2 }{HTTP/1.1 }mgr);
        return $response if $response->{status} != 103;
        my @interim = sort map { lc $_->[0] } @{ $response->{fields} };
        $response = CorsTest::parse($response->{body});
        push @{ $response->{fields} }, map { [Interim => $_] } @interim;
        return $response;
    };
}

# A backend that dies of a request, and one that is never done with it.
my ($dying, $slow) = map {
    IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1',
                          Timeout => 10) or die "no port: $@"
} 1, 2;

sub dies {
    my ($path) = @_;
    return sub {
        my ($server, $host) = @_;
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => $server->port) or die $@;
        print $socket "GET $path HTTP/1.0\r\nHost: $host\r\n"
            . "Origin: $app\r\n\r\n";
        $socket->flush;
        my $backend = $dying->accept or die "no request came: $!";
        sysread $backend, my $request, 1;
        close $backend;
        local $SIG{ALRM} = sub { die "no answer within 30 seconds\n" };
        alarm 30;
        my $answer = do { local $/; <$socket> };
        alarm 0;
        return CorsTest::parse($answer);
    };
}

my $front = "RewriteEngine On\nRewriteRule ^app\\.cgi\$ - [L]\n";

pains(
    # The first virtual host: httpd has not looked at Host when it fails.
    {
        pain => 'P25', rule => 'an error in the header has the host\'s policy',
        recipe => <<~'CONF',
            SetEnvIf Origin "^https://app\.example$" ORIGIN=$0
            Header always set Access-Control-Allow-Origin %{ORIGIN}e env=ORIGIN
            Header always merge Vary Origin
            CONF
        cors => $policy,
        steps => [
            ['a good header', [GET => '/plain.txt', @from], fine(200)],
            ['a bad one', [GET => '/plain.txt', @from, 'Bad Field' => 'x'],
             { status => 400, vary => 'Origin' }, fine(400)],
        ],
    },
    {
        pain => 'P2', rule => 'one field, whatever a backend sends',
        both => "ProxyPass /back \@BACKEND\@/app\n",
        recipe => $always, cors => $policy,
        steps => [
            ['HTTP/1.1', [GET => '/back?any', @from],
             { status => 200, origin => [$app, '*'] }, fine(200)],
            ['HTTP/2', http2('/back?any'),
             { status => 200, origin => [$app, '*'] }, fine(200)],
        ],
    },
    {
        pain => 'P2', rule => 'one field, whatever a script sends',
        recipe => $set, cors => $policy,
        steps => [
            ['CGI', [GET => '/app?any', @from],
             { status => 200, origin => ['*', $app] }, fine(200)],
        ],
    },
    {
        pain => 'P3', rule => 'errors and redirects have the headers, too',
        recipe => $set, cors => $policy,
        both => "Redirect /moved https://elsewhere.example/\n",
        files => { 'dir/index.html' => '' },
        steps => [
            ['200', [GET => '/plain.txt', @from],
             { status => 200, origin => $app }, fine(200)],
            ['404', [GET => '/none', @from], { status => 404 }, fine(404)],
            ['a move', [GET => '/moved', @from], { status => 302 }, fine(302)],
            ['the slash', [GET => '/dir', @from], { status => 301 }, fine(301)],
            ['a bad method', [PUT => '/plain.txt', @from], { status => 405 },
             fine(405)],
        ],
    },
    {
        pain => 'P9', rule => 'a front controller is where the URL was',
        recipe => in('Location /api', $always),
        cors => in('Location /api', $policy),
        files => { '.htaccess' => "$front RewriteRule ^api/ /app.cgi\n" },
        steps => [
            ['RewriteRule in .htaccess', [GET => '/api/x', @from],
             { status => 200, body => qr/^app GET/m },
             { %{ fine(200) }, body => qr/^app GET/m }],
        ],
    },
    {
        pain => 'P9', rule => 'a front controller is where the URL was',
        recipe => in('Location /api', $always),
        cors => in('Location /api', $policy),
        both => "FallbackResource /app.cgi\n",
        steps => [
            ['FallbackResource', [GET => '/api/x', @from],
             { status => 200, body => qr/^app GET/m },
             { %{ fine(200) }, body => qr/^app GET/m }],
        ],
    },
    {
        pain => 'P9', rule => 'an index is where its directory is',
        recipe => in('LocationMatch "/$"', $always),
        cors => in('LocationMatch "/$"', $policy),
        both => "DirectoryIndex app.cgi\n",
        steps => [
            ['DirectoryIndex', [GET => '/', @from],
             { status => 200, body => qr/^app GET/m },
             { %{ fine(200) }, body => qr/^app GET/m }],
        ],
    },
    {
        pain => 'P10', rule => 'an ErrorDocument is where the error was',
        recipe => in('Location /api', $always),
        cors => in('Location /api', $policy),
        both => <<~'CONF',
            ErrorDocument 404 /index.html
            ErrorDocument 500 /index.html
            ErrorDocument 503 /index.html
            ProxyErrorOverride On
            ProxyPass /api/back @BACKEND@/app
            ProxyPass /api/dead http://127.0.0.1:1/
            CONF
        steps => [
            ['a file', [GET => '/api/none', @from],
             { status => 404, body => qr/^index/ },
             { %{ fine(404) }, body => qr/^index/ }],
            ['ProxyErrorOverride', [GET => '/api/back?500', @from],
             { status => 500, body => qr/^index/ },
             { %{ fine(500) }, body => qr/^index/ }],
            ['a dead backend', [GET => '/api/dead', @from],
             { status => 503, body => qr/^index/ },
             { %{ fine(503) }, body => qr/^index/ }],
        ],
    },
    {
        pain => 'P13', rule => 'no variable is set or lost on the way',
        recipe => <<~'CONF',
            SetEnvIf Origin "^https://app\.example$" ORIGIN=$0
            Header always set Access-Control-Allow-Origin %{ORIGIN}e
            CONF
        cors => $policy,
        steps => [
            ['no Origin', [GET => '/plain.txt'],
             { status => 200, origin => '(null)' },
             { status => 200, vary => 'Origin' }],
            ['another', [GET => '/plain.txt', Origin => $evil],
             { status => 200, origin => '(null)' },
             { status => 200, vary => 'Origin' }],
        ],
    },
    {
        pain => 'P13', rule => 'no variable is renamed by a redirect',
        files => { '.htaccess' => {
            recipe => $front . <<~'CONF',
                RewriteCond %{HTTP:Origin} ^https://app\.example$
                RewriteRule ^ - [E=CORS_ORIGIN:%{HTTP:Origin}]
                RewriteRule ^api/ /app.cgi?env
                Header always set Access-Control-Allow-Origin %{CORS_ORIGIN}e \
                    env=CORS_ORIGIN
                CONF
            cors => "$policy$front RewriteRule ^api/ /app.cgi?env\n",
        } },
        steps => [
            ['RewriteRule [E=]', [GET => '/api/x', @from],
             { status => 200, vary => 'Origin',
               body => qr/^REDIRECT_CORS_ORIGIN=https/m },
             { %{ fine(200) }, body => qr/^CORS_VERDICT=granted$/m }],
        ],
    },
    {
        pain => 'P18', rule => 'an inner section replaces what an outer says',
        recipe => $always, cors => $policy,
        files => { '.htaccess' => {
            recipe => "Header set Access-Control-Allow-Origin *\n",
            cors => "CorsAllowOrigin *\n" } },
        steps => [
            ['.htaccess', [GET => '/plain.txt', @from],
             { status => 200, origin => [$app, '*'] },
             { status => 200, origin => '*' }],
        ],
    },
    {
        pain => 'P18', rule => 'an inner section takes back what an outer says',
        recipe => $always, cors => $policy,
        files => { '.htaccess' => {
            recipe => "Header unset Access-Control-Allow-Origin\n",
            cors => "CorsEngine Off\n" } },
        steps => [
            ['.htaccess', [GET => '/plain.txt', @from],
             { status => 200, origin => $app }, { status => 200 }],
        ],
    },
    {
        pain => 'P19', rule => 'no line that is for OPTIONS reaches a GET',
        recipe => in('Location /app', in('Limit OPTIONS', $always . <<~'CONF')),
            Header always set Access-Control-Allow-Methods PUT
            Header always set Access-Control-Max-Age 600
            CONF
        cors => in('Location /app', <<~CONF),
            $policy
            CorsAllowMethods PUT
            CorsMaxAge 600
            CONF
        steps => [
            ['the request', [GET => '/app', @from],
             { status => 200, origin => $app, methods => 'PUT', age => 600 },
             fine(200)],
        ],
    },
    # A handler that returns 304 passes the filters of "Header set" by.
    {
        pain => 'P20', rule => 'a 304 says what the 200 said',
        recipe => "$set Header merge Vary Origin\n", cors => $policy,
        both => "AddHandler type-map .var\n",
        files => { 'map.var' => <<~'MAP' },
            URI: page
            Content-Type: text/plain
            Body:--end--
            page
            --end--
            MAP
        steps => [
            ['200', [GET => '/map.var', @from], fine(200)],
            ['304', [GET => '/map.var', @from, 'If-None-Match' => '*'],
             { status => 304 }, fine(304)],
        ],
    },
    {
        pain => 'P21', rule => 'an answer without its backend is like others',
        recipe => $set, cors => $policy,
        both => "ProxyPass /dead http://127.0.0.1:1/\nProxyPass /dying "
            . 'http://127.0.0.1:' . $dying->sockport . "/\nProxyPass /slow "
            . 'http://127.0.0.1:' . $slow->sockport . "/ timeout=1\n",
        steps => [
            ['dead', [GET => '/dead', @from], { status => 503 }, fine(503)],
            ['slow', [GET => '/slow', @from], { status => 502 }, fine(502)],
            ['dying', dies('/dying'), { status => 502 }, fine(502)],
        ],
    },
    {
        pain => 'P25', rule => 'an error before the section is known has it',
        recipe => in('Location /api', $always),
        cors => in('Location /api', $policy),
        steps => [
            ['%2F', [GET => '/api/a%2Fb', @from], { status => 404 }, fine(404)],
            ['%zz', [GET => '/api/%zz', @from], { status => 400 }, fine(400)],
        ],
    },
    {
        pain => 'P26', rule => 'no early hint takes the headers with it',
        both => "H2EarlyHint Link \"</style.css>;rel=preload\"\n",
        recipe => $set =~ s/$/ early/r, cors => $policy,
        steps => [
            ['HTTP/2', http2('/plain.txt'),
             { status => 200, Interim => 'access-control-allow-origin|link' },
             { %{ fine(200) }, Interim => 'link' }],
        ],
    },
);
