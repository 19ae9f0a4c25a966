# Front controllers as applications ship them: rules in a .htaccess that send
# all that is no file to one script.  Wherever the policy stands, preflights
# are answered without a run of the script, and all else has its headers once,
# whatever the script itself sets.
use strict;
use warnings;

use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my $fixtures = vars('t_dir') . '/htdocs/frontcontroller';
my $sites = tempdir(CLEANUP => 1);
chmod 0755, $sites;
my $runs = "$sites/runs";
my $policy = <<"CONF";
CorsAllowOrigin $app
CorsAllowCredentials On
CorsAllowMethods PUT DELETE
CorsAllowHeaders Authorization Content-Type
CorsExposeHeaders X-Trace
CorsMaxAge 600
CONF

# Where the policy stands, and for each application the folders that have a
# .htaccess; that of the last of them has the policy, in one case.
my @places = qw(vhost directory htaccess);
my %folders = (
    laravel => [''], wordpress => ['/blog', ''], shared => ['', '/public'],
    path => [''], fallback => [''], deny => [''], maintenance => [''],
    proxy => [''], server => [''], down => [''],
);

my $backend = private_httpd(<<"CONF", modules => [qw(headers alias)]);
CustomLog seen_log "%m %U"
Header always set Access-Control-Allow-Origin *
Header always set Access-Control-Allow-Headers X-Backend
Header set Vary Cookie
AliasMatch "^/(?!missing)" @{[vars('t_dir')]}/htdocs/plain/index.html
CONF
my $backend_log = ($backend->root =~ m{([^/]+)$})[0] . '/seen_log';

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', $name or die "cannot write $name: $!";
    print $out $text;
    close $out or die "cannot write $name: $!";
    return;
}

# What a file has, if it is there.
sub read_file {
    my ($name) = @_;
    return '' unless -e $name;
    open my $in, '<', $name or die "cannot read $name: $!";
    local $/;
    return scalar <$in>;
}

# The files of an application, and its virtual host, which may have rules, too.
# The place "none" has no policy.
sub site {
    my ($place, $name) = @_;
    my $root = "$sites/$place/$name";
    for my $folder (@{ $folders{$name} }) {
        my $to = "$root$folder";
        my $rules = read_file("$fixtures/$name$folder/.htaccess");
        $rules =~ s/BACKEND/$backend->port/e;
        $rules .= $policy if $place eq 'htaccess'
            && $folder eq $folders{$name}[-1];
        make_path($to, $name eq 'shared' && !$folder ? () : "$to/assets");
        write_file("$to/.htaccess", $rules);
        write_file("$to/file.txt", "plain\n");
        write_file("$to/maintenance.html", "back soon\n");
        copy("$fixtures/index.cgi", $to) or die "cannot copy: $!";
        chmod 0755, "$to/index.cgi";
    }
    my %in = (vhost => '', directory => '', $place => $policy);
    return <<"CONF";
<VirtualHost *>
    ServerName $place.$name.example
    DocumentRoot $root
    $in{vhost}
    @{[read_file("$fixtures/$name/vhost.conf")]}
    <Directory $root>
        $in{directory}
    </Directory>
</VirtualHost>
CONF
}

my $hosts = join '', site('none', 'laravel'), map {
    my $place = $_;
    map { site($place, $_) } sort keys %folders;
} @places;

my @modules = qw(mime dir env headers negotiation rewrite alias proxy
                 proxy_http cgid);
my $server = private_httpd(<<"CONF", modules => \@modules);
TypesConfig /etc/mime.types
DefaultRuntimeDir .
ScriptSock cgisock
SetEnv RUNS $runs
<Directory $sites>
    Options +ExecCGI +FollowSymLinks
    AllowOverride All
    AddHandler cgi-script .cgi
    DirectoryIndex index.cgi
</Directory>
$hosts
CONF

# An application, a path below which it is, and rows of a name, a path, a
# status, how often the script runs, and options: of the request; is, a field
# and a pattern, or a pattern of the body; vary, besides Origin; early, whether
# httpd ends the request before it looks for a file, so that nothing is known of
# a <Directory> or .htaccess: "redirect", of which preflights are spared, or
# "end".
my @login = (Authorization => 'Bearer secret');
my @script = (vary => ['cookie']);
my @common = (
    ['the front page', '/', 200, 1, @script, is => qr{^index GET \S*/$}m],
    ['a page', '/any/page?x=1', 200, 1, @script,
     is => qr{^index GET \S*/any/page\?x=1$}m],
    ['a file', '/file.txt', 200, 0, is => qr/^plain$/],
    ['a page that is missing', '/missing', 404, 1, @script,
     is => qr/^index GET/m],
    ['an error', '/error', 500, 1, @script, is => qr/^index GET/m],
    ['a script that dies', '/dies', 500, 1, is => qr/Internal Server Error/],
    ['a redirect by the script', '/go', 302, 1, @script,
     is => ['Location', qr/elsewhere/]],
    (map { ["$_ of an item", '/api/items/7', 200, 1, @script, method => $_,
            is => qr{^index $_ \S*/api/items/7$}m] } qw(POST PUT DELETE)),
    ['OPTIONS that is no preflight', '/api/items', 200, 1, @script,
     method => 'OPTIONS', is => qr/^index OPTIONS/m],
    ['the index by its name', '/index.cgi', 200, 1, @script,
     is => qr/^index GET/m],
);
my %rows = (
    laravel => [
        @common,
        ['a login', '/api/items', 200, 1, fields => \@login,
         is => qr/^login Bearer secret$/m,
         vary => [qw(authorization cookie)]],
        ['a trailing slash', '/api/items/', 301, 0,
         is => ['Location', qr{/api/items$}]],
        ['a trailing slash, with a login', '/api/items/', 301, 0,
         fields => \@login, is => ['Location', qr{/api/items$}]],
        ['a trailing slash, PUT', '/api/items/', 301, 0, method => 'PUT',
         is => ['Location', qr{/api/items$}]],
        ['a folder', '/assets', 301, 0, is => ['Location', qr{/assets/$}]],
    ],
    (map { $_ => [
        @common,
        ['a login', '/api/items', 200, 1, fields => \@login, @script,
         is => qr/^login Bearer secret$/m],
        ['a trailing slash', '/api/items/', 200, 1, @script,
         is => qr{^index GET \S*/api/items/$}m],
        ['a folder', '/assets', 301, 0, is => ['Location', qr{/assets/$}]],
    ] } qw(wordpress shared path)),
    fallback => [
        @common,
        ['a folder', '/assets', 301, 0, is => ['Location', qr{/assets/$}]],
    ],
    deny => [
        ['[F]', '/forbidden', 403, 0, is => qr/Forbidden/],
        ['[G], with the script for an ErrorDocument', '/gone', 410, 1, @script,
         is => qr/^index GET/m],
        ['[R=401]', '/login', 401, 0, is => qr/Unauthorized/],
        ['[R=429]', '/busy', 429, 0, is => qr/Too Many Requests/],
        ['[R=308]', '/moved', 308, 0, is => ['Location', qr/elsewhere/]],
    ],
    server => [
        @common,
        ['a login', '/api/items', 200, 1, fields => \@login,
         is => qr/^login Bearer secret$/m, vary => [qw(authorization cookie)]],
        ['a trailing slash', '/api/items/', 301, 0, early => 'redirect',
         is => ['Location', qr{/api/items$}]],
        ['a redirect', '/old/items', 308, 0, early => 'redirect',
         is => ['Location', qr{^https://elsewhere\.example/items$}]],
        ['a folder', '/assets', 301, 0, is => ['Location', qr{/assets/$}]],
        ['[F]', '/forbidden', 403, 0, early => 'end', is => qr/Forbidden/],
        ['[G]', '/gone', 410, 0, early => 'end', is => qr/Gone/],
        ['[R=503]', '/busy', 503, 0, early => 'redirect',
         is => qr/Unavailable/],
    ],
    down => [
        ['the virtual host is down', '/', 503, 0, is => qr/^back soon$/],
        ['... for PUT, too', '/api/items/7', 503, 0, method => 'PUT',
         is => qr/^back soon$/],
    ],
    maintenance => [
        ['the front page', '/', 503, 0, is => qr/^back soon$/],
        ['a page', '/any/page', 503, 0, is => qr/^back soon$/],
        ['a file', '/file.txt', 503, 0, is => qr/^back soon$/],
        ['PUT', '/api/items/7', 503, 0, method => 'PUT',
         is => ['Retry-After', qr/^600$/]],
        ['the page about it', '/maintenance.html', 200, 0,
         is => qr/^back soon$/],
    ],
    proxy => [
        ['[P]', '/api/items', 200, 0, is => qr/^plain$/, @script],
        ['[P], PUT', '/api/items', 405, 0, method => 'PUT'],
        ['[P] to what is missing', '/api/missing', 404, 0],
        ['[P] to nobody', '/dead/items', 503, 0],
        ['a file', '/file.txt', 200, 0, is => qr/^plain$/],
    ],
);
my @mounts = (['laravel', ''], ['wordpress', ''], ['wordpress', '/blog'],
              ['shared', ''], ['path', ''], ['fallback', ''], ['deny', ''],
              ['maintenance', ''], ['proxy', ''], ['server', ''], ['down', '']);

plan tests => 3021;

sub names { return join ',', sort map { lc } split /\s*,\s*/, join ',', @_ }

sub sorted {
    my ($response) = @_;
    $_->[1] = names($_->[1]) for grep { lc $_->[0] eq 'vary' }
        @{ $response->{fields} };
    return $response;
}

sub runs { return scalar(() = read_file($runs) =~ /\n/g) }

my $asked = names(qw(Origin Access-Control-Request-Method
                     Access-Control-Request-Headers));
my %granted = (origin => $app, credentials => 'true');
my %answer = (%granted, methods => 'PUT, DELETE', age => 600, vary => $asked,
              headers => 'Authorization, Content-Type');

for my $place (@places) {
    for my $mount (@mounts) {
        my ($name, $below) = @$mount;
        my @at = (host => "$place.$name.example", port => $server->port);
        my $where = "$name$below, policy in $place";
        for my $row (@{ $rows{$name} }) {
            my ($what, $path, $status, $count, %of) = @$row;
            my $is_known = !$of{early} || $place eq 'vhost';
            $path = "$below$path";
            my $before = runs();
            for my $origin (@origins) {
                my $is_app = ($origin // '') eq $app;
                my $response = get($path, $origin, @at, method => $of{method},
                                   fields => $of{fields});
                my %wanted = $is_known && $is_app
                             ? (%granted, expose => 'X-Trace') : ();
                my $vary = names($is_known ? 'Origin' : (),
                                 @{ $of{vary} || [] });
                cors_is(sorted($response), $status,
                        { %wanted, vary => $vary eq '' ? undef : $vary },
                        "$what: $status, $where, " . ($origin // 'none'));
                next unless $of{is} && $is_app;
                my ($field, $pattern) = ref $of{is} eq 'ARRAY' ? @{ $of{is} }
                                        : (undef, $of{is});
                like(defined $field
                     ? join('|', CorsTest::values($response, $field))
                     : $response->{body}, $pattern, '... it is so');
            }
            is(runs() - $before, @origins * $count, '... runs of the script');

            $before = runs();
            my ($yes, $no) = map {
                sorted(preflight($path, $_, 'PUT', 'authorization,content-type',
                                 @at))
            } $app, $evil;
            if ($is_known || $of{early} eq 'redirect') {
                cors_is($yes, 204, \%answer, "$what: a preflight, $where");
                cors_none($no, 403, $asked, '... a refused one');
            }
            else {
                cors_none($_, $status, undef, "$what: a preflight, $where: too "
                          . 'early to know') for $yes, $no;
            }
            is(runs() - $before, 0, '... the script runs for none');
        }
    }
}

# Of all that went to the backend none was a preflight.
my $seen = log_since($backend_log, 0, qr{PUT});
like($seen, qr{^GET /items$}m, 'a backend sees actual requests');
unlike($seen, qr{OPTIONS}, '... and no preflight');

# Where there is no policy, there are the script's own headers, and it runs for
# preflights, too.
my @none = (port => $server->port, host => 'none.laravel.example');
my $before = runs();
cors_is(get('/any/page', $app, @none), 200,
        { origin => '*', methods => 'DELETE', vary => 'Cookie' },
        'without a policy: the headers of the script');
is(preflight('/any/page', $app, 'PUT', undef, @none)->{status}, 200,
   '... which answers preflights');
is(runs() - $before, 2, '... by a run');
is(preflight('/api/items/', $app, 'PUT', undef, @none)->{status}, 301,
   '... or they are redirected');
