# The error log: a line for each refusal, with what was asked, the list that
# decided, where it stands and what it has.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $page = 'https://a.example';
my $evil = 'https://evil.example';
my ($asked_method, $asked_headers) = map { "Access-Control-Request-$_" }
    qw(Method Headers);

my $many = join ' ', map { "https://o$_.example" } 1 .. 17;
my $server = private_httpd(<<"CONF", modules => [qw(alias rewrite)]);
LogLevel warn cors:info
HttpProtocolOptions Unsafe
LogFormat "%r %>s %{CORS_REQUEST}e %{CORS_VERDICT}e %{CORS_REASON}e" cors
CustomLog verdict_log cors
<Location /plain>
    CorsAllowOrigin https://a.example
    CorsAllowMethods PUT
    CorsAllowHeaders X-One
</Location>
<Location /plain/gone>
    ErrorDocument 404 /plain/index.html
</Location>
<Location /plain/forbidden>
    CorsEnforce On
    ErrorDocument 403 /plain/missing
</Location>
<Location /report>
    CorsAllowOrigin None
    CorsEngine ReportOnly
</Location>
<Location /lists>
    CorsAllowOrigin https://*.b.example -https://x.b.example null
    CorsAllowOriginMatch "https://(c|d)\\.example"
    CorsAllowMethods * -DELETE
    CorsAllowHeaders X-* Accept -X-Own
</Location>
<Location /match>
    CorsAllowOriginMatch "https://(c|d)\\.example"
</Location>
<Location /sixteen>
    CorsAllowOrigin @{[map { "https://o$_.example" } 10 .. 25]}
</Location>
<Location /many>
    CorsAllowOrigin $many
    CorsAllowHeaders @{[map { "X-$_" } 1 .. 17]}
</Location>
<Location /lists/edited>
    CorsAllowOrigin +https://e.example
</Location>
<Location /within>
    RewriteEngine On
    RewriteRule ^ /plain/index.html
</Location>
<Location /bare>
    CorsAllowOrigin $page
</Location>
<Location /moved>
    CorsAllowOrigin $page
    CorsAllowMethods PUT
    CorsPreflight Pass
</Location>
<Location /moved/front>
    RewriteEngine On
    RewriteRule ^ /moved/rewrite [E=REQUEST_METHOD:GET]
</Location>
<Directory @{[Apache::Test::vars('t_dir')]}/htdocs/plain>
    AllowOverride FileInfo
</Directory>
<Location /moved/debug>
    CorsDebug On
</Location>
Redirect 302 /moved/alias http://localhost/lists
Redirect 301 /elsewhere http://localhost/lists
RewriteEngine On
RewriteRule ^/moved/(rewrite|debug) /login?a="b" [R=301,NE]
RewriteRule ^/forbidden - [F]
CONF
my $log = ($server->root =~ m{([^/]+)$})[0] . '/error_log';
my $access = $log =~ s/error_log/verdict_log/r;
my $conf = $server->root . '/httpd.conf';

# A directive of a section and its place, as the log has them.
sub place {
    my ($location, $directive) = @_;
    my $inside = 0;
    open my $in, '<', $conf or die $!;
    while (<$in>) {
        $inside ||= /^<Location \Q$location\E>$/;
        return "$directive at $conf:$." if $inside && /^ *$directive /;
    }
    die "no $directive in $location";
}

sub ask {
    my ($method, $headers) = @_;
    return ($asked_method => $method,
            defined $headers ? ($asked_headers => $headers) : ());
}

# A rule, method, path, fields, and the line without what httpd puts before it,
# with {section directive} for a place.  None: nothing is told.
my @lines = (
    ['no Origin', 'GET', '/plain/x', []],
    ['an OPTIONS without Origin', 'OPTIONS', '/plain/x', [ask('PUT')]],
    ['a grant', 'GET', '/plain/x', [Origin => $page]],
    ['a preflight granted', 'OPTIONS', '/plain/x',
     [Origin => $page, ask('PUT', 'x-one')]],
    ['no policy', 'GET', '/other/x', [Origin => $evil]],

    ['origin-not-allowed', 'PATCH', '/plain/x?a=b', [Origin => $evil],
     'CORS actual refused: origin-not-allowed, origin="https://evil.example" '
     . 'method="PATCH" url="/plain/x?a=b" ({/plain CorsAllowOrigin}, which '
     . 'has https://a.example)'],
    ['null', 'GET', '/plain/x', [Origin => 'null'],
     'CORS actual refused: origin-not-allowed, origin="null" method="GET" '
     . 'url="/plain/x" ({/plain CorsAllowOrigin}, which has '
     . 'https://a.example)'],
    ['origin-malformed', 'GET', '/plain/x', [Origin => "$page/"],
     'CORS actual refused: origin-malformed, origin="https://a.example/" '
     . 'method="GET" url="/plain/x" ({/plain CorsAllowOrigin}, which has '
     . 'https://a.example)'],
    ['two Origins', 'GET', '/plain/x', [Origin => $page, Origin => $page],
     'CORS actual refused: origin-malformed, origin="https://a.example, '
     . 'https://a.example" method="GET" url="/plain/x" ({/plain '
     . 'CorsAllowOrigin}, which has https://a.example)'],
    ['the origin of a preflight', 'OPTIONS', '/plain/x',
     [Origin => $evil, ask('PUT')],
     'CORS preflight refused: origin-not-allowed, '
     . 'origin="https://evil.example" method="PUT" url="/plain/x" ({/plain '
     . 'CorsAllowOrigin}, which has https://a.example)'],
    ['method-not-allowed', 'OPTIONS', '/plain/x', [Origin => $page, ask('put')],
     'CORS preflight refused: method-not-allowed, origin="https://a.example" '
     . 'method="put" url="/plain/x" ({/plain CorsAllowMethods}, which has '
     . 'PUT)'],
    ['header-not-allowed', 'OPTIONS', '/plain/x',
     [Origin => $page, ask('PUT', 'x-one,x-bad,x-other')],
     'CORS preflight refused: header-not-allowed, origin="https://a.example" '
     . 'method="PUT" url="/plain/x" header="x-bad" ({/plain '
     . 'CorsAllowHeaders}, which has X-One)'],
    ['header-malformed', 'OPTIONS', '/plain/x',
     [Origin => $page, ask('PUT', 'X One')],
     'CORS preflight refused: header-malformed, origin="https://a.example" '
     . 'method="PUT" url="/plain/x" header="X" ({/plain CorsAllowHeaders}, '
     . 'which has X-One)'],
    ['header-malformed, with nothing to name', 'OPTIONS', '/plain/x',
     [Origin => $page, ask('PUT', '"X"')],
     'CORS preflight refused: header-malformed, origin="https://a.example" '
     . 'method="PUT" url="/plain/x" ({/plain CorsAllowHeaders}, which has '
     . 'X-One)'],

    # What the list has.
    ['no list of methods', 'OPTIONS', '/bare/x', [Origin => $page, ask('PUT')],
     'CORS preflight refused: method-not-allowed, origin="https://a.example" '
     . 'method="PUT" url="/bare/x" (no CorsAllowMethods)'],
    ['no list of headers', 'OPTIONS', '/bare/x',
     [Origin => $page, ask('GET', 'x-one')],
     'CORS preflight refused: header-not-allowed, origin="https://a.example" '
     . 'method="GET" url="/bare/x" header="x-one" (no CorsAllowHeaders)'],
    ['patterns, expressions and exclusions', 'GET', '/lists/x',
     [Origin => 'https://x.b.example'],
     'CORS actual refused: origin-not-allowed, origin="https://x.b.example" '
     . 'method="GET" url="/lists/x" ({/lists CorsAllowOrigin}, which has '
     . 'https://*.b.example, null, https://(c|d)\\\\.example, '
     . '-https://x.b.example)'],
    ['an excluded method', 'OPTIONS', '/lists/x',
     [Origin => 'null', ask('DELETE')],
     'CORS preflight refused: method-not-allowed, origin="null" '
     . 'method="DELETE" url="/lists/x" ({/lists CorsAllowMethods}, which has '
     . '*, -DELETE)'],
    ['prefixes and an excluded header', 'OPTIONS', '/lists/x',
     [Origin => 'null', ask('GET', 'x-own')],
     'CORS preflight refused: header-not-allowed, origin="null" method="GET" '
     . 'url="/lists/x" header="x-own" ({/lists CorsAllowHeaders}, which has '
     . 'X-*, Accept, -X-Own)'],
    ['a list that an inner section edits', 'GET', '/lists/edited/x',
     [Origin => $evil],
     'CORS actual refused: origin-not-allowed, origin="https://evil.example" '
     . 'method="GET" url="/lists/edited/x" ({/lists/edited CorsAllowOrigin}, '
     . 'which has https://*.b.example, https://e.example, null, '
     . 'https://(c|d)\\\\.example, -https://x.b.example)'],
    ['a list that begins with an expression', 'GET', '/match/x',
     [Origin => $evil],
     'CORS actual refused: origin-not-allowed, origin="https://evil.example" '
     . 'method="GET" url="/match/x" ({/match CorsAllowOriginMatch}, which '
     . 'has https://(c|d)\\\\.example)'],
    ['an actual request with the fields of a preflight', 'GET', '/plain/x',
     [Origin => $evil, ask('PUT')],
     'CORS actual refused: origin-not-allowed, origin="https://evil.example" '
     . 'method="GET" url="/plain/x" ({/plain CorsAllowOrigin}, which has '
     . 'https://a.example)'],
    ['a policy further on', 'GET', '/within/x', [Origin => $evil],
     'CORS actual refused: origin-not-allowed, origin="https://evil.example" '
     . 'method="GET" url="/within/x" ({/plain CorsAllowOrigin}, which has '
     . 'https://a.example)'],
    ['over 16 origins', 'GET', '/many/x', [Origin => $evil],
     'CORS actual refused: origin-not-allowed, origin="https://evil.example" '
     . 'method="GET" url="/many/x" ({/many CorsAllowOrigin}, which has 17 '
     . 'origins)'],
    ['16 origins', 'GET', '/sixteen/x', [Origin => $evil],
     'CORS actual refused: origin-not-allowed, origin="https://evil.example" '
     . 'method="GET" url="/sixteen/x" ({/sixteen CorsAllowOrigin}, which has '
     . join(', ', map { "https://o$_.example" } 10 .. 25) . ')'],
    ['over 16 headers', 'OPTIONS', '/many/x',
     [Origin => 'https://o17.example', ask('GET', 'x-18')],
     'CORS preflight refused: header-not-allowed, '
     . 'origin="https://o17.example" method="GET" url="/many/x" header="x-18" '
     . '({/many CorsAllowHeaders}, which has '
     . join(', ', map { "X-$_" } 1 .. 16) . ', ...)'],
    ['an empty list', 'GET', '/report/x', [Origin => $page],
     'CORS actual refused (report only): origin-not-allowed, '
     . 'origin="https://a.example" method="GET" url="/report/x" '
     . '({/report CorsAllowOrigin})' . "\n" . 'CORS actual answered otherwise '
     . '(report only): Vary none instead of "Origin" '
     . '({/report CorsAllowOrigin}), url="/report/x"'],

    # What looks like the log's own words.
    ['an Origin that goes on like the log', 'GET', '/plain/x',
     [Origin => 'https://b.example" method="DELETE'],
     'CORS actual refused: origin-malformed, origin="https://b.example%22 '
     . 'method=%22DELETE" method="GET" url="/plain/x" ({/plain '
     . 'CorsAllowOrigin}, which has https://a.example)'],
    ['a method that does', 'OPTIONS', '/plain/x',
     [Origin => $page, ask('X" url="/')],
     'CORS preflight refused: method-not-allowed, origin="https://a.example" '
     . 'method="X%22 url=%22/" url="/plain/x" ({/plain CorsAllowMethods}, '
     . 'which has PUT)'],
    ['a URL that does', 'GET', '/plain/x"(ok)', [Origin => $evil],
     'CORS actual refused: origin-not-allowed, origin="https://evil.example" '
     . 'method="GET" url="/plain/x%22(ok)" ({/plain CorsAllowOrigin}, which '
     . 'has https://a.example)'],

    # Preflights that are redirected.
    ['preflight-redirected by Redirect', 'OPTIONS', '/moved/alias/x',
     [Origin => $page, ask('PUT')],
     'CORS preflight refused: preflight-redirected, '
     . 'origin="https://a.example" method="PUT" url="/moved/alias/x" '
     . 'target="http://localhost/lists/x" (no browser follows the redirect of '
     . 'a preflight)'],
    ['preflight-redirected by RewriteRule', 'OPTIONS', '/moved/rewrite',
     [Origin => $page, ask('PUT')],
     'CORS preflight refused: preflight-redirected, '
     . 'origin="https://a.example" method="PUT" url="/moved/rewrite" '
     . 'target="http://localhost/login?a=%22b%22" (no browser follows '
     . 'the redirect of a preflight)'],
    ['preflight-redirected by a front controller', 'OPTIONS', '/moved/front',
     [Origin => $page, ask('PUT')],
     'CORS preflight refused: preflight-redirected, '
     . 'origin="https://a.example" method="PUT" url="/moved/front" '
     . 'target="http://localhost/login?a=%22b%22" (no browser follows '
     . 'the redirect of a preflight)'],
    ['what is refused and redirected', 'OPTIONS', '/moved/rewrite',
     [Origin => $page, ask('PATCH')],
     'CORS preflight refused: method-not-allowed, origin="https://a.example" '
     . 'method="PATCH" url="/moved/rewrite" ({/moved CorsAllowMethods}, which '
     . 'has PUT)'],
    ['what is sent away, and has no policy', 'OPTIONS', '/elsewhere/x',
     [Origin => $page, ask('PUT')]],
    ['what is refused before all is known', 'OPTIONS', '/forbidden',
     [Origin => $page, ask('PUT')],
     'CORS preflight unanswered: preflight-redirected, '
     . 'origin="https://a.example" method="PUT" url="/forbidden" status=403 '
     . 'target="" (the server sends it away before it is known what '
     . '<Directory> and .htaccess say)'],
    ['an OPTIONS that is sent away', 'OPTIONS', '/elsewhere/x',
     [Origin => $page]],
    ['an actual request that is redirected', 'GET', '/moved/rewrite',
     [Origin => $page]],
);

# What a client may send, how the log has it, in quotes: the rest is cut.
my $escape = "\e[31m";
my @hostile = (
    ['8 KB', 'https://' . 'a' x 8000, 'https://' . 'a' x 248],
    ['high bytes', "\xff" x 300, '\\xff' x 256],
    ['quotes', 'https://"a"\'b\'', 'https://%22a%22\'b\''],
    ['256 quotes', '"' x 300, '%22' x 256],
    ['backslashes', 'https://a\\b\\n\\', 'https://a\\\\b\\\\n\\\\'],
    ['formats', 'https://%n%n%s%s%999999d%', 'https://%n%n%s%s%999999d%'],
    ['a tab', "https://a\tb", 'https://a\\tb'],
    ['UTF-8', "https://\xc3\xa4.example", 'https://\\xc3\\xa4.example'],
    ['a folded line', "https://a\r\n b", 'https://a b'],
    ['escape sequences', "${escape}a\x07\x7f", '\\x1b[31ma\\x07\\x7f'],
);

plan tests => @lines + 3 * @hostile + 11;

# What a request puts into the error log, without date, process and client.
sub told {
    my (%of) = @_;
    my $mark = log_mark($log);
    request(path => '/plain/index.html', port => $server->port, %of);
    return map { s/^(?:\[.*?\] )*//r }
        grep { /\[cors:/ } split /\n/, log_since($log, $mark);
}

for (@lines) {
    my ($rule, $method, $path, $fields, $wanted) = @$_;
    $wanted = ($wanted // '') =~ s/\{(\S+) (\w+)\}/place($1, $2)/ger;
    is(join("\n", told(method => $method, path => $path, fields => $fields)),
       $wanted, "error log at info: $rule");
}

for (@hostile) {
    my ($rule, $sent, $wanted) = @$_;
    my ($line) = told(fields => [Origin => $sent]);
    like($line, qr/: origin-malformed, origin="\Q$wanted\E" method="GET" /,
         "hostile Origin: $rule");
    ($line) = told(method => 'OPTIONS', fields => [Origin => $page,
                                                   ask($sent)]);
    like($line, qr/origin="\Q$page\E" method="\Q$wanted\E" url=/,
         "hostile method: $rule");
    ($line) = told(method => 'OPTIONS', fields => [Origin => $page,
                                                   ask('PUT', $sent)]);
    like($line, qr/: header-malformed, .* method="PUT" url="[^"]*" [ -~]*$/,
         "hostile headers: $rule");
}

my @chain = told(path => '/plain/gone/x', fields => [Origin => $evil]);
is(@chain, 1, 'one line, though an ErrorDocument answers');
like($chain[0], qr{url="/plain/gone/x"}, '... with the URL that was asked');
@chain = told(path => '/plain/forbidden/x', fields => [Origin => $evil]);
is(@chain, 1, 'one line, though two errors meet');

# The answer to a preflight that is redirected, and the access log.
my $mark = log_mark($access);
my $moved = preflight('/moved/rewrite', $page, 'PUT', undef,
                      port => $server->port);
my $vary = "Origin,$asked_method,$asked_headers";
cors_is($moved, 301, { vary => $vary },
        'preflight-redirected: nothing of the policy');
is(log_since($access, $mark, qr/\n/),
   "OPTIONS /moved/rewrite HTTP/1.1 301 preflight refused "
   . "preflight-redirected\n", 'preflight-redirected: access log');
$mark = log_mark($access);
preflight('/moved/front', $page, 'PUT', undef, port => $server->port);
is(log_since($access, $mark, qr/\n/),
   "OPTIONS /moved/front HTTP/1.1 301 preflight refused "
   . "preflight-redirected\n", '... though redirected within before');
cors_is(preflight('/moved/debug', $page, 'PUT', undef, port => $server->port),
        301, { vary => $vary, origin => $page, methods => 'PUT',
               debug => 'refused; reason=preflight-redirected' },
        'preflight-redirected: CorsDebug');
cors_is(get('/moved/rewrite', $page, port => $server->port), 301,
        { vary => 'Origin', origin => $page },
        'an actual request may be redirected');

# At debug grants are told too.
for my $method ('GET', 'OPTIONS') {
    my $at = log_mark('error_log');
    request(method => $method, path => '/env/env.cgi', fields => [
        Origin => $page, $method eq 'GET' ? () : ask('PUT')]);
    my $kind = $method eq 'GET' ? 'actual' : 'preflight';
    my $asked = $method eq 'GET' ? 'GET' : 'PUT';
    my $wanted = qq(CORS $kind granted: origin="$page" method="$asked" )
        . 'url="/env/env.cgi"';
    my @told = grep { /\[cors:debug\] .* \Q$wanted\E$/ }
        split /\n/, log_since('error_log', $at);
    is(@told, 1, "error log at debug, one line for a grant: $method");
}
$mark = log_mark('error_log');
get('/env/env.cgi');
unlike(log_since('error_log', $mark), qr/cors:/,
       'error log at debug: nothing of what is no CORS request');
