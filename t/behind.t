# Behind a proxy: what a page of the site itself sends passes CorsEnforce, what
# one of another origin sends does not, whoever ends TLS; and of two proxies in
# a row that both have a policy, each header comes once.

use strict;
use warnings;

use IO::Socket::SSL ();
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my $page = vars('t_dir') . '/htdocs/plain/index.html';
my $preflight = join ',', qw(Origin Access-Control-Request-Method
                             Access-Control-Request-Headers);
my %vary = (vary => 'Origin');
my %seen = (%vary, origin => $app);

# A site behind a proxy that ends TLS: its scheme stands in ServerName.  The
# first virtual host is also that of names that none has.
my $site = private_httpd(<<"CONF", modules => [qw(alias headers remoteip)]);
AliasMatch ^ $page
CorsAllowOrigin $app
CorsEnforce On
<VirtualHost *>
    ServerName https://www.example.com
    ServerAlias example.com *.alias.example
</VirtualHost>
<VirtualHost *>
    ServerName https://canonical.example
    ServerAlias backend.example
    UseCanonicalName On
</VirtualHost>
<VirtualHost *>
    ServerName https://port.example:8443
    ServerAlias port-backend.example
</VirtualHost>
<VirtualHost *>
    ServerName https://canonical-port.example:8443
    UseCanonicalName On
</VirtualHost>
<VirtualHost *>
    ServerName remote.example
    RemoteIPHeader X-Forwarded-For
    RemoteIPInternalProxy 127.0.0.1
    Header always set X-Client "expr=%{REMOTE_ADDR}"
</VirtualHost>
CONF

# A rule, Host, Origin, the status, and other fields: of a POST.
my $main = 'www.example.com';
my @forwarded = ('X-Forwarded-For' => '192.0.2.7',
                 'X-Forwarded-Proto' => 'https', 'X-Forwarded-Ssl' => 'on',
                 Forwarded => 'for=192.0.2.7;proto=https');
my @posts = (
    ['ServerName', $main, "https://$main", 200],
    ['ServerName, another host', $main, 'https://example.com', 403],
    ['ServerName, another scheme', $main, "http://$main", 403],
    ['ServerName, a port', $main, "https://$main:8443", 403],
    ['ServerName, null', $main, 'null', 403],
    ['ServerName, no Origin', $main, undef, 200],
    ['ServerName, an allowed origin', $main, $app, 200],
    ['ServerAlias', 'example.com', 'https://example.com', 200],
    ['ServerAlias, ServerName', 'example.com', "https://$main", 403],
    ['a wildcard of ServerAlias', 'a.b.alias.example',
     'https://a.b.alias.example', 200],
    ['a wildcard, another host of it', 'a.alias.example',
     'https://b.alias.example', 403],
    ['Host in capitals', 'WWW.Example.COM', "https://$main", 200],
    ['Host in capitals, a port', 'WWW.Example.COM:8443',
     "https://$main:8443", 200],
    ['Host in capitals, another host', 'WWW.Example.COM',
     'https://www.example.org', 403],
    ['Host with 443', "$main:443", "https://$main", 200],
    ['Host with another port', "$main:8443", "https://$main", 403],
    ['a dot at the end', "$main.", "https://$main.", 200],
    ['IPv4', '192.0.2.1', 'https://192.0.2.1', 200],
    ['IPv4, a port', '192.0.2.1:8443', 'https://192.0.2.1:8443', 200],
    ['IPv6', '[2001:db8::1]', 'https://[2001:db8::1]', 200],
    ['IPv6, a port', '[2001:db8::1]:8443', 'https://[2001:db8::1]:8443', 200],
    ['IPv6 in capitals', '[2001:DB8::A]', 'https://[2001:db8::a]', 200],
    ['IPv6, another address', '[2001:db8::1]', 'https://[2001:db8::2]', 403],
    ['IPv6, another port', '[2001:db8::1]:8443', 'https://[2001:db8::1]',
     403],
    ['IPv6, a name', '[2001:db8::1]', "https://$main", 403],

    # With UseCanonicalName httpd knows the site by ServerName, also where the
    # proxy asks for it by another name.
    ['UseCanonicalName', 'canonical.example', 'https://canonical.example',
     200],
    ['UseCanonicalName, Host of the proxy', 'backend.example',
     'https://canonical.example', 200],
    ['UseCanonicalName, Host with a port of the proxy', 'backend.example:8080',
     'https://canonical.example', 200],
    ['UseCanonicalName, Host of the proxy, another origin', 'backend.example',
     $evil, 403],
    ['UseCanonicalName, another scheme', 'backend.example',
     'http://canonical.example', 403],
    ['UseCanonicalName, a port', 'canonical-port.example:8443',
     'https://canonical-port.example:8443', 200],
    ['UseCanonicalName, a port that Host has not', 'canonical-port.example',
     'https://canonical-port.example:8443', 200],
    ['no UseCanonicalName, Host of the proxy', 'port-backend.example:8443',
     'https://port.example:8443', 403],
    ['no UseCanonicalName, Host of the proxy, same-origin',
     'port-backend.example', 'https://port.example:8443', 200,
     'Sec-Fetch-Site' => 'same-origin'],

    # What a proxy says of the scheme is for the configuration to know: anybody
    # can say it.
    ['X-Forwarded-Proto', 'remote.example', 'https://remote.example', 403,
     @forwarded],
    ['X-Forwarded-Proto, the scheme of the server', 'remote.example',
     'http://remote.example', 200, @forwarded],
    ['X-Forwarded-Proto, same-origin', 'remote.example',
     'https://remote.example', 200, @forwarded,
     'Sec-Fetch-Site' => 'same-origin'],
    ['X-Forwarded-Proto, another origin', 'remote.example', $evil, 403,
     @forwarded],
    ['X-Forwarded-Host', 'example.com', "https://$main", 403,
     'X-Forwarded-Host' => $main],

    # Sec-Fetch-Site
    map({ ["own, Sec-Fetch-Site: $_", $main, "https://$main", 200,
           'Sec-Fetch-Site' => $_] } qw(same-origin same-site cross-site none)),
    map({ ["another origin, Sec-Fetch-Site: $_->[0]", $main, $evil, $_->[1],
           'Sec-Fetch-Site' => $_->[0]] }
        ['same-origin', 200], ['none', 200], ['same-site', 403],
        ['cross-site', 403], ['Same-Origin', 403], ['"same-origin"', 403],
        ['same-origin;a', 403], ['', 403]),
    ['another origin, two Sec-Fetch-Site', $main, $evil, 403,
     'Sec-Fetch-Site' => 'same-origin', 'Sec-Fetch-Site' => 'same-origin'],
);

# TLS for real: a server that ends it in front of one that does not, and for
# pages of its own.
my ($key, $cert) = map { vars('t_logs') . "/behind-$$.$_" } qw(key crt);
my $made = qx(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \\
    -nodes -days 2 -subj /CN=$main -keyout $key -out $cert 2>&1);
die "openssl makes no certificate: $made" unless -s $cert;
my $inside = $site->port;
my $tls = private_httpd(<<"CONF", modules => [qw(alias ssl proxy proxy_http)]);
SSLEngine On
SSLCertificateFile $cert
SSLCertificateKeyFile $key
AliasMatch ^/own $page
ProxyPass /kept http://127.0.0.1:$inside/
ProxyPass /host http://localhost:$inside/
<Location /kept>
    ProxyPreserveHost On
</Location>
<Location /own>
    CorsAllowOrigin $app
    CorsEnforce On
</Location>
CONF
my $at = "$main:" . $tls->port;
my @tls = (
    map({ my $where = $_;
          ["$where, the own page", $where, "https://$at", 200],
          ["$where, the own page by http", $where, "http://$at", 403],
          ["$where, the own page of port 443", $where, "https://$main", 403],
          ["$where, another origin", $where, $evil, 403],
          ["$where, an allowed origin", $where, $app, 200] } qw(kept own)),
    ['a Host of the proxy\'s own', 'host', "https://$at", 403],
    ['a Host of the proxy\'s own, same-origin', 'host', "https://$at", 200,
     'Sec-Fetch-Site' => 'same-origin'],
    ['a Host of the proxy\'s own, same-site', 'host', "https://$at", 403,
     'Sec-Fetch-Site' => 'same-site'],
);

# Two in a row: /OUTER/INNER/NAME.
my $inner = private_httpd(<<"CONF", modules => [qw(alias headers)]);
LogFormat "%m %U" seen
CustomLog seen_log seen
AliasMatch ^/\\w+/(page|last)\$ $page
RedirectMatch 302 ^/\\w+/moved\$ https://elsewhere.example/
Header always set X-Inner yes
Header always merge Vary Cookie
<LocationMatch ^/(list|enforce)/>
    CorsAllowOrigin $app
    CorsAllowMethods DELETE
    CorsExposeHeaders X-Inner
    CorsMaxAge 5
</LocationMatch>
<LocationMatch ^/(other|enforce)/>
    CorsAllowOrigin https://other.example
</LocationMatch>
<Location /any>
    CorsAllowOrigin *
</Location>
<Location /enforce>
    CorsEnforce On
</Location>
CONF
my $port = $inner->port;
my $outer = private_httpd(<<"CONF", modules => [qw(proxy proxy_http)]);
ProxyPassMatch ^/[a-z-]+/(\\w+/\\w+)\$ http://127.0.0.1:$port/\$1
<LocationMatch ^/(replace|keep)>
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsAllowMethods PUT DELETE
    CorsMaxAge 600
</LocationMatch>
<LocationMatch ^/keep>
    CorsUpstream Keep
</LocationMatch>
<LocationMatch ^/[a-z]+-pass/>
    CorsPreflight Pass
</LocationMatch>
CONF
my $seen_log = ($inner->root =~ m{([^/]+)$})[0] . '/seen_log';

# What an inner policy makes of the allowed origin and of others: the status of
# a page and of a preflight, and the fields besides Vary.
my %list = (origin => $app, expose => 'X-Inner');
my %any = (origin => '*');
my %inner = (
    list => { app => [200, 204, \%list,
                      { origin => $app, methods => 'DELETE', age => 5 }],
              others => [200, 403] },
    other => { app => [200, 403], others => [200, 403] },
    any => { app => [200, 403, \%any], others => [200, 403, \%any] },
    enforce => { app => [403, 403], others => [403, 403] },
    none => { app => [200, 200], others => [200, 200] },
);

# And an outer one, for want of fields that it keeps.
my %ours = (origin => $app, credentials => 'true');
my %answer = (%ours, methods => 'PUT, DELETE', age => 600);

my @chained = map { my $policy = $_; map { [$policy, $_] } sort keys %inner }
    qw(replace keep);
plan tests => @posts + 1 + @tls + 2 * (@chained + 12) * @origins
    + 2 * @chained + 2 * 2 + 1;

for (@posts) {
    my ($rule, $host, $origin, $status, @fields) = @$_;
    my $response = request(method => 'POST', path => '/page', host => $host,
        port => $site->port, fields => ['Content-Length' => 0, @fields,
            defined $origin ? (Origin => $origin) : ()]);
    cors_is($response, $status,
            defined $origin && $origin eq $app ? \%seen : \%vary,
            "behind TLS: $rule");
}
is(join('|', CorsTest::values(get('/page', undef, host => 'remote.example',
                                  port => $site->port, fields => \@forwarded),
                              'X-Client')), '192.0.2.7',
   'behind TLS: mod_remoteip believes the proxy');

sub request_tls {
    my ($path, @fields) = @_;
    my $socket = IO::Socket::SSL->new(PeerAddr => '127.0.0.1', Timeout => 10,
        PeerPort => $tls->port, SSL_verify_mode => 0)
        or die "no TLS: $IO::Socket::SSL::SSL_ERROR";
    my $text = "POST $path HTTP/1.1\r\nHost: $at\r\nContent-Length: 0\r\n"
        . "Connection: close\r\n";
    while (my ($name, $value) = splice @fields, 0, 2) {
        $text .= "$name: $value\r\n";
    }
    local $SIG{ALRM} = sub { die "no answer within 20 seconds\n" };
    alarm 20;
    print $socket "$text\r\n";
    my $answer = '';
    1 while sysread $socket, $answer, 65536, length $answer;
    alarm 0;
    return CorsTest::parse($answer);
}
for (@tls) {
    my ($rule, $path, $origin, $status, @fields) = @$_;
    cors_is(request_tls("/$path/", Origin => $origin, @fields), $status,
            $origin eq $app ? \%seen : \%vary, "TLS: $rule");
}

# Each header once, whichever of the two it is from.
sub chained {
    my ($policy, $kind, $name, $status, $origin) = @_;
    my $is_app = defined $origin && $origin eq $app;
    my $wanted = $inner{$kind}{$is_app ? 'app' : 'others'};
    my $kept = $policy eq 'keep' && $wanted->[2];
    my $response = get("/$policy/$kind/$name", $origin, port => $outer->port);
    cors_is($response, $status || (defined $origin ? $wanted->[0] : 200),
            { %{ $kept || ($is_app ? \%ours : {}) }, vary => 'Cookie,Origin' },
            "two in a row: $policy, $kind/$name, " . ($origin // 'no Origin'));
    is(join('|', CorsTest::values($response, 'X-Inner')), 'yes',
       '... the inner one answers');
    return;
}
for (@chained) {
    my ($policy, $kind) = @$_;
    chained($policy, $kind, 'page', undef, $_) for @origins;
    for my $origin ($app, $evil) {
        my $is_app = $origin eq $app;
        my $wanted = $inner{$kind}{$is_app ? 'app' : 'others'};
        my $kept = $policy eq 'keep' && $wanted->[3];
        my $order = $kind ne 'any' ? $preflight
                    : $preflight =~ s/^Origin,(.*)/$1,Origin/r;
        cors_is(preflight("/$policy-pass/$kind/page", $origin, 'DELETE', undef,
                          port => $outer->port), $wanted->[1],
                { %{ $kept || ($is_app ? \%answer : {}) },
                  vary => "Cookie,$order" },
                "two in a row: $policy, $kind, a preflight of $origin");
    }
}
for my $policy (qw(replace keep)) {
    for my $kind (qw(list other any)) {
        for my $case (['moved', 302], ['missing', 404]) {
            chained($policy, $kind, @$case, $_) for @origins;
        }
    }
}

# A preflight that the outer one answers, for a URL that none has asked before:
# httpd may write down a request after the next has come.
for my $policy (qw(replace keep)) {
    cors_is(preflight("/$policy/list/last", $app, 'DELETE', undef,
                      port => $outer->port), 204,
            { %answer, vary => $preflight },
            "two in a row: the outer one answers, $policy");
    cors_none(preflight("/$policy/list/last", $evil, 'DELETE', undef,
                        port => $outer->port), 403, $preflight,
              "two in a row: the outer one refuses, $policy");
}
get('/none/list/last', $app, port => $outer->port);
my @last = grep { /last/ } split /^/, log_since($seen_log, 0, qr/GET .*last/);
is(join('', @last), "GET /list/last\n",
   'two in a row: the inner one sees the next request alone');
