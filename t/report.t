# CorsEngine ReportOnly notes where the answer that goes out is not the one
# that the policy calls for: the way from a recipe to the module.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $page = 'https://a.example';
my $evil = 'https://evil.example';
my ($asked_method, $asked_headers) = map { "Access-Control-Request-$_" }
    qw(Method Headers);

# A policy, and recipes that keep to it or do not.
my $server = private_httpd(<<"CONF" . <<'CONF', modules => [qw(alias headers rewrite setenvif)]);
AliasMatch ^/plain/ @{[Apache::Test::vars('t_dir')]}/htdocs/plain/index.html
CONF
LogLevel warn cors:info
CorsEngine ReportOnly
CorsAllowOrigin https://a.example https://b.example
CorsAllowCredentials https://a.example
CorsAllowMethods PUT DELETE
CorsAllowHeaders Content-Type X-One
CorsExposeHeaders ETag X-Total
CorsMaxAge 10min
<Location /plain/right>
    SetEnvIf Origin "^(https://a\.example)$" IN=$1
    Header always set Access-Control-Allow-Origin %{IN}e env=IN
    Header always set Access-Control-Allow-Credentials true env=IN
    Header always merge Vary Origin
    Header always merge Vary Accept
    Header always set Access-Control-Expose-Headers "x-total, Content-Type, etag" env=IN
    Header always set Access-Control-Allow-Methods "GET, POST,DELETE, PUT" env=IN
    Header always set Access-Control-Allow-Headers "accept, Accept-Language, content-language, x-one, content-type" env=IN
    Header always set Access-Control-Max-Age 600 env=IN
    <If "%{REQUEST_METHOD} == 'OPTIONS'">
        Header always merge Vary "Access-Control-Request-Method, Access-Control-Request-Headers"
        RewriteEngine On
        RewriteRule ^ - [R=204,L]
    </If>
</Location>
<Location /plain/all>
    Header set Access-Control-Allow-Origin *
</Location>
<Location /plain/twice>
    Header set Access-Control-Allow-Origin https://a.example
    Header always set Access-Control-Allow-Origin https://a.example
    Header always set Vary *
</Location>
<Location /plain/reflect>
    Header set Access-Control-Allow-Origin "expr=%{HTTP:Origin}"
    Header merge Vary Origin
</Location>
<Location /plain/enforce>
    CorsEnforce On
    Header merge Vary Origin
</Location>
<Location /plain/network>
    CorsAllowPrivateNetwork On
    Header set Vary *
</Location>
<Location /plain/any>
    CorsAllowOrigin *
    CorsAllowCredentials Off
    CorsExposeHeaders None
    CorsTimingAllowOrigin On
</Location>
# What httpd redirects within itself.
Redirect 404 /plain/lost
<Location /plain/lost>
    ErrorDocument 404 /plain/all/404
</Location>
<Location /plain/lost/right>
    ErrorDocument 404 /plain/right/404
</Location>
<Location /plain/lost/any>
    CorsAllowOrigin *
    CorsAllowCredentials Off
    CorsExposeHeaders None
</Location>
<Location /plain/lost/reflect>
    CorsAllowOrigin https://b.example
    ErrorDocument 404 /plain/reflect/404
</Location>
<Location /plain/lost/off>
    CorsEngine Off
</Location>
<Location /plain/rule>
    RewriteEngine On
    RewriteRule ^ /plain/all/rule
</Location>
<Location /plain/pass>
    CorsPreflight Pass
    Header set Vary "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
</Location>
CONF
my $log = ($server->root =~ m{([^/]+)$})[0] . '/error_log';
my $conf = $server->root . '/httpd.conf';

# A rule, method, path, fields, and what is told to differ.
my $right = '/plain/right';
my $preflight_vary = "$asked_method, $asked_headers";
my $not_all = 'Access-Control-Allow-Origin "*" instead of '
    . '"https://a.example"; '
    . 'Access-Control-Allow-Credentials none instead of "true"; '
    . 'Access-Control-Expose-Headers none instead of "ETag, X-Total"; '
    . 'Vary none instead of "Origin"';
my @cases = (
    # What is no difference.
    ['as the policy has it', 'GET', $right, [Origin => $page]],
    ['as the policy has it, refused', 'GET', $right, [Origin => $evil]],
    ['as the policy has it, no Origin', 'GET', $right, []],
    ['as the policy has it, 304', 'GET', $right,
     [Origin => $page, 'If-None-Match' => '*']],
    ['as the policy has it, a preflight', 'OPTIONS', $right,
     [Origin => $page, $asked_method => 'PUT']],

    # What is one.
    ['an origin that the recipe lacks', 'GET', $right,
     [Origin => 'https://b.example'],
     'Access-Control-Allow-Origin none instead of "https://b.example"; '
     . 'Access-Control-Expose-Headers none instead of "ETag, X-Total"'],
    ['a preflight that the recipe grants', 'OPTIONS', $right,
     [Origin => $page, $asked_method => 'PATCH'],
     'status 204 instead of 403; '
     . 'Access-Control-Allow-Origin "https://a.example" instead of none; '
     . 'Access-Control-Allow-Credentials "true" instead of none; '
     . 'Access-Control-Allow-Methods "GET, POST,DELETE, PUT" instead of none; '
     . 'Access-Control-Allow-Headers "accept, Accept-Language, '
     . 'content-language, x-one, content-type" instead of none; '
     . 'Access-Control-Max-Age "600" instead of none'],
    ['a recipe for all', 'GET', '/plain/all', [Origin => $page], $not_all],
    ['a recipe without a word on preflights', 'OPTIONS', '/plain/all',
     [Origin => $page, $asked_method => 'PUT'],
     'status 200 instead of 204; '
     . 'Access-Control-Allow-Origin "*" instead of "https://a.example"; '
     . 'Access-Control-Allow-Credentials none instead of "true"; '
     . 'Access-Control-Allow-Methods none instead of "PUT, DELETE"; '
     . 'Access-Control-Allow-Headers none instead of "Content-Type, X-One"; '
     . 'Access-Control-Max-Age none instead of "600"; '
     . "Vary none instead of \"Origin, $preflight_vary\""],
    ['a field twice; Vary: *', 'GET', '/plain/twice', [Origin => $evil],
     'Access-Control-Allow-Origin "https://a.example, https://a.example" '
     . 'instead of none'],
    ['a recipe that reflects', 'GET', '/plain/reflect', [Origin => $evil],
     'Access-Control-Allow-Origin "https://evil.example" instead of none'],
    ['quotes in what is reflected', 'GET', '/plain/reflect',
     [Origin => 'https://x" y'],
     'Access-Control-Allow-Origin "https://x%22 y" instead of none'],
    ['CorsEnforce', 'GET', '/plain/enforce', [Origin => $evil],
     'status 200 instead of 403'],
    ['CorsPreflight Pass', 'OPTIONS', '/plain/pass',
     [Origin => $page, $asked_method => 'PUT'],
     'Access-Control-Allow-Origin none instead of "https://a.example"; '
     . 'Access-Control-Allow-Credentials none instead of "true"; '
     . 'Access-Control-Allow-Methods none instead of "PUT, DELETE"; '
     . 'Access-Control-Allow-Headers none instead of "Content-Type, X-One"; '
     . 'Access-Control-Max-Age none instead of "600"'],
    ['a private network', 'OPTIONS', '/plain/network',
     [Origin => 'https://b.example', $asked_method => 'GET',
      'Access-Control-Request-Private-Network' => 'true'],
     'status 200 instead of 204; '
     . 'Access-Control-Allow-Origin none instead of "https://b.example"; '
     . 'Access-Control-Allow-Methods none instead of "PUT, DELETE"; '
     . 'Access-Control-Allow-Headers none instead of "Content-Type, X-One"; '
     . 'Access-Control-Max-Age none instead of "600"; '
     . 'Access-Control-Allow-Private-Network none instead of "true"'],
    ['any origin', 'GET', '/plain/any', [Origin => 'junk'],
     'Access-Control-Allow-Origin none instead of "*"; '
     . 'Timing-Allow-Origin none instead of "*"'],

    # Once, of the URL that was asked for and by its policy, whatever answers.
    ['an error document', 'GET', '/plain/lost', [Origin => $page], $not_all],
    ['... as the policy has it', 'GET', '/plain/lost/right',
     [Origin => $page]],
    ['... of a URL for any origin', 'GET', '/plain/lost/any',
     [Origin => $page]],
    ['... of a URL with another list', 'GET', '/plain/lost/reflect',
     [Origin => $page],
     'Access-Control-Allow-Origin "https://a.example" instead of none'],
    ['... of a URL without a policy, which has its own', 'GET',
     '/plain/lost/off', [Origin => $page], $not_all],
    ['an error document, a preflight', 'OPTIONS', '/plain/lost/any',
     [Origin => $page, $asked_method => 'GET'],
     'status 404 instead of 204; '
     . 'Access-Control-Allow-Methods none instead of "PUT, DELETE"; '
     . 'Access-Control-Allow-Headers none instead of "Content-Type, X-One"; '
     . 'Access-Control-Max-Age none instead of "600"; '
     . "Vary none instead of \"$preflight_vary\""],
    ['a rule', 'GET', '/plain/rule', [Origin => $page], $not_all],
);
plan tests => @cases + 5;

# What a request has told to differ, and the rest of the line.
sub told {
    my ($method, $path, $fields) = @_;
    my $mark = log_mark($log);
    request(method => $method, path => $path, fields => $fields,
            port => $server->port);
    return map { /answered otherwise \(report only\): (.*)$/ ? $1 : () }
        split /\n/, log_since($log, $mark);
}

for (@cases) {
    my ($rule, $method, $path, $fields, $wanted) = @$_;
    my @told = map { s/ \(CorsAllowOrigin at \Q$conf\E:\d+\), url="\Q$path\E"$//r }
        told($method, $path, $fields);
    is(join("\n", @told), $wanted // '', "differs: $rule");
}

# What is no CORS request can come by the thousand.
my @none = map { told('GET', '/plain/none', []) } 1 .. 8;
like($none[0], qr/^Vary none instead of "Origin" \(.*, url="\/plain\/none"$/,
     'what differs for a request without Origin is told');
is(@none, 1, '... once');
@none = told('GET', '/plain/any', []);
is(@none, 1, '... for each list of origins and difference');

# ... of a thousand of these, after which the log has enough of them.
my $other = private_httpd(<<"CONF", modules => ['headers']);
LogLevel warn cors:info
MaxKeepAliveRequests 0
CorsEngine ReportOnly
CorsAllowOrigin https://a.example
Header set Vary "expr=%{HTTP:X-Vary}"
CONF
$log = ($other->root =~ m{([^/]+)$})[0] . '/error_log';
my $answers = exchange(join('', map {
    "GET /plain/index.html HTTP/1.1\r\nHost: localhost\r\nX-Vary: X-$_\r\n"
    . ($_ < 2010 ? '' : "Connection: close\r\n") . "\r\n" } 1001 .. 2010),
    $other->port);
is(scalar(() = $answers =~ m{^HTTP/1\.1 200}mg), 1010, 'so many requests');
my @differences = log_since($log, 0)
    =~ /Vary "X-(\d+)" instead of "X-\d+, ?Origin"/g;
is(join(' ', scalar(@differences), @differences[0, -1]), '1000 1001 2000',
   '... of which a thousand are told');

# httpd's event ends badly now and then if it is stopped while it closes a
# connection.
select undef, undef, undef, 0.5;
