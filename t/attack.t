# What attackers put into Origin to pass for another: every way known of
# getting past a check of origins, against an exact origin, a wildcard and an
# expression, all with credentials.  None may pass, neither as an actual
# request nor as a preflight, and nothing of it may come back.
#
# Elsewhere: what is no origin at all, t/unit/origin.c; lengths and control
# octets, t/hostile.t; what is no attack on the origin, t/attack_http.t.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $preflight_vary = join ',', qw(Origin Access-Control-Request-Method
                                  Access-Control-Request-Headers);

# The policies, and origins that each lets in: without these controls all
# refusals would be those of a server that refuses everybody.
my %policy = (
    exact => ['CorsAllowOrigin https://app.example http://127.0.0.1:8080 '
              . 'http://[::1]:8080',
              qw(https://app.example http://127.0.0.1:8080
                 http://[::1]:8080)],
    wildcard => ['CorsAllowOrigin https://*.app.example',
                 qw(https://x.app.example https://x.y.app.example
                    https://x_y.app.example https://-.app.example
                    https://xn--bcher-kva.app.example
                    https://evil.example.app.example
                    https://app.example.app.example)],
    match => ['CorsAllowOriginMatch "https://app\.example" '
              . '"https://(shop|[a-z]+-eu)\.app\.example"',
              qw(https://app.example https://shop.app.example
                 https://x-eu.app.example)],
);
my @all = sort keys %policy;

# Each attack, a name => its origins.
my %attack = read_attacks();
my @special = split ' ', delete $attack{special};
for my $c (@special) {
    $attack{"'$c' before a name of the attacker's"} = join ' ', map {
        ("https://$_${c}.evil.example", "https://$_${c}evil.example",
         "https://$_${c}")
    } qw(app.example shop.app.example x.app.example);
    # "evil.example_.app.example" is a subdomain, as the wildcard's controls
    # have them.
    $attack{"'$c' behind a name of the attacker's"} = join ' ',
        "https://evil.example${c}app.example",
        $c =~ /[-_]/ ? () : ("https://evil.example${c}.app.example",
                             "https://evil${c}-eu.app.example",
                             "https://x${c}shop.app.example");
}

# What is an attack on one policy is right under another: each is tried where
# it is not among the controls.
my %right = map {
    my $name = $_;
    my (undef, @origins) = @{ $policy{$name} };
    $name => { map { $_ => 1 } @origins };
} @all;
my %subdomain = map { $_ => 1 } qw(https://evil.example-eu.app.example);

my $sections = join '', map {
    "<Location /$_>\n    $policy{$_}[0]\n    CorsAllowCredentials On\n"
    . "    CorsAllowMethods PUT\n</Location>\n"
} @all;
my $server = private_httpd(<<"CONF", modules => ['alias']);
CorsLint Off
AliasMatch "^/" @{[vars('t_dir')]}/htdocs/plain/index.html
$sections
CONF
my @of = (port => $server->port);

# The origins of an attack that pass, actually or in a preflight, of those that
# a policy should refuse.
sub passes {
    my ($name, @origins) = @_;
    my @passed;
    for my $origin (@origins) {
        for my $response (get("/$name", $origin, @of),
                          preflight("/$name", $origin, 'PUT', undef, @of)) {
            my @fields = grep { /^(?:Access-Control|CORS|Timing)/i }
                map { $_->[0] } @{ $response->{fields} };
            my $vary = join ',', CorsTest::values($response, 'Vary');
            push @passed, "$origin: $response->{status}, @fields, $vary"
                if @fields
                || ($response->{status} == 403 ? $vary ne $preflight_vary
                    : $response->{status} != 200 || $vary ne 'Origin');
        }
    }
    return @passed;
}

plan tests => @all * keys(%attack) + 7
    + 2 * map { keys %$_ } CORE::values %right;

# Controls: what is right passes.
for my $name (@all) {
    for my $origin (sort keys %{ $right{$name} }) {
        my %granted = (origin => $origin, credentials => 'true',
                       vary => 'Origin');
        cors_is(get("/$name", $origin, @of), 200, \%granted,
                "$name lets $origin in");
        cors_is(preflight("/$name", $origin, 'PUT', undef, @of), 204,
                { %granted, methods => 'PUT', vary => $preflight_vary },
                "$name lets $origin in: preflight");
    }
}

for my $attack (sort keys %attack) {
    my @origins = map { s/\\x([0-9a-f]{2})/chr hex $1/ger }
        split ' ', $attack{$attack};
    for my $name (@all) {
        my @tried = grep { !$right{$name}{$_} } @origins;
        @tried = grep { !$subdomain{$_} } @tried if $name eq 'wildcard';
        my @passed = passes($name, @tried);
        is(join("\n", @passed), '', "$name: $attack");
    }
}

# An expression with a dot that is not escaped lets in what it says, and is
# told so at start (CORS-W02, t/lint.t); the ends stay where they are.
{
    my $loose = private_httpd(<<"CONF", modules => ['alias']);
AliasMatch "^/" @{[vars('t_dir')]}/htdocs/plain/index.html
CorsAllowOriginMatch "https://www.app.example" "https://a\\.example|https://b"
CONF
    my @loose = (port => $loose->port);
    my $log = ($loose->root =~ m{([^/]+)$})[0] . '/error_log';
    like(log_since($log, 0), qr/CORS-W02.*www.app.example/,
         'a dot that is not escaped is told');
    cors_is(get('/', $_, @loose), 200, { origin => $_, vary => 'Origin' },
            "and stands for any character: $_")
        for 'https://www.app.example', 'https://wwwxapp.example';
    for my $origin ('https://www.app.example.evil.example',
                    'https://evil-www.app.example',
                    'https://a.example.evil.example',
                    'https://b.evil.example') {
        cors_none(get('/', $origin, @loose), 200, 'Origin',
                  "but at the ends nothing is added: $origin");
    }
}

# Lines of attacks: a name after "=", then origins; "\x20" is an octet.
sub read_attacks {
    my (%attacks, $name);
    while (my $line = <DATA>) {
        if ($line =~ /^= (.*)/) { $name = $1 }
        elsif ($line !~ /^#/) { $attacks{$name} .= $line }
    }
    return %attacks;
}

__DATA__
# What browsers let into a host, or once did: a page of evil.example can have
# the origin "https://app.example{.evil.example".
= special
! " $ & ' ( ) * + , ; = _ ` { | } ~ ^ < > % - [ ] : \x80 \xff
= a suffix
https://app.example.evil.example https://app.exampleevil.example
https://app.examplex https://app.example-evil.example
https://app.example.evil.example:443 https://app.example.e
https://app.example.app.example.evil.example
https://app.example.com.evil.example
https://app.examples https://shop.app.examples https://x.app.examples
https://x.app.example.evil.example https://shop.app.example.evil.example
= a prefix
https://evilapp.example https://evil-app.example https://xapp.example
https://0app.example https://_app.example https://-app.example
https://evilx.app-example https://xn--app.example https://evilshop-app.example
= the expression is searched for, not matched
https://evil.example/https://app.example https://app.examplex
xhttps://app.example https://app.example.https://app.example
https://evil.example-eu.app.example https://evil.example/x-eu.app.example
https://xhttps://shop.app.example https://shop
https://shop.app.example|https://evil.example
https://evil.example\x09https://app.example
https://evil.example\x20https://app.example
= a dot that stands for any character
https://appxexample https://app-example https://app_example
https://app0example https://shopxapp.example https://shop.appxexample
https://x-euxapp.example https://xxappxexample
= a part of the name
https://example https://app https://pp.example https://p.example
https://app.exampl https://app.e https://.app.example https://..app.example
https://app..example https://x..app.example
= null
null NULL Null nUll nul nulll %6eull null/ null:// null:80 null, null,null
null;null null@app.example https://null about:blank about:srcdoc undefined
none (null) 0 - ** file:// file:///etc/passwd data: data:, blob:null null\
"null" null\x20null null,\x20https://app.example
https://app.example,\x20null
= user information
https://app.example@evil.example https://app.example:x@evil.example
https://app.example:443@evil.example https://@evil.example
https://evil.example@app.example https://x:y@app.example
https://@app.example https://:@app.example
https://x.app.example@evil.example https://evil.example@x.app.example
https://app.example%40evil.example https://evil.example%40app.example
https://evil.example#@app.example https://evil.example?@app.example
https://evil.example/@app.example https://evil.example\@app.example
https://app.example\@evil.example
= a backslash
https://evil.example\.app.example https://evil.example\app.example
https://app.example\evil.example https://app.example\.evil.example
https:\\app.example https:/\app.example https:\/app.example
https://app.example\ https://app\.example https://\app.example
https://x.app.example\ https://shop\.app\.example
= a path, a query, a fragment
https://evil.example/.app.example https://evil.example?.app.example
https://evil.example#.app.example https://evil.example/x.app.example
https://evil.example;.app.example https://evil.example&.app.example
https://app.example/ https://app.example? https://app.example#
https://app.example/. https://app.example/.evil.example
https://app.example?.evil.example https://app.example#.evil.example
https://x.app.example/ https://shop.app.example/
https://evil.example/?https://app.example
= a port
https://app.example:80 https://app.example:8443 https://app.example:0443
https://app.example:00443 https://app.example:65979
https://app.example:131515 https://app.example:4294967739
https://app.example:18446744073709552059 https://app.example:0
https://app.example:-443 https://app.example:+443 https://app.example:443x
https://app.example:443. https://app.example:443/ https://app.example:443:443
https://app.example:443.evil.example https://app.example:443@evil.example
https://app.example:0x1bb https://app.example:4e2 https://app.example:*
https://app.example: https://app.example:\x20443
https://x.app.example:8443 https://x.app.example:0443
https://x.app.example:65979 https://x.app.example:443.evil.example
https://shop.app.example:8443 https://shop.app.example:0443
https://shop.app.example:65979 https://shop.app.example:443.evil.example
http://127.0.0.1 http://127.0.0.1:80 http://127.0.0.1:80800 http://[::1]
= a dot at the end
https://app.example. https://app.example.. https://app.example.:443
https://x.app.example. https://shop.app.example. http://127.0.0.1.:8080
https://shop.app.example.:443
= capitals
https://APP.EXAMPLE https://App.example https://app.examplE
HTTPS://app.example Https://app.example HTTPS://APP.EXAMPLE
https://X.app.example https://x.APP.example https://SHOP.app.example
httpS://shop.app.example
# Cyrillic a; full width; full stops; zero width space; soft hyphen; from right
# to left; estimated sign; fraction and full width slash, full width @; Latin-1;
# overlong.
= look-alikes, as bytes
https://\xd0\xb0pp.example https://app.ex\xd0\xb0mple
https://x.\xd0\xb0pp.example https://\xef\xbd\x81pp.example
https://app\xe3\x80\x82example https://app\xef\xbc\x8eexample
https://app\xef\xbd\xa1example https://x\xe3\x80\x82app.example
https://app.example\xe2\x80\x8b https://a\xc2\xadpp.example
https://\xe2\x80\xaeelpmaxe.ppa https://app.exampl\xe2\x84\xae
https://evil.example\xe2\x81\x84.app.example
https://evil.example\xef\xbc\x8f.app.example
https://app.example\xef\xbc\xa0evil.example
https://\xe0pp.example https://app.example\xa0 https://app.example\x85
https://app\xc0\xaeexample https://evil.example\xc0\xaf.app.example
= look-alikes, in the xn-- form
https://xn--pp-7kc.example https://xn--app-.example
https://app.xn--exmple-4nf https://xn--app.example-.example
https://shop.xn--pp-7kc.example https://x.xn--pp-7kc.example
= percent-encoding
https://%61pp.example https://app%2eexample https://app%2Eexample
https://app.example%2f https://app.example%23 https://app.example%3f
https://app.example%5c.evil.example https://evil.example%00.app.example
https://evil.example%2f.app.example https://evil.example%252f.app.example
https://evil.example%0d%0a.app.example https://app.example%00.evil.example
https://app.example%00 https://app.example%20 https://app.example%09
https://%2e.app.example https://x%2eapp.example https://shop%2eapp.example
https%3a//app.example https://app.example%0d%0aSet-Cookie:x
= white space within
https://app.example\x09.evil.example https://app.example\x20.evil.example
https://app.example\x20evil.example https://\x20app.example
https\x20://app.example https://app\x20.example
https://evil.example\x09.app.example https://evil.example\x20.app.example
https://app.example\x09https://app.example
= another scheme
http://app.example ws://app.example wss://app.example ftp://app.example
file://app.example javascript://app.example data://app.example
httpsx://app.example xhttps://app.example shttp://app.example
http+https://app.example chrome-extension://app.example app://app.example
http://x.app.example wss://x.app.example http://shop.app.example
https.://app.example https://127.0.0.1:8080 ws://[::1]:8080
= a scheme within another
blob:https://app.example view-source:https://app.example
filesystem:https://app.example jar:https://app.example
javascript:https://app.example feed:https://app.example
https:https://app.example https://https://app.example
https+blob:https://app.example
= no scheme, or half of one
app.example //app.example ://app.example https:app.example
https:/app.example https:///app.example https:////app.example
https//app.example https;//app.example https: https:// s://app.example
x.app.example shop.app.example
= two origins in one field
https://app.example\x20https://evil.example
https://evil.example\x20https://app.example
https://app.example,\x20https://evil.example
https://evil.example,\x20https://app.example
https://app.example,https://evil.example
https://evil.example,https://app.example
https://app.example, ,https://app.example
https://app.example;https://evil.example
https://app.example|https://evil.example
https://app.example,https://app.example
https://app.example,\x20https://app.example
https://app.example\x20https://app.example
https://x.app.example,https://x.app.example
https://shop.app.example,https://shop.app.example
= quotes and brackets
"https://app.example" 'https://app.example' <https://app.example>
(https://app.example) [https://app.example] {https://app.example}
"https://app.example https://app.example" https://"app.example"
https://(app.example) https://[app.example] https://<app.example>
= what the configuration says
https://*.app.example https://* * https://app.example:* https://app\.example
https://(shop|[a-z]+-eu)\.app\.example -https://app.example
+https://app.example None On
= IPv4 in another spelling
http://127.1:8080 http://127.0.1:8080 http://2130706433:8080
http://0x7f000001:8080 http://0x7f.0.0.1:8080 http://0177.0.0.1:8080
http://017700000001:8080 http://127.0.0.01:8080 http://127.0.0.001:8080
http://127.0.0.1.nip.io:8080 http://127.0.0.1.evil.example:8080
http://evil127.0.0.1:8080 http://127.0.0.2:8080 http://127.0.0.11:8080
http://localhost:8080 http://0.0.0.0:8080 http://0:8080
http://[127.0.0.1]:8080 http://[::ffff:127.0.0.1]:8080
http://[::127.0.0.1]:8080 http://[::ffff:7f00:1]:8080
= IPv6 in another spelling
http://[0:0:0:0:0:0:0:1]:8080 http://[::0001]:8080 http://[::01]:8080
http://[0::1]:8080 http://[::0:1]:8080 http://[::1%lo]:8080
http://[::1%25lo]:8080 http://[fe80::1%25eth0]:8080 http://[::1.]:8080
http://[::1].:8080 http://[::2]:8080 http://[::11]:8080 http://[1::]:8080
http://::1:8080 http://[::1:8080 http://::1]:8080 http://[[::1]]:8080
http://[::1].evil.example:8080 http://[::1]evil.example:8080
http://[::1]@evil.example:8080 http://evil.example[::1]:8080
http://[v1.::1]:8080 http://[::0.0.0.1]:8080 http://[::%31]:8080
