# Applications that set CORS headers of their own, each in the way of its
# kind: PHP behind mod_proxy_fcgi, a CGI, mod_perl, a server behind
# mod_proxy_http.  Under CorsUpstream Replace the policy's verdict stands
# alone, whatever the status; under Keep what comes of theirs does.

use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsBackend;
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my $files = vars('t_dir') . '/htdocs/apps';
my $preflight = join ',', qw(Origin Access-Control-Request-Method
                             Access-Control-Request-Headers);
my %granted = (origin => $app, credentials => 'true', expose => 'X-Trace');
my %answer = (origin => $app, credentials => 'true', methods => 'PUT',
              headers => 'X-One', age => 600);

# All applications send the same fields, two of each for Allow-Origin and Vary.
# What of them a client gets without the module: mod_proxy_fcgi and mod_cgid
# join fields, mod_perl has them in two tables.
my %own = (credentials => 'true', methods => 'DELETE');
my %joined = (%own, origin => 'https://own.example, *',
              vary => 'Accept-Language,Cookie');
my %twice = (%joined, origin => ['https://own.example', '*']);
my %tables = (%own, origin => ['*', 'https://own.example'],
              vary => 'Cookie,Accept-Language');
# httpd makes the page of an error, and throws the one table away: if that is
# all an application has used, there is nothing to keep.
my %always = (origin => '*', methods => 'DELETE', vary => 'Cookie');
my %out = (origin => 'https://own.example', credentials => 'true',
           vary => 'Accept-Language');

# A kind, what a client gets of its own, and the last part of the URLs, which
# is the status; 599: the application dies.
my @errors = (302, 401, 403, 404, 500, 599);
my @kinds = (
    ['php', \%joined, 200, @errors],
    ['cgi', \%joined, 200, @errors[0 .. 4]],
    ['perl', \%tables, 200, @errors[0 .. 4]],
    ['http', \%twice, 200, @errors[0 .. 4]],
    ['perl-error', \%always, @errors],
    ['perl-error', \%tables, 204, 304],
    ['perl-out', {}, @errors],
    ['perl-out', \%out, 204, 304],
    ['perl-inner', \%always, 200],
);
my @passed = (
    ['php', \%joined, 200, 204, 302, 404],
    ['cgi', \%joined, 200, 204, 302, 404],
    ['perl', \%tables, 200, 204, 302, 404],
    ['http', \%twice, 200, 204, 302, 404],
    ['perl-error', \%always, 302, 404],
    ['perl-error', \%tables, 204],
    ['perl-out', {}, 302, 404],
    ['perl-out', \%out, 204],
);
my @names = qw(php cgi perl http);

# A preflight: what it asks for, and whether that is granted.
my @asked = (['granted', $app, 'PUT', 1], ['refused origin', $evil, 'PUT'],
             ['refused method', $app, 'PATCH']);

# PHP of its own on a Unix socket.
my $logs = vars('t_logs');
my ($seen, $socket, $fpm_conf) = map { "$logs/$_" }
    'apps_seen', "php-$$.sock", "php-$$.conf";
my ($fpm) = grep { -x } map { glob "$_/php-fpm[0-9]*" }
    split(/:/, $ENV{PATH}), '/usr/sbin';
die 'php-fpm is not there' unless $fpm;
write_file($seen, '');
write_file($fpm_conf, <<"CONF");
[global]
error_log = $logs/php_log
[apps]
listen = $socket
pm = static
pm.max_children = 2
CONF
my $php = CorsBackend->program($socket, $fpm, '-n', '-F', '-y', $fpm_conf,
                               '-d', 'display_errors=0');

my $http = CorsBackend->server(sub {
    my ($client) = @_;
    my $head = read_head($client);
    my ($method, $path, $status) = $head =~ m{^(\S+) (\S*?(\d+)) };
    read_body($client, $head);
    open my $out, '>>', $seen;
    syswrite $out, "http $method $path\n";
    my $more = $status == 302 ? "Location: https://elsewhere.example/\r\n"
             : $status == 401 ? "WWW-Authenticate: Basic realm=\"app\"\r\n"
             : '';
    print $client "HTTP/1.1 $status Own\r\n${more}X-App: http\r\n",
        "Access-Control-Allow-Origin: https://own.example\r\n",
        "Access-Control-Allow-Origin: *\r\n",
        "Access-Control-Allow-Credentials: true\r\n",
        "Access-Control-Allow-Methods: DELETE\r\nConnection: close\r\n",
        "Vary: Accept-Language\r\nVary: Cookie\r\n\r\n",
        $status == 204 ? '' : "http $method\n";
});

my @modules = qw(alias cgid dir env perl proxy proxy_fcgi proxy_http);
my $server = private_httpd(<<"CONF", modules => \@modules);
DefaultRuntimeDir .
ScriptSock cgisock
SetEnv SEEN $seen
AliasMatch ^/[a-z-]+/php/ $files/app.php
ScriptAliasMatch ^/[a-z-]+/cgi/ $files/app.cgi
Alias /none/page.txt $files/page.txt
Alias /own $files/own
<FilesMatch "\\.php\$">
    SetHandler "proxy:unix:$socket|fcgi://localhost"
</FilesMatch>
<Directory $files>
    AllowOverride All
</Directory>
PerlRequire $files/app.pl
<LocationMatch ^/[a-z-]+/perl>
    SetHandler modperl
    PerlResponseHandler CorsApp
</LocationMatch>
ProxyPassMatch ^/([a-z-]+/http/\\d+)\$ http://127.0.0.1:@{[$http->port]}/\$1
ProxyPassMatch ^/match/ unix:$socket|fcgi://localhost$files/own/index.php

<LocationMatch ^/(replace|keep|enforce)>
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsAllowMethods PUT
    CorsAllowHeaders X-One
    CorsExposeHeaders X-Trace
    CorsMaxAge 600
</LocationMatch>
<LocationMatch ^/keep>
    CorsUpstream Keep
</LocationMatch>
<LocationMatch ^/[a-z]+-pass/>
    CorsPreflight Pass
</LocationMatch>
<LocationMatch ^/[a-z]+-page/>
    ProxyErrorOverride On
    ErrorDocument 404 /none/page.txt
</LocationMatch>
<Location /enforce>
    CorsEnforce On
</Location>
CONF
my @to = (port => $server->port);

my $actual = map { @$_[2 .. $#$_] } @kinds;
my $passed = map { @$_[2 .. $#$_] } @passed;
plan tests => 2 * $actual * (1 + 2 * @origins) + 2 * $passed * 2 * @asked
    + 2 * (2 * 2 * 2 + 2) * @names + 1 + 2 * 2 * 2 * @origins
    + 2 * (@origins + 1) + 2 + 1 + 2 * @origins + 1;

sub called { return $_[0] // 'no Origin' }

# The fields of an application's own, with more names in Vary, or those of the
# policy.
sub with_vary {
    my ($fields, $own, $names) = @_;
    return { %$fields, vary => join ',', $own->{vary} // (), $names };
}

sub verdict { return defined $_[0] && $_[0] eq $app ? \%granted : {} }

# Assert what comes, and that it comes from the application, or from none.
sub answers {
    my ($response, $kind, $status, $fields, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    cors_is($response, $status, $fields, $name);
    is(join('|', CorsTest::values($response, 'X-App')),
       $kind =~ s/-.*//r, $kind ? '... the application answers'
                                : '... no application answers');
    return;
}

# 1. Actual requests.
for (@kinds) {
    my ($kind, $own, @last) = @$_;
    for my $last (@last) {
        my $status = $last == 599 ? 500 : $last;
        my $path = "$kind/$last";
        answers(get("/none/$path", $app, @to), $kind, $status, $own,
                "without a policy: $path");
        for my $origin (@origins) {
            my $name = "$path, " . called($origin);
            my $ours = with_vary(verdict($origin), $own, 'Origin');
            answers(get("/replace/$path", $origin, @to), $kind, $status, $ours,
                    "Replace: $name");
            answers(get("/keep/$path", $origin, @to), $kind, $status,
                    $own->{origin} ? with_vary($own, $own, 'Origin') : $ours,
                    "Keep: $name");
        }
    }
}

# 2. CorsPreflight Pass.  A granted preflight that is redirected is none.
for (@passed) {
    my ($kind, $own, @last) = @$_;
    for my $status (@last) {
        for (@asked) {
            my ($what, $origin, $method, $is_granted) = @$_;
            my $ours = with_vary($is_granted && $status != 302 ? \%answer : {},
                                 $own, $preflight);
            my @ask = ($origin, $method, 'x-one', @to);
            my $path = "$kind/$status";
            answers(preflight("/replace-pass/$path", @ask), $kind, $status,
                    $ours, "Pass and Replace: $path, $what");
            answers(preflight("/keep-pass/$path", @ask), $kind, $status,
                    $own->{origin} ? with_vary($own, $own, $preflight) : $ours,
                    "Pass and Keep: $path, $what");
        }
    }
}

# 3. CorsPreflight Answer and CorsEnforce: the application sees nothing of
# what is answered for it.
my $mark = log_mark('apps_seen');
for my $kind (@names) {
    for my $policy (qw(replace keep)) {
        for my $last (200, 401) {
            my $path = "/$policy/$kind/$last";
            answers(preflight($path, $app, 'PUT', 'x-one', @to), '', 204,
                    { %answer, vary => $preflight }, "granted: $path");
            answers(preflight($path, $evil, 'PUT', 'x-one', @to), '', 403,
                    { vary => $preflight }, "refused: $path");
        }
    }
    my $path = "/enforce/$kind/200";
    answers(request(method => 'POST', path => $path, @to, body => 'a=b',
                    fields => [Origin => $evil, 'Content-Length' => 3]),
            '', 403, { vary => 'Origin' }, "CorsEnforce: $path, $evil");
    my ($own) = map { $_->[1] } grep { $_->[0] eq $kind } @kinds;
    answers(request(method => 'POST', path => $path, @to, body => 'a=b',
                    fields => [Origin => $app, 'Content-Length' => 3]), $kind,
            200, with_vary(\%granted, $own, 'Origin'),
            "CorsEnforce: $path, $app");
}
my $wanted = join '', map { "$_ POST /enforce/$_/200\n" } @names;
is(log_since('apps_seen', $mark), $wanted,
   'applications see what is not refused, and nothing else');

# 4. ProxyErrorOverride with an ErrorDocument.  What a server behind
# mod_proxy_http has sent is gone by then, what PHP has is not.
for my $case (['php', \%joined], ['http', {}]) {
    my ($kind, $own) = @$case;
    for my $origin (@origins) {
        my $ours = with_vary(verdict($origin), $own, 'Origin');
        for my $policy (qw(replace keep)) {
            my $response = get("/$policy-page/$kind/404", $origin, @to);
            cors_is($response, 404, $policy eq 'keep' && $own->{origin}
                    ? with_vary($own, $own, 'Origin') : $ours,
                    "ErrorDocument: $policy, $kind, " . called($origin));
            is($response->{body}, "page\n", '... is sent');
        }
    }
}

# 5. PHP by SetHandler has the policy of a .htaccess; by ProxyPassMatch it has
# not, since mod_proxy does not look for the file.
for my $origin (@origins) {
    answers(get('/own/shop/200', $origin, @to), 'php', 200,
            with_vary({ %{ verdict($origin) }, expose => undef }, \%joined,
                      'Origin'),
            'a front controller in .htaccess: ' . called($origin));
}
answers(get('/match/php/200', $app, @to), 'php', 200, \%joined,
        'ProxyPassMatch: no .htaccess');
$mark = log_mark('apps_seen');
cors_is(preflight('/own/shop/200', $app, 'PUT', undef, @to), 204,
        { origin => $app, credentials => 'true', methods => 'PUT',
          vary => $preflight }, 'a front controller in .htaccess: granted');
cors_none(preflight('/own/shop/200', $evil, 'PUT', undef, @to), 403,
          $preflight, 'a front controller in .htaccess: refused');
is(log_since('apps_seen', $mark), '', '... it sees no preflight');

# 6. PHP is gone.
$php->stop;
for my $origin (@origins) {
    cors_is(get("/$_/php/200", $origin, @to), 503,
            { %{ verdict($origin) }, vary => 'Origin' },
            "PHP is stopped: $_, " . called($origin)) for qw(replace keep);
}
cors_is(preflight('/replace-pass/php/200', $app, 'PUT', 'x-one', @to), 503,
        { %answer, vary => $preflight }, 'PHP is stopped: Pass');
