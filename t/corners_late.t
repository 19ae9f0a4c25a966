# More of t/corners_more.t: what a request said before it was changed, what it
# was before its error document was got, and lists of many.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $own = 'https://own.example';
my $evil = 'https://evil.example';
my $root = vars('t_logs') . "/corners-late-$$";
my $preflight = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';

sub log_of { return $_[0]->root =~ m{([^/]+)\z} ? "$1/error_log" : die }

write_file("$root/$_", "$_\n") for qw(a app/index.html dir/x trial/a);
write_file("$root/moved/.htaccess",
           "RewriteEngine On\nRewriteRule ^x\$ /app/index.html\n");

plan tests => 4 + 2 + 3 + 3;

# 1. Behind a proxy that ends TLS a browser alone knows what is same-origin; a
# RequestHeader that keeps that from the backend comes after the decision.
{
    my $server = private_httpd(<<"CONF", modules => [qw(headers dir rewrite)]);
LogLevel cors:info
DocumentRoot $root
RequestHeader unset Sec-Fetch-Site
<Directory $root/dir>
    DirectoryIndex /app/index.html
</Directory>
<Directory $root/moved>
    AllowOverride FileInfo
    Options +FollowSymLinks
</Directory>
<Location /app>
    CorsAllowOrigin $app
    CorsEnforce On
</Location>
<Location /trial>
    CorsAllowOrigin $app
    CorsEnforce On
    CorsEngine ReportOnly
</Location>
CONF
    for my $path (qw(/app/index.html /dir/ /moved/x)) {
        is(join(' ', map { get($path, $own, port => $server->port,
                               fields => ['Sec-Fetch-Site' => $_])->{status} }
                qw(same-origin cross-site)), '200 403',
           "RequestHeader unset Sec-Fetch-Site: CorsEnforce of $path");
    }
    my $mark = log_mark(log_of($server));
    get('/trial/a', $own, port => $server->port,
        fields => ['Sec-Fetch-Site' => 'same-origin']);
    unlike(log_since(log_of($server), $mark, qr/answered otherwise/),
           qr/instead of 403/, '... and of ReportOnly');

    $mark = log_mark(log_of($server));
    get('/trial/a', $own, port => $server->port,
        fields => ['Sec-Fetch-Site' => 'cross-site']);
    like(log_since(log_of($server), $mark, qr/answered otherwise/),
         qr/status 200 instead of 403/, '... which tells of other sites');
    $server = private_httpd(<<"CONF", modules => ['headers']);
DocumentRoot $root
RequestHeader set Sec-Fetch-Site same-origin early
CorsAllowOrigin $app
CorsEnforce On
CONF
    is(get('/a', $evil, port => $server->port)->{status}, 200,
       '... unless it is changed early');
}

# 2. Where an error document fails, its request has the method of that, GET.
{
    my $server = private_httpd(<<"CONF", modules => ['alias']);
LogLevel cors:debug
DocumentRoot $root
TraceEnable Off
ErrorDocument 405 /none
ErrorDocument 404 /away
Redirect /away https://elsewhere.example/
CorsAllowOrigin $app
CONF
    cors_none(request(method => 'TRACE', path => '/a', port => $server->port,
                      fields => [Origin => $app]), 405, undef,
              'TRACE and an error document that fails');
    my $mark = log_mark(log_of($server));
    is(join('|', CorsTest::values(preflight('/a%2fb', $evil, 'PUT', undef,
                                            port => $server->port), 'Vary')),
       $preflight, 'a preflight, the same');
    like(log_since(log_of($server), $mark, qr/CORS \w+ /),
         qr/CORS preflight refused: .* method="PUT"/, '... in the log');
}

# 3. What is said of a list takes room as the list does.  Sanitizers, for which
# a script starts httpd, want all there is.
{
    my $limit = -T $ENV{CORS_HTTPD} ? '' : 'ulimit -v 2000000; ';
    local $ENV{CORS_HTTPD} = $limit . $ENV{CORS_HTTPD};
    my @origins = map { "https://x$_.example" } 1 .. 20000;
    my ($status, $output) = config_test("CorsAllowOrigin @origins\n",
                                        options => ['-D', 'DUMP_CORS']);
    is($status, 0, '20000 origins in the dump');
    is(scalar(() = $output =~ m{https://x\d+[.]example}g), 40000,
       '... as written and in effect');
    ($status, $output) = config_test("CorsAllowOrigin @{[map { qq($_/) }
        @origins]}\n");
    like($output, qr{"https://x1[.]example/" has a trailing slash.*; CORS-E01},
         '20000 mistakes');
}
