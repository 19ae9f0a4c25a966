# WebDAV: OPTIONS has two meanings, methods and headers are many, pages of apps
# have schemes of their own, and a lock server says no in many ways.
use strict;
use warnings;

use File::Temp qw(tempdir);
use MIME::Base64 qw(encode_base64);
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @pages = ($app, 'app://obsidian.md', 'capacitor://localhost',
             'http://localhost');
my @origins = ($app, $evil, undef);

my @methods = qw(PUT DELETE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK
                 REPORT VERSION-CONTROL);
my @headers = qw(Authorization Content-Type Depth Destination If If-Match
                 If-None-Match Lock-Token Overwrite Timeout);
my $expose = 'DAV, ETag, Lock-Token';
my $asked = join ',', qw(Origin Access-Control-Request-Method
                         Access-Control-Request-Headers);

# One folder for each section, and the same sections for each server.
my $files = tempdir(CLEANUP => 1);
my @sections = qw(none list any login public pass pass-login star enforce);
mkdir "$files/$_" for @sections;
write_file("$files/$_/note.md", "note\n") for @sections;

my @modules = qw(authn_core authz_user authn_file auth_basic mime dav dav_fs
                 headers);
my $bare = <<"CONF";
DocumentRoot $files
TypesConfig /etc/mime.types
DavLockDB dav_locks
<Directory $files>
    Dav On
</Directory>
<LocationMatch "^/(login|pass-login|public)/">
    AuthType Basic
    AuthName storage
    AuthUserFile @{[vars('t_dir')]}/conf/before.users
</LocationMatch>
<LocationMatch "^/(login|pass-login)/">
    Require valid-user
</LocationMatch>
<LocationMatch "^/public/">
    <LimitExcept GET HEAD OPTIONS>
        Require valid-user
    </LimitExcept>
</LocationMatch>
CONF
my $policies = <<"CONF";
CorsAllowMethods @methods
CorsAllowHeaders @headers
CorsExposeHeaders DAV ETag Lock-Token
CorsMaxAge 10min
<LocationMatch "^/(list|login|public|pass|pass-login|enforce)/">
    CorsAllowOrigin @pages
</LocationMatch>
<Location /any/>
    CorsAllowOrigin *
    Header always set Access-Control-Allow-Origin https://old.example
    Header set Access-Control-Allow-Origin https://older.example
</Location>
<LocationMatch "^/pass">
    CorsPreflight Pass
</LocationMatch>
<Location /star/>
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsAllowMethods *
    CorsAllowHeaders * Authorization
    CorsExposeHeaders *
    CorsMaxAge Off
</Location>
<Location /enforce/>
    CorsEnforce On
</Location>
CONF
my $without = private_httpd($bare, modules => \@modules, cors => 0);
my $server = private_httpd($bare . $policies, modules => \@modules);

my @login = (Authorization => 'Basic ' . encode_base64('user:secret', ''));

# What preflights of real clients ask: the method, and the headers in the
# order in which browsers send them.
my @preflights = (
    ['PROPFIND', 'authorization,content-type,depth'],
    ['PROPPATCH', 'authorization,content-type'],
    ['REPORT', 'content-type,depth'],
    ['MKCOL', 'authorization'],
    ['LOCK', 'authorization,content-type,depth,if,timeout'],
    ['UNLOCK', 'authorization,lock-token'],
    ['MOVE', 'authorization,depth,destination,if,overwrite'],
    ['COPY', 'authorization,destination,overwrite'],
    ['PUT', 'authorization,content-type,if,if-match,if-none-match'],
    ['DELETE', 'authorization,if-match'],
    ['VERSION-CONTROL', undef],
    ['GET', 'if-none-match'],
    ['HEAD', undef],
);
my @refused = (
    ['SEARCH', undef], ['propfind', 'depth'], ['MOVE', 'destination,x-other'],
    ['PROPFIND', 'x-depth'],
);

# What a client does: method, path, fields, body, status, and what the
# response has besides CORS.  TOKEN is the last lock's.
my $url = 'http://localhost/';
my $lock = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope>'
    . '<locktype><write/></locktype></lockinfo>';
my $patch = '<propertyupdate xmlns="DAV:"><set><prop><x xmlns="x:">1</x>'
    . '</prop></set></propertyupdate>';
my @steps = (
    ['MKCOL', 'd', [], '', 201, has => ['Location', qr{/d$}]],
    ['MKCOL', 'd', [], '', 405],
    ['MKCOL', 'missing/d', [], '', 409],
    ['MKCOL', 'x', ['Content-Type' => 'text/x'], 'x', 415],
    ['PUT', 'd/a', [], 'one', 201],
    ['PUT', 'd/a', [], 'two', 204],
    ['PUT', 'd/a', ['If-None-Match' => '*'], 'x', 412],
    ['PUT', 'd', [], 'x', 409],
    ['PUT', 'missing/a', [], 'x', 409],
    ['PROPFIND', 'd', [Depth => 1], '', 207, body => qr{/d/a</D:href>}],
    ['PROPFIND', 'd', [], '', 403, body => qr/infinity/],
    ['PROPFIND', 'd', [Depth => 7], '', 400],
    ['PROPFIND', 'd', [Depth => 0], '<', 400],
    ['PROPFIND', 'missing', [Depth => 0], '', 404],
    ['PROPPATCH', 'd/a', [], $patch, 207, body => qr/200 OK/],
    ['REPORT', 'd', [], '<x xmlns="x:"/>', 501],
    ['LOCK', 'd/a', [Timeout => 'Second-60'], $lock, 200,
     has => ['Lock-Token', qr/^<opaquelocktoken:/]],
    ['LOCK', 'd/a', [], $lock, 423],
    ['LOCK', 'd/a', [If => '(TOKEN)'], '', 200, body => qr/<D:lockdiscovery>/],
    ['PUT', 'd/a', [], 'x', 423],
    ['PUT', 'd/a', [If => '(TOKEN)'], 'three', 204],
    ['PROPPATCH', 'd/a', [], $patch, 423],
    ['MOVE', 'd/a', [Destination => 'd/b'], '', 423],
    ['DELETE', 'd/a', [], '', 423],
    ['DELETE', 'd', [], '', 424],
    ['UNLOCK', 'd/a', [], '', 400],
    ['UNLOCK', 'd/a', ['Lock-Token' => 'TOKEN'], '', 204],
    ['LOCK', 'd/new', [], $lock, 200],
    ['UNLOCK', 'd/new', ['Lock-Token' => 'TOKEN'], '', 204],
    ['COPY', 'd/a', [Destination => 'd/b'], '', 201],
    ['COPY', 'd/a', [Destination => 'd/b', Overwrite => 'F'], '', 412],
    ['COPY', 'd/a', [Destination => 'd/a'], '', 403],
    ['MOVE', 'd/b', [Destination => 'd/c'], '', 201],
    ['MOVE', 'd/c', [Destination => 'd/a'], '', 204],
    ['MOVE', 'd/a', [Destination => 'missing/a'], '', 500],
    ['MOVE', 'd/a', [], '', 400],
    ['MOVE', 'd/a', [Destination => 'https://localhost/a'], '', 502],
    ['MOVE', 'd/a', [Destination => '/none/a'], '', 201],
    ['DELETE', '/none/a', [], '', 204, none => 1],
    ['DELETE', 'd/a', [], '', 404],
    ['OPTIONS', 'd/', [], '', 200, has => ['DAV', qr/^1,2/]],
    ['OPTIONS', 'd/', ['Content-Type' => 'text/xml'],
     '<options xmlns="DAV:"><supported-method-set/></options>', 200,
     body => qr/options-response/],
    ['DELETE', 'd', [], '', 204],
    ['GET', 'd', [], '', 404],
    ['GET', 'note.md', [], '', 200, body => qr/^note$/],
);

# What OPTIONS may lack, to be no preflight.
my @no_preflights = (
    ['nothing of CORS'],
    ['Access-Control-Request-Method alone',
     'Access-Control-Request-Method' => 'PROPFIND'],
    ['Origin alone', Origin => $app],
    ['a foreign Origin alone', Origin => $evil],
);
my @resources = qw(note.md missing d/);

plan tests => 520;

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', $name or die "cannot write $name: $!";
    print $out $text;
    close $out or die "cannot write $name: $!";
    return;
}

sub ask {
    my ($method, $path, $fields, $body, $to) = @_;
    return request(method => $method, path => $path, body => $body,
                   port => ($to || $server)->port, fields => [
        @$fields, length $body // '' ? ('Content-Length' => length $body)
                                     : ()]);
}

sub ask_first {
    my ($origin, $path, $method, $headers, @fields) = @_;
    return preflight($path, $origin, $method, $headers, fields => [@fields],
                     port => $server->port);
}

sub value { return join '|', CorsTest::values(@_) }
sub called { return 'origin ' . ($_[0] // 'none') }

sub answer_to {
    my ($origin) = @_;
    return { origin => $origin, methods => join(', ', @methods),
             headers => join(', ', @headers), age => 600, vary => $asked };
}

sub verdict {
    my ($origin) = @_;
    return { vary => 'Origin' } if ($origin // '') ne $app;
    return { vary => 'Origin', origin => $app, expose => $expose };
}

# 1. Preflights, of pages of apps as well; behind a login as without one.
for my $origin (@pages) {
    for my $section (qw(list login)) {
        for (@preflights) {
            my ($method, $headers) = @$_;
            cors_is(ask_first($origin, "/$section/note.md", $method, $headers),
                    204, answer_to($origin),
                    "preflight for $method of $origin, $section");
        }
    }
}
for (@refused) {
    my ($method, $headers) = @$_;
    cors_none(ask_first($app, '/list/note.md', $method, $headers), 403, $asked,
              "preflight for $method with " . ($headers // 'nothing')
              . ' is refused');
}
for my $answer (ask_first($app, '/list/note.md', 'DELETE'),
                ask_first($evil, '/list/note.md', 'DELETE')) {
    is(value($answer, 'DAV') . value($answer, 'Allow'), '',
       "mod_dav has no part in it, $answer->{status}");
}
cors_is(ask_first($app, '/star/note.md', 'BASELINE-CONTROL',
                  'authorization,depth,x-own'), 204,
        { origin => $app, credentials => 'true',
          methods => 'BASELINE-CONTROL',
          headers => 'authorization, depth, x-own', vary => $asked },
        'any method and header, with credentials: what is asked for');
my $all = value(ask('OPTIONS', '/star/note.md', [Origin => $app]),
                'Access-Control-Expose-Headers');
is(join(' ', sort split /, /, $all), 'Allow DAV Date MS-Author-Via Server Vary',
   'with credentials * exposes what mod_dav has set');

# 2. What a client does.
for my $section (qw(list any)) {
    for my $origin (@origins) {
        my $token = '';
        for (@steps) {
            my ($method, $path, $fields, $body, $status, %of) = @$_;
            $path = "/$section/$path" unless $path =~ m{^/};
            my @send = map { my $value = $_; $value =~ s/TOKEN/$token/; $value }
                @$fields;
            for (@send) {
                s{^(d|missing)/}{/$section/$1/};
                s{^/}{http://localhost:@{[$server->port]}/};
            }
            unshift @send, Origin => $origin if defined $origin;
            my $response = ask($method, $path, \@send, $body);
            my $wanted = $of{none} ? {}
                : $section eq 'any' ? { origin => '*', expose => $expose }
                : verdict($origin);
            cors_is($response, $status, $wanted,
                    "$method $path: $status, " . called($origin));
            if ($method eq 'LOCK' && value($response, 'Lock-Token')) {
                $token = value($response, 'Lock-Token');
            }
            if ($of{has} || $of{body}) {
                my $got = $of{has} ? value($response, $of{has}[0])
                                   : $response->{body};
                like($got, $of{has} ? $of{has}[1] : $of{body}, '... it is so');
            }
        }
    }
}

# 3. OPTIONS that is no preflight is mod_dav's, whose answer is the same to a
# byte where there is no policy, and has the headers of the policy besides.
sub plain {
    my ($response, $to) = @_;
    my $port = $to->port;
    return $response->{text} =~ s/^Date: [^\r]*/Date: now/mr
        =~ s/:$port/:PORT/gr;
}

sub no_cors {
    return $_[0] =~ s/^(?:Access-Control-[\w-]+|Vary): [^\r]*\r\n//gmr;
}

for (@no_preflights) {
    my ($what, @fields) = @$_;
    my $origin = $fields[0] && $fields[0] eq 'Origin' ? $fields[1] : undef;
    for my $resource (@resources) {
        my ($bare_answer, $none, $list) = map {
            my ($section, $to) = @$_;
            ask('OPTIONS', "/$section/$resource", \@fields, undef, $to)
        } ['none', $without], ['none', $server], ['list', $server];
        my $wanted = plain($bare_answer, $without);
        is(plain($none, $server), $wanted,
           "OPTIONS with $what on $resource, no policy: the same bytes");
        is(no_cors(plain($list, $server)), $wanted,
           '... the same besides CORS, with one');
        cors_is($list, 200, verdict($origin), '... and CORS itself');
    }
    cors_is(ask('OPTIONS', '/login/', \@fields, undef), 401, verdict($origin),
            "OPTIONS with $what meets authentication");
}
my $options = ask('OPTIONS', '/list/note.md', [Origin => $app]);
is(value($options, 'DAV'), '1,2|<http://apache.org/dav/propset/fs/1>',
   'mod_dav answers: DAV');
is(value($options, 'MS-Author-Via'), 'DAV', '... MS-Author-Via');
like(value($options, 'Allow'), qr/PROPFIND.*LOCK/, '... Allow');

# 4. Behind mod_auth_basic.  A page of the app logs in by a header that it sets
# itself; what is read needs no login in "public".
for my $origin (@pages, $evil, undef) {
    my @page = defined $origin ? (Origin => $origin) : ();
    my $wanted = !defined $origin || $origin eq $evil ? { vary => 'Origin' }
                 : { vary => 'Origin', origin => $origin, expose => $expose };
    my $called = called($origin);
    my $response = ask('PROPFIND', '/login/', [@page, Depth => 1], '');
    cors_is($response, 401, $wanted, "no login, $called");
    is(value($response, 'WWW-Authenticate'), 'Basic realm="storage"',
       '... is asked for one');
    cors_is(ask('PROPFIND', '/login/', [@page, @login, Depth => 1], ''), 207,
            $wanted, "with a login, $called");
    cors_is(ask('GET', '/public/note.md', [@page], ''), 200, $wanted,
            "a public file, $called");
    cors_is(ask('PUT', '/public/note.md', [@page], 'x'), 401, $wanted,
            "... that is not public to change, $called");
}

# 5. CorsPreflight Pass: mod_dav answers, the module sets the headers.
my $pass = ask_first($app, '/pass/note.md', 'MOVE', 'destination,overwrite');
cors_is($pass, 200, answer_to($app),
        'Pass: a preflight that mod_dav answers');
is(value($pass, 'DAV'), value($options, 'DAV'), '... as any OPTIONS');
$pass = ask_first($evil, '/pass/note.md', 'MOVE', 'destination');
cors_none($pass, 200, $asked, 'Pass: a refused one');
is(value($pass, 'DAV'), value($options, 'DAV'), '... mod_dav answers it too');
cors_none(ask_first($app, '/pass/note.md', 'SEARCH'), 200, $asked,
          'Pass: a method that is not allowed');
cors_is(ask_first($app, '/pass-login/note.md', 'PUT'), 401, answer_to($app),
        'Pass: authentication is asked');
cors_is(ask_first($app, '/pass-login/note.md', 'PUT', undef, @login), 200,
        answer_to($app), '... and passed with a login, which no browser sends');

# 6. CorsEnforce: what is refused is not done.
cors_none(ask('DELETE', '/enforce/note.md', [Origin => $evil], ''), 403,
          'Origin', 'CorsEnforce: DELETE of a foreign page is refused');
ok(-f "$files/enforce/note.md", '... and not done');
cors_is(ask('DELETE', '/enforce/note.md', [Origin => $app], ''), 204,
        verdict($app), '... where that of an allowed one');
ok(!-f "$files/enforce/note.md", '... is');
