# Virtual hosts on one address: each has its own policy, by whichever of its
# names the client calls it, beside hosts that have none and what the main
# server says for all.  What a forward proxy is asked for is another server's.

use strict;
use warnings;

use IO::Socket::INET ();
use Apache::Test qw(-withtestmore);
use CorsTest;

my %page = map { $_ => "https://$_-page.example" } qw(main one two);
my %main = (origin => $page{main});
my %one = (origin => $page{one});
my %two = (origin => $page{two}, credentials => 'true');
my $asked = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';

# A server that the proxy leads to, with fields of its own.
my $target = private_httpd(<<'CONF', cors => 0, modules => ['headers']);
Header always set Access-Control-Allow-Origin https://target.example
Header always set Access-Control-Allow-Methods PATCH
Header always set Vary Accept
CONF
my %target = (origin => 'https://target.example', methods => 'PATCH',
              vary => 'Accept');
my $far = '127.0.0.1:' . $target->port;

my @modules = qw(alias headers proxy proxy_http proxy_connect);
my $files = vars('t_dir') . '/htdocs/plain';
my $server = private_httpd(<<"CONF", modules => \@modules);
AliasMatch ^/(page|shared) $files/index.html
ProxyPass /reverse http://$far/plain/index.html
<Location /shared>
    CorsAllowOrigin $page{main}
</Location>
<Proxy *>
    CorsAllowOrigin $page{main}
</Proxy>
<VirtualHost *:*>
    ServerName one.example
    ServerAlias www.one.example *.alias.example
    CorsAllowOrigin $page{one}
    CorsAllowMethods PUT
</VirtualHost>
<VirtualHost *:*>
    ServerName two.example
    CorsAllowOrigin $page{two}
    CorsAllowCredentials On
    <Location /shared>
        CorsAllowOrigin +$page{two}
    </Location>
</VirtualHost>
<VirtualHost *:*>
    ServerName none.example
</VirtualHost>
<VirtualHost *:*>
    ServerName off.example
    CorsEngine Off
</VirtualHost>
<VirtualHost *:*>
    ServerName any.example
    CorsAllowOrigin *
</VirtualHost>
CONF
my @to = (port => $server->port);

# A host, a URL, what Vary has there, and what each page may see: the fields
# besides, nothing for those that are not named.
my %any = map { $_ => { origin => '*' } } keys %page;
my @hosts = (
    ['one.example', '/page', 'Origin', one => \%one],
    ['two.example', '/page', 'Origin', two => \%two],
    ['none.example', '/page', undef],
    ['off.example', '/page', undef],
    ['any.example', '/page', undef, %any],
    # Of the main server's section; an inner one edits it.
    ['one.example', '/shared', 'Origin', main => \%main],
    ['two.example', '/shared', 'Origin', two => \%two,
     main => { %main, credentials => 'true' }],
    ['none.example', '/shared', 'Origin', main => \%main],
    ['off.example', '/shared', undef],
    ['any.example', '/shared', 'Origin', main => \%main],
    ['none.example', '/reverse', 'Accept,Origin', main => \%main],
    # Names of the first host.
    map({ [$_, '/page', 'Origin', one => \%one] }
        'www.one.example', 'deep.alias.example', 'ONE.example',
        'one.example:1', 'one.example.', 'unknown.example', 'alias.example'),
    # The URL counts, not Host.
    ['none.example', "http://two.example:$to[1]/page", 'Origin',
     two => \%two],
    ['two.example', "http://none.example:$to[1]/page", undef],
);

# Preflights for PUT: who asks, and the answer; 200 is the handler's.
my @preflights = (
    ['one.example', 'one', 204, { %one, methods => 'PUT', vary => $asked }],
    ['one.example', 'two', 403, { vary => $asked }],
    ['two.example', 'one', 403, { vary => $asked }],
    ['two.example', 'two', 403, { vary => $asked }],
    ['none.example', 'one', 200, {}],
    ['off.example', 'one', 200, {}],
    ['www.one.example', 'one', 204,
     { %one, methods => 'PUT', vary => $asked }],
);

# A forward proxy, whose own pages are everybody's: its error documents too.
# What is asked at a port that nobody listens on fails.
my $dead = do {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
        or die "no port: $@";
    '127.0.0.1:' . $socket->sockport;
};
my $errors = join '', map { "ErrorDocument $_ /page\n" } 403, 405, 417, 503;
my $proxy = private_httpd(<<"CONF", modules => \@modules);
ProxyRequests On
AllowCONNECT @{[map { /(\d+)$/ } $far, $dead]}
TraceEnable Off
CorsAllowOrigin *
<Proxy *>
    CorsAllowOrigin *
</Proxy>
Alias /page $files/index.html
$errors
CONF

# What is left alone, or not: a rule, method, URL, fields, the status and the
# fields of the answer, and whether its body is the error document.
my @put = ('Access-Control-Request-Method' => 'PUT');
my $far_url = "http://$far/plain/index.html";
my @forward = (
    ['a GET', 'GET', $far_url, [], 200, \%target],
    ['an error of the target', 'GET', "http://$far/no", [], 404, \%target],
    ['a preflight', 'OPTIONS', $far_url, \@put, 200, \%target],
    ['an error of the proxy', 'GET', "http://$dead/", [], 503, {}, 1],
    ['a preflight, an error of the proxy', 'OPTIONS', "http://$dead/", \@put,
     503, {}, 1],
    ['a failed CONNECT', 'CONNECT', $dead, [], 503, {}, 1],
    ['a forbidden CONNECT', 'CONNECT', '127.0.0.1:1', [], 403, {}, 1],
    ['a forbidden TRACE', 'TRACE', '/page', [], 405, {}, 1],
    ['a failed OPTIONS *', 'OPTIONS', '*', [Expect => 'no'], 417, {}, 1],
    ['not so the page itself', 'GET', '/page', [], 200, { origin => '*' }],
    ['... and an error there', 'GET', '/page', [Expect => 'no'], 417,
     { origin => '*' }, 1],
);

plan tests => keys(%page) * @hosts + 1 + @preflights
    + @forward + grep({ $_->[6] } @forward) + 3;

for (@hosts) {
    my ($host, $path, $vary, %sees) = @$_;
    for my $who (sort keys %page) {
        cors_is(get($path, $page{$who}, host => $host, @to), 200,
                { %{ $sees{$who} || {} }, vary => $vary },
                "$path of $host, asked by page $who");
    }
}
cors_is(CorsTest::parse(exchange("GET /page HTTP/1.0\r\n"
                                 . "Origin: $page{one}\r\n\r\n", $to[1])),
        200, { %one, vary => 'Origin' }, 'without Host the first answers');

for (@preflights) {
    my ($host, $who, $status, $wanted) = @$_;
    cors_is(preflight('/page', $page{$who}, 'PUT', undef, host => $host, @to),
            $status, $wanted, "a preflight to $host, asked by page $who");
}

for (@forward) {
    my ($rule, $method, $url, $fields, $status, $wanted, $is_page) = @$_;
    my $response = request(method => $method, path => $url, fields => [
        Origin => $page{main}, @$fields], port => $proxy->port);
    cors_is($response, $status, $wanted, "left alone by a proxy: $rule");
    is($response->{body}, "plain\n", '... the error document') if $is_page;
}

# A tunnel: its first answer is of the proxy, and then there is the target.
my $tunnel = exchange("CONNECT $far HTTP/1.1\r\nHost: $far\r\n"
    . "Origin: $page{main}\r\n\r\n"
    . "GET /plain/index.html HTTP/1.0\r\nOrigin: $page{main}\r\n\r\n",
    $proxy->port);
my $first = CorsTest::parse($tunnel);
my $second = CorsTest::parse($first->{body});
cors_none($first, 200, undef, 'left alone by a proxy: CONNECT');
cors_is($second, 200, \%target, '... and what flows through the tunnel');
like($second->{body}, qr/^plain$/, '... to its end');
