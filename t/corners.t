# Places where two things meet that have nothing to do with each other: macros
# and the log, error documents and its conditions, long .htaccess files.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my $root = vars('t_logs') . "/corners-$$";
my $vary = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';

sub log_of { return $_[0]->root =~ m{([^/]+)\z} ? "$1/error_log" : die }

# So many lines that the text of some would be used for others.
my $uses = 100;
my $lines = 4000;

write_file("$root/plain/$_", "$_\n") for qw(a err.html);
write_file("$root/moved/.htaccess", "RewriteRule ^a\$ /locked/a\n");
write_file("$root/locked/a", "a\n");
utime 1e9, 1e9, "$root/locked/a";       # what is new is not served from caches
write_file("$root/slow/a", "a\n");
write_file("$root/slow/.htaccess",
           "CorsAllowOriginMatch https://(x+x+)+y\n");
write_file("$root/long/a", "a\n");
write_file("$root/long/.htaccess", join '', "CorsAllowOrigin $app\n",
           map { "CorsAllowHeaders X-Header-$_\n" } 1 .. $lines);

plan tests => 2 + 4 + 2 + 2 + 3 + 3 + 3 + 3 + 12 + 2 + 4 + 2 + 2 + 4 + 1;

# 1. The lines of a macro are gone when the server has started; their places
# are not.
my $server = private_httpd(<<"CONF", modules => ['macro']);
LogLevel cors:info
<Macro Api \$n>
    <Location "/m\$n">
        CorsAllowOrigin https://app\$n.example
    </Location>
</Macro>
@{[map { "Use Api $_\n" } 1 .. $uses]}
CONF
my $mark = log_mark(log_of($server));
get("/m$_/a", $evil, port => $server->port) for 1 .. $uses;
my @told = grep { /CORS actual refused/ }
    split /\n/, log_since(log_of($server), $mark, qr/"\/m$uses\//);
is(@told, $uses, 'refusals under what mod_macro has made are told');
is(grep({ !/\(CorsAllowOrigin at macro 'Api' \(defined on line \d+ of /i }
        @told), 0, '... each with its place');

# 2. Conditions of a CustomLog are asked of the first request of a chain.
$server = private_httpd(<<"CONF", modules => ['rewrite']);
DocumentRoot $root
LogFormat "%U %>s" cors
CustomLog refused cors "expr=reqenv('CORS_VERDICT') == 'refused'"
ErrorDocument 403 /plain/err.html
RewriteEngine On
<Directory $root>
    AllowOverride FileInfo
    RewriteEngine On
</Directory>
<LocationMatch "^/(enforced|denied|locked)">
    CorsAllowOrigin $app
</LocationMatch>
<Location "/enforced">
    CorsEnforce On
</Location>
<Location "/denied">
    Require all denied
</Location>
CONF
my $refused = $server->root =~ s{.*/}{}r . '/refused';
for (['/enforced/a', 403], ['/denied/a', 403], ['/moved/a', 200]) {
    my ($path, $status) = @$_;
    my $at = -e vars('t_logs') . "/$refused" ? log_mark($refused) : 0;
    get($path, $evil, port => $server->port);
    is(log_since($refused, $at, qr/\n/), "$path $status\n",
       "a condition of CustomLog sees the verdict: $path");
}
$mark = log_mark($refused);
get('/denied/a', $app, port => $server->port);
get('/locked/a', $evil, port => $server->port);
is(log_since($refused, $mark, qr/\n/), "/locked/a 200\n",
   '... and nothing of what is granted');

# 3. ReportOnly takes nothing from mod_cache.
my $cached = <<"CONF";
DocumentRoot $root
CacheEnable socache /
CacheSocache shmcb:$root/socache(512000)
CacheHeader On
CacheIgnoreNoLastMod On
CacheDefaultExpire 600
CorsEngine ReportOnly
CorsAllowOrigin $app
<Directory $root>
    AllowOverride FileInfo
    RewriteEngine On
</Directory>
<Location "/moved">
    CorsAllowOrigin $evil
</Location>
CONF
my @modules = qw(cache cache_socache socache_shmcb rewrite);
$server = private_httpd($cached, modules => \@modules);
my @caches = map { (get('/moved/a', $app, port => $server->port)->{text}
                    =~ /^X-Cache: (\w+)/m)[0] // 'none' } 1 .. 3;
is($caches[2], 'HIT', 'ReportOnly: what is redirected within is stored');
is(get('/locked/a', $app, port => $server->port)->{status}, 200,
   '... and its target is served');

# ... but what would be stored without the fields that its own URL's policy
# gives.
$server = private_httpd($cached . <<"CONF", modules => \@modules);
<Location "/locked">
    CorsEngine On
</Location>
CONF
cors_none(get('/moved/a', $app, port => $server->port), 200, undef,
          'ReportOnly that leads to a policy: as it was');
cors_is(get('/locked/a', $app, port => $server->port), 200,
        { origin => $app, vary => 'Origin' },
        '... and its target has its own fields');

# ... nor what a policy gives to a URL that leads to one without.
$server = private_httpd($cached . <<"CONF", modules => \@modules);
<Location "/moved">
    CorsEngine On
</Location>
<Location "/locked">
    CorsEngine Off
</Location>
CONF
cors_is(get('/moved/a', $evil, port => $server->port), 200,
        { origin => $evil, vary => 'Origin' },
        'a URL with a policy that leads to one without');
cors_none(get('/locked/a', $evil, port => $server->port), 200, undef,
          '... which has nothing of it') for 1 .. 2;

# 4. An expression of a .htaccess is made anew for each request.
$server = private_httpd(<<"CONF", modules => []);
DocumentRoot $root
LogLevel cors:info
<Directory $root>
    AllowOverride All
</Directory>
CONF
$mark = log_mark(log_of($server));
my $slow = 'https://' . 'x' x 60 . '-y';
cors_none(get('/slow/a', $slow, port => $server->port), 200, 'Origin',
          'an expression that takes too long refuses') for 1 .. 2;
get('/slow/a', $slow, port => $server->port);
my $too_long = () = log_since(log_of($server), $mark) =~ /takes too long/g;
is($too_long, 1, '... and is told once');

# 5. As many lines as a user of a shared server cares to write.
my $asked = join ',', map { "x-header-$_" } 1, $lines;
my $response = preflight('/long/a', $app, 'GET', $asked,
                         port => $server->port);
is($response->{status}, 204, "a .htaccess of $lines lines is read");
my ($names) = CorsTest::values($response, 'Access-Control-Allow-Headers');
is(join(' ', (split /, /, $names)[0, -1]),
   "X-Header-1 X-Header-$lines", '... to its end');
my ($parent) = do { local @ARGV = $server->root . '/httpd.pid'; <> } =~ /(\d+)/;
my $peak = 0;
for my $file (glob '/proc/[0-9]*/status') {
    my $status = do { local (@ARGV, $/) = $file; <> } // '';
    my ($pid) = $status =~ /^PPid:\s(\d+)/m;
    my ($kb) = $status =~ /^VmHWM:\s+(\d+)/m;
    $peak = $kb if $pid && $kb && $pid == $parent && $kb > $peak;
}
ok($peak > 1000 && $peak < 100_000,
   "... in memory in proportion ($peak KB)");

# 6. "Header always" lines hold for the answer to a preflight, wherever they
# and the policy stand.
my $header = "Header always set X-Place yes\n";
for (['server', $header], ['Location', "<Location /plain>\n$header</Location>\n"],
     ['Directory', "<Directory $root>\n$header</Directory>\n"]) {
    my ($place, $text) = @$_;
    $server = private_httpd(<<"CONF", modules => ['headers']);
DocumentRoot $root
<Location "/plain">
    CorsAllowOrigin $app
</Location>
$text
CONF
    $response = preflight('/plain/a', $app, 'GET', undef,
                          port => $server->port);
    is(join('|', $response->{status}, CorsTest::values($response, 'X-Place')),
       '204|yes',
       "Header always in $place: the answer to a preflight");
}

# 7. A preflight is answered early where nothing but the URL decides, and not
# before a directory is known that has a say, whichever server that stands in.
write_file("$root/methods/.htaccess", "CorsAllowMethods PUT\n");
write_file("$root/methods/a", "a\n");
write_file("$root/none/a", "a\n");
my $url = "<Location />\nCorsAllowOrigin $app\n</Location>\n";
my $put = 'CorsAllowMethods PUT';
my %placed = (
    Directory => "<Directory $root/methods>\n$put\n</Directory>\n",
    Files => "<Directory $root/methods>\n<Files a>\n$put\n</Files>\n"
        . "</Directory>\n",
    If => "<If \"%{REQUEST_URI} =~ m#/methods/#\">\n$put\n</If>\n",
    'If in Location' => "<Location /methods>\n<If true>\n$put\n</If>\n"
        . "</Location>\n",
    'AllowOverride' => "<Directory $root/methods>\nAllowOverride FileInfo\n"
        . "</Directory>\n",
    'AllowOverrideList' => "<Directory $root/methods>\n"
        . "AllowOverrideList CorsAllowMethods\n</Directory>\n",
);
for my $where (sort keys %placed) {
    for (['the server', 'the host', $placed{$where}, $url],
         ['the host', 'the server', $url, $placed{$where}]) {
        my ($there, $other, $main, $host) = @$_;
        $server = private_httpd(<<"CONF");
DocumentRoot $root
<Directory $root>
    AllowOverride None
</Directory>
$main
<VirtualHost *>
    ServerName localhost
    $host
</VirtualHost>
CONF
        my @statuses = map {
            preflight("/$_/a", $app, 'PUT', undef,
                      port => $server->port)->{status} } qw(methods none);
        is("@statuses", '204 403',
           "a preflight waits: $where of $there, <Location> of $other");
    }
}

# 8. The look-up of a preflight's policy is over when an ErrorDocument, with
# subrequests of its own, answers it.
write_file("$root/err.shtml", "<!--#include virtual=\"/plain/a\"-->end\n");
$server = private_httpd(<<"CONF", modules => [qw(include rewrite)]);
DocumentRoot $root
RewriteEngine On
RewriteRule ^/(sent)/ - [F]
ErrorDocument 403 /err.shtml
<Directory $root>
    AllowOverride FileInfo
    Options +Includes
</Directory>
<Files *.shtml>
    SetOutputFilter INCLUDES
</Files>
CONF
$response = preflight('/sent/a', $app, 'GET', undef, port => $server->port,
                      version => '1.0');
cors_none($response, 403, undef, 'a preflight that is sent away');
like($response->{body}, qr/^a\s+end$/m, '... to a document with SSI');

# 9. What <Location> says of CORS holds where httpd fails before it is known,
# and nothing else that stands there.
for my $line ('', 'Header always set X-Place server') {
    $server = private_httpd(<<"CONF", modules => ['headers']);
DocumentRoot $root
$line
<Location "/plain">
    CorsAllowOrigin $app
    Header always set X-Place location
</Location>
CONF
    $response = get('/plain/%2f', $app, port => $server->port);
    cors_is($response, 404, { origin => $app, vary => 'Origin' },
            'a URL that is refused as it is');
    is(join('|', CorsTest::values($response, 'X-Place')),
       $line =~ /(server)/ ? $1 : '', '... with nothing else of <Location>');
}

# 10. Of two Vary fields, one in each table, mod_cache takes the first for what
# it stores and both for what it serves, so that one variant ousts another:
# under a policy there is one field, also where that adds no name.
for (['CorsEngine Off', 0], ['CorsEngine On', 1]) {
    my ($line, $hits) = @$_;
    $server = private_httpd(<<"CONF", modules => [@modules, 'headers']);
DocumentRoot $root
CacheEnable socache /
CacheSocache shmcb:$root/socache(512000)
CacheHeader On
CacheDefaultExpire 600
Header always set Vary X-One
Header set Vary X-Two
CorsAllowOrigin *
$line
CONF
    my @cache = map {
        get('/locked/a', $app, port => $server->port,
            fields => ['X-One' => $_->[0], 'X-Two' => $_->[1]])->{text}
            =~ /^X-Cache: (\w+)/m } ([1, 1], [1, 2], [2, 1]) x 2;
    is("@cache[3 .. 5]" eq 'HIT HIT HIT' || 0, $hits,
       "two Vary fields and mod_cache: $line (@cache)");
}

# 11. The look-up of a policy goes as far as the sections and no further:
# nobody is asked whether the preflight may get there.
write_file("$root/asked/.htaccess",
           "CorsAllowOrigin $app\nRequire all granted\n");
write_file("$root/asked/a", "a\n");
$server = private_httpd(<<"CONF", modules => ['rewrite']);
DocumentRoot $root
LogLevel authz_core:debug
<Directory $root>
    AllowOverride All
</Directory>
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteRule ^/asked https://elsewhere.example/ [R]
CONF
$mark = log_mark(log_of($server));
preflight('/asked/a', $app, 'GET', undef, port => $server->port);
my $checks = log_since(log_of($server), $mark);
unlike($checks, qr/authorization result/,
       'a look-up does not ask for authorization');
get('/asked/a', $app, port => $server->port);
like(log_since(log_of($server), $mark, qr/authorization result/),
     qr/authorization result/, '... as a request does');

# 12. Where a rule leads to another URL, with [PT], that one's sections hold,
# for a preflight as for the request behind it.
$server = private_httpd(<<"CONF", modules => ['rewrite']);
DocumentRoot $root
<Location /old>
    CorsAllowOrigin $evil
    CorsAllowMethods PUT
</Location>
<Location /none>
    CorsAllowOrigin $app
    CorsAllowMethods PUT
</Location>
RewriteEngine On
RewriteRule ^/old/(.*) /none/\$1 [PT]
CONF
for (['as it is', '/none/a'], ['by another URL', '/old/a']) {
    my ($how, $path) = @$_;
    my @of = (port => $server->port);
    cors_is(get($path, $app, @of), 200, { origin => $app, vary => 'Origin' },
            "sections of a URL, $how");
    is(join(' ', map { preflight($path, $_, 'PUT', undef, @of)->{status} }
            $app, $evil), '204 403', '... and its preflights');
}

# 13. The filter by its name, where nothing else is around it and the policy is
# that of a directory's index alone.
$server = private_httpd(<<"CONF", modules => ['dir']);
DocumentRoot $root
<Location /none/>
    DirectoryIndex /plain/a
</Location>
<Location /plain>
    CorsAllowOrigin $app
    SetOutputFilter CORS
</Location>
CONF
cors_is(get('/none/', $app, port => $server->port), 200,
        { origin => $app, vary => 'Origin' },
        'SetOutputFilter CORS without mod_headers');
