# The pains of saying who is allowed, and of finding out who was not: P8, P11,
# P14, P23, P27, P28 and P30; and what httpd -t lets pass today: P11, P19, P30.

use strict;
use warnings;

use IO::Select ();
use IO::Socket::INET ();
use CorsPains;

# The lines that send back whatever Origin has, where a variable is set.
sub reflect {
    my (@set) = @_;
    return join "\n", 'SetEnvIf Origin "^(.*)$" ORIGIN=$1', @set,
        'Header always set Access-Control-Allow-Origin %{ORIGIN}e env='
        . (@set ? 'ALLOWED' : 'ORIGIN'),
        "Header always merge Vary Origin\n";
}

# A regular expression, whom it means, and whom it lets in all the same.
my @expressions = (
    ['a dot is a dot', '^https://app.example$', $app, 'https://appxexample',
     "CorsAllowOrigin $app\n"],
    ['an expression has an end', '^https://app\.example', $app,
     'https://app.example.evil.net'],
    ['an expression has a beginning', '(app|web)\.example$', $app,
     'https://evil-app.example', "CorsAllowOrigin $app https://web.example\n"],
    ['so has each alternative', '^https://app\.example|https://web\.example$',
     $app, 'https://app.example.evil.net'],
);

# A request, and what the error log gains by it, told as Log.
sub logged {
    my ($method, $path, @fields) = @_;
    return sub {
        my ($server, $host) = @_;
        my $log = $server->root . '/error_log';
        my $before = -s $log;
        my $response = CorsTest::request(
            method => $method, path => $path, port => $server->port,
            host => $host, fields => [@fields]);
        open my $in, '<', $log or die "cannot read $log: $!";
        seek $in, $before, 0;
        push @{ $response->{fields} },
            map { [Log => s/^(?:\[[^\]]*\] )+//r] } map { s/\n//r } <$in>;
        return $response;
    };
}

# A backend that speaks WebSocket, as far as the handshake.
my $backend = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1')
    or die "no port: $@";

# A handshake of a page, and whether the backend gets to see it, told as
# Backend.
sub handshake {
    my ($origin) = @_;
    return sub {
        my ($server, $host) = @_;
        my $client = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => $server->port)
            or die "cannot connect: $@";
        my $seen = 'not asked';
        my $answer = '';
        print $client join "\r\n", 'GET /ws HTTP/1.1', "Host: $host",
            "Origin: $origin", 'Upgrade: websocket', 'Connection: Upgrade',
            'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: MDEyMzQ1Njc4OQ==',
            '', '';
        $client->flush;
        local $SIG{ALRM} = sub { die "no answer within 30 seconds\n" };
        alarm 30;
        my ($ready) = IO::Select->new($client, $backend)->can_read;
        if ($ready == $backend) {
            my $socket = $backend->accept;
            sysread $socket, my $request, 65536;
            print $socket "HTTP/1.1 101 Switching Protocols\r\n"
                . "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
            close $socket;
            $seen = 'asked';
        }
        shutdown $client, 1;
        while (sysread $client, my $part, 65536) {
            $answer .= $part;
        }
        alarm 0;
        my $response = CorsTest::parse($answer);
        push @{ $response->{fields} }, [Backend => $seen];
        return $response;
    };
}

# What httpd takes today and browsers do not, the same with the module, and
# what it says.
sub limited {
    my ($line) = @_;
    return join "\n", '<Location />', '<Limit OPTIONS>', $line, '</Limit>',
        '</Location>';
}

my $header = 'Header set Access-Control';
my @mistakes = (
    ['P19', 'Limit is no section for a policy',
     limited("$header-Allow-Origin $app"), limited("CorsAllowOrigin $app"),
     qr/CorsAllowOrigin cannot occur within <Limit>/],
    ['P30', 'no misspelt name', "$header-Allow-Orgin $app",
     "CorsAllowOrgin $app", qr/Invalid command 'CorsAllowOrgin'/],
    ['P30', 'no origin with a slash', "$header-Allow-Origin $app/",
     "CorsAllowOrigin $app/", qr{CORS-E01: "$app/" has a trailing slash}],
    ['P30', 'no origin without a scheme', "$header-Allow-Origin app.example",
     'CorsAllowOrigin app.example', qr/CORS-E01: "app\.example" has no scheme/],
    ['P30', 'no True for true', "$header-Allow-Credentials yes",
     'CorsAllowCredentials yes', qr/CORS-E01: "yes"/],
    ['P30', 'no method that is none', "$header-Allow-Methods \"GET; PUT\"",
     'CorsAllowMethods "GET; PUT"', qr/CORS-E05: "GET; PUT"/],
    ['P30', 'no header that no page can set', "$header-Allow-Headers Cookie",
     'CorsAllowHeaders Cookie', qr/CORS-E06: "Cookie"/],
    ['P30', 'no header that no page can read',
     "$header-Expose-Headers Set-Cookie", 'CorsExposeHeaders Set-Cookie',
     qr/CORS-E06: "Set-Cookie"/],
    ['P30', 'no time that is none', "$header-Max-Age one_day",
     'CorsMaxAge one_day', qr/CORS-E07: "one_day"/],
);

sub file { return [GET => '/plain.txt', Origin => $_[0]] }
sub allowed { return { status => 200, origin => $_[0], vary => 'Origin' } }

my $refused = { status => 200, vary => 'Origin' };
my $star = "Header always set Access-Control-Allow-Origin *\n";
my $any = "CorsAllowOrigin *\n";
my $credentials = "Header always set Access-Control-Allow-Credentials true\n";

pains(
    (map {
        my ($rule, $expression, $good, $bad, $policy) = @$_;
        +{
            pain => 'P8', rule => $rule,
            recipe => reflect("SetEnvIf Origin \"$expression\" ALLOWED"),
            cors => $policy || "CorsAllowOriginMatch \"$expression\"\n",
            steps => [
                ['good', file($good), allowed($good)],
                ['bad', file($bad), allowed($bad), $refused],
            ],
        }
    } @expressions),
    {
        pain => 'P11', rule => 'nobody gets the cookies of everybody',
        recipe => reflect() . $credentials,
        cors => "$any CorsAllowCredentials $app\n",
        steps => [
            [$app, file($app), { %{ allowed($app) }, credentials => 'true' }],
            map { [$_, file($_), { %{ allowed($_) }, credentials => 'true' },
                   allowed('*')] } $evil, 'null',
        ],
    },
    {
        pain => 'P11', rule => '* with credentials is an error at start',
        config => [$star . $credentials, "$any CorsAllowCredentials On\n",
                   qr/CORS-E02: "\*" with CorsAllowCredentials On would/],
    },
    {
        pain => 'P11', rule => 'null with credentials is an error at start',
        config => [$star =~ s/\*/null/r . $credentials,
                   "CorsAllowOrigin null\nCorsAllowCredentials On\n",
                   qr/CORS-E03: "null" with credentials would let every site/],
    },
    {
        pain => 'P14', rule => 'a list of origins is a list',
        recipe => "Header set Access-Control-Allow-Origin \"$app $evil\"\n",
        cors => "CorsAllowOrigin $app $evil\n",
        steps => [
            map { [$_, file($_), { status => 200, origin => "$app $evil" },
                   allowed($_)] } $app, $evil,
        ],
    },
    {
        pain => 'P14', rule => 'a list of origins is one field',
        recipe => join('', map {
            "Header add Access-Control-Allow-Origin $_\n" } $app, $evil),
        cors => "CorsAllowOrigin $app\nCorsAllowOrigin $evil\n",
        steps => [
            map { [$_, file($_), { status => 200, origin => [$app, $evil] },
                   allowed($_)] } $app, $evil,
        ],
    },
    {
        pain => 'P23', rule => 'what is for all need not be for everything',
        recipe => <<~CONF,
            $star
            <Location /index.html>
                Header unset Access-Control-Allow-Origin
            </Location>
            CONF
        cors => <<~CONF,
            $any
            CorsAllowCredentials $app
            <Location /index.html>
                CorsEngine Off
            </Location>
            CONF
        steps => [
            ['for all', file($evil), { status => 200, origin => '*' },
             allowed('*')],
            ['a page with cookies', file($app),
             { status => 200, origin => '*' },
             { %{ allowed($app) }, credentials => 'true' }],
            ['a private page', [GET => '/index.html', Origin => $evil],
             { status => 200, origin => '*' }, { status => 200 }],
        ],
    },
    {
        pain => 'P27', rule => 'no other site opens a WebSocket',
        both => 'ProxyPass /ws http://127.0.0.1:' . $backend->sockport
            . "/ upgrade=websocket\n",
        recipe => "Header always set Access-Control-Allow-Origin $app\n",
        cors => "CorsAllowOrigin $app\nCorsEnforce On\n",
        steps => [
            ['good', handshake($app), { status => 101, Backend => 'asked' }],
            ['bad', handshake($evil), { status => 101, Backend => 'asked' },
             { status => 403, vary => 'Origin', Backend => 'not asked' }],
        ],
    },
    {
        pain => 'P28', rule => 'a refusal says why',
        recipe => <<~CONF,
            Header always set Access-Control-Allow-Origin $app
            Header always set Access-Control-Allow-Methods PUT
            CONF
        cors => "CorsAllowOrigin $app\nCorsAllowMethods PUT\n",
        steps => [
            ['a method', logged(OPTIONS => '/plain.txt', asks($app, 'PATCH')),
             { status => 200, origin => $app, methods => 'PUT', Log => '' },
             { status => 403, vary => $vary, Log => qr{
                \A CORS\ preflight\ refused:\ method-not-allowed,
                \ origin="$app"\ method="PATCH"\ url="/plain.txt"
                \ \(CorsAllowMethods\ at\ \S+:\d+,\ which\ has\ PUT\) \z}x }],
            ['an origin', logged(GET => '/plain.txt', Origin => $evil),
             { status => 200, origin => $app, methods => 'PUT', Log => '' },
             { %$refused, Log => qr{
                \A CORS\ actual\ refused:\ origin-not-allowed,
                \ origin="$evil"\ method="GET"\ url="/plain.txt"
                \ \(CorsAllowOrigin\ at\ \S+:\d+,\ which\ has\ $app\) \z}x }],
        ],
    },
    map {
        my ($pain, $rule, $recipe, $cors, $message) = @$_;
        +{ pain => $pain, rule => $rule,
           config => ["$recipe\n", "$cors\n", $message] }
    } @mistakes,
);
