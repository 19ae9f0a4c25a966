# mod_cors.h: another module asks for the verdict.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $a = 'https://a.example';
my $evil = 'https://evil.example';
my $ask = $ENV{CORS_MODULE} =~ s/mod_cors\.so$/mod_cors_ask.so/r;
my $load = "LoadModule cors_ask_module $ask\n";
my $config = <<'CONF';
<Location /told>
    SetHandler cors-ask
</Location>
ErrorDocument 404 /told/error
CONF
my $server = private_httpd(<<"CONF", modules => [qw(include mime)]);
$load$config
<Location /told/policy>
    CorsAllowOrigin $a https://b.example
    CorsAllowCredentials $a
    CorsAllowMethods PUT
</Location>
<Location /told/any>
    CorsAllowOrigin *
</Location>
<Location /told/report>
    CorsAllowOrigin $a
    CorsEngine ReportOnly
</Location>
<Location /told/off>
    CorsAllowOrigin $a
    CorsEngine Off
</Location>
<Location /told/pass>
    CorsAllowOrigin $a
    CorsPreflight Pass
</Location>
<Location /plain>
    CorsAllowOrigin $a
</Location>
<Location /ask>
    CorsAllowOrigin https://b.example
</Location>
TypesConfig /etc/mime.types
<Directory @{[Apache::Test::vars('t_dir')]}/htdocs/ask>
    Options Includes
    AddOutputFilter INCLUDES .shtml
</Directory>
CONF
my $without = private_httpd("$load$config", cors => 0);

# Where, Origin, what is told; and what is told of an answer that is not the
# handler's.
my @cases = (
    ['/told/x', $a, 'no policy'],
    ['/told/off/x', $a, 'no policy'],
    ['/told/policy/x', undef, 'none - - -'],
    ['/told/policy/x', $a, "actual granted - $a with credentials"],
    ['/told/policy/x', 'https://b.example', 'actual granted - https://b.example'],
    ['/told/policy/x', $evil, 'actual refused origin-not-allowed -'],
    ['/told/policy/x', "$a/", 'actual refused origin-malformed -'],
    ['/told/any/x', undef, 'none - - *'],
    ['/told/any/x', $evil, 'actual granted - *'],
    ['/told/report/x', $a, "actual granted - $a (report only)"],
    ['/told/report/x', $evil,
     'actual refused origin-not-allowed - (report only)'],
    ['/plain/missing', $evil, 'actual refused origin-not-allowed -'],
    ['/plain/missing', $a, "actual granted - $a"],
    ['/other/missing', $a, 'no policy'],
);
plan tests => 2 * @cases + 4;

for (@cases) {
    my ($path, $origin, $told) = @$_;
    my $response = get($path, $origin, port => $server->port);
    my $name = "$path, " . ($origin // 'no Origin');
    is($response->{body}, $told, "the handler is told: $name");
    # What an ErrorDocument shares with the request that failed is there once.
    is(join(', ', CorsTest::values($response, 'X-Early')), $told,
       "and a hook before: $name");
}
is(get('/ask/page.shtml', $evil, port => $server->port,
       version => '1.0')->{body},
   "actual refused origin-not-allowed -\n",
   'a subrequest has the verdict of its request');
is(preflight('/told/pass/x', $a, 'PUT', undef, port => $server->port)->{body},
   'preflight refused method-not-allowed -', 'of a preflight that is passed');
is(get('/told/x', $a, port => $without->port)->{body}, 'no mod_cors',
   'mod_cors need not be there');
is(() = CorsTest::values(preflight('/told/policy/x', $a, 'PUT', undef,
                                   port => $server->port), 'X-Early'), 0,
   'what is answered early comes to no other hook');
