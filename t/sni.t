# Virtual hosts on one address and port, chosen by the name that the client
# gives in the TLS handshake (SNI), each with a policy of its own: the policy is
# that of the host that answers.
use strict;
use warnings;

use IO::Socket::SSL 2.0 ();
use IO::Socket::SSL::Utils qw(CERT_create KEY_create_ec PEM_cert2file
                              PEM_key2file);
use Apache::Test qw(-withtestmore);
use CorsTest;

my %page = map { $_ => "https://$_-page.example" } qw(one two three);
my $logs = vars('t_logs');
my $asked = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';

# The hosts share a certificate, but for one.
for my $name (qw(shared own)) {
    my ($cert, $key) = CERT_create(subject => { CN => $name },
                                   key => KEY_create_ec());
    PEM_cert2file($cert, "$logs/sni-$name-$$.pem");
    PEM_key2file($key, "$logs/sni-$name-$$.key");
}
my %policy = (
    one => "CorsAllowOrigin $page{one}\n",
    two => "CorsAllowOrigin $page{two}\nCorsAllowCredentials On\n"
        . "CorsEnforce On\n",
    # What a client may be asked for here makes the host one that is not
    # served on connections to others, whatever the version of httpd.
    three => "CorsAllowOrigin $page{three}\nSSLVerifyClient optional\n"
        . "SSLCACertificateFile $logs/sni-own-$$.pem\n",
    none => '',
);
my $hosts = '';
for my $name (qw(one two three none)) {
    my $pair = "$logs/sni-" . ($name eq 'three' ? 'own' : 'shared') . "-$$";
    $hosts .= <<"CONF";
<VirtualHost *:*>
    ServerName $name.example
    SSLEngine On
    SSLCertificateFile $pair.pem
    SSLCertificateKeyFile $pair.key
    $policy{$name}
</VirtualHost>
CONF
}
my $server = private_httpd(<<"CONF", modules => [qw(socache_shmcb ssl)]);
SSLSessionCache none
CorsAllowMethods PUT
$hosts
CONF
my $port = $server->port;

# The answer to a request over TLS, and whose certificate came with it.  Each
# version of TLS has its own way to tell the name.
sub ask {
    my ($version, $sni, $host, $method, $origin) = @_;
    my $socket = IO::Socket::SSL->new(
        PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 10,
        SSL_verify_mode => 0, SSL_version => $version,
        SSL_hostname => $sni) or die "no connection: $@";
    local $SIG{ALRM} = sub { die "no answer within 30 seconds\n" };
    alarm 30;
    print $socket join "\r\n", "$method /plain/index.html HTTP/1.1",
        "Host: $host", 'Connection: close',
        defined $origin ? "Origin: $origin" : (),
        $method eq 'OPTIONS' ? 'Access-Control-Request-Method: PUT' : (),
        '', '';
    my $answer = '';
    while (sysread $socket, my $part, 65536) {
        $answer .= $part;
    }
    alarm 0;
    return (CorsTest::parse($answer),
            $socket->peer_certificate('commonName'));
}

# Of each host what it says to a page: the status, and the fields besides Vary.
sub wanted {
    my ($host, $who) = @_;
    return (200, {}) if $host eq 'none';
    return ($host eq 'two' && defined $who ? 403 : 200, { vary => 'Origin' })
        if ($who // '') ne $host;
    return (200, { origin => $page{$who}, vary => 'Origin',
                   credentials => $host eq 'two' ? 'true' : undef });
}

# SNI, Host, and whose policy holds; the status if it is not the handler's.
my @connections = (
    (map { [$_, $_, $_] } qw(one two three none)),
    ['', 'one', 'one'],                 # no name in the handshake
    ['unknown', 'unknown', 'one'],      # nobody's name: the first
    ['one', 'two', 'two'],              # Host counts where TLS is the same
    ['two', 'one', 'one'],
    ['one', 'none', 'none'],
    ['none', 'two', 'two'],
    ['one', 'three', 'three', 421],     # ... and where it is not, httpd does
    ['two', 'three', 'three', 421],     # not answer for it
);

plan tests => 2 * @connections * 7;

for my $version (qw(TLSv1_2 TLSv1_3)) {
    for (@connections) {
        my ($sni, $host, $whose, $refused) = @$_;
        my $name = "$version, SNI " . ($sni || 'none') . ", Host $host";
        my $shown = $sni eq 'three' ? 'own' : 'shared';
        my @ask = ($version, $sni && "$sni.example", "$host.example");
        for my $who (qw(one two three), undef) {
            my ($status, $fields) = wanted($whose, $who);
            my ($response, $certificate) = ask(@ask, 'GET',
                                               $who && $page{$who});
            cors_is($response, $refused || $status, $fields,
                    "$name, asked by " . ($who // 'no page'));
            is($certificate, $shown, '... with its certificate')
                if !defined $who;
        }
        for my $who ($whose eq 'none' ? 'one' : $whose,
                     $whose eq 'one' ? 'two' : 'one') {
            my (undef, $fields) = wanted($whose, $who);
            my ($response) = ask(@ask, 'OPTIONS', $page{$who});
            my $status = $refused || ($whose eq 'none' ? 200
                                      : $fields->{origin} ? 204 : 403);
            cors_is($response, $status, {
                %$fields, vary => $fields->{vary} && $asked,
                methods => $fields->{origin} && 'PUT',
            }, "$name, a preflight of $who");
        }
    }
}
