# mod_headers: every two of its actions, each in both tables, in both orders.
# Whatever they leave of CORS headers, the policy's stand once and alone; Vary
# has what they leave, once, and Origin.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my $htdocs = vars('t_dir') . '/htdocs';

# What follows the name of a field.  fields.asis sends all these fields, too.
my @actions = (
    ['set', 'VALUE'], ['append', 'VALUE'], ['merge', 'VALUE'], ['add', 'VALUE'],
    ['setifempty', 'VALUE'], ['unset', ''], ['edit', '"^.+$" VALUE'],
    ['edit*', '"[a-zO]" x'],
);
my %fields = (
    'Access-Control-Allow-Origin' => 'https://other.example',
    'Access-Control-Allow-Credentials' => 'true',
    'Access-Control-Expose-Headers' => 'X-Other',
    'Access-Control-Allow-Methods' => 'DELETE',
    'Access-Control-Max-Age' => '1',
    'Vary' => 'X-Other',
);

sub lines_of {
    my ($condition, $action, $form) = @{ $_[0] };
    return join '', map {
        "    Header $condition $action $_ " . $form =~ s/VALUE/$fields{$_}/r
            . "\n"
    } sort keys %fields;
}

my @each = map { my $action = $_; map { [$_, @$action] } qw(onsuccess always) }
    @actions;
my @pairs = map { my $first = $_; map { [$first, $_] } @each } @each;
my $sections = join '', map {
    "<LocationMatch \"^/(list|none)/$_/\">\n"
        . join('', map { lines_of($_) } @{ $pairs[$_] }) . "</LocationMatch>\n"
} 0 .. $#pairs;

my $server = private_httpd(<<"CONF", modules => [qw(alias mime asis headers)]);
TypesConfig /etc/mime.types
AddHandler send-as-is .asis
AliasMatch "^/(list|none)/\\d+/fields\$" $htdocs/headers/fields.asis
Alias /fields $htdocs/headers/fields.asis
AliasMatch "^/(file|off)\$" $htdocs/plain/index.html
<Location /list>
    CorsAllowOrigin $app
    CorsAllowMethods PUT
    CorsExposeHeaders X-Trace
</Location>
$sections
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName early.example
    CorsAllowOrigin $app
    CorsAllowMethods PUT
    Header set Access-Control-Allow-Origin https://other.example early
    Header always set Access-Control-Allow-Origin * early
    Header always set Access-Control-Max-Age 1 early
    Header set Vary X-Early early
    <Location /off>
        CorsEngine Off
    </Location>
</VirtualHost>
<VirtualHost *>
    ServerName unset.example
    CorsAllowOrigin $app
    RequestHeader unset Origin early
</VirtualHost>
<VirtualHost *>
    ServerName spoof.example
    CorsAllowOrigin $app
    CorsAllowMethods PUT
    RequestHeader set Origin $app early
</VirtualHost>
<VirtualHost *>
    ServerName late.example
    CorsAllowOrigin $app
    CorsAllowMethods PUT
    RequestHeader set Origin https://third.example
    Header always set X-Verdict "%{CORS_VERDICT}e"
    Header always set X-Refused yes "expr=reqenv('CORS_VERDICT') == 'refused'"
    Header always set X-Granted yes "expr=reqenv('CORS_VERDICT') == 'granted'"
</VirtualHost>
CONF

# Each of the protocol's fields alone, in small letters and in capitals.
my @alone = map { my $name = "Access-Control-$_";
    map { my $spelt = $_; map { [$_, $spelt] } qw(onsuccess always) }
        lc $name, uc $name
} qw(Allow-Origin Allow-Credentials Expose-Headers Allow-Methods Allow-Headers
     Max-Age Allow-Private-Network);

plan tests => 8 * @pairs + 28 + 2 * @alone;

sub names { return sort map { lc } split /\s*,\s*/, join ',', @_ }

sub sorted {
    my ($response) = @_;
    for my $field (grep { lc $_->[0] eq 'vary' } @{ $response->{fields} }) {
        $field->[1] = join ', ', names($field->[1]);
    }
    return $response;
}

# Vary as httpd has it without a policy, once more with other names.
sub vary_with {
    my ($response, @more) = @_;
    my %name = map { $_ => 1 } names(CorsTest::values($response, 'Vary'),
                                     @more);
    return join ', ', sort keys %name;
}

my @at = (port => $server->port);
my $alone = private_httpd(<<"CONF", modules => [qw(alias headers)]);
AliasMatch "^/(list|none)/" $htdocs/plain/index.html
<Location /list>
    CorsAllowOrigin $app
</Location>
@{[map { "<LocationMatch \"^/\\w+/$_/\">\n"
         . "    Header $alone[$_][0] set $alone[$_][1] X-Other\n"
         . "</LocationMatch>\n" } 0 .. $#alone]}
CONF
my @asked = qw(Origin Access-Control-Request-Method
               Access-Control-Request-Headers);

# 1. All pairs: on a response with headers of its own, an error, and the answer
# to a preflight, for which the lines with "always" hold as for an error.
my ($doubles, $none, %seen) = (0, 0);
for my $n (0 .. $#pairs) {
    my $what = join ', ', map { "$_->[0] $_->[1]" } @{ $pairs[$n] };
    my ($fields, $missing) = map { get("/none/$n/$_", $app, @at) }
        qw(fields missing);
    for my $case (['fields', 200, $fields], ['missing', 404, $missing]) {
        my ($path, $status, $without) = @$case;
        my @others = CorsTest::values($without, 'Access-Control-Allow-Origin');
        $doubles += @others > 1;
        $none += !@others;
        $seen{$_}++ for @others;

        my $vary = vary_with($without, 'Origin');
        my $response = get("/list/$n/$path", $app, @at);
        cors_is(sorted($response), $status,
                { origin => $app, expose => 'X-Trace', vary => $vary },
                "$what: $status, granted");
        is(join(' ', CorsTest::values($response, 'Set-Cookie')),
           $status == 200 ? 'one=1 two=2' : '', '... with all else');
        cors_none(sorted(get("/list/$n/$path", $evil, @at)), $status, $vary,
                  "$what: $status, refused");
    }
    my $vary = vary_with($missing, @asked);
    my $path = "/list/$n/fields";
    cors_is(sorted(preflight($path, $app, 'PUT', undef, @at)), 204,
            { origin => $app, methods => 'PUT', vary => $vary },
            "$what: a preflight, granted");
    cors_none(sorted(preflight($path, $evil, 'PUT', undef, @at)), 403, $vary,
              "$what: a preflight, refused");
}
cmp_ok($doubles, '>', 50, 'without a policy many of these have two');
cmp_ok($none, '>', 50, '... many have none');
for my $value ('*', 'https://other.example', '*, https://other.example',
               'https://other.example, https://other.example',
               'xxxxx://xxxxx.xxxxxxx') {
    ok($seen{$value}, "... and some have $value");
}

# 2. "early": before there is a verdict.
my @early = (@at, host => 'early.example');
is(join(' ', sort(CorsTest::values(get('/off', $app, @early),
                                   'Access-Control-Allow-Origin'))),
   '* https://other.example', 'Header early: two, without a policy');
for my $case (['/file', 200, 'X-Early'], ['/missing', 404],
              ['/fields', 200, qw(Accept-Language Cookie X-Early)]) {
    my ($path, $status, @others) = @$case;
    for ([$app, { origin => $app }], [$evil, {}], [undef, {}]) {
        my ($origin, $wanted) = @$_;
        cors_is(sorted(get($path, $origin, @early)), $status,
                { %$wanted, vary => join ', ', names('Origin', @others) },
                "Header early: $path, origin " . ($origin // 'none'));
    }
}
my $vary = join ', ', names(@asked, 'X-Early');
cors_is(sorted(preflight('/file', $app, 'PUT', undef, @early)), 204,
        { origin => $app, methods => 'PUT', vary => $vary },
        'Header early: a preflight, granted');
cors_none(sorted(preflight('/file', $evil, 'PUT', undef, @early)), 403, $vary,
          'Header early: a preflight, refused');

# 3. RequestHeader: what is changed early the module sees, the rest it does not.
cors_none(get('/file', $app, @at, host => 'unset.example'), 200, 'Origin',
          'RequestHeader unset Origin early: none');
cors_none(preflight('/file', $app, 'PUT', undef, @at,
                    host => 'unset.example'), 200, 'Origin',
          '... nor is there a preflight');
cors_is(get('/file', $evil, @at, host => 'spoof.example'), 200,
        { origin => $app, vary => 'Origin' },
        'RequestHeader set Origin early: that one');
for my $case ([$app, 'granted'], [$evil, 'refused'], [undef, '(null)']) {
    my ($origin, $verdict) = @$case;
    my $response = get('/file', $origin, @at, host => 'late.example');
    cors_is($response, 200, { vary => 'Origin', $verdict eq 'granted' ?
                                  (origin => $app) : () },
            "RequestHeader set Origin: too late, $verdict");
    is(join('|', map { CorsTest::values($response, "X-$_") }
            qw(Verdict Refused Granted)),
       $verdict eq '(null)' ? $verdict : "$verdict|yes",
       '... which mod_headers knows');
}

# 4. Names of fields have no case.
for my $n (0 .. $#alone) {
    my $what = "$alone[$n][1], $alone[$n][0]";
    my @to = (port => $alone->port);
    is(join('|', CorsTest::values(get("/none/$n/x", $evil, @to),
                                  $alone[$n][1])), 'X-Other',
       "without a policy there is $what");
    cors_none(get("/list/$n/x", $evil, @to), 200, 'Origin',
              '... which a policy takes away');
}
