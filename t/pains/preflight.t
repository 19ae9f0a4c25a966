# The pains of the preflight, which carries no password and no cookie and has
# to come back with an ok status: P1, P4 to P6, P12, P15, P24 and P29.
# Of P5 there is more in t/redirected.t and t/lookup.t.

use strict;
use warnings;

use CorsPains;

# The lines that are copied from page to page, and what they stand for.
my $recipe = <<'CONF';
Header always set Access-Control-Allow-Origin https://app.example
Header always set Access-Control-Allow-Methods "GET, PUT"
Header always set Access-Control-Allow-Headers Authorization
CONF
my $policy = <<'CONF';
CorsAllowOrigin https://app.example
CorsAllowMethods GET PUT
CorsAllowHeaders Authorization
CONF
my @lines = (recipe => $recipe, cors => $policy);

my $lists = { origin => $app, methods => 'GET, PUT',
              headers => 'Authorization' };
my $granted = { %$lists, status => 204, vary => $vary, body => qr/\A\z/ };
my $actual = { status => 200, origin => $app, vary => 'Origin' };
my @preflight = asks($app, 'PUT', 'authorization');
my $obsidian = 'app://obsidian.md';
my %dav = (%$lists, status => 204, origin => $obsidian, methods => 'PROPFIND');
my $classes = '1,2|<http://apache.org/dav/propset/fs/1>';
my @password = (Authorization => 'Basic dXNlcjpzZWNyZXQ=');
my $basic = <<'CONF';
AuthType Basic
AuthName api
AuthUserFile @USERS@
CONF

# The same lines as most have them, and the rule that is to answer OPTIONS.
my $rewrite = $recipe =~ s/always //gr . <<'CONF';
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
CONF
my $error_page = qr/internal error or\s+misconfiguration/;

pains(
    {
        pain => 'P1', rule => 'no preflight is asked for a password',
        both => <<~CONF, @lines,
            <Location /app>
                $basic
                Require valid-user
            </Location>
            CONF
        steps => [
            ['preflight', [OPTIONS => '/app', @preflight],
             { %$lists, status => 401,
               'WWW-Authenticate' => 'Basic realm="api"' },
             { %$granted, 'WWW-Authenticate' => '' }],
            ['the request', [GET => '/app', Origin => $app, @password],
             { %$lists, status => 200 }, $actual],
        ],
    },
    {
        pain => 'P1', rule => 'no preflight is sent to a login form',
        both => <<~'CONF', @lines,
            <Location /app>
                AuthType Form
                AuthName api
                AuthFormProvider file
                AuthUserFile @USERS@
                AuthFormLoginRequiredLocation https://login.example/
                Session On
                SessionCookieName session path=/
                Require valid-user
            </Location>
            CONF
        steps => [
            ['preflight', [OPTIONS => '/app', @preflight],
             { %$lists, status => 302, Location => 'https://login.example/' },
             { %$granted, Location => '' }],
        ],
    },
    {
        pain => 'P4', rule => 'no application has to know of preflights',
        @lines,
        steps => [
            ['preflight', [OPTIONS => '/app', @preflight],
             { %$lists, status => 405, seen => "OPTIONS /app\n" },
             { %$granted, seen => '' }],
            ['the request', [PUT => '/app', Origin => $app],
             { %$lists, status => 200, seen => "PUT /app\n" },
             { %$actual, seen => "PUT /app\n" }],
        ],
    },
    {
        pain => 'P4', rule => 'no backend has to know of preflights',
        both => "ProxyPass /back \@BACKEND\@/app\n", @lines,
        steps => [
            ['preflight', [OPTIONS => '/back', @preflight],
             { %$lists, status => 405, seen => qr{\AOPTIONS /.*/app\n\z} },
             { %$granted, seen => qr/\A\z/ }],
        ],
    },
    {
        pain => 'P5', rule => 'no preflight is redirected', @lines,
        both => <<~'CONF',
            RewriteEngine On
            RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]
            CONF
        steps => [
            ['preflight', [OPTIONS => '/app', @preflight],
             { %$lists, status => 301, Location => qr{^https://.*/app$} },
             { %$granted, Location => '' }],
            ['the request', [GET => '/app', Origin => $app],
             { %$lists, status => 301 }, { %$actual, status => 301 }],
        ],
    },
    {
        pain => 'P6', rule => 'a preflight has headers, and OPTIONS a handler',
        recipe => "$rewrite RewriteRule ^(.*)\$ \$1 [R=200,L]\n",
        cors => $policy,
        steps => [
            ['preflight, R=200', [OPTIONS => '/app', @preflight],
             { status => 200, body => $error_page }, $granted],
            ['no preflight, R=200', [OPTIONS => '/app'],
             { status => 200, seen => '', body => $error_page },
             { status => 405, vary => 'Origin', seen => "OPTIONS /app\n" }],
        ],
    },
    {
        pain => 'P6', rule => 'a preflight has headers, whatever the status',
        recipe => "$rewrite RewriteRule ^ - [R=204,L]\n", cors => $policy,
        steps => [
            ['preflight, R=204', [OPTIONS => '/app', @preflight],
             { status => 204 }, $granted],
        ],
    },
    {
        pain => 'P6', rule => 'a preflight has headers under .htaccess, too',
        files => { '.htaccess' => {
            recipe => "$rewrite RewriteRule ^ blank.html [R=200,L]\n",
            cors => $policy } },
        steps => [
            ['preflight, R=200', [OPTIONS => '/plain.txt', @preflight],
             { status => 200, body => $error_page }, $granted],
        ],
    },
    {
        pain => 'P12', rule => 'an OPTIONS that is no preflight is for WebDAV',
        both => <<~'CONF',
            <Location /dav>
                Dav On
            </Location>
            CONF
        recipe => $rewrite =~ s/ set / always set /gr . <<~'CONF',
            Header always set Access-Control-Allow-Origin app://obsidian.md
            Header always set Access-Control-Allow-Methods PROPFIND
            RewriteRule ^ - [R=204,L]
            CONF
        cors => <<~'CONF',
            CorsAllowOrigin app://obsidian.md
            CorsAllowMethods PROPFIND
            CorsAllowHeaders Authorization
            CorsExposeHeaders DAV
            CONF
        files => { 'dav/plain.txt' => "plain\n" },
        steps => [
            ['discovery', [OPTIONS => '/dav/'], { %dav, DAV => '' },
             { status => 200, vary => 'Origin', DAV => $classes }],
            ['discovery by a page', [OPTIONS => '/dav/', Origin => $obsidian],
             { %dav, DAV => '' },
             { status => 200, origin => $obsidian, expose => 'DAV',
               vary => 'Origin', DAV => $classes }],
            ['preflight', [OPTIONS => '/dav/', asks($obsidian, 'PROPFIND')],
             { %dav }, { %dav, vary => $vary }],
        ],
    },
    {
        pain => 'P15', rule => 'AllowMethods need not have OPTIONS', @lines,
        both => "<Location /app>\nAllowMethods GET\n</Location>\n",
        steps => [
            ['preflight', [OPTIONS => '/app', @preflight],
             { status => 405, %$lists }, $granted],
            ['no preflight', [OPTIONS => '/app'],
             { status => 405, %$lists }, { status => 405, vary => 'Origin' }],
        ],
    },
    {
        pain => 'P15', rule => 'LimitExcept need not have OPTIONS', @lines,
        both => <<~'CONF',
            <Location /app>
                <LimitExcept GET PUT>
                    Require all denied
                </LimitExcept>
            </Location>
            CONF
        steps => [
            ['preflight', [OPTIONS => '/app', @preflight],
             { status => 403, %$lists }, $granted],
            ['no preflight', [OPTIONS => '/app'],
             { status => 403, %$lists }, { status => 403, vary => 'Origin' }],
        ],
    },
    {
        pain => 'P15', rule => 'a rule against methods need not have OPTIONS',
        @lines,
        both => <<~'CONF',
            RewriteEngine On
            RewriteCond %{REQUEST_METHOD} !^(GET|PUT)$
            RewriteRule ^ - [F]
            CONF
        steps => [
            ['preflight', [OPTIONS => '/app', @preflight],
             { status => 403, %$lists }, $granted],
            ['no preflight', [OPTIONS => '/app'],
             { status => 403, %$lists }, { status => 403, vary => 'Origin' }],
        ],
    },
    {
        pain => 'P24', rule => 'no OPTIONS gets past the password',
        recipe => "$recipe <Location /back>\n$basic <LimitExcept OPTIONS>\n"
            . "Require valid-user\n</LimitExcept>\n</Location>\n",
        cors => "$policy <Location /back>\n$basic Require valid-user\n"
            . "</Location>\n",
        both => "ProxyPass /back \@BACKEND\@/app\n",
        steps => [
            ['preflight', [OPTIONS => '/back/admin', @preflight],
             { status => 405, %$lists, seen => qr{^OPTIONS .*/app/admin$} },
             { %$granted, seen => '' }],
            ['no preflight', [OPTIONS => '/back/admin'],
             { status => 405, %$lists, seen => qr{^OPTIONS .*/app/admin$} },
             { status => 401, vary => 'Origin', seen => '' }],
            ['the request', [GET => '/back/admin', Origin => $app],
             { status => 401, %$lists, seen => '' },
             { status => 401, origin => $app, vary => 'Origin', seen => '' }],
        ],
    },
    {
        pain => 'P29', rule => 'what a preflight asks is told to no other',
        @lines,
        steps => [
            ['the request', [GET => '/app', Origin => $app],
             { status => 200, %$lists }, $actual],
            ['no CORS', [GET => '/app'],
             { status => 200, %$lists }, { status => 200, vary => 'Origin' }],
        ],
    },
);
