# More of t/corners.t: requests of which little is known, fields of a request
# that change on its way, and sections that say nothing of CORS.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $other = 'https://other.example';
my $evil = 'https://evil.example';
my $root = vars('t_logs') . "/corners-more-$$";
my $preflight = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';

sub log_of { return $_[0]->root =~ m{([^/]+)\z} ? "$1/error_log" : die }

# What mod_cache says of a response.
sub cached { return $_[0]{text} =~ /^X-Cache: (\w+)/m ? $1 : 'none' }

write_file("$root/$_", "$_\n")
    for qw(a b c app/index.html dir/index.html front/x set/a set/b);
write_file("$root/moved/.htaccess",
           "RewriteEngine On\nRewriteRule ^x\$ /app/index.html\n");
write_file("$root/safe/.htaccess", "Header always set X-Safe yes\n");
write_file("$root/cache-$_/.keep", '') for qw(off on same);
utime 1e9, 1e9, map { "$root/$_" } qw(a b c dir/index.html set/a set/b);

# With mod_allowmethods httpd merges the sections of an internal redirect anew,
# be they the same.
my @cache = qw(cache cache_disk headers dir allowmethods);
sub cache { return <<"CONF" }
DocumentRoot $root
CacheEnable disk /
CacheRoot $root/cache-$_[0]
CacheHeader On
CacheIgnoreNoLastMod On
CacheDefaultExpire 600
DirectoryIndex index.html
CONF

plan tests => 2 + 2 + 6 + 4 + 4 + 2 + 2 + 1;

# 1. Of a request whose first line is too long there is no URL to report.
{
    my $server = private_httpd(<<"CONF");
LogLevel cors:info
CorsEngine ReportOnly
CorsAllowOrigin *
CONF
    my @status = map { request(path => '/' . 'a' x 9000,
                               port => $server->port)->{status} } 1 .. 2;
    is("@status", '414 414', 'ReportOnly and a long line: an answer');
    like(log_since(log_of($server), 0, qr/answered otherwise/),
         qr/answered otherwise .*Allow-Origin none instead of "\*" .*url=""/,
         '... and the report');
}

# 2. CorsEnforce, as it would be, of an Origin that is gone by then.
{
    my $server = private_httpd(<<"CONF", modules => ['headers']);
LogLevel cors:info
DocumentRoot $root
RequestHeader unset Origin
CorsEngine ReportOnly
CorsEnforce On
CorsAllowOrigin $app
CONF
    cors_none(get('/a', $evil, port => $server->port), 200, undef,
              'ReportOnly and an Origin that is taken away: an answer');
    like(log_since(log_of($server), 0, qr/answered otherwise/),
         qr/answered otherwise .*status 200 instead of 403/,
         '... and the report');
}

# 3. mod_cache stores for the Origin that the request has by then.
{
    my $server = private_httpd(cache('off') . <<"CONF", modules => \@cache);
CacheQuickHandler Off
RequestHeader unset Origin
CorsAllowOrigin $app $other
CONF
    cors_none(get('/a', $evil, port => $server->port), 200, 'Origin',
              'RequestHeader unset Origin: the first who asks');
    cors_is(get('/a', $app, port => $server->port), 200,
            { origin => $app, vary => 'Origin' }, '... the second');
    cors_is(get('/a', $other, port => $server->port), 200,
            { origin => $other, vary => 'Origin' }, '... the third');
    get('/b', undef, port => $server->port);
    cors_is(get('/b', $app, port => $server->port), 200,
            { origin => $app, vary => 'Origin' },
            '... one who comes after a request without Origin');

    $server = private_httpd(cache('on') . <<"CONF", modules => \@cache);
RequestHeader set Origin $app
CorsAllowOrigin $app $other
CONF
    cors_none(get('/a', $evil, port => $server->port), 200, 'Origin',
              'RequestHeader set Origin: the first who asks');
    cors_is(get('/a', $app, port => $server->port), 200,
            { origin => $app, vary => 'Origin' },
            '... is not answered to whom it names');
}

# 4. A policy that comes with an internal redirect is asked of the Origin that
# the client sent.
{
    my $server = private_httpd(<<"CONF", modules => [qw(headers dir rewrite)]);
DocumentRoot $root
RequestHeader unset Origin
<Directory $root/moved>
    AllowOverride FileInfo
    Options +FollowSymLinks
</Directory>
<Directory $root/front>
    FallbackResource /app/index.html
</Directory>
<Location /app>
    CorsAllowOrigin $app
    CorsEnforce On
</Location>
CONF
    for my $path (qw(/app/index.html /front/none /moved/x)) {
        is(join(' ', map { get($path, $_, port => $server->port)->{status} }
                $app, $evil), '200 403', "CorsEnforce: $path");
    }

    $server = private_httpd(<<"CONF", modules => ['headers']);
DocumentRoot $root
RequestHeader set Origin $app early
CorsAllowOrigin $app
CONF
    cors_is(get('/a', $evil, port => $server->port), 200,
            { origin => $app, vary => 'Origin' },
            '... unless it is changed early');
}

# 5. What is redirected within one policy is stored, also if that policy comes
# from more sections than one.
{
    my $server = private_httpd(cache('same') . <<"CONF", modules => \@cache);
CorsAllowOrigin $app
<Directory />
    Options +FollowSymLinks
</Directory>
<Location />
    CorsAllowMethods PUT
</Location>
<Location /set>
    CorsAllowOrigin $other
</Location>
<Directory $root/set>
    DirectoryIndex /b
</Directory>
CONF
    my @got = map { get('/dir/', $app, port => $server->port) } 1 .. 2;
    is(cached($got[1]), 'HIT', 'DirectoryIndex in one policy is stored');
    cors_is($got[1], 200, { origin => $app, vary => 'Origin' },
            '... with its fields');
    @got = map { get('/set/', $other, port => $server->port) } 1 .. 2;
    is(cached($got[1]), 'MISS', '... in another policy is not');
    cors_is($got[1], 200, { origin => $other, vary => 'Origin' },
            '... and has the fields of the first');
}

# 6. A .htaccess that may say nothing but "Header".
{
    my $server = private_httpd(<<"CONF", modules => ['headers']);
DocumentRoot $root
CorsAllowOrigin $app
<Directory $root>
    AllowOverrideList Header
</Directory>
CONF
    my $answer = preflight('/safe/a', $app, 'GET', undef,
                           port => $server->port);
    cors_is($answer, 204, { origin => $app, vary => $preflight },
            'AllowOverrideList Header: a preflight');
    is(join('|', CorsTest::values($answer, 'X-Safe')), 'yes',
       '... has the "Header always" of the .htaccess');
}

# 7. LogLevel of a directory.
{
    my $server = private_httpd(<<"CONF");
DocumentRoot $root
CorsAllowOrigin $app
<Directory $root>
    LogLevel cors:info
</Directory>
CONF
    cors_none(preflight('/a', $evil, 'GET', undef, port => $server->port),
              403, $preflight, 'LogLevel of a directory: a preflight');
    like(log_since(log_of($server), 0, qr/refused/),
         qr/CORS preflight refused/, '... is told of');
}

# 8. Many exclusions are not told one by one: to sort them takes long.
{
    my @bad = map { "-https://bad$_.example" } 1 .. 100;
    my $server = private_httpd(<<"CONF");
LogLevel cors:info
CorsAllowOrigin * @bad
CONF
    get('/', 'https://bad7.example', port => $server->port);
    like(log_since(log_of($server), 0, qr/refused/),
         qr/, which has \*, 100 exclusions\)/, 'many exclusions in the log');
}
