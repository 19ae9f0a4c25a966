# Backends that are dead, slow, broken, or one of several; request bodies and
# interim answers on their way through mod_proxy_http.  Whatever comes of it
# carries the policy's verdict, once.

use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsBackend;
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my $files = vars('t_dir') . '/htdocs/apps';
my $preflight = join ',', qw(Origin Access-Control-Request-Method
                             Access-Control-Request-Headers);
my %granted = (origin => $app, credentials => 'true', vary => 'Origin');
my %answer = (%granted, methods => 'PUT', vary => $preflight);
my $cors = "Access-Control-Allow-Origin: *\r\n"
    . "Access-Control-Allow-Methods: DELETE\r\nVary: Cookie\r\n";
my %own = (origin => '*', methods => 'DELETE');

# What a backend says to a request for /NAME before it hangs up.
my $head = "HTTP/1.1 200 OK\r\n${cors}Connection: close\r\n";
my %says = (
    whole => "${head}Content-Length: 5\r\n\r\nwhole",
    short => "${head}Content-Length: 9\r\n\r\nshort",
    chunk => "${head}Transfer-Encoding: chunked\r\n\r\n5\r\nchunk\r\nzzz\r\n",
    field => "${head}no colon here\r\n\r\nbody",
    length => "${head}Content-Length: x\r\n\r\nbody",
    text => "\x00\x01 no HTTP at all\r\n$cors\r\n",
    hints => "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n"
        . "Access-Control-Allow-Origin: https://hint.example\r\n\r\n"
        . "${head}Content-Length: 5\r\n\r\nhints",
);

my $odd = CorsBackend->server(sub {
    my ($client, $note) = @_;
    my $asked = read_head($client);
    my ($name) = $asked =~ m{^\S+ /(\w+) };
    return sleep 20 if $name eq 'slow';
    return print $client $says{$name} if $name ne 'echo';

    my $body = read_body($client, $asked);
    $note->("echo $body");
    print $client "${head}X-Body: $body\r\nContent-Length: 0\r\n\r\n";
});

# What a FastCGI server says at once.
my @fcgi = map {
    my $said = $_;
    CorsBackend->server(sub {
        my ($client) = @_;
        defined $said ? print $client $said : sleep 20;
    });
} undef, "\x01\x06\x00\x09garbage!", $says{whole};

my ($mortal, $member, $gone) = map {
    CorsBackend->server(sub {
        my ($client) = @_;
        read_head($client);
        print $client $says{whole};
    });
} 1 .. 3;
$gone->stop;

my ($odd_port, $mortal_port, $member_port, $gone_port, @fcgi_ports)
    = map { $_->port } $odd, $mortal, $member, $gone, @fcgi;
my @modules = qw(alias proxy proxy_http proxy_fcgi proxy_balancer slotmem_shm
                 lbmethod_byrequests);
my $server = private_httpd(<<"CONF", modules => \@modules);
DefaultRuntimeDir .
Alias /none/page.txt $files/page.txt
ProxyTimeout 1
ProxyPassMatch ^/[a-z-]+/odd/(.*)\$ http://127.0.0.1:$odd_port/\$1
ProxyPassMatch ^/[a-z-]+/mortal\$ http://127.0.0.1:$mortal_port/
ProxyPassMatch ^/[a-z-]+/fcgi-slow\$ fcgi://127.0.0.1:$fcgi_ports[0]/
ProxyPassMatch ^/[a-z-]+/fcgi-text\$ fcgi://127.0.0.1:$fcgi_ports[1]/
ProxyPassMatch ^/[a-z-]+/fcgi-http\$ fcgi://127.0.0.1:$fcgi_ports[2]/
ProxyPassMatch ^/[a-z-]+/pair\$ balancer://pair/
<Proxy balancer://pair>
    BalancerMember http://127.0.0.1:$gone_port retry=0
    BalancerMember http://127.0.0.1:$member_port retry=0
</Proxy>

<LocationMatch ^/(replace|keep|enforce)>
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsAllowMethods PUT
</LocationMatch>
<Location /any>
    CorsAllowOrigin *
</Location>
<LocationMatch ^/keep>
    CorsUpstream Keep
</LocationMatch>
<LocationMatch ^/[a-z]+-pass/>
    CorsPreflight Pass
</LocationMatch>
<LocationMatch ^/[a-z]+-page/>
    ProxyErrorOverride On
    ErrorDocument 502 /none/page.txt
    ErrorDocument 503 /none/page.txt
</LocationMatch>
<Location /enforce>
    CorsEnforce On
</Location>
CONF
my @to = (port => $server->port);

# What is asked, its status, whether the backend's fields get through, and the
# body.
my @broken = (
    ['odd/whole', 200, 1, qr/^whole$/],
    ['odd/short', 200, 1, qr/^short$/],
    ['odd/chunk', 200, 1, qr/^5\r\nchunk\r\n/],
    ['odd/field', 502, 0, qr/502/],
    ['odd/length', 502, 0, qr/502/],
    ['odd/text', 502, 0, qr/502/],
    ['fcgi-text', 503, 0, qr/503/],
    ['fcgi-http', 503, 0, qr/503/],
);

# What is done until nobody answers any more, and who does then.
my @dead = (['mortal', $mortal], ['pair', $member]);

# How a body is sent.
my @bodies = (
    ['with a length', "Content-Length: 3\r\n\r\nabc", 0],
    ['in chunks', "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n"
     . "0\r\n\r\n", 0],
    ['with a length, that waits', "Expect: 100-continue\r\n"
     . "Content-Length: 3\r\n\r\nabc", 1],
    ['in chunks, that waits', "Expect: 100-continue\r\n"
     . "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 1],
);

# Assertions of all_policies(), which has one request without a policy.
my $all = 2 * (1 + 3 * @origins);
plan tests => @broken * $all + 9 + @bodies * (2 * 4 * @origins + 2)
    + 2 * 4 * @origins + @dead * (3 * $all + 2 * 2 * @origins + 4);

sub called { return $_[0] // 'no Origin' }

# What a policy makes of a response that has the backend's fields, or none.
sub fields {
    my ($policy, $origin, $has_own) = @_;
    my @vary = $has_own ? 'Cookie' : ();
    return { $has_own ? %own : (), vary => $vary[0] } if $policy eq 'none';
    return { origin => '*', vary => $vary[0] } if $policy eq 'any';
    my %vary = (vary => join ',', @vary, 'Origin');
    return { %own, %vary } if $policy eq 'keep' && $has_own;
    return { $origin && $origin eq $app ? %granted : (), %vary };
}

# Assert what each policy makes of a path.
sub all_policies {
    my ($path, $status, $has_own, $body, %of) = @_;
    for my $policy (qw(none replace keep any)) {
        for my $origin ($policy eq 'none' ? $app : @origins) {
            my $response = get("/$policy/$path", $origin, @to, %of);
            cors_is($response, $status, fields($policy, $origin, $has_own),
                    "$path: $policy, " . called($origin));
            like($response->{body}, $body, '... this is the way it came');
        }
    }
    return;
}

# 1. Broken answers.
all_policies(@$_) for @broken;

# 2. No answer.  It takes ProxyTimeout's second each.
for my $origin (@origins) {
    cors_is(get('/replace/odd/slow', $origin, @to), 502,
            fields('replace', $origin), 'no answer: ' . called($origin));
}
cors_is(get('/keep/odd/slow', $app, @to), 502, fields('keep', $app),
        'no answer: keep');
cors_is(get('/replace/fcgi-slow', $app, @to), 504, fields('replace', $app),
        'no answer of FastCGI');
cors_is(get('/keep/fcgi-slow', $evil, @to), 504, fields('keep', $evil),
        'no answer of FastCGI: keep');
cors_is(request(method => 'POST', path => '/replace/odd/slow', @to, fields => [
            Origin => $app, 'Content-Length' => 3, Expect => '100-continue'],
                body => 'abc'), 503, fields('replace', $app),
        'no answer to Expect');
cors_is(preflight('/replace-pass/odd/slow', $app, 'PUT', undef, @to), 502,
        \%answer, 'no answer: a preflight that is passed on');
cors_is(preflight('/replace/odd/slow', $app, 'PUT', undef, @to), 204,
        \%answer, 'no answer: a preflight does not depend on it');

# 3. Bodies and interim answers.  What is no final answer is left alone.
for (@bodies) {
    my ($name, $body, $waits) = @$_;
    for my $policy (qw(none replace keep any)) {
        for my $origin (@origins) {
            my $text = exchange("POST /$policy/odd/echo HTTP/1.1\r\n"
                . "Host: localhost\r\nConnection: close\r\n"
                . ($origin ? "Origin: $origin\r\n" : '') . $body,
                $server->port);
            my $interim = $text =~ s{^(HTTP/1.1 1.*?\r\n\r\n)}{}s ? $1 : '';
            my $response = CorsTest::parse($text);
            cors_is($response, 200, fields($policy, $origin, 1),
                    "a body $name: $policy, " . called($origin));
            is(join('|', CorsTest::values($response, 'X-Body'), $interim),
               'abc|' . ($waits ? "HTTP/1.1 100 Continue\r\n\r\n" : ''),
               '... is passed on, and so is what comes before the answer');
        }
    }
    my $mark = log_mark($odd->log);
    my $text = exchange("POST /enforce/odd/echo HTTP/1.1\r\nHost: localhost\r\n"
        . "Connection: close\r\nOrigin: $evil\r\n$body", $server->port);
    cors_none(CorsTest::parse($text), 403, 'Origin',
              "CorsEnforce: a body $name is not asked for");
    get('/enforce/odd/echo', $app, @to);
    is(log_since($odd->log, $mark, qr/echo/), "connected\necho \n",
       '... the backend sees the next request alone');
}
my ($hints) = $says{hints} =~ /^(.*?\r\n\r\n)/s;
for my $policy (qw(none replace keep any)) {
    for my $origin (@origins) {
        my $text = get("/$policy/odd/hints", $origin, @to)->{text};
        is(substr($text, 0, length $hints, ''), $hints,
           "early hints are left alone: $policy, " . called($origin));
        cors_is(CorsTest::parse($text), 200, fields($policy, $origin, 1),
                '... the answer is not');
    }
}

# 4. Backends that stop; a balancer goes on as long as a member is left.
for (@dead) {
    my ($path, $last) = @$_;
    all_policies($path, 200, 1, qr/^whole$/) for 1, 2;
    $last->stop;
    all_policies($path, 503, 0, qr/503/);
    for my $origin (@origins) {
        for my $policy (qw(replace keep)) {
            my $response = get("/$policy-page/$path", $origin, @to);
            cors_is($response, 503, fields($policy, $origin),
                    "ErrorDocument for $path: $policy, " . called($origin));
            is($response->{body}, "page\n", '... is sent');
        }
    }
    cors_is(preflight("/replace/$path", $app, 'PUT', undef, @to), 204,
            \%answer, "a preflight is answered without $path");
    cors_none(preflight("/replace/$path", $evil, 'PUT', undef, @to), 403,
              $preflight, "a preflight is refused without $path");
    cors_is(preflight("/replace-pass/$path", $app, 'PUT', undef, @to), 503,
            \%answer, "a preflight is passed on to $path");
    cors_none(preflight("/keep-pass/$path", $evil, 'PUT', undef, @to), 503,
              $preflight, "a refused preflight is passed on to $path");
}
