# Attacks on what the policy says and on what it tells: by names of headers, by
# wildcards, by refusals and logs that say too much, by .htaccess files.  Each
# has its control, what is right and passes.
#
# For attacks on the origin see t/attack.t, for those on the framing of requests
# t/attack_http.t.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $web = 'https://web.example';
my $evil = 'https://evil.example';
my $vary = join ',', qw(Origin Access-Control-Request-Method
                        Access-Control-Request-Headers);
my %granted = (origin => $app, credentials => 'true', vary => 'Origin');
my %answer = (%granted, vary => $vary, methods => 'PUT, DELETE',
              headers => 'X-One, Content-Type');
my $page = vars('t_dir') . '/htdocs/plain/index.html';

my $policy = <<"CONF";
CorsAllowOrigin $app $web
CorsAllowCredentials On
CorsAllowMethods PUT DELETE
CorsAllowHeaders X-One Content-Type
CONF
my $files = vars('t_logs') . "/attack-$$";

# .htaccess files of users, what they may say, and what comes of it: a status,
# and whether evil.example is let in.
my $widen = "CorsEngine On\nCorsAllowOrigin $evil\n";
my @users = (
    ['Off outside and AllowOverride None', 'None', $widen, 200, 0],
    ['AllowOverride AuthConfig', 'AuthConfig', $widen, 500, 0],
    ['AllowOverride Limit Indexes Options', 'Limit Indexes Options', $widen,
     500, 0],
    ['AllowOverrideList of another directive', 'None
      AllowOverrideList CorsMaxAge', $widen, 500, 0],
    ['Nonfatal=Override', 'Nonfatal=Override', $widen, 200, 0],
    ['control: AllowOverride FileInfo', 'FileInfo', $widen, 200, 1],
    ['<If> in the file', 'AuthConfig', "<If true>\n$widen</If>\n", 500, 0],
    ['<Files> in the file', 'AuthConfig', "<Files *>\n$widen</Files>\n", 500,
     0],
    ['control: <Files> in the file', 'FileInfo',
     "<Files *>\n$widen</Files>\n", 200, 1],
    ['<Limit> in the file', 'All', "<Limit GET>\n$widen</Limit>\n", 500, 0],
    ['the linter switched off', 'All', "CorsLint Off\n$widen", 500, 0],
);
for my $i (0 .. $#users) {
    write_file("$files/user$i/.htaccess", $users[$i][2]);
    write_file("$files/user$i/index.html", "user\n");
}
my $users = join '', map { <<"CONF" } 0 .. $#users;
<Directory $files/user$_>
    CorsEngine Off
    AllowOverride $users[$_][1]
</Directory>
CONF
write_file("$files/closed/.htaccess", $widen);
write_file("$files/closed/index.html", "user\n");

my $server = private_httpd(<<"CONF", modules => ['alias']);
LogLevel warn cors:info
LogFormat "%>s %{CORS_REQUEST}e %{CORS_VERDICT}e %{CORS_REASON}e" verdict
CustomLog verdict_log verdict
Alias /users $files
<Directory $files>
    Options None
</Directory>
$users
<Directory $files/closed>
    AllowOverride All
</Directory>
<Location /closed-off>
    CorsEngine Off
</Location>
AliasMatch "^/closed-(on|off)" $files/closed/index.html
<LocationMatch "^/(list|enforce|auth|missing)">
    $policy
</LocationMatch>
<Location /enforce>
    CorsEnforce On
</Location>
<Location /auth>
    Require all denied
</Location>
<Location /star>
    CorsAllowOrigin *
    CorsAllowMethods *
    CorsAllowHeaders *
    CorsExposeHeaders *
</Location>
<Location /some>
    CorsAllowOrigin *
    CorsAllowCredentials $app
    CorsAllowMethods *
    CorsAllowHeaders *
</Location>
AliasMatch "^/(list|enforce|auth|star|some)" $page
CONF
my @of = (port => $server->port);
my $logs = ($server->root =~ m{([^/]+)$})[0];

plan tests => 117;

# 1. Headers.
for my $names (qw(x-onex x-on content-types x_one x-one;x-two),
               'x-one,cookie', 'x-one,x-two',
               'x-one, content-type, authorization') {
    cors_none(preflight('/list', $app, 'PUT', $names, @of), 403, $vary,
              "headers that are not listed: $names");
}
cors_is(preflight('/list', $app, 'PUT', 'X-ONE,,content-type ,', @of), 204,
        \%answer, 'control: those that are');
for my $path ('/star', '/some') {
    for my $name (qw(authorization Authorization AUTHORIZATION),
                  'x, authorization', 'authorization,x') {
        is(preflight($path, $app, 'PUT', $name, @of)->{status}, 403,
           "\"*\" does not cover $name: $path");
    }
}
# What "*" stands for is sent back: names, in lower case, and nothing else.
my $split = 'x%0d%0aset-cookie:y';
my $many = join ',', map { sprintf "X-%028d", $_ } 1 .. 255;
for my $case (['8 KB', $many, lc($many) =~ s/,/, /gr],
              ['escapes', 'x%0d%0aset-cookie', 'x%0d%0aset-cookie'],
              ['what is a token', "!#\$%&'*+-.^_`|~0", "!#\$%&'*+-.^_`|~0"]) {
    my ($what, $asked, $sent) = @$case;
    my $response = preflight('/some', $app, 'PUT', $asked, @of);
    cors_is($response, 204, { %granted, vary => $vary, methods => 'PUT',
                              headers => $sent },
            "names are sent back as they are, in lower case: $what");
}
for my $asked ($split, "x-one\x0bset-cookie", 'x-one: y', "x-\xc3\xa9",
               'x-one<script>', 'x"', "$many,$many", 'x' x 8200) {
    my $response = preflight('/some', $app, 'PUT', $asked, @of);
    my $word = substr $asked, 0, 20;
    like($response->{status}, qr/^4/,
         "what is no list of names is refused: $word");
    unlike($response->{text}, qr/set-cookie|script|Allow-Headers/i,
           '... and not sent back');
}
{
    my $answer = exchange("OPTIONS /some HTTP/1.1\r\nHost: localhost\r\n"
        . "Origin: $app\r\nAccess-Control-Request-Method: PUT\r\n"
        . "Access-Control-Request-Headers: x\r\nSet-Cookie: y\r\n"
        . "Connection: close\r\n\r\n", $server->port);
    my $response = CorsTest::parse($answer);
    cors_is($response, 204, { %granted, vary => $vary, methods => 'PUT',
                              headers => 'x' },
            'a line break ends the list, and nothing behind it comes back');
    is(scalar(CorsTest::values($response, 'Set-Cookie')), 0, '... at all');
}
# "*" never has credentials, whoever asks and however.
for my $path ('/star', '/some') {
    for my $origin ($evil, 'null', $web, "$app.evil.example") {
        for my $response (get($path, $origin, @of), get($path, $origin, @of,
                              fields => [Cookie => 'a=b']),
                          preflight($path, $origin, 'PUT', 'x', @of)) {
            is(join('|', map { CorsTest::values($response,
                                   "Access-Control-Allow-$_") }
                    qw(Origin Credentials)), '*',
               "no credentials for $origin by \"*\": $path");
        }
    }
}

# 2. A refusal does not tell why: the same bytes, but for the date, whatever
# the reason and whatever is there.
sub bytes {
    my ($response) = @_;
    return $response->{text} =~ s/^Date: [^\r\n]*/Date:/mr;
}

my @refused = map { [$$_[0], bytes(preflight(@$_[1 .. 4], @of))] } (
    ['another origin', '/list', $evil, 'PUT', 'x-one'],
    ['another origin, nothing right', '/list', $evil, 'PATCH', 'x-two'],
    ['null', '/list', 'null', 'PUT', undef],
    ['no origin', '/list', 'junk', 'PUT', undef],
    ['8 KB of one', '/list', 'https://' . 'a' x 8000, 'PUT', undef],
    ['another method', '/list', $app, 'PATCH', undef],
    ['a forbidden method', '/list', $app, 'TRACE', undef],
    ['no method', '/list', $app, '(', undef],
    ['another header', '/list', $app, 'PUT', 'x-two'],
    ['another header, second', '/list', $app, 'PUT', 'x-one,x-two'],
    ['no header', '/list', $app, 'PUT', '('],
    ['a file that is not there', '/missing', $evil, 'PUT', undef],
    ['a file that is closed', '/auth', $evil, 'PUT', undef],
    ['CorsEnforce', '/enforce', $evil, 'PUT', undef],
);
my $first = shift @refused;
like($$first[1], qr/^HTTP\S+\ 403\ Forbidden\r\nDate:\r\nServer: [^\r\n]*\r\n
                    Vary:\ [^\r\n]*\r\nContent-Length:\ 0\r\n
                    Connection:\ close\r\n\r\n\z/x,
     'a refused preflight has nothing to tell');
is($$_[1], $$first[1], "the refusal is the same: $$_[0]") for @refused;
isnt(bytes(preflight('/list', $app, 'PUT', undef, @of)), $$first[1],
     'control: a grant is not');
my @actual = map { [$_ // 'none', bytes(get('/list', $_, @of))] }
    undef, $evil, 'null', 'junk', "$app/", "$app, $evil", "$app.evil.example";
is($$_[1], $actual[0][1], "a refused request has what one without Origin has: "
   . $$_[0]) for @actual[1 .. $#actual];
is(scalar(grep { CorsTest::values($_, 'CORS-Debug') }
          map { get('/list', $_, @of, fields => ['CORS-Debug' => 'On']) }
          $app, $evil), 0, 'nobody switches CorsDebug on from outside');

# 3. Logs: a line for each refusal, of one form, whatever is sent.
{
    my $form = qr/^\[[^]]+\]\ \[cors:info\]\ \[pid\ [^]]+\]
        \ \[client\ 127\.0\.0\.1:\d+\]\ CORS\ (?:actual|preflight)\ refused:
        \ [a-z-]+,\ origin="[^"]*"\ method="[^"]*"\ url="[^"]*"
        (?:\ header="[^"]*")?\ \((?:Cors[^()]*|no\ Cors\w+)\)$/x;
    my @origins = ("$evil\" method=\"GET", "$evil%0a[Mon] [cors:info] x",
        "$evil\\n[Mon]", "$evil\\x0a", '${jndi:ldap://evil.example/a}',
        "%n%s%d",
        "$evil'; DROP TABLE logs; --", '<script>alert(1)</script>',
        "$evil) (CorsAllowOrigin at", "\xc2\x85[Mon]", "\xe2\x80\xa8[Mon]",
        'x' x 8000, '"' x 8000, '\\' x 8000);
    my $mark = log_mark("$logs/error_log");
    my $access = log_mark("$logs/verdict_log");
    for my $text (@origins) {
        my $query = substr $text =~ s/[^!-~]/+/gr, 0, 1000;
        get("/list?$query", $text, @of);
        preflight('/list', $text, $text, $text, @of)
            if length $text < 2000;
        preflight('/list', $app, 'PUT', "x-one,$text", @of);
    }
    my $n = 2 * @origins + grep { length $_ < 2000 } @origins;
    # The server may have a word on how busy it is.
    my @lines = grep { !/\[mpm_event:error\]/ } split /\n/,
        log_since("$logs/error_log", $mark, qr/(?:refused:.*\n[^\n]*?){$n}/);
    is(scalar @lines, $n, 'a refusal has one line in the error log');
    is(join("\n", grep { $_ !~ $form } @lines), '', '... of one form');
    is(scalar(grep { length $_ > 2000 } @lines), 0, '... which is not long');
    is(scalar(grep { /[^ -~]/ } @lines), 0, '... and has no other octets');
    @lines = split /\n/, log_since("$logs/verdict_log", $access,
                                   qr/(?:.*\n){$n}/);
    is(scalar @lines, $n, 'and one in the access log');
    is(join("\n", grep { !/^(?:200\ actual|403\ preflight)\ refused
                        \ (?:origin|header)-(?:malformed|not-allowed)$/x }
            @lines), '', '... with words of the module alone');
}

# 4. .htaccess files that widen what is not theirs.
for my $i (0 .. $#users) {
    my ($what, undef, undef, $status, $is_wide) = @{ $users[$i] };
    my $path = "/users/user$i/index.html";
    my $response = get($path, $evil, @of);
    if ($is_wide) {
        cors_is($response, $status, { origin => $evil, vary => 'Origin' },
                ".htaccess, $what");
        is(preflight($path, $evil, 'GET', undef, @of)->{status}, 204,
           '... preflight');
    }
    else {
        cors_none($response, $status, undef, ".htaccess, $what");
        cors_none(preflight($path, $evil, 'GET', undef, @of),
                  $status, undef, '... preflight');
    }
}
cors_none(get('/closed-off', $evil, @of), 200, undef,
          '.htaccess: CorsEngine Off in <Location> has the last word');
cors_none(preflight('/closed-off', $evil, 'GET', undef, @of), 200,
          undef, '... preflight');
cors_is(get('/closed-on', $evil, @of), 200,
        { origin => $evil, vary => 'Origin' }, '... control: without it');
