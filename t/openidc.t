# mod_auth_openidc: a preflight is answered and never sent to an identity
# provider; what a request without a session or a token gets has the policy's
# headers, as has what one with them gets.
#
# The provider is a few lines of configuration.  Its part in a log-in, an ID
# token signed with the client's secret, is played by the test.
use strict;
use warnings;

use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(encode_base64url);
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my %actual = (origin => $app, credentials => 'true', vary => 'Origin');
my $preflight_vary = join ',', qw(Origin Access-Control-Request-Method
                                  Access-Control-Request-Headers);
my %granted = (%actual, methods => 'PUT', headers => 'Authorization',
               vary => $preflight_vary);
my @asked = ('PUT', 'authorization');

my $secret = 'secret of the client of 32 bytes';
my $provider = 'https://op.example';
my $files = vars('t_dir') . '/htdocs';
my $policy = "CorsAllowOrigin $app\nCorsAllowCredentials On\n"
    . "CorsAllowMethods PUT\nCorsAllowHeaders Authorization\n";
my $protected = "AuthType openid-connect\nRequire valid-user\n";

# Below /app/, where the policy is: a name, directives, and what requests
# without a session get: a person's, who opens the page, and a script's.
my @unauthenticated = (
    ['401', 'OIDCUnAuthAction 401', 401, 401],
    ['407', 'OIDCUnAuthAction 407', 407, 407],
    ['410', 'OIDCUnAuthAction 410', 410, 410],
    ['pass', 'OIDCUnAuthAction pass', 200, 200],
    ['auth', 'OIDCUnAuthAction auth', 302, 401],
    ['auth-all', 'OIDCUnAuthAction auth true', 302, 302],
);

# What requests get that have a session, but not the claim.
my @unauthorized = (
    ['401', 'OIDCUnAutzAction 401', 401, 401],
    ['403', 'OIDCUnAutzAction 403', 401, 401],
    ['auth', 'OIDCUnAutzAction auth', 200, 401],
    ['401-text', 'OIDCUnAutzAction 401 "not you"', 200, 200],
    ['403-text', 'OIDCUnAutzAction 403 "not you"', 200, 200],
    ['302', 'OIDCUnAutzAction 302 https://other.example/', 200, 200],
);

sub locations {
    my ($prefix, @sections) = @_;
    return join '', map {
        "<Location $prefix$_->[0]>\n$_->[1]\n</Location>\n"
    } @sections;
}

my $server = private_httpd(<<"CONF", modules => [
LogLevel warn auth_openidc:debug
OIDCProviderIssuer $provider
OIDCProviderAuthorizationEndpoint $provider/authorize
OIDCClientID client
OIDCClientSecret "$secret"
OIDCResponseType id_token
OIDCResponseMode form_post
OIDCIDTokenSignedResponseAlg HS256
OIDCRedirectURI /app/back
OIDCCryptoPassphrase "a passphrase"
OIDCSessionType client-cookie
OIDCInfoHook userinfo id_token
OIDCOAuthVerifySharedKeys "plain##$secret"
OIDCOAuthRemoteUserClaim sub

AliasMatch "^/(app|bare)" $files/openidc/page.txt
Alias /directory $files/plain
Alias /own $files/openidc/own
<Directory $files/plain>
$policy$protected</Directory>
<Directory $files/openidc/own>
    AllowOverride All
</Directory>
<LocationMatch "^/(app|bare)">
$protected</LocationMatch>
<Location /app>
$policy</Location>
<LocationMatch "^/(app|bare)/oauth">
    AuthType oauth20
    AuthName api
</LocationMatch>
<LocationMatch "^/(app|bare)/both">
    AuthType auth-openidc
</LocationMatch>
<Location /app/oauth-any>
    CorsAllowOrigin *
    CorsAllowCredentials Off
</Location>
<Location /app/claim>
    Require claim role:admin
</Location>
<Location /app/enforce>
    CorsEnforce On
</Location>
@{[locations('/app/un', @unauthenticated)]}
@{[locations('/app/claim/', @unauthorized)]}
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName policy.example
    $policy
</VirtualHost>
CONF
    qw(alias authn_core authz_user auth_openidc)]);
my $log = ($server->root =~ m{([^/]+)$})[0] . '/error_log';
my @port = (port => $server->port);

# Where policy and protection stand: a name, a path, and a host.
my @places = (
    ['<Location>', '/app/page'],
    ['<Directory>', '/directory/index.html'],
    ['.htaccess', '/own/page.txt'],
    ['a virtual host, protection in <Location>', '/bare/page',
     'policy.example'],
    ['a virtual host, protection in <Directory>', '/directory/index.html',
     'policy.example'],
);

my @person = (Accept => 'text/html,*/*;q=0.8',
              'Sec-Fetch-Mode' => 'navigate',
              'Sec-Fetch-Dest' => 'document');
my @script = (Accept => '*/*', 'Sec-Fetch-Mode' => 'cors',
              'Sec-Fetch-Dest' => 'empty');

plan tests => 16 * @places + 6 + 7 * @unauthenticated + 7 * @unauthorized
    + 8 + 33 + 24 + 4;

sub jwt {
    my (%claims) = @_;
    my $payload = join ',', map {
        my $value = $claims{$_};
        qq("$_":) . ($value =~ /^\d+$/ ? $value : qq("$value"));
    } sort keys %claims;
    my $signed = join '.', map { encode_base64url($_) }
        '{"alg":"HS256","typ":"JWT"}', "{$payload}";
    return "$signed." . encode_base64url(hmac_sha256($signed, $secret));
}

# A response has none of the fields of a challenge.
sub unchallenged {
    my ($response, $name) = @_;
    return is(join('|', map { CorsTest::values($response, $_) }
                   qw(WWW-Authenticate Location Set-Cookie)), '',
              "... $name: no challenge, redirect or cookie");
}

sub only_value {
    my ($response, $field) = @_;
    my @values = CorsTest::values($response, $field);
    return @values == 1 ? $values[0] : @values . " of $field";
}

sub wanted {
    my ($origin) = @_;
    return $origin && $origin eq $app ? \%actual : { vary => 'Origin' };
}

sub called { return 'origin ' . ($_[0] // 'none') }

# What the provider's page sends to the redirect URI, on the answer to a
# request that was sent there.
sub reply {
    my ($redirect, $iss, %of) = @_;
    my $target = only_value($redirect, 'Location');
    my ($state, $nonce) = map { $target =~ /[?&]$_=([^&]+)/ } qw(state nonce);
    my $body = "state=$state&id_token=" . jwt(
        iss => $iss, aud => 'client', sub => 'me', nonce => $nonce,
        iat => time, exp => time + 600);
    my ($cookie) = only_value($redirect, 'Set-Cookie') =~ /^([^;]+)/;
    return request(%of, @port, method => 'POST', path => '/app/back',
        fields => [Origin => $app, Cookie => $cookie,
                   'Content-Type' => 'application/x-www-form-urlencoded',
                   'Content-Length' => length $body], body => $body);
}

# The session's cookie of a host.
sub log_in {
    my (%of) = @_;
    my $redirect = get('/app/page', undef, %of, @port, fields => [@person]);
    my $response = reply($redirect, $provider, %of);
    my ($cookie) = map { /^(mod_auth_openidc_session=[^;]+)/ }
        CorsTest::values($response, 'Set-Cookie');
    return $cookie || die "no session: $response->{text}";
}

sub preflights {
    my ($path, $name, %of) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $response = preflight($path, $app, @asked, %of, @port);
    cors_is($response, 204, \%granted, "preflight, $name: granted");
    unchallenged($response, 'granted');
    $response = preflight($path, $evil, @asked, %of, @port);
    cors_none($response, 403, $preflight_vary, "preflight, $name: refused");
    unchallenged($response, 'refused');
    return;
}

# 1. Wherever policy and protection stand.
for my $place (@places) {
    my ($where, $path, $host) = @$place;
    my %of = $host ? (host => $host) : ();
    my $session = log_in(%of);
    preflights($path, "policy in $where", %of);
    for my $origin (@origins) {
        my $name = "policy in $where, " . called($origin);
        my $response = get($path, $origin, %of, @port, fields => [@person]);
        cors_is($response, 302, wanted($origin), "to the provider, $name");
        like(only_value($response, 'Location'), qr{^$provider/authorize\?},
             '... this is where it goes');
        cors_is(get($path, $origin, %of, @port, fields => [@script]), 401,
                wanted($origin), "a script without a session, $name");
        cors_is(get($path, $origin, %of, @port, fields => [
                    @script, Cookie => $session]), 200, wanted($origin),
                "a script with a session, $name");
    }
}

# ... and where there is no policy, which is why it is needed.
for my $case (['/bare/page', 302, @person], ['/bare/page', 401, @script],
              ['/bare/oauth', 200]) {
    my ($path, $status, @fields) = @$case;
    my $response = preflight($path, $app, @asked, @port, fields => [@fields]);
    cors_none($response, $status, undef,
              "without a policy a preflight gets $status: $path");
    is(() = CorsTest::values($response, 'Set-Cookie'), $status == 302 ? 1 : 0,
       '... and a cookie only where it is sent to the provider');
}

my $session = log_in();

# 2. OIDCUnAuthAction and OIDCUnAutzAction.
for my $case (map({ ["un$_->[0]", [], @$_] } @unauthenticated),
              map({ ["claim/$_->[0]", [Cookie => $session], @$_] }
                  @unauthorized)) {
    my ($path, $cookie, undef, $name, @status) = @$case;
    preflights("/app/$path", $name);
    for my $origin ($app, $evil) {
        cors_is(get("/app/$path", $origin, @port,
                    fields => [@script, @$cookie]), $status[1],
                wanted($origin), "$name, a script: " . called($origin));
    }
    cors_is(get("/app/$path", $app, @port, fields => [@person, @$cookie]),
            $status[0], \%actual, "$name, a person");
}

# 3. Whom CorsEnforce forbids costs no state and no cookie.
preflights('/app/enforce', 'CorsEnforce');
for my $case ([$app, 302], [$evil, 403]) {
    my ($origin, $status) = @$case;
    my $response = get('/app/enforce', $origin, @port, fields => [@person]);
    cors_is($response, $status, wanted($origin),
            'CorsEnforce, ' . called($origin));
    is(() = CorsTest::values($response, 'Set-Cookie'), $status == 302 ? 1 : 0,
       '... and a cookie only where it is sent to the provider');
}

# 4. The redirect URI.
preflights('/app/back', 'the redirect URI');
my @info = ('/app/back?info=json', 'session info');
preflights($info[0], $info[1]);
for my $origin (@origins) {
    my $wanted = wanted($origin);
    my $response = get($info[0], $origin, @port, fields => [
        @script, Cookie => $session]);
    cors_is($response, 200, $wanted, "$info[1], " . called($origin));
    like($response->{body}, qr{"sub": ?"me"}, '... this is what it is');
    cors_is(get($info[0], $origin, @port, fields => [@script]), 401, $wanted,
            "$info[1] without a session, " . called($origin));
    for my $case (['?jwks=rsa', 200], ['?error=access_denied', 400],
                  ['?logout=http%3A%2F%2Flocalhost%2F', 302]) {
        my ($query, $status) = @$case;
        cors_is(get("/app/back$query", $origin, @port, fields => [
                    @script, Cookie => $session]), $status, $wanted,
                "the redirect URI with $query, " . called($origin));
    }
    # A page that the module writes while it authenticates.
    $response = get('/app/back', $origin, @port, fields => [@person]);
    cors_is($response, 200, $wanted, 'the redirect URI, ' . called($origin));
}
for my $case ([$provider, 302, qr/_session=/],
              ["$provider/x", 200, qr/<title>Error</]) {
    my ($iss, $status, $shown) = @$case;
    my $redirect = get('/app/page', undef, @port, fields => [@person]);
    my $response = reply($redirect, $iss);
    cors_is($response, $status, \%actual, "a reply of $iss: $status");
    like($response->{text}, $shown, '... this is what it does');
}

# 5. A resource server, which takes tokens.
my %claims = (sub => 'me', exp => time + 600);
my @tokens = (
    ['no token', 401],
    ['no token of ours', 401, 'abc'],
    ['an expired token', 401, jwt(%claims, exp => time - 600)],
    ['a valid token', 200, jwt(%claims)],
);
for my $path ('/app/oauth', '/app/both') {
    preflights($path, "a resource server, $path");
    for my $token (@tokens) {
        my ($what, $status, $value) = @$token;
        my @bearer = $value ? (Authorization => "Bearer $value") : ();
        my $response = get($path, $app, @port, fields => [@script, @bearer]);
        cors_is($response, $status, \%actual, "$path, $what");
        like(only_value($response, 'WWW-Authenticate'), qr/^Bearer .*error=/,
             '... and one challenge')
            if $status == 401 && ($path =~ /oauth/ || $value);
    }
}
cors_none(get('/app/oauth', $evil, @port, fields => [
              Authorization => "Bearer $tokens[3][2]"]), 200, 'Origin',
          'a valid token of a page that the policy does not allow');
for my $token (@tokens[0, 3]) {
    my ($what, $status, $value) = @$token;
    cors_is(get('/app/oauth-any', $app, @port, fields => [
                $value ? (Authorization => "Bearer $value") : ()]), $status,
            { origin => '*' }, "any-origin policy: $what");
}

# 6. The module is not asked about preflights.
{
    my @paths = map { "/app/$_-asked" } qw(page oauth);
    my $mark = log_mark($log);
    cors_is(preflight($_, $app, @asked, @port), 204, \%granted,
            "preflight of $_") for @paths;
    get($_, $app, @port) for @paths;
    my $text = log_since($log, $mark, qr/"\Q$paths[1]\E\?/);
    is(() = $text =~ /oidc_check_user_id: incoming request: "\Q$_\E\?/g, 1,
       "mod_auth_openidc sees the GET of $_ alone") for @paths;
}
