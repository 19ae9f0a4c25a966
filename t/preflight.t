# Section 3.3: Access-Control-Allow-Methods and -Headers in the answer to a
# preflight, and what is granted and refused, for every kind of list.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $a = 'https://a.example';
my $vary = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';

# policy, method, headers; wanted without credentials: [methods, headers], or
# undef if it is refused; wanted with credentials, if not the same.
my @table = (
    ['none', 'GET', undef, [undef, undef]],
    ['none', 'HEAD', undef, [undef, undef]],
    ['none', 'POST', '', [undef, undef]],
    ['none', 'PUT', undef, undef],
    ['none', 'GET', 'x-one', undef],
    ['none', 'get', undef, undef],

    ['plain', 'PUT', undef,
     ['PUT, GET, PATCH', 'X-One, Content-Type, Authorization']],
    ['plain', 'POST', 'authorization,content-type',
     ['PUT, GET, PATCH', 'X-One, Content-Type, Authorization']],
    ['plain', 'GET', "CONTENT-type \t,, x-ONE ,",
     ['PUT, GET, PATCH', 'X-One, Content-Type, Authorization']],
    ['plain', 'GET', 'x-one,x-one,x-one',
     ['PUT, GET, PATCH', 'X-One, Content-Type, Authorization']],
    ['plain', 'patch', undef, undef],
    ['plain', 'DELETE', undef, undef],
    ['plain', 'PUT', 'x-one,x-two', undef],
    ['plain', 'PUT', 'x-on', undef],
    ['plain', 'PUT', 'x-one-more', undef],

    ['all', 'DELETE', undef, ['*', '*'], ['DELETE', undef]],
    ['all', 'X-Own', 'X-Any,x-Other', ['*', '*'],
     ['X-Own', 'x-any, x-other']],
    ['all', 'GET', 'x-any', ['*', '*'], ['GET', 'x-any']],
    ['all', 'GET', 'authorization', undef],
    ['all', 'GET', 'x-any,Authorization', undef],
    ['all', 'CONNECT', undef, undef],
    ['all', 'TRACE', undef, undef],
    ['all', 'Track', undef, undef],
    ['all', 'trace', undef, undef],

    ['allauth', 'PUT', 'x-any,authorization', ['*', '*, Authorization'],
     ['PUT', 'x-any, authorization']],
    ['allauth', 'PATCH', undef, ['*', '*, Authorization'], ['PATCH', undef]],

    ['allbut', 'PATCH', 'x-any', ['PATCH', 'x-any']],
    ['allbut', 'delete', 'X-Any, X-Other', ['delete', 'x-any, x-other']],
    ['allbut', 'PUT', undef, ['PUT', undef]],
    ['allbut', 'DELETE', undef, undef],
    ['allbut', 'PUT', 'x-any,x-secret', undef],
    ['allbut', 'PUT', 'x-internal-host', undef],
    ['allbut', 'PUT', 'x-internal', ['PUT', 'x-internal']],

    ['prefix', 'GET', 'X-Rate-Limit,x-one', [undef, 'x-rate-limit, x-one']],
    ['prefix', 'GET', 'x-rate-', [undef, 'x-rate-']],
    ['prefix', 'GET', undef, [undef, undef]],
    ['prefix', 'GET', ' , ', [undef, undef]],
    ['prefix', 'GET', 'x-rate', undef],
    ['prefix', 'GET', 'authorization', undef],
    ['prefix', 'GET', 'author', [undef, 'author']],

    ['prefixbut', 'GET', 'x-rate-limit', [undef, 'x-rate-limit']],
    ['prefixbut', 'GET', 'x-rate-secret', undef],

    ['plainbut', 'PUT', 'x-one', ['PUT', 'X-One']],
    ['plainbut', 'PATCH', undef, undef],
    ['plainbut', 'PUT', 'x-two', undef],
);

plan tests => 2 * @table + 8 + 9;

for my $row (@table) {
    my ($policy, $method, $headers, $plain, $credentials) = @$row;
    $credentials = $plain if @$row < 5;
    for (['plain', $plain, undef], ['cred', $credentials, 'true']) {
        my ($how, $wanted, $true) = @$_;
        my $name = sprintf '%s/%s: %s, headers "%s"', $policy, $how, $method,
            $headers // 'none';
        my $response = preflight("/preflight/$policy/$how", $a, $method,
                                 $headers);
        if ($wanted) {
            cors_is($response, 204,
                    { origin => $a, credentials => $true, vary => $vary,
                      methods => $wanted->[0], headers => $wanted->[1] },
                    "$name: granted");
        }
        else {
            cors_none($response, 403, $vary, "$name: refused");
        }
    }
}

# A list may come in several fields.
my @lines = map { ('Access-Control-Request-Headers' => $_) }
    'x-one', '', 'content-type, authorization';
cors_is(preflight('/preflight/plain/plain', $a, 'PUT', undef,
                  fields => \@lines),
        204, { origin => $a, methods => 'PUT, GET, PATCH', vary => $vary,
               headers => 'X-One, Content-Type, Authorization' },
        'repeated lines of header names');
cors_none(preflight('/preflight/plain/plain', $a, 'PUT', 'x-two',
                    fields => \@lines),
          403, $vary, 'repeated lines, one name not allowed');
cors_none(preflight('/preflight/all/plain', $a, 'PUT', undef, fields =>
                    ['Access-Control-Request-Method' => 'PATCH']),
          403, $vary, 'two methods are none');
cors_none(preflight('/preflight/all/plain', $a, '', undef),
          403, $vary, 'an empty method is none');

# Names of fields have no case: proxies that speak HTTP/2 with browsers send
# them in small letters.
my @names = ('Origin', map { "Access-Control-Request-$_" }
             qw(Method Headers Private-Network));
for my $write (sub { lc $_[0] }, sub { uc $_[0] }, sub { ucfirst lc $_[0] }) {
    my ($origin, $method, $headers, $network) = map { $write->($_) } @names;
    my @asked = ($origin => $a, $method => 'PUT');
    my %of = (method => 'OPTIONS');
    cors_is(request(%of, path => '/preflight/plain/plain', fields => [
                @asked, $headers => 'x-one']), 204,
            { origin => $a, methods => 'PUT, GET, PATCH', vary => $vary,
              headers => 'X-One, Content-Type, Authorization' },
            "$method: granted");
    cors_none(request(%of, path => '/preflight/plain/plain', fields => [
                  @asked, $headers => 'x-two']), 403, $vary,
              "$headers: refused");
    cors_is(request(%of, path => '/settings/network/page.html', fields => [
                @asked, $network => 'true']), 204,
            { origin => $a, methods => 'PUT', headers => 'X-One',
              private => 'true', vary => $vary }, "$network: granted");
}

# What is no preflight.
my %cors = (origin => $a, vary => 'Origin');
cors_is(request(method => 'OPTIONS', path => '/preflight/plain/plain',
                fields => [Origin => $a]),
        200, \%cors, 'OPTIONS without a method asked for is no preflight');
cors_is(request(method => 'GET', path => '/preflight/plain/plain',
                fields => [Origin => $a,
                           'Access-Control-Request-Method' => 'PUT']),
        200, \%cors, 'GET with a method asked for is no preflight');
cors_none(request(method => 'OPTIONS', path => '/preflight/plain/plain',
                  fields => ['Access-Control-Request-Method' => 'PUT']),
          200, 'Origin', 'OPTIONS without Origin is no preflight');
cors_is(request(method => 'options', path => '/preflight/plain/plain',
                fields => [Origin => $a,
                           'Access-Control-Request-Method' => 'PUT']),
        501, \%cors, 'methods have a case: "options" is no preflight');
