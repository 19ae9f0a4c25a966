# What stands before and around a resource for safety's sake: mod_security2
# with its recommended configuration, mod_reqtimeout, mod_remoteip and limits.
# A preflight is answered before them, where httpd has come so far; what they
# answer has the headers of the policy, where httpd knows it.
use strict;
use warnings;

use IO::Socket::INET ();
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my $preflight_vary = join ',', qw(Origin Access-Control-Request-Method
                                  Access-Control-Request-Headers);
my %actual = (origin => $app, vary => 'Origin');
my %granted = (%actual, methods => 'PUT', vary => $preflight_vary);
my $policy = "CorsAllowOrigin $app\nCorsAllowMethods PUT\n";
my $files = vars('t_dir') . '/htdocs';
my $logs = vars('t_logs');

sub wanted {
    my ($origin) = @_;
    return $origin && $origin eq $app ? \%actual : { vary => 'Origin' };
}

sub called { return 'origin ' . ($_[0] // 'none') }

# Preflights of an origin that is allowed and of one that is not.
sub preflights {
    my ($path, $name, @of) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    cors_is(preflight($path, $app, 'PUT', undef, @of), 204, \%granted,
            "preflight, $name: granted");
    cors_none(preflight($path, $evil, 'PUT', undef, @of), 403,
              $preflight_vary, "preflight, $name: refused");
    return;
}

# 1. mod_security2.  Its files are another's, so that is left out which httpd
# could not write to.
sub recommended {
    my $name = '/etc/modsecurity/modsecurity.conf-recommended';
    open my $in, '<', $name or die "cannot read $name: $!";
    return join '', grep {
        !/^Sec(?:AuditLog|UnicodeMapFile|TmpDir|DataDir|RuleEngine)\b/
    } <$in>;
}

my $backend = private_httpd(<<"CONF", modules => [qw(alias headers)],
AliasMatch ^ $files/plain/index.html
Header set Access-Control-Allow-Origin *
Header always set Access-Control-Allow-Credentials true
CONF
    cors => 0);

# What a rule does, for which the query asks together with the phase, and the
# status of the answer.
my @actions = (['deny', 'deny,status:403', 403],
               ['page', 'deny,status:429', 429],
               ['redirect', 'redirect:https://other.example/', 302]);
my $n = 100;
my $rules = join '', map {
    my ($word, $action) = @$_;
    map { sprintf qq(SecRule ARGS:%s "\@streq %d" "id:%d,phase:%d,%s"\n),
              $word, $_, $n++, $_, $action } 1 .. 4
} @actions;

my $guard = private_httpd(<<"CONF", modules => [qw(alias proxy proxy_http
@{[recommended()]}
SecRuleEngine On
LogLevel warn cors:info
SecTmpDir $logs
SecDataDir $logs
SecAuditLog $logs/audit-$$
SecRequestBodyLimit 1000
SecRequestBodyNoFilesLimit 1000
$rules

# The rule of the core rule set on methods, and one that makes an exception of
# preflights.
SecRule ARGS:exception "\@streq 1" "id:2,phase:1,pass,nolog,chain"
    SecRule REQUEST_METHOD "\@streq OPTIONS" "chain"
    SecRule &REQUEST_HEADERS:Origin "\@eq 1" "chain"
    SecRule &REQUEST_HEADERS:Access-Control-Request-Method "\@eq 1" \\
        "ctl:ruleRemoveById=3"
SecRule ARGS:methods "\@streq 1" "id:3,phase:1,chain,deny,status:405"
    SecRule REQUEST_METHOD "!\@within GET HEAD POST"
SecRule ARGS:methods "\@streq 2" "id:4,phase:2,chain,deny,status:405"
    SecRule REQUEST_METHOD "!\@within GET HEAD POST"

ErrorDocument 429 /bare/error
AliasMatch "^/(location|bare|rules)" $files/plain/index.html
Alias /directory $files/plain
Alias /own $files/security
<Directory $files/security>
    AllowOverride All
</Directory>
ProxyPass /location/proxied http://127.0.0.1:@{[$backend->port]}/
<LocationMatch "^/(location|rules)">
    $policy
</LocationMatch>
<Directory $files/plain>
    $policy
</Directory>
<Location /bare>
    CorsEngine Off
</Location>
<Location /rules>
    SecRule REQUEST_METHOD "!\@within GET HEAD POST" "id:5,phase:1,deny"
</Location>
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName policy.example
    $policy
    <Location /bare>
        CorsEngine On
    </Location>
</VirtualHost>
CONF
    unique_id security2)]);

# Where the policy stands: a name, a path, whether it is known in phase 1, and
# options of request().
my @guarded = (port => $guard->port);
my @places = (
    ['<Location>', '/location/x', 1],
    ['<Location>, a backend', '/location/proxied', 1],
    ['a virtual host', '/bare/x', 1, host => 'policy.example'],
    ['<Directory>', '/directory/index.html', 0],
    ['.htaccess', '/own/page.txt', 0],
);

# 2. What httpd has of its own.
my $server = private_httpd(<<"CONF", modules => [qw(alias allowmethods
RequestReadTimeout header=1 body=1
TraceEnable off
RemoteIPHeader X-Forwarded-For
RemoteIPInternalProxy 127.0.0.1
LogLevel warn cors:info
AliasMatch "^/(page|methods|address|rate)" $files/plain/index.html
<Location />
    $policy
</Location>
<Location /methods>
    AllowMethods GET POST
</Location>
<Location /address>
    Require ip 198.51.100.7
</Location>
<Location /rate>
    SetOutputFilter RATE_LIMIT
    SetEnv rate-limit 4000
    Header always set X-Request-Id %{UNIQUE_ID}e
</Location>
<Location /echo>
    SetHandler reflector
</Location>
<Location /echo/limit>
    LimitRequestBody 10
</Location>
CONF
    authz_host env filter headers ratelimit reflector remoteip reqtimeout
    unique_id)]);
my @own = (port => $server->port);
my $behind = private_httpd(<<"CONF", modules => [qw(authz_host remoteip)]);
RemoteIPProxyProtocol On
$policy
<Location />
    Require ip 198.51.100.7
</Location>
CONF

plan tests => @places * (4 + @actions * 4 * (1 + @origins)) + 4 * @actions + 21
    + 14 + 11 + 8 + 5;

# 1. mod_security2.
for my $place (@places) {
    my ($where, $path, $is_known, @host) = @$place;
    my @of = (@guarded, @host);
    preflights($path, "recommended rules, policy in $where", @of);
    cors_is(get($path, $app, @of), 200, \%actual,
            "recommended rules, policy in $where: actual");
    my $response = get($path, $app, @of, method => 'POST', fields => [
        'Content-Type' => 'application/json', 'Content-Length' => 1],
        body => ']');
    cors_is($response, 400, \%actual,
            "a body that is no JSON, policy in $where");
    for my $action (@actions) {
        my ($word, undef, $status) = @$action;
        for my $phase (1 .. 4) {
            my $name = "$word in phase $phase, policy in $where";
            my $url = "$path?$word=$phase";
            for my $origin (@origins) {
                my $known = $is_known || $phase > 1;
                cors_is(get($url, $origin, @of), $status,
                        $known ? wanted($origin) : {},
                        "$name, " . called($origin));
            }
            # In phase 1 the request is denied when it has just been read.
            # From phase 2 on there is nothing left to see.
            my $answer = preflight($url, $app, 'PUT', undef, @of);
            if ($phase > 1) {
                cors_is($answer, 204, \%granted, "preflight, $name");
            }
            elsif ($is_known && $word ne 'redirect') {
                cors_is($answer, $status, \%granted, "preflight, $name");
            }
            else {
                cors_none($answer, $status, $is_known ? $preflight_vary
                                                      : undef,
                          "preflight, $name");
            }
        }
    }
}
for my $action (@actions) {
    my ($word, undef, $status) = @$action;
    cors_none(preflight("/bare/x?$word=$_", $app, 'PUT', undef, @guarded),
              $status, undef, "without a policy: $word in phase $_")
        for 1 .. 4;
}
is(get("/location/x?page=$_", $app, @guarded)->{body}, "plain\n",
   "the ErrorDocument is sent for a denial in phase $_") for 1 .. 4;

# The rule on methods, with and without an exception, in phases 1 and 2, and
# in a section, where rules of phase 1 are not looked at.
for my $case (['/location/x?methods=1', 405, 405],
              ['/location/x?methods=1&exception=1', 204, 405],
              ['/location/x?methods=2', 204, 405],
              ['/rules/x', 204, 200]) {
    my ($path, $status, $options) = @$case;
    cors_is(preflight($path, $app, 'PUT', undef, @guarded), $status,
            \%granted, "the rule on methods, preflight: $path");
    cors_is(request(@guarded, path => $path, method => 'OPTIONS',
                    fields => [Origin => $app]), $options, \%actual,
            "the rule on methods, OPTIONS that is no preflight: $path");
    cors_is(get($path, $app, @guarded), 200, \%actual,
            "the rule on methods, GET: $path");
}
# What browsers make of a redirect is told.
{
    my $log = ($guard->root =~ m{([^/]+)$})[0] . '/error_log';
    my $mark = log_mark($log);
    preflight('/location/x?redirect=1', $app, 'PUT', undef, @guarded);
    like(log_since($log, $mark, qr/CORS preflight/),
         qr{CORS\ preflight\ refused:\ preflight-redirected,\ [^\n]*
            \ target="https://other\.example/"}x,
         'a redirect in phase 1 is told');
}

for my $case (['/location/x', \%actual], ['/directory/index.html', {}]) {
    my ($path, $wanted) = @$case;
    cors_is(get($path, $app, @guarded, method => 'POST', fields => [
                'Content-Length' => 2000], body => 'x' x 2000), 413, $wanted,
            "SecRequestBodyLimit: $path");
}
{
    my $chunk = sprintf "%x\r\n%s\r\n0\r\n\r\n", 2000, 'x' x 2000;
    for my $path ('/location/x', '/directory/index.html') {
        cors_is(get($path, $app, @guarded, method => 'POST', fields => [
                    'Transfer-Encoding' => 'chunked'], body => $chunk), 413,
                \%actual, "SecRequestBodyLimit, in chunks: $path");
    }
}

# 2. mod_remoteip.
for my $case (['198.51.100.7', 200], ['198.51.100.8', 403], ['junk', 403]) {
    my ($address, $status) = @$case;
    my @of = (@own, fields => ['X-Forwarded-For' => $address]);
    preflights('/address', "mod_remoteip, $address", @of);
    cors_is(get('/address', $app, @of), $status, \%actual,
            "mod_remoteip, $address: actual");
}
{
    my $log = ($server->root =~ m{([^/]+)$})[0] . '/error_log';
    my $mark = log_mark($log);
    preflight('/page', $evil, 'PUT', undef, @own,
              fields => ['X-Forwarded-For' => '198.51.100.9']);
    like(log_since($log, $mark, qr/refused/),
         qr/\[client 198\.51\.100\.9:\d+\] CORS preflight refused/,
         'the log has the address that mod_remoteip found');
}
for my $case (['198.51.100.7', 404], ['198.51.100.8', 403]) {
    my ($address, $status) = @$case;
    my $line = "PROXY TCP4 $address 192.0.2.1 40000 80\r\n";
    my $fields = "Host: localhost\r\nConnection: close\r\nOrigin: $app\r\n";
    my %answer = map {
        my ($method, $more) = @$_;
        $method => CorsTest::parse(exchange(
            "$line$method /x HTTP/1.1\r\n$fields$more\r\n", $behind->port));
    } [GET => ''], [OPTIONS => "Access-Control-Request-Method: PUT\r\n"];
    cors_is($answer{OPTIONS}, 204, \%granted,
            "the PROXY protocol, $address: preflight");
    cors_is($answer{GET}, $status, \%actual,
            "the PROXY protocol, $address: actual");
}

# 4. AllowMethods, TraceEnable, mod_ratelimit, mod_unique_id.
preflights('/methods', 'AllowMethods GET POST', @own);
for my $case ([PUT => 405], [OPTIONS => 405], [POST => 200], [GET => 200]) {
    my ($method, $status) = @$case;
    cors_is(request(@own, path => '/methods', method => $method,
                    fields => [Origin => $app, 'Content-Length' => 0]),
            $status, \%actual, "AllowMethods GET POST: $method");
}
cors_none(request(@own, path => '/page', method => 'TRACE',
                  fields => [Origin => $app]), 405, undef,
          'TraceEnable off: TRACE is left alone');
preflights('/rate', 'mod_ratelimit', @own);
{
    my $response = get('/rate', $app, @own);
    cors_is($response, 200, \%actual, 'mod_ratelimit');
    my @ids = map { CorsTest::values($_, 'X-Request-Id') } $response,
        preflight('/rate', $app, 'PUT', undef, @own);
    ok(@ids == 2 && $ids[0] && $ids[1] && $ids[0] ne $ids[1],
       'mod_unique_id: a preflight has an id of its own');
}

# 5. LimitRequestBody.  No browser sends a body with a preflight.
my $long = 'x' x 20;
my @bodies = (['with a length', 'Content-Length' => 20, $long],
              ['in chunks', 'Transfer-Encoding' => 'chunked',
               "14\r\n$long\r\n0\r\n\r\n"]);
for my $body (@bodies) {
    my ($how, @field) = @$body;
    my $text = pop @field;
    my @of = (@own, fields => [@field], body => $text);
    cors_is(get('/echo/limit', $app, @of, method => 'POST'), 413, \%actual,
            "LimitRequestBody, $how");
    cors_is(get('/echo', $app, @of, method => 'POST'), 200, \%actual,
            "a body within the limit, $how");
    cors_is(preflight('/echo/limit', $app, 'PUT', undef, @of), 413,
            \%granted, "LimitRequestBody, a preflight, $how");
    cors_is(preflight('/echo', $app, 'PUT', undef, @of), 204, \%granted,
            "a preflight with a body within the limit, $how");
}

# 6. mod_reqtimeout: clients that stop in the middle, all at a time.
my $preflight = "Access-Control-Request-Method: PUT\r\n";
my @stalled = (
    ['a body', "POST /echo", "Content-Length: 5\r\n\r\n", \%actual],
    ['a body in chunks', "POST /echo", "Transfer-Encoding: chunked\r\n\r\n",
     \%actual],
    ['the body of a preflight', 'OPTIONS /echo',
     "${preflight}Content-Length: 5\r\n\r\nab", \%granted],
    ['the fields, behind Origin', 'GET /page', "X-One: 1\r\nX-Two", \%actual],
    ['the fields of a preflight', 'OPTIONS /page', "${preflight}X-One: 1\r\nX",
     \%granted],
);
for my $case (@stalled) {
    my ($what, $line, $rest) = @$case;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $server->port)
        or die "cannot connect: $@";
    print $socket "$line HTTP/1.1\r\nHost: localhost\r\nOrigin: $app\r\n",
        $rest;
    $socket->flush;
    push @$case, $socket;
}
for my $case (@stalled) {
    my ($what, undef, undef, $wanted, $socket) = @$case;
    local $SIG{ALRM} = sub { die "no answer within 30 seconds\n" };
    alarm 30;
    my $answer = do { local $/; <$socket> } // '';
    alarm 0;
    my $response = CorsTest::parse($answer);
    cors_is($response, 408, $wanted,
            "mod_reqtimeout, a client stops in $what");
}
