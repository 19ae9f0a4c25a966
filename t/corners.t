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

plan tests => 2 + 4 + 2 + 2 + 3 + 3 + 3;

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
