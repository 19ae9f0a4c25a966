# Whoever guards a resource, and wherever: a preflight is answered before it
# is asked, without a challenge and without a cookie; what it answers to a
# request that it does not let through has the headers of the policy, as has
# what is behind it.  t/before.t shows that nobody sees the preflight.
use strict;
use warnings;

use Digest::MD5 qw(md5_hex);
use MIME::Base64 qw(encode_base64);
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $plain = 'https://plain.example';
my $evil = 'https://evil.example';
my @origins = ($app, $plain, $evil, undef);
my $preflight_vary = join ',', qw(Origin Access-Control-Request-Method
                                  Access-Control-Request-Headers);
my %verdict = ($app => { origin => $app, credentials => 'true' },
               $plain => { origin => $plain });

my $root = vars('t_logs') . "/auth-$$";
mkdir $root or die "cannot make $root: $!";

sub write_file {
    my ($name, $text) = @_;
    my $path = $root;
    my @folders = split m{/}, $name;
    my $last = pop @folders;
    for my $folder (@folders) {
        $path .= "/$folder";
        -d $path or mkdir $path or die "cannot make $path: $!";
    }
    open my $out, '>', "$path/$last" or die "cannot write $name: $!";
    print $out $text;
    close $out or die "cannot write $name: $!";
    return;
}

# One user of each kind of file, with the password "secret".
my $hash = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=';
write_file('users', "user:$hash\n");
write_file('digest', 'user:realm:' . md5_hex('user:realm:secret') . "\n");
write_file('groups', "staff: somebody-else\n");

sub basic { return (Authorization => 'Basic ' . encode_base64($_[0], '')) }

# The answer to a challenge of Digest authentication.
sub digest {
    my ($path, $challenge) = @_;
    my ($nonce) = $challenge =~ /nonce="([^"]+)"/ or die $challenge;
    my $response = md5_hex(join ':', md5_hex('user:realm:secret'), $nonce,
                           '00000001', 'abc', 'auth', md5_hex("GET:$path"));
    return (Authorization => qq(Digest username="user", realm="realm", )
        . qq(nonce="$nonce", uri="$path", qop=auth, nc=00000001, )
        . qq(cnonce="abc", response="$response", algorithm=MD5));
}

my $basic = "AuthType Basic\nAuthName realm\nAuthUserFile $root/users";
my $digest = "AuthType Digest\nAuthName realm\nAuthUserFile $root/digest";
my $form = "AuthType Form\nAuthName realm\nAuthFormProvider file\n"
    . "AuthUserFile $root/users\nSession On\n"
    . 'SessionCookieName session path=/';
my $valid = 'Require valid-user';
my $session = 'session=realm-user=user&realm-pw=secret';

# A name, directives, and the status that a request gets.  Options: inner,
# directives of a section inside; has, a field of that answer and what is in
# it; pass, fields with which a request gets through, or what makes them of
# path and challenge.
my %challenge = map { $_ => ['WWW-Authenticate', qr/^$_ /] } qw(Basic Digest);
my %guarded = (has => $challenge{Basic}, pass => [basic('user:secret')]);
my @guards = (
    ['mod_auth_basic', "$basic\n$valid", 401, %guarded],
    ['a wrong password', "$basic\n$valid", 401, has => $challenge{Basic},
     fields => [basic('user:wrong')]],
    ['a user without the right', "$basic\nRequire user other", 401,
     has => $challenge{Basic}, fields => [basic('user:secret')]],
    ['AuthzSendForbiddenOnFailure',
     "$basic\nRequire user other\nAuthzSendForbiddenOnFailure On", 403,
     fields => [basic('user:secret')]],
    ['a user without the group',
     "$basic\nAuthGroupFile $root/groups\nRequire group staff", 401,
     has => $challenge{Basic}, fields => [basic('user:secret')]],
    ['a provider that fails', "$basic/missing\n$valid", 500,
     fields => [basic('user:secret')]],
    ['mod_authn_anon', "$basic\nAuthBasicProvider anon\n"
     . "Anonymous anonymous\nAnonymous_MustGiveEmail On\n$valid", 401,
     %guarded, pass => [basic('anonymous:me@site.example')]],
    ['mod_auth_digest', "$digest\n$valid", 401, has => $challenge{Digest},
     pass => \&digest],
    ['a nonce of somebody else', "$digest\n$valid", 401,
     has => $challenge{Digest},
     fields => [Authorization => 'Digest username="user", realm="realm", '
         . 'nonce="' . 'A' x 52 . '", uri="/", qop=auth, nc=00000001, '
         . 'cnonce="abc", response="' . '0' x 32 . '"']],
    ['mod_auth_form', "$form\n$valid", 401, pass => [Cookie => $session]],
    ['mod_auth_form with a page for the log-in',
     "$form\nAuthFormLoginRequiredLocation https://login.example/\n$valid",
     302, has => ['Location', qr{^https://login\.example/$}],
     pass => [Cookie => $session]],
    ['mod_auth_form with a session that is wrong',
     "$form\nAuthFormLoginRequiredLocation https://login.example/\n$valid",
     302, has => ['Location', qr{^https://login\.example/$}],
     fields => [Cookie => "${session}x"]],
    ['mod_auth_form with an ErrorDocument',
     "$form\nErrorDocument 401 \"log in, please\"\n$valid", 401],
    ['an ErrorDocument in the open',
     "$basic\nErrorDocument 401 /open/page.txt\n$valid", 401, %guarded],
    ['an ErrorDocument that is not there',
     "$basic\nErrorDocument 401 /open/missing\n$valid", 401, %guarded],
    ['Require ip', 'Require ip 192.0.2.1', 403],
    ['Require not ip', "<RequireAll>\nRequire all granted\n"
     . "Require not ip 127.0.0.1\n</RequireAll>", 403],
    ['Require env', "SetEnvIf X-Pass yes passes\nRequire env passes", 403,
     pass => ['X-Pass' => 'yes']],
    ['Require expr', q(Require expr "%{REQUEST_METHOD} == 'PUT'"), 403],
    ['Require method', 'Require method GET POST', 403, method => 'PUT'],
    ['RequireAll of address and user',
     "$basic\n<RequireAll>\nRequire local\n$valid\n</RequireAll>", 401,
     %guarded],
    ['RequireAny of address and user',
     "$basic\n<RequireAny>\nRequire ip 192.0.2.1\n$valid\n</RequireAny>", 401,
     %guarded],
    ['mod_access_compat', "Order allow,deny\nDeny from all", 403],
    ['Satisfy Any',
     "$basic\n$valid\nOrder allow,deny\nDeny from all\nSatisfy Any", 401,
     %guarded],
    ['Satisfy All',
     "$basic\n$valid\nOrder allow,deny\nDeny from all\nSatisfy All", 403,
     fields => [basic('user:secret')]],
    ['AuthMerging And', 'Require ip 192.0.2.1', 403,
     inner => "AuthMerging And\nRequire all granted"],
    ['AuthMerging Or', 'Require ip 192.0.2.1', 401, %guarded,
     inner => "AuthMerging Or\n$basic\n$valid"],
    ['AuthMerging Off', 'Require all granted', 403,
     inner => "AuthMerging Off\nRequire all denied"],
    ['the password of an outer section', "$basic\n$valid", 401, %guarded,
     inner => 'CorsAllowMethods +PATCH -PATCH'],
    ['mod_session', "Session On\nSessionCookieName session path=/\n"
     . "SessionMaxAge 60\n", 200, has => ['Set-Cookie', qr/^session=/]],
    ['mod_session and a password', "Session On\nSessionMaxAge 60\n"
     . "SessionCookieName session path=/\n$basic\n$valid", 401, %guarded],
);

my $policy = "CorsAllowOrigin $app $plain\nCorsAllowCredentials $app\n"
    . "CorsAllowMethods PUT\nCorsAllowHeaders Authorization\n";
my $sections = '';
for my $n (0 .. $#guards) {
    my (undef, $guard, undef, %of) = @{ $guards[$n] };
    my $inner = ($of{inner} // '') . "\n";
    write_file("files/$n/in/page.txt", "page\n");
    write_file("htaccess/$n/.htaccess", "$policy$guard\n");
    write_file("htaccess/$n/in/.htaccess", $inner);
    write_file("htaccess/$n/in/page.txt", "page\n");
    write_file("folders/$n/in/page.txt", "page\n");
    $sections .= "<Location /location/$n>\n$policy$guard\n</Location>\n"
        . "<Location /location/$n/in>\n$inner</Location>\n"
        . "<Directory $root/folders/$n>\n$policy$guard\n</Directory>\n"
        . "<Directory $root/folders/$n/in>\n$inner</Directory>\n"
        . "<Location /outer/$n>\n$guard\n</Location>\n"
        . "<Location /outer/$n/in>\n$inner</Location>\n";
}
write_file('open/page.txt', "page\n");

my @modules = qw(alias access_compat auth_basic request session session_cookie
                 auth_digest auth_form authn_core authn_anon authn_file
                 authz_groupfile authz_host authz_user setenvif);
my $config = <<"CONF";
DefaultRuntimeDir $root
AliasMatch "^/(location|outer)/(.*)" $root/files/\$2
Alias /folders $root/folders
Alias /htaccess $root/htaccess
Alias /open $root/open
<Directory $root/htaccess>
    AllowOverride All
</Directory>
<Location /log-in>
    $form
    SetHandler form-login-handler
    AuthFormLoginSuccessLocation https://app.example/in
    AuthFormLoginRequiredLocation https://app.example/again
    Require all granted
    $policy
</Location>
<Location /log-out>
    $form
    SetHandler form-logout-handler
    AuthFormLogoutLocation https://app.example/out
    Require all granted
    $policy
</Location>
<Location /any>
    $basic
    $valid
    CorsAllowOrigin *
    CorsAllowMethods PUT
    CorsAllowHeaders Authorization
</Location>
$sections
CONF
my $server = private_httpd(<<"CONF", modules => \@modules);
$config
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName policy.example
    $policy
</VirtualHost>
CONF
my $policed = private_httpd("$policy$config", modules => \@modules);

# Where the policy stands: a name, where that of a guard is, and options of
# request().
my @places = (
    ['<Location>', 'location', port => $server->port],
    ['<Directory>', 'folders', port => $server->port],
    ['.htaccess', 'htaccess', port => $server->port],
    ['a virtual host', 'outer', host => 'policy.example',
     port => $server->port],
    ['the server', 'outer', port => $policed->port],
);

my $passes = grep { my (undef, undef, undef, %of) = @$_; $of{pass} } @guards;
my $shown = grep { my (undef, undef, undef, %of) = @$_; $of{has} } @guards;
plan tests => @places * (@guards * 10 + $shown + $passes * 4)
    + @guards + 22 + 6 + 5;

sub wanted {
    my ($origin) = @_;
    return { vary => 'Origin',
             $origin && $verdict{$origin} ? %{ $verdict{$origin} } : () };
}

sub called { return 'origin ' . ($_[0] // 'none') }

# Preflights of an origin that is allowed and of one that is not.
sub preflights {
    my ($path, $name, $wanted, %of) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %granted = (methods => 'PUT', headers => 'Authorization', %$wanted);
    for my $case ([$app, 204, \%granted],
                  $wanted->{origin} eq '*' ? () : [$evil, 403, {}]) {
        my ($origin, $status, $answer) = @$case;
        my $response = preflight($path, $origin, 'PUT', 'authorization', %of);
        cors_is($response, $status,
                { vary => $preflight_vary, %$answer },
                "preflight, $name: $status");
        is(join('|', map { CorsTest::values($response, $_) }
                qw(WWW-Authenticate Set-Cookie Location)), '',
           '... without challenge, cookie and redirect');
        is($response->{body}, '', '... and without a body');
    }
    return;
}

# 1. All guards in all places.
for my $place (@places) {
    my ($where, $prefix, @at) = @$place;
    for my $n (0 .. $#guards) {
        my ($guard, undef, $status, %of) = @{ $guards[$n] };
        my $name = "$guard, policy in $where";
        my $path = "/$prefix/$n/in/page.txt";
        my @ask = (@at, method => $of{method});
        preflights($path, $name, $verdict{$app}, @at, fields => $of{fields});
        my $challenge = '';
        for my $origin (@origins) {
            my $response = get($path, $origin, @ask, fields => $of{fields});
            cors_is($response, $status, wanted($origin),
                    "$name, " . called($origin));
            next if !$origin || $origin ne $app || !$of{has};
            my ($field, $value) = @{ $of{has} };
            $challenge = join '|', CorsTest::values($response, $field);
            like($challenge, $value, "... with its $field");
        }
        my $pass = $of{pass} or next;
        for my $origin (@origins) {
            my @fields = ref $pass eq 'ARRAY' ? @$pass
                         : $pass->($path, $challenge);
            cors_is(get($path, $origin, @ask, fields => \@fields), 200,
                    wanted($origin), "$guard is passed, policy in $where, "
                    . called($origin));
        }
    }
}

# 2. Where there is no policy a preflight meets the guard, and so does an
# OPTIONS that is none under a policy.
for my $n (0 .. $#guards) {
    my ($guard, undef, $status, %of) = @{ $guards[$n] };
    cors_none(preflight("/outer/$n/in/page.txt", $app, 'PUT', 'authorization',
                        port => $server->port, fields => $of{fields}),
              $status, undef, "without a policy a preflight meets $guard");
}

# 3. The handlers of mod_auth_form.
my $login = 'httpd_username=user&httpd_password=';
my @forms = (
    ['a log-in', '/log-in', "${login}secret", 302, 'in', qr/realm-user=user/],
    ['a log-in that fails', '/log-in', "${login}wrong", 302, 'again'],
    ['a log-out', '/log-out', '', 307, 'out', qr/^session=/],
);
for my $form (@forms) {
    my ($name, $path, $body, $status, $to, $cookie) = @$form;
    preflights($path, $name, $verdict{$app}, port => $server->port)
        if $to ne 'again';
    my $response = get($path, $app, method => 'POST', body => $body,
                       port => $server->port, fields => [
        Cookie => $session, 'Content-Length' => length $body,
        'Content-Type' => 'application/x-www-form-urlencoded']);
    cors_is($response, $status, wanted($app), $name);
    is(join('|', CorsTest::values($response, 'Location')),
       "https://app.example/$to", '... goes on there');
    like(join('|', CorsTest::values($response, 'Set-Cookie')), $cookie // qr//,
         '... with its cookie');
}
is(join('|', CorsTest::values(
       preflight('/log-in', $app, 'PUT', 'authorization',
                 port => $server->port, fields => [Cookie => $session]),
       'Set-Cookie')), '', 'a preflight refreshes no session');

# 4. An any-origin policy.
preflights('/any', 'any-origin policy', { origin => '*', vary =>
    $preflight_vary =~ s/^Origin,//r }, port => $server->port);
cors_is(get('/any', $_, port => $server->port), 401, { origin => '*' },
        'any-origin policy, ' . called($_)) for $evil, undef;
cors_is(get('/any', $evil, port => $server->port,
            fields => [basic('user:secret')]), 404, { origin => '*' },
        'any-origin policy, behind the guard');

# 5. Credentials in a preflight are not looked at.
for my $case ([basic('user:secret')], [basic('user:wrong')],
              [Authorization => 'Basic'], [Authorization => 'Digest x'],
              [Cookie => $session]) {
    cors_is(preflight('/location/0/in/page.txt', $app, 'PUT', 'authorization',
                      port => $server->port, fields => $case), 204,
            { %{ $verdict{$app} }, methods => 'PUT', vary => $preflight_vary,
              headers => 'Authorization' },
            "a preflight with $case->[0]: $case->[1]");
}
