# WebSocket handshakes through httpd: under CorsEnforce those of pages that the
# policy does not allow end before the backend sees anything, since nobody asks
# a preflight for them.  A handshake that succeeds carries nothing of CORS.

use strict;
use warnings;

use Digest::SHA qw(sha1_base64);
use IO::Socket::INET ();
use Apache::Test qw(-withtestmore);
use CorsBackend;
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my $key = 'dGhlIHNhbXBsZSBub25jZQ==';
my $accept = accept_of($key);
my @upgrade = (Upgrade => 'websocket', Connection => 'Upgrade',
               'Sec-WebSocket-Version' => 13, 'Sec-WebSocket-Key' => $key);
my %granted = (origin => $app, credentials => 'true', vary => 'Origin');
my %own = (origin => '*', vary => 'Cookie');
my $cors = "Access-Control-Allow-Origin: *\r\nVary: Cookie\r\n";
my $switch = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    . "Connection: Upgrade\r\nSec-WebSocket-Accept:";

sub accept_of {
    my ($said) = @_;
    return sha1_base64($said . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11') . '=';
}

# Greets, and sends back in capitals what comes; /cors with CORS headers, and
# /refuse not at all.
my $backend = CorsBackend->server(sub {
    my ($client, $note) = @_;
    my $head = read_head($client);
    my ($name) = $head =~ m{^GET /(\S*) };
    my $is_handshake = $head =~ /^Upgrade: *websocket/mi;
    $note->(($is_handshake ? 'handshake ' : 'request ') . $name);
    if (!$is_handshake || $name eq 'refuse') {
        my $status = $is_handshake ? 403 : 200;
        return print $client "HTTP/1.1 $status Own\r\n${cors}Connection: close"
            . "\r\nContent-Length: 5\r\n\r\nplain";
    }
    my ($asked) = $head =~ /^Sec-WebSocket-Key: *(\S+)/mi;
    syswrite $client, $switch . accept_of($asked) . "\r\n"
        . ($name eq 'cors' ? $cors : '') . "\r\nhello";
    while (sysread $client, my $text, 65536) {
        syswrite $client, uc $text;
    }
});
my $gone = CorsBackend->server(sub {});
$gone->stop;
my ($port, $gone_port) = map { $_->port } $backend, $gone;

# .htaccess files: what mod_proxy takes by ProxyPass does not have them.
my $own = vars('t_logs') . "/websocket-$$";
mkdir $own or die "cannot make $own: $!";
open my $out, '>', "$own/.htaccess" or die "cannot write: $!";
print $out <<"CONF";
CorsAllowOrigin $app
CorsAllowCredentials On
CorsEnforce On
RewriteEngine On
RewriteCond %{HTTP:Upgrade} =websocket [NC]
RewriteRule ^rewritten/(\\w+)\$ ws://127.0.0.1:$port/\$1 [P]
CONF
close $out or die "cannot write: $!";

my @modules = qw(alias rewrite proxy proxy_http proxy_wstunnel);
my $server = private_httpd(<<"CONF", modules => \@modules);
KeepAlive Off
ProxyTimeout 20
ProxyPassMatch ^/[a-z-]+/http/(\\w+)\$ http://127.0.0.1:$port/\$1 \\
    upgrade=websocket
ProxyPassMatch ^/[a-z-]+/ws/(\\w+)\$ ws://127.0.0.1:$port/\$1
ProxyPassMatch ^/[a-z-]+/raw/(\\w+)\$ ws://127.0.0.1:$port/\$1
ProxyPassMatch ^/[a-z-]+/http-gone\$ http://127.0.0.1:$gone_port/ \\
    upgrade=websocket
ProxyPassMatch ^/[a-z-]+/(ws|raw)-gone\$ ws://127.0.0.1:$gone_port/
<LocationMatch ^/[a-z-]+/raw>
    ProxyWebsocketFallbackToProxyHttp Off
</LocationMatch>
Alias /own $own
<Directory $own>
    AllowOverride All
    Require all granted
</Directory>

<LocationMatch ^/(enforce|list|off|report|if)/>
    CorsAllowOrigin $app
    CorsAllowCredentials On
</LocationMatch>
<Location /any>
    CorsAllowOrigin *
</Location>
<LocationMatch ^/(enforce|off|report|any)/>
    CorsEnforce On
</LocationMatch>
<Location /off>
    CorsEngine Off
</Location>
<Location /report>
    CorsEngine ReportOnly
</Location>
<LocationMatch ^/if/>
    <If "%{HTTP:Upgrade} == 'websocket'">
        CorsEnforce On
    </If>
</LocationMatch>
<ProxyMatch ^(http|ws)://127\\.0\\.0\\.1:$port/within\$>
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsEnforce On
</ProxyMatch>
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName policy.example
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsEnforce On
</VirtualHost>
CONF
my $home = 'http://localhost:' . $server->port;

# WebSocket over HTTP/2 is a CONNECT to the client, and a GET to httpd.
my $second = private_httpd(<<"CONF", modules => [qw(http2 proxy proxy_http)]);
Protocols h2c http/1.1
H2WebSockets On
LogFormat "%m %>s %{Access-Control-Allow-Origin}o %{Vary}o" second
CustomLog second_log second
ProxyPassMatch ^/[a-z-]+/h2/(\\w+)\$ http://127.0.0.1:$port/\$1 \\
    upgrade=websocket
CorsAllowOrigin $app
<Location /enforce>
    CorsEnforce On
</Location>
CONF
my $second_log = ($second->root =~ m{([^/]+)$})[0] . '/second_log';

# Shake hands; then talk.  Returns the response, and what was said.
sub handshake {
    my ($path, $origin, %of) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 10,
                                       PeerPort => $server->port)
        or die "cannot connect: $@";
    my @fields = (@{ $of{upgrade} || \@upgrade }, @{ $of{fields} || [] },
                  defined $origin ? (Origin => $origin) : ());
    my $text = "GET $path HTTP/1.1\r\nHost: "
        . ($of{host} || 'localhost:' . $server->port) . "\r\n";
    while (my ($name, $value) = splice @fields, 0, 2) {
        $text .= "$name: $value\r\n";
    }
    local $SIG{ALRM} = sub { die "no answer within 20 seconds\n" };
    alarm 20;
    print $socket "$text\r\n";
    $socket->flush;
    my $answer = read_head($socket);
    my $said = '';
    my $long = 'x' x 20000;
    if ($answer =~ m{^HTTP/1\.1 101 }) {
        read $socket, $said, 5;
        for my $word ('abc', $long) {
            print $socket $word;
            $socket->flush;
            read $socket, $said, length $word, length $said;
        }
        $said =~ s/\U$long/ and all/;
    }
    else {
        local $/;
        $said = <$socket> // '';
    }
    alarm 0;
    return (CorsTest::parse($answer), $said);
}

# The same over HTTP/2.  Returns what comes on the stream: the block of fields
# of the answer, and the data.
sub frame {
    my ($type, $flags, $stream, $text) = @_;
    return substr(pack('N', length $text), 1)
        . pack('CCN', $type, $flags, $stream) . $text;
}

sub handshake_h2 {
    my ($path, $origin) = @_;
    my ($settings, $head, $data, $ack, $end) = (4, 1, 0, 1, 4);
    my %said = ($head => '', $data => '');
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 10,
                                       PeerPort => $second->port)
        or die "cannot connect: $@";
    my $fields = join '', map { "\x00" . pack '(C/a)*', @$_ }
        [':method' => 'CONNECT'], [':protocol' => 'websocket'],
        [':scheme' => 'http'], [':path' => $path],
        [':authority' => 'localhost:' . $second->port],
        ['sec-websocket-version' => 13], [origin => $origin];
    local $SIG{ALRM} = sub { die "no answer within 20 seconds\n" };
    alarm 20;
    syswrite $socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        . frame($settings, 0, 0, '');
    while (read($socket, my $start, 9) == 9) {
        my ($high, $low, $type, $flags, $stream) = unpack 'CnCCN', $start;
        read $socket, my $text, $high << 16 | $low;
        $said{$type} .= $text if $stream;
        if ($type == $settings && !($flags & $ack)) {
            syswrite $socket, frame($settings, $ack, 0, '')
                . frame($head, $end, 1, $fields);
        }
        syswrite $socket, frame($data, 0, 1, 'abc')
            if $type == $head && $text eq "\x88";
        last if $stream && $flags & 1 || $said{$data} =~ /ABC/;
    }
    alarm 0;
    return @said{$head, $data};
}

# How httpd comes to the backend; raw: by mod_proxy_wstunnel itself.
my @ways = qw(http ws raw);

# A rule, the section, Origin, whether there is a tunnel, and options of
# handshake(): by each way to /echo, or another name of the backend's.
my @site = map { (fields => ['Sec-Fetch-Site' => $_]) }
    qw(same-origin none same-site cross-site);
my %host = (host => 'policy.example');
my %within = (name => 'within');
my @rows = (
    ['an allowed origin', 'enforce', $app, 1],
    ['another origin', 'enforce', $evil, 0],
    ['null', 'enforce', 'null', 0],
    ['a malformed origin', 'enforce', "$app/", 0],
    ['two origins', 'enforce', $app, 0, fields => [Origin => $app]],
    ['no Origin', 'enforce', undef, 1],
    ['the own page', 'enforce', $home, 1],
    ['a page of another port', 'enforce', 'http://localhost:1', 0],
    ['Sec-Fetch-Site: same-origin', 'enforce', $evil, 1, @site[0, 1]],
    ['Sec-Fetch-Site: none', 'enforce', $evil, 1, @site[2, 3]],
    ['Sec-Fetch-Site: same-site', 'enforce', $evil, 0, @site[4, 5]],
    ['Sec-Fetch-Site: cross-site', 'enforce', $evil, 0, @site[6, 7]],
    ['an allowed origin of another site', 'enforce', $app, 1, @site[6, 7]],
    ['without CorsEnforce', 'list', $evil, 1],
    ['CorsEngine Off', 'off', $evil, 1],
    ['CorsEngine ReportOnly', 'report', $evil, 1],
    ['any-origin', 'any', $evil, 1],
    ['no policy', 'none', $evil, 1],
    ['<If>, another origin', 'if', $evil, 0],
    ['<If>, an allowed origin', 'if', $app, 1],
    ['<Proxy>, another origin', 'none', $evil, 0, %within],
    ['<Proxy>, an allowed origin', 'none', $app, 1, %within],
    ['virtual host, another origin', 'none', $evil, 0, %host],
    ['virtual host, an allowed origin', 'none', $app, 1, %host],
    ['virtual host, the own page', 'none', 'http://policy.example', 1, %host],
    ['.htaccess, which ProxyPass passes over', 'own', $evil, 1],
);
my @rewritten = (['an allowed origin', $app, 1], ['another origin', $evil, 0],
                 ['no Origin', undef, 1]);

plan tests => @ways * (3 * @rows + 10) + 3 * @rewritten + 1 + 10;

sub fields_of {
    my ($response) = @_;
    return join "\n", "status $response->{status}",
        sort map { "$_->[0]: $_->[1]" } @{ $response->{fields} };
}

my @switched = ('Connection: Upgrade', "Sec-WebSocket-Accept: $accept",
                'Upgrade: websocket');

# Assert that a handshake leads to a tunnel, or that it is refused and does not
# come to the backend, to which one of an allowed origin does.
sub leads {
    my ($rule, $path, $origin, $is_tunnel, %of) = @_;
    my ($name) = $path =~ m{(\w+)$};
    my $mark = log_mark($backend->log);
    my ($response, $said) = handshake($path, $origin, %of);
    if ($is_tunnel) {
        is(fields_of($response), join("\n", 'status 101', @switched), $rule);
        is($said, 'helloABC and all', '... the tunnel leads both ways');
    }
    else {
        cors_none($response, 403, 'Origin', $rule);
        (undef, $said) = handshake($path, $app, %of, fields => []);
        is($said, 'helloABC and all', '... while an allowed origin gets there');
    }
    is(log_since($backend->log, $mark), "connected\nhandshake $name\n",
       '... the backend sees what it should, once');
    return;
}

for my $way (@ways) {
    for (@rows) {
        my ($rule, $section, $origin, $is_tunnel, %of) = @$_;
        leads("$way: $rule", "/$section/$way/" . ($of{name} || 'echo'),
              $origin, $is_tunnel, %of);
    }

    # What a backend puts into a 101 is left alone.
    my ($response, $said) = handshake("/enforce/$way/cors", $app);
    is(fields_of($response), join("\n", 'status 101', sort @switched,
       'Access-Control-Allow-Origin: *', 'Vary: Cookie'),
       "$way: a 101 with CORS headers of the backend's");
    is($said, 'helloABC and all', '... the tunnel leads both ways');
    is($response->{text} =~ /Accept:\S/ ? 'raw' : 'parsed',
       $way eq 'raw' ? 'raw' : 'parsed', "$way: this is the way it came");

    # No tunnel: mod_proxy_wstunnel hands on as it is what the backend says.
    ($response, $said) = handshake("/enforce/$way/refuse", $app);
    cors_is($response, 403, $way eq 'raw'
            ? \%own : { %granted, vary => 'Cookie,Origin' },
            "$way: a handshake that the backend refuses");
    is($said, 'plain', '... with its own page');
    ($response) = handshake("/enforce/$way-gone", $app);
    cors_is($response, 503, \%granted, "$way: a dead backend");
    ($response) = handshake("/enforce/$way-gone", $evil);
    cors_none($response, 403, 'Origin',
              "$way: a dead backend, and another origin");

    # Other requests to these URLs.
    my $status = $way eq 'raw' ? 404 : 200;
    my $vary = $way eq 'raw' ? 'Origin' : 'Cookie,Origin';
    ($response) = handshake("/enforce/$way/echo", $app, upgrade => []);
    cors_is($response, $status, { %granted, vary => $vary },
            "$way: no handshake, an allowed origin");
    ($response) = handshake("/enforce/$way/echo", $evil, upgrade => []);
    cors_none($response, 403, 'Origin', "$way: no handshake, another origin");
    ($response) = handshake("/if/$way/echo", $evil, upgrade => []);
    cors_none($response, $status, $vary,
              "$way: no handshake, another origin, <If>");
}
my ($response) = handshake('/enforce/raw/echo', $app, upgrade => [
    Upgrade => 'other', Connection => 'Upgrade']);
cors_is($response, 426, \%granted, 'raw: a handshake of another protocol');

# What a RewriteRule of a .htaccess leads to a backend has its policy.
leads(".htaccess with RewriteRule [P]: $_->[0]", '/own/rewritten/echo',
      @$_[1, 2]) for @rewritten;

# Over HTTP/2.  A block of the one byte 0x88 is status 200, and no other field.
for (['an allowed origin', 'enforce', $app],
     ['another origin without CorsEnforce', 'list', $evil],
     ['another origin', 'enforce', $evil]) {
    my ($rule, $section, $origin) = @$_;
    my $mark = log_mark($backend->log);
    my $log = log_mark($second_log);
    my ($fields, $said) = handshake_h2("/$section/h2/echo", $origin);
    if ($rule ne 'another origin') {
        is(unpack('H*', $fields) . " $said", '88 helloABC', "HTTP/2: $rule");
        like(log_since($second_log, $log, qr/\n/), qr/^GET 101 - -$/m,
             '... is logged so');
    }
    else {
        like($said, qr/403 Forbidden/, "HTTP/2: $rule");
        is(log_since($second_log, $log, qr/\n/), "GET 403 - Origin\n",
           '... is logged so');
        (undef, $said) = handshake_h2("/$section/h2/echo", $app);
        is($said, 'helloABC', '... while an allowed origin gets there');
    }
    is(log_since($backend->log, $mark), "connected\nhandshake echo\n",
       '... the backend sees what it should, once');
}
