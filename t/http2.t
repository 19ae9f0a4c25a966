# HTTP/2 says what HTTP/1.1 says: over TLS, in clear text by prior knowledge
# and by an upgrade.  The same exchanges, with the same status and fields, and
# no field of CORS in a 103, be it of mod_http2 or of a backend.

use strict;
use warnings;

use IO::Socket::INET ();
use IO::Socket::SSL::Utils qw(CERT_create KEY_create_ec PEM_cert2file
                              PEM_key2file);
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my %named = (origin => $app, vary => 'Origin');
my %trusted = (%named, credentials => 'true', expose => 'X-Trace');
my %none = (vary => 'Origin');
my %asked = (vary => 'Origin,Access-Control-Request-Method,'
                     . 'Access-Control-Request-Headers');
my %granted = (%trusted, %asked, expose => undef, methods => 'PUT',
               headers => 'X-One', age => 600);
my @put = ('Access-Control-Request-Method' => 'PUT',
           'Access-Control-Request-Headers' => 'x-one');
my @patch = ('Access-Control-Request-Method' => 'PATCH');

# A rule, the path, Origin, the status, the fields of CORS; method, more fields
# and the body.  An early one is answered before mod_http2 gives its hint, and
# before a handler could upgrade to HTTP/2.
my @exchanges = (
    ['granted', 'list/page.txt', $app, 200, \%trusted],
    ['refused', 'list/page.txt', $evil, 200, \%none],
    ['no Origin', 'list/page.txt', undef, 200, \%none],
    ['HEAD', 'list/page.txt', $app, 200, \%trusted, method => 'HEAD'],
    ['not modified', 'list/page.txt', $app, 304, \%trusted,
     fields => ['If-None-Match' => '*']],
    ['a range', 'list/page.txt', $app, 206, \%trusted,
     fields => [Range => 'bytes=0-1'], body => 'pa'],
    ['no such file', 'list/missing', $app, 404, \%trusted],
    ['no such method', 'list/page.txt', $app, 405, \%trusted,
     method => 'DELETE'],
    ['a directory', 'list/', $app, 200, \%trusted, body => "page\n"],
    ['an OPTIONS that is no preflight', 'list/page.txt', $app, 200, \%trusted,
     method => 'OPTIONS'],
    ['a backend and its hint', 'backend/x', $app, 200, \%named,
     hint => '/backend.css', body => "backend\n"],
    ['a redirect', 'list/moved', $app, 301, \%trusted, early => 1],
    ['authentication', 'list/login/x', $app, 401, \%trusted, early => 1],
    ['a preflight granted', 'list/login/x', $app, 204, \%granted, early => 1,
     method => 'OPTIONS', fields => \@put, body => ''],
    ['the origin of a preflight refused', 'list/login/x', $evil, 403, \%asked,
     early => 1, method => 'OPTIONS', fields => \@put, body => ''],
    ['a method refused', 'list/login/x', $app, 403, \%asked, early => 1,
     method => 'OPTIONS', fields => \@patch, body => ''],
    ['any origin', 'any/page.txt', $evil, 200,
     { origin => '*', timing => '*' }],
    ['any origin, no Origin', 'any/page.txt', undef, 200,
     { origin => '*', timing => '*' }],
    ['exposed names', 'expose/page.txt', $app, 200,
     { %named, credentials => 'true',
       expose => 'ETag, Accept-Ranges, X-Trace, Vary, Date, Server' }],
    ['one Vary field', 'vary/page.txt', $app, 200,
     { %named, vary => 'X-Always,Cookie,X-Set,Origin' }],
    ['fields of others', 'fields/page.txt', $evil, 200, \%none],
    ['CorsEnforce', 'enforce/page.txt', $evil, 403, \%none, early => 1],
    ['CorsEnforce and the own origin', 'enforce/page.txt', 'own', 200,
     \%none],
    ['CorsEnforce and another port', 'enforce/page.txt', 'own0', 403, \%none,
     early => 1],
    ['no policy', 'other/page.txt', $app, 200, {}],
);
# Upgraded, httpd answers an error document as if that had been asked for,
# with 200: there the rule cannot hold.
my @error_document = ('an error document', 'list/denied/x', $app, 403,
                      \%trusted, body => "error page\n");

# A backend that sends a hint before its answer.
my ($backend_port, $backend) = do {
    my $listener = IO::Socket::INET->new(Listen => 8,
                                         LocalAddr => '127.0.0.1')
        or die "no port: $@";
    my $pid = fork // die "cannot fork: $!";
    if (!$pid) {
        while (my $client = $listener->accept) {
            while (<$client>) { last if /^\r\n/ }
            print $client "HTTP/1.1 103 Early Hints\r\n",
                "Link: </backend.css>; rel=preload\r\n\r\n",
                "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n",
                "Content-Length: 8\r\nConnection: close\r\n\r\nbackend\n";
            close $client;
        }
        exit;
    }
    ($listener->sockport, $pid);
};
END {
    if ($backend) {
        my $status = $?;
        kill TERM => $backend;
        waitpid $backend, 0;
        $? = $status;
    }
}

my $config = <<"CONF";
AliasMatch ^/\\w+/((page|error).txt)?\$ @{[vars('t_dir')]}/htdocs/http2/\$1
Alias /style.css @{[vars('t_dir')]}/htdocs/http2/page.txt
DirectoryIndex page.txt
Redirect 301 /list/moved https://elsewhere.example/
ProxyPass /backend http://127.0.0.1:$backend_port
H2EarlyHints On
H2PushResource /style.css
<Location /list>
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsAllowMethods PUT
    CorsAllowHeaders X-One
    CorsExposeHeaders X-Trace
    CorsMaxAge 600
</Location>
<Location /list/login>
    AuthType Basic
    AuthName http2
    Require valid-user
</Location>
<Location /list/denied>
    Require all denied
    ErrorDocument 403 /other/error.txt
</Location>
<LocationMatch ^/(backend|vary|enforce|fields|expose|style.css)>
    CorsAllowOrigin $app
</LocationMatch>
<Location /any>
    CorsAllowOrigin *
    CorsTimingAllowOrigin On
</Location>
<Location /expose>
    CorsAllowCredentials On
    CorsExposeHeaders *
    Header set X-Trace 1
</Location>
<Location /vary>
    Header always set Vary X-Always
    Header set Vary Cookie
    Header add Vary X-Set
</Location>
<Location /fields>
    Header always set Access-Control-Allow-Origin *
    Header add Access-Control-Allow-Origin *
</Location>
<Location /enforce>
    CorsEnforce On
</Location>
CONF
my @modules = qw(alias auth_basic authn_core authz_user dir headers http2
                 proxy proxy_http);
my $clear = private_httpd("Protocols h2c http/1.1\n$config",
                          modules => \@modules);
my ($certificate, $key) = map { $clear->root . "/$_.pem" }
    qw(certificate key);
{
    my ($cert, $secret) = CERT_create(purpose => 'server',
                                      subject => { CN => 'localhost' },
                                      key => KEY_create_ec());
    PEM_cert2file($cert, $certificate);
    PEM_key2file($secret, $key);
}
my $tls = private_httpd(<<"CONF", modules => [@modules, 'ssl']);
Protocols h2 http/1.1
SSLEngine On
SSLCertificateFile $certificate
SSLCertificateKeyFile $key
$config
CONF

# How curl asks: the server, the scheme, curl's option, the version of HTTP.
my @ways = (
    ['HTTP/1.1', $clear, 'http', '--http1.1', '1.1'],
    ['HTTP/1.1 over TLS', $tls, 'https', '--http1.1', '1.1'],
    ['HTTP/2', $clear, 'http', '--http2-prior-knowledge', '2'],
    ['HTTP/2 over TLS', $tls, 'https', '--http2', '2'],
    ['HTTP/2 by upgrade', $clear, 'http', '--http2', 'upgrade'],
);
# Requests that are sent at a time, on one connection.
my @streams = (@exchanges[0 .. 2, 13 .. 15]) x 8;

plan tests => @ways * 3 * @exchanges + (@ways - 1) * 4
    + @ways * grep({ my %of = @$_[5 .. $#$_]; defined $of{body} } @exchanges)
    + 1 + @streams + 3;

# Arguments of curl, for a request.
sub curl_arguments {
    my ($way, $path, $origin, %of) = @_;
    my (undef, $server, $scheme, $option) = @$way;
    my $authority = '127.0.0.1:' . $server->port;
    my @fields = @{ $of{fields} || [] };
    if (defined $origin) {
        $origin =~ s{^own}{$scheme://$authority};
        unshift @fields, Origin => $origin;
    }
    my @arguments = ($option, '-s', '--insecure', '--max-time', 30,
                     '--noproxy', '*');
    while (my ($name, $value) = splice @fields, 0, 2) {
        push @arguments, '-H', "$name: $value";
    }
    my $method = $of{method} || 'GET';
    push @arguments, $method eq 'HEAD' ? '-I' : ('-X', $method);
    return (@arguments, "$scheme://$authority/$path");
}

sub curl {
    my (@arguments) = @_;
    open my $curl, '-|', 'curl', @arguments or die "no curl: $!";
    my $text = do { local $/; <$curl> };
    close $curl or die "curl fails: $?";
    return $text;
}

# An answer as CorsTest has it, with its version of HTTP, and the 1xx before
# it.
sub answers {
    my ($text) = @_;
    my @early;
    while ($text =~ s{\AHTTP/\S+ (1\d\d.*?\r\n\r\n)}{}s) {
        push @early, CorsTest::parse("HTTP/1.1 $1");
    }
    $text =~ s{\AHTTP/(\S+)}{HTTP/1.1};
    return ({ %{ CorsTest::parse($text) }, version => $1 }, @early);
}

# What the 103 among these say, once each, in lower case as in HTTP/2.
sub hints {
    my %field;
    for my $early (grep { $_->{status} == 103 } @_) {
        for (@{ $early->{fields} }) {
            my ($name, $value) = @$_;
            $field{lc "$name: $_"} = 1 for split /, /, $value;
        }
    }
    return join "\n", sort keys %field;
}

for my $way (@ways) {
    my ($how, undef, undef, undef, $version) = @$way;
    for ($version eq 'upgrade' ? () : \@error_document, @exchanges) {
        my ($rule, $path, $origin, $status, $wanted, %of) = @$_;
        my ($answer, @early) =
            answers(curl('-i', curl_arguments($way, $path, $origin, %of)));
        my $is_http2 = $version eq '2'
            || $version eq 'upgrade' && !$of{early};
        my @hints = ($of{hint} || (),
                     $is_http2 && !$of{early} ? '/style.css' : ());
        cors_is($answer, $status, $wanted, "$how: $rule");
        is($answer->{body}, $of{body}, '... the body') if defined $of{body};
        is($answer->{version}, $is_http2 ? '2' : '1.1', '... the version');
        is(hints(@early), join("\n", map { "link: <$_>; rel=preload" } @hints),
           '... a 103 has nothing but its hint');
    }
}

# Streams of one connection.  curl has them over TLS only.
{
    my $way = $ways[3];
    my @arguments = ('--stderr', $tls->root . '/curl.log', '--parallel');
    my @files;
    for (@streams) {
        my (undef, $path, $origin, undef, undef, %of) = @$_;
        push @files, $tls->root . '/head-' . @files;
        push @arguments, @files > 1 ? '--next' : (), '-o', '/dev/null',
            '-D', $files[-1], '-w', "%{num_connects}\n",
            curl_arguments($way, $path, $origin, %of);
    }
    my $connects = 0;
    $connects += $_ for split /\n/, curl(@arguments);
    is($connects, 1, 'streams of one connection');
    for my $i (0 .. $#streams) {
        my ($rule, undef, undef, $status, $wanted) = @{ $streams[$i] };
        open my $in, '<', $files[$i] or die "cannot read $files[$i]: $!";
        my ($answer) = answers(do { local $/; <$in> });
        cors_is($answer, $status, $wanted, "... stream $i: $rule");
    }
}

# A page, and what the server pushes with it, for which no page has asked.
{
    my $url = 'https://127.0.0.1:' . $tls->port . '/list/page.txt';
    open my $nghttp, '-|', 'nghttp', '--verbose', '--no-dep', '--timeout=30',
        '-H', "Origin: $app", $url or die "no nghttp: $!";
    my %answer;
    while (<$nghttp>) {
        s/\e\[[\d;]*m//g;
        my ($stream, $name, $value) =
            /\brecv \(stream_id=(\d+)[^)]*\) (:?[^:\s]+): (.*)/ or next;
        my $is = $answer{ $stream % 2 ? 'asked' : 'pushed' } ||= {};
        if ($name eq ':status') {
            $is->{fields} = [];
            $is->{status} = $value;
        }
        push @{ $is->{fields} }, [$name, $value];
    }
    close $nghttp or die "nghttp fails: $?";
    is(join(' ', sort keys %answer), 'asked pushed', 'a push');
    cors_is($answer{asked}, 200, \%trusted, '... with what is asked for');
    cors_is($answer{pushed}, 200, \%none, '... has no Origin');
}
