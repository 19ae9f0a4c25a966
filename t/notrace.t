# No policy, no trace: a server with the module loaded and no policy in force
# sends the same bytes as one without the module.  Under a policy for all,
# "CorsAllowOrigin *", it does but for one field.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $docs = vars('t_dir') . '/htdocs';
my @modules = qw(alias allowmethods asis auth_basic authn_core authn_file
    authz_user autoindex cgi deflate dir env expires filter headers include
    mime negotiation proxy proxy_http rewrite substitute);

# What both a server and its backend have.  The length of what a CGI sends is
# left to the CGI: httpd knows it at one time and not at another.
my $common = <<"CONF";
TypesConfig /dev/null
AddType text/html .html .shtml
AddType text/plain .txt
AddHandler cgi-script .cgi
AddHandler send-as-is .asis
SetEnv ap_trust_cgilike_cl 1
AddOutputFilter INCLUDES .shtml
AddLanguage en .en
AddLanguage de .de
<Directory $docs>
    Options +ExecCGI +Includes +Indexes +MultiViews
    AllowOverride None
</Directory>
CONF
my $backend = private_httpd($common, modules => \@modules, cors => 0);
my $behind = 'http://127.0.0.1:' . $backend->port;
my $config = $common . <<"CONF";
AliasMatch ^/(auth|denied|methods|post|gzip|expires|subst|slow)\$ \\
    $docs/status/gzip.txt
AliasMatch ^/(page|text|cgi|loop|away)/ $docs/notrace/
Alias /front $docs/notrace
Redirect /old /new
RedirectMatch 410 ^/gone
RewriteEngine On
RewriteRule ^/moved https://elsewhere.example/ [R=307]
RewriteRule ^/forbidden - [F]
RewriteRule ^/within /status/plain.txt [PT]
ProxyPass /back $behind
ProxyPass /dead http://127.0.0.1:1/
<Location /back/override>
    ProxyErrorOverride On
</Location>
<Location /auth>
    AuthType Basic
    AuthName notrace
    AuthUserFile $docs/../conf/before.users
    Require valid-user
</Location>
<Location /denied>
    Require all denied
</Location>
<Location /methods>
    AllowMethods POST
</Location>
<Location /post>
    LimitRequestBody 10
</Location>
<Location /gzip>
    SetOutputFilter DEFLATE
</Location>
<Location /expires>
    ExpiresActive On
    ExpiresDefault "access plus 0 seconds"
</Location>
<Location /subst>
    SetOutputFilter SUBSTITUTE
    Substitute "s/a/b/"
</Location>
<Location /front>
    FallbackResource /notrace/sized.cgi/front
</Location>
<Location /page>
    ErrorDocument 404 /status/error.html
</Location>
<Location /text>
    ErrorDocument 404 "a text"
</Location>
<Location /cgi>
    ErrorDocument 404 /notrace/sized.cgi?404
</Location>
<Location /away>
    ErrorDocument 404 https://elsewhere.example/
</Location>
<Location /loop>
    ErrorDocument 404 /loop/none
</Location>
<Directory $docs/status/broken>
    AllowOverride All
</Directory>
ErrorDocument 403 /plain/index.html
Header add Vary Cookie
Header always set X-Set 1
CONF

# What a policy would do away with, and tell: CORS fields of others, Vary in
# two places, the environment.
my $upstream = <<'CONF';
SetEnv TELL 1
Header always add Vary User-Agent
Header always set Access-Control-Allow-Origin *
Header add Access-Control-Allow-Origin https://b.example
Header set Access-Control-Max-Age 1
Header set Timing-Allow-Origin *
CONF

sub server {
    my ($lines, %of) = @_;
    return private_httpd("$config$lines", modules => \@modules, %of);
}

# Those that are to be alike, the first without the module.
my ($none, @none) = (
    ['without the module', server($upstream, cors => 0)],
    map { [$_->[0], server("$upstream$_->[1]\n")] } (
        ['with the module', ''],
        ['with a policy that is off',
         "CorsAllowOrigin *\nCorsExposeHeaders *\nCorsEngine Off"],
        ['with everything but an origin list',
         "CorsExposeHeaders *\nCorsAllowMethods *\nCorsAllowHeaders *\n"
         . "CorsEnforce On\nCorsMaxAge 1\nCorsTimingAllowOrigin On\n"
         . 'CorsAllowCredentials https://a.example'],
        ['with the policy elsewhere',
         "<Location /elsewhere>\nCorsAllowOrigin *\n</Location>\n"
         . "<Directory /elsewhere>\nCorsAllowOrigin https://a.example\n"
         . '</Directory>'],
    ));
my $without = server('', cors => 0);
my $any = server("CorsAllowOrigin *\n");

# Requests: of each how many of the responses have the field of a policy for
# all, the request line, and fields besides Host and Connection; the last may
# be a body.
my $origin = 'Origin: https://a.example';
my $preflight = "$origin\r\nAccess-Control-Request-Method: PUT\r\n"
    . 'Access-Control-Request-Headers: x-one';
my $sized = '/notrace/sized.cgi';
my @chunked = ('Transfer-Encoding: chunked', "\r\n3\r\nabc\r\n0\r\n");
my @requests = (
    # Methods and files.
    (map { [1, "$_ /status/plain.txt HTTP/1.1", $origin] }
        qw(GET HEAD POST PUT DELETE PATCH OPTIONS PROPFIND MKCOL LOCK BREW)),
    (map { [1, "$_ $sized/x?201 HTTP/1.1", $origin] }
        qw(GET HEAD PUT OPTIONS BREW)),
    [1, 'GET /plain/ HTTP/1.1'],
    [1, 'HEAD /plain/ HTTP/1.1', 'Origin: null'],
    [1, 'GET /status/dir/?x HTTP/1.1', $origin],
    [1, 'GET /status/dir HTTP/1.1', $origin],
    [1, 'GET /status/multi/ HTTP/1.1', $origin],
    [1, 'GET /plain/index.html/more HTTP/1.1', $origin],
    [1, "GET $sized/more/still?200 HTTP/1.1", $origin],
    [1, 'GET /notrace/note.asis HTTP/1.1', $origin],
    [1, 'GET /notrace/page.shtml HTTP/1.1', $origin],
    [1, 'GET /front/none HTTP/1.1', $origin],
    [1, 'GET /within HTTP/1.1', $origin],
    [1, 'GET http://localhost/status/plain.txt HTTP/1.1', $origin],

    # Conditions, ranges, negotiation, encodings.
    [1, 'GET /status/gzip.txt HTTP/1.1', 'Range: bytes=0-1', $origin],
    [1, 'GET /status/gzip.txt HTTP/1.1', 'Range: bytes=9999-', $origin],
    [1, 'GET /status/gzip.txt HTTP/1.1', 'If-None-Match: *', $origin],
    [1, 'GET /status/gzip.txt HTTP/1.1', 'If-Match: "no"', $origin],
    [1, 'GET /status/gzip.txt HTTP/1.1', $origin,
     'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'],
    [1, 'GET /notrace/multi/page HTTP/1.1', 'Accept-Language: de', $origin],
    [1, 'GET /notrace/multi/page.html HTTP/1.1', 'Accept-Language: fr'],
    [1, 'GET /notrace/multi/page.html HTTP/1.1', 'Accept: image/png'],
    [1, 'GET /gzip HTTP/1.1', 'Accept-Encoding: gzip', $origin],
    [1, 'GET /expires HTTP/1.1', $origin],
    [1, 'GET /subst HTTP/1.1', $origin],

    # Redirects.
    (map { [1, "$_ HTTP/1.1", $origin] }
        'GET /old/x?y', 'POST /old', 'HEAD /moved', 'GET /moved',
        "GET $sized?https://elsewhere.example/", "GET $sized?/status/plain.txt",
        'OPTIONS /old', 'OPTIONS /moved'),

    # Errors.
    (map { [1, "$_ HTTP/1.1", $origin] }
        'GET /nope', 'HEAD /nope', 'GET /denied', 'OPTIONS /denied',
        'GET /auth', 'OPTIONS /auth', 'GET /methods', 'GET /gone',
        'GET /forbidden', 'GET /status/broken/plain.txt',
        'GET /status/broken.cgi', "GET $sized?404", "GET $sized?503",
        'GET /page/none', 'GET /text/none', 'GET /cgi/none', 'GET /away/none',
        'GET /loop/none', 'GET /a%2fb', 'GET /%zz', 'GET /%00',
        'GET /' . 'x' x 5000),
    [1, 'GET /auth HTTP/1.1', $origin, 'Authorization: Basic dXNlcjpzZWNyZXQ='],
    [1, 'GET /auth HTTP/1.1', $origin, 'Authorization: Basic bm9ib2R5Og=='],

    # Proxies.
    (map { [1, "$_ HTTP/1.1", $origin] }
        'GET /back/status/gzip.txt', 'HEAD /back/status/gzip.txt',
        "GET /back$sized/x?200", "DELETE /back$sized", "OPTIONS /back$sized",
        "GET /back$sized?/away/", "GET /back$sized?https://elsewhere.example/",
        "GET /back$sized?500", 'GET /back/none', 'GET /back/override/none',
        'GET /dead', 'OPTIONS /dead'),
    [1, 'GET /back/status/gzip.txt HTTP/1.1', 'Range: bytes=2-3'],
    [1, 'GET /back/status/gzip.txt HTTP/1.1', 'If-None-Match: *'],

    # Bodies.
    [1, "POST $sized HTTP/1.1", $origin, 'Content-Length: 3', "\r\nabc"],
    [1, "POST $sized HTTP/1.1", $origin, @chunked],
    [1, "POST $sized HTTP/1.1", $origin, 'Content-Length: 3',
     'Expect: 100-continue', "\r\nabc"],
    [1, "POST /back$sized HTTP/1.1", $origin, @chunked],
    [1, 'POST /post HTTP/1.1', $origin, 'Content-Length: 11',
     "\r\nhello world"],
    [1, 'PUT /status/new.txt HTTP/1.1', $origin, 'Content-Length: 0'],
    [1, 'GET /status/plain.txt HTTP/1.1', 'Expect: nonsense'],

    # Versions of the protocol, and what is none.
    [1, 'GET /plain/ HTTP/1.0', $origin],
    [1, "GET $sized HTTP/1.0", $origin],
    [1, 'GET /plain/ HTTP/1.9', $origin],
    [1, 'GET /plain/ HTTP/3.0', $origin],
    [1, 'GET /plain/ HTTP/1.1 more', $origin],
    [1, 'GET plain HTTP/1.1', $origin],
    [1, 'GET /plain/ HTTP/1.1', 'Bad Field: x', $origin],
    [1, 'GET /plain/ HTTP/1.1', 'No colon', $origin],
    [1, 'GET /plain/ HTTP/1.1', 'Host: two', $origin],
    [1, 'GET /plain/ HTTP/1.1', 'X: ' . 'y' x 9000, $origin],
    [1, 'GET /' . 'x' x 9000 . ' HTTP/1.1', $origin],
    [1, 'GET /plain/ HTTP/1.1', 'Content-Length: -1', $origin],
    [1, 'GET /plain/ HTTP/1.1', 'Transfer-Encoding: nonsense', $origin],
    [1, 'GET /plain/ HTTP/1.1', 'Upgrade: nonsense', $origin],
    (map { [1, 'GET /plain/ HTTP/1.1', "Origin: $_"] } '', ' ', '*', "x\ty",
        'https://a.example https://b.example', 'x' x 5000),
    [1, 'OPTIONS /plain/ HTTP/1.1', 'Access-Control-Request-Method: PUT'],
    [1, 'GET /plain/ HTTP/1.1', $preflight],

    # What follows on a connection.
    [3, "POST $sized HTTP/1.1", 'Connection: keep-alive', 'Content-Length: 3',
     "\r\nabcGET /nope HTTP/1.1\r\nHost: x\r\n\r\nGET /status/plain.txt "
     . "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"],
    [2, 'GET /nope HTTP/1.0', 'Connection: keep-alive',
     "\r\nGET /status/plain.txt HTTP/1.0\r\n"],

    # What no policy has a say in.
    [0, 'OPTIONS * HTTP/1.1', $preflight],
    [0, 'TRACE /plain/ HTTP/1.1', $preflight],
    [0, 'TRACE /none HTTP/1.1', $origin],
    [0, 'CONNECT localhost:1 HTTP/1.1', $origin],
);

# These a policy answers.
my @preflights = map { ["OPTIONS $_ HTTP/1.1", $preflight] }
    '/plain/', '/denied', '/auth', '/old', '/moved', '/forbidden', '/nope',
    $sized, "/back$sized", '/dead';

plan tests => (@none + 1) * (@requests + @preflights) + 1;

# An answer without what differs between any two servers, and any two times.
sub answer {
    my ($server, $line, @fields) = @_;
    my $port = $server->port;
    unshift @fields, 'Connection: close' unless grep { /^Connection/ } @fields;
    my $text = exchange(join("\r\n", $line, 'Host: localhost', @fields, '',
                             ''), $port);
    $text =~ s/^(Date|Expires|Last-Modified): [^\r]*/$1: now/mg;
    $text =~ s/:$port\b|(?<= Port )$port/:PORT/g;
    # httpd lists methods in the order of a hash that it seeds at random.
    $text =~ s/^(Allow: )([^\r]*)/$1 . join ',', sort split m{,}, $2/mge;
    return $text =~ s/([^\r\n -~])/sprintf '\\x%02x', ord $1/ger;
}

# Where two modules have had a say in Vary it may stand in another place.
sub vary_first {
    my ($text) = @_;
    my $vary = join '', $text =~ /^(Vary: .*\n)/mg;
    return $vary . $text =~ s/^Vary: .*\n//mgr;
}

for my $request ((map { my ($n, @text) = @$_; \@text } @requests),
                 @preflights) {
    my $wanted = answer($none->[1], @$request);
    for (@none) {
        my ($name, $server) = @$_;
        is(answer($server, @$request), $wanted,
           "$name: " . substr $request->[0], 0, 60);
    }
}
for (@requests) {
    my ($n, @text) = @$_;
    my ($got, $wanted) = map { vary_first(answer($_, @text)) } $any, $without;
    my $fields = $got =~ s/^Access-Control-Allow-Origin: \*\r\n//mg || 0;
    is("$fields fields\n$got", "$n fields\n$wanted",
       'with a policy for all: ' . substr $text[0], 0, 60);
}
for (@preflights) {
    isnt(answer($any, @$_), answer($without, @$_),
         "with a policy for all, a preflight is answered: $_->[0]");
}
isnt(answer($none->[1], 'GET /plain/ HTTP/1.1'),
     answer($without, 'GET /plain/ HTTP/1.1'), 'answers are told apart');
