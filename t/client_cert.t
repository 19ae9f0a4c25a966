# mod_ssl's SSLVerifyClient: browsers send preflights without a certificate,
# and get their answer before httpd asks for one.  What httpd lets out of
# requests without one has the headers of the policy.
use strict;
use warnings;

use IO::Socket::SSL 2.0 ();
use IO::Socket::SSL::Utils qw(CERT_create KEY_create_ec PEM_cert2file
                              PEM_key2file);
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my $preflight_vary = join ',', qw(Origin Access-Control-Request-Method
                                  Access-Control-Request-Headers);
my %actual = (origin => $app, credentials => 'true', vary => 'Origin');
my %granted = (%actual, methods => 'PUT', vary => $preflight_vary);
my $policy = "CorsAllowOrigin $app\nCorsAllowCredentials On\n"
    . "CorsAllowMethods PUT\n";
my $files = vars('t_dir') . '/htdocs';
my $logs = vars('t_logs');

# An issuer, and certificates of the server and of a client.
my @issuer = CERT_create(CA => 1, subject => { CN => 'issuer' },
                         key => KEY_create_ec());
PEM_cert2file($issuer[0], "$logs/issuer-$$.pem");
for my $name (qw(server client)) {
    my ($cert, $key) = CERT_create(issuer => \@issuer, purpose => $name,
                                   subject => { CN => $name },
                                   key => KEY_create_ec());
    PEM_cert2file($cert, "$logs/$name-$$.pem");
    PEM_key2file($key, "$logs/$name-$$.key");
}
my $tls = <<"CONF";
SSLSessionCache none
SSLCertificateFile $logs/server-$$.pem
SSLCertificateKeyFile $logs/server-$$.key
SSLCACertificateFile $logs/issuer-$$.pem
CONF
my $engine = "${tls}SSLEngine On\n";
my @modules = qw(alias auth_basic authn_core authz_user socache_shmcb ssl);

my $sections = <<"CONF";
AliasMatch "^/(location|provider|expression|buffer|twice)" \\
    $files/before/plain.txt
Alias /directory $files/plain
Alias /own $files/client_cert
<Directory $files/client_cert>
    AllowOverride All
</Directory>
<LocationMatch "^/(location|provider|expression|buffer|twice)">
    $policy
</LocationMatch>
<LocationMatch "^/(location|buffer)">
    SSLVerifyClient require
</LocationMatch>
<Location /provider>
    SSLVerifyClient optional
    Require ssl-verify-client
</Location>
<Location /expression>
    SSLVerifyClient optional
    Require expr %{SSL_CLIENT_VERIFY} == 'SUCCESS'
</Location>
<Location /buffer>
    SSLRenegBufferSize 1000
</Location>
<Location /twice>
    SSLVerifyClient require
    AuthType Basic
    AuthName twice
    Require valid-user
</Location>
<Directory $files/plain>
    $policy
    SSLVerifyClient require
</Directory>
CONF
my $server = private_httpd("$engine$sections", modules => \@modules);
my $strict = private_httpd("$engine${policy}SSLVerifyClient require\n"
    . "Alias /page.txt $files/before/plain.txt\n", modules => \@modules);
my $hosts = private_httpd(<<"CONF", modules => \@modules);
$tls
Alias /page.txt $files/before/plain.txt
<VirtualHost *>
    ServerName open.example
    SSLEngine On
    CorsAllowOrigin $app
</VirtualHost>
<VirtualHost *>
    ServerName strict.example
    SSLEngine On
    SSLVerifyClient require
    $policy
</VirtualHost>
CONF
my $clear = private_httpd(<<"CONF", modules => \@modules);
Alias /page.txt $files/before/plain.txt
$policy
<Location />
    SSLRequireSSL
</Location>
CONF

# Clients: a name, the version of TLS, whether a certificate is sent, and
# whether the client lets the server ask for one after the handshake.
my %client = (
    certificate => [SSL_cert_file => "$logs/client-$$.pem",
                    SSL_key_file => "$logs/client-$$.key"],
    asked => [SSL_create_ctx_callback => sub {
        Net::SSLeay::CTX_set_post_handshake_auth($_[0], 1);
    }],
);
my @clients = (
    ['TLS 1.2', 'TLSv1_2', 0],
    ['TLS 1.2 with a certificate', 'TLSv1_2', 1, @{ $client{certificate} }],
    ['TLS 1.3', 'TLSv1_3', 0],
    ['TLS 1.3, which may be asked', 'TLSv1_3', 0, @{ $client{asked} }],
    ['TLS 1.3 with a certificate', 'TLSv1_3', 1, @{ $client{certificate} }],
);

# A path, what a request gets without a certificate in the order of the
# clients that have none, and with one.  0 is no answer: httpd gives the
# connection up when the handshake fails.
my @resources = (
    ['<Location>', '/location', [0, 403, 0], 200],
    ['<Directory>', '/directory/index.html', [0, 403, 0], 200],
    ['.htaccess', '/own/page.txt', [0, 403, 0], 200],
    ['optional, Require ssl-verify-client', '/provider', [403, 403, 403],
     200],
    ['optional, Require expr', '/expression', [403, 403, 403], 200],
    ['a certificate and a password', '/twice', [0, 403, 0], 401],
);

plan tests => 3 * @clients * @resources + 2 * 3 + 2 * @clients + 6 + 4 + 3;

sub connect_tls {
    my ($to, $client, @more) = @_;
    my (undef, $version, undef, @options) = @$client;
    return IO::Socket::SSL->new(
        PeerAddr => '127.0.0.1', PeerPort => $to->port, Timeout => 10,
        SSL_verify_mode => 0, SSL_ca_file => "$logs/issuer-$$.pem",
        SSL_version => $version, @options, @more);
}

sub text {
    my ($method, $path, $origin, @lines) = @_;
    return join "\r\n", "$method $path HTTP/1.1", "Origin: $origin",
        $method eq 'OPTIONS' ? 'Access-Control-Request-Method: PUT' : (),
        @lines, '', '';
}

# Send requests and read what comes until the server closes.  Of those before
# the last the answer is read before the next is sent; they have no body.
sub ask {
    my ($socket, @texts) = @_;
    return CorsTest::parse('') unless $socket;
    my $answer = '';
    local $SIG{PIPE} = 'IGNORE';
    local $SIG{ALRM} = sub { die "no answer within 30 seconds\n" };
    alarm 30;
    while (defined(my $text = shift @texts)) {
        $answer = '';
        print $socket $text;
        while (sysread $socket, my $part, 65536) {
            $answer .= $part;
            last if @texts && $answer =~ /\r\n\r\n/;
        }
    }
    alarm 0;
    return CorsTest::parse($answer);
}

my @alone = ('Host: localhost', 'Connection: close');

# 1. In a directory or location.
for my $resource (@resources) {
    my ($where, $path, $without, $with) = @$resource;
    my @status = @$without;
    for my $client (@clients) {
        my ($who, undef, $has) = @$client;
        my $name = "$where, $who";
        cors_is(ask(connect_tls($server, $client),
                    text('OPTIONS', $path, $app, @alone)), 204, \%granted,
                "preflight granted: $name");
        cors_none(ask(connect_tls($server, $client),
                      text('OPTIONS', $path, $evil, @alone)), 403,
                  $preflight_vary, "preflight refused: $name");
        my $status = $has ? $with : shift @status;
        cors_is(ask(connect_tls($server, $client),
                    text('GET', $path, $app, @alone)), $status,
                $status ? \%actual : {}, "actual request, $status: $name");
    }
}

# The actual request may come on the connection of its preflight.
for my $client (@clients[1, 4]) {
    for my $path ('/location', '/directory/index.html', '/own/page.txt') {
        cors_is(ask(connect_tls($server, $client),
                    text('OPTIONS', $path, $app, 'Host: localhost'),
                    text('GET', $path, $app, @alone)), 200, \%actual,
                "one connection, $client->[0]: $path");
    }
}

# 2. In a virtual host httpd asks before it has read anything: without a
# certificate there is no answer, to whatever request.
for my $client (@clients) {
    my ($who, undef, $has) = @$client;
    cors_is(ask(connect_tls($strict, $client),
                text('OPTIONS', '/page.txt', $app, @alone)), $has ? 204 : 0,
            $has ? \%granted : {}, "required in a virtual host, $who");
    cors_is(ask(connect_tls($strict, $client),
                text('GET', '/page.txt', $app, @alone)), $has ? 200 : 0,
            $has ? \%actual : {}, "... actual request");
}

# 3. A body that is too long to be kept while httpd asks.
for my $client (@clients[1, 4]) {
    my $who = $client->[0];
    my @body = (@alone, 'Content-Length: 2000');
    cors_is(ask(connect_tls($server, $client),
                text('POST', '/buffer', $app, @body) . 'x' x 2000), 413,
            \%actual, "SSLRenegBufferSize, $who");
    cors_is(ask(connect_tls($server, $client),
                text('POST', '/location', $app, @body) . 'x' x 2000), 200,
            \%actual, "... is large enough, $who");
    cors_is(ask(connect_tls($server, $client),
                text('OPTIONS', '/buffer', $app, @body) . 'x' x 2000), 204,
            \%granted, "... and a preflight needs none, $who");
}

# 4. A host that the connection is not for.
for my $case ([open => 204, { origin => $app, vary => $preflight_vary }],
              [strict => 421, \%granted]) {
    my ($host, $status, $wanted) = @$case;
    for my $client (@clients[0, 2]) {
        cors_is(ask(connect_tls($hosts, $client,
                                SSL_hostname => 'open.example'),
                    text('OPTIONS', '/page.txt', $app, "Host: $host.example",
                         'Connection: close') =~ s/PUT/GET/r), $status,
                $wanted, "a connection for another host, $host, $client->[0]");
    }
}

# 5. SSLRequireSSL.
my @clear = (port => $clear->port);
cors_is(preflight('/page.txt', $app, 'PUT', undef, @clear), 204, \%granted,
        'SSLRequireSSL: preflight granted');
cors_none(preflight('/page.txt', $evil, 'PUT', undef, @clear), 403,
          $preflight_vary, 'SSLRequireSSL: preflight refused');
cors_is(get('/page.txt', $app, @clear), 403, \%actual,
        'SSLRequireSSL: actual request');
