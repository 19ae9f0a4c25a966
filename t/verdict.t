# The table of section 3.1: what a response carries under each kind of policy,
# for a granted and a refused actual request, one without Origin, and a granted
# and a refused preflight.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $pre = 'Access-Control-Request-Method,Access-Control-Request-Headers';
my $vary = "Origin,$pre";

# path, what is asked: origin (undef: none) and, for a preflight, method and
# headers; status and fields that are wanted.
my @table = (
    ['any', 'any origin, actual', ['https://a.example'],
     200, { origin => '*', expose => 'X-Two' }],
    ['any', 'any origin, null', ['null'],
     200, { origin => '*', expose => 'X-Two' }],
    ['any', 'any origin does not look at the origin: malformed', ['what?'],
     200, { origin => '*', expose => 'X-Two' }],
    ['any', 'any origin, no Origin', [undef],
     200, { origin => '*', expose => 'X-Two' }],
    ['any', 'any origin, preflight', ['https://a.example', 'PUT', 'x-one'],
     204, { origin => '*', methods => 'PUT', headers => 'X-One',
            age => 600, vary => $pre }],
    ['any', 'any origin, refused preflight', ['https://a.example', 'DELETE'],
     403, { vary => $pre }],

    ['list', 'list, actual', ['https://a.example'],
     200, { origin => 'https://a.example', expose => 'X-Two',
            vary => 'Origin' }],
    ['list', 'list, subdomain and port', ['https://x.y.b.example:8443'],
     200, { origin => 'https://x.y.b.example:8443', expose => 'X-Two',
            vary => 'Origin' }],
    ['list', 'list, subdomain on the default port', ['https://x.b.example'],
     200, { origin => 'https://x.b.example', expose => 'X-Two',
            vary => 'Origin' }],
    ['list', 'list, null', ['null'],
     200, { origin => 'null', expose => 'X-Two', vary => 'Origin' }],
    ['list', 'list, refused', ['https://c.example'],
     200, { vary => 'Origin' }],
    ['list', 'list, the domain itself is no subdomain', ['https://b.example'],
     200, { vary => 'Origin' }],
    ['list', 'list, another scheme', ['http://a.example'],
     200, { vary => 'Origin' }],
    ['list', 'list, another port', ['https://a.example:444'],
     200, { vary => 'Origin' }],
    ['list', 'list, malformed', ['https://a.example/'],
     200, { vary => 'Origin' }],
    ['list', 'list, no Origin', [undef],
     200, { vary => 'Origin' }],
    ['list', 'list, preflight', ['https://a.example', 'DELETE', 'X-ONE'],
     204, { origin => 'https://a.example', methods => 'PUT, DELETE',
            headers => 'X-One', vary => $vary }],
    ['list', 'list, refused preflight: origin', ['https://c.example', 'PUT'],
     403, { vary => $vary }],
    ['list', 'list, refused preflight: method', ['https://a.example', 'put'],
     403, { vary => $vary }],
    ['list', 'list, refused preflight: header',
     ['https://a.example', 'PUT', 'x-one,x-two'],
     403, { vary => $vary }],

    ['cred', 'credentials, actual', ['https://a.example'],
     200, { origin => 'https://a.example', credentials => 'true',
            expose => 'X-Two, X-Four', vary => 'Origin' }],
    ['cred', 'credentials, any port', ['http://localhost:3000'],
     200, { origin => 'http://localhost:3000', credentials => 'true',
            expose => 'X-Two, X-Four', vary => 'Origin' }],
    ['cred', 'credentials, refused', ['https://c.example'],
     200, { vary => 'Origin' }],
    ['cred', 'credentials, no Origin', [undef],
     200, { vary => 'Origin' }],
    ['cred', 'credentials, preflight', ['https://a.example', 'PUT'],
     204, { origin => 'https://a.example', credentials => 'true',
            methods => 'PUT, DELETE', headers => 'X-One, X-Three',
            age => 7200, vary => $vary }],
    ['cred', 'credentials, refused preflight', ['https://c.example', 'PUT'],
     403, { vary => $vary }],

    ['some', 'credentials for some, actual of theirs', ['https://a.example'],
     200, { origin => 'https://a.example', credentials => 'true',
            expose => 'X-Two', vary => 'Origin' }],
    ['some', 'credentials for some, actual of others', ['https://c.example'],
     200, { origin => '*', expose => 'X-Two', vary => 'Origin' }],
    ['some', 'credentials for some, null', ['null'],
     200, { origin => '*', expose => 'X-Two', vary => 'Origin' }],
    ['some', 'credentials for some, malformed', ['a, b'],
     200, { vary => 'Origin' }],
    ['some', 'credentials for some, no Origin', [undef],
     200, { vary => 'Origin' }],
    ['some', 'credentials for some, preflight of theirs',
     ['https://a.example', 'PATCH'],
     204, { origin => 'https://a.example', credentials => 'true',
            methods => 'PATCH', vary => $vary }],
    ['some', 'credentials for some, preflight of others',
     ['https://c.example', 'PATCH'],
     204, { origin => '*', methods => '*', vary => $vary }],
    ['some', 'credentials for some, refused preflight',
     ['https://a.example', 'PATCH', 'x-one'],
     403, { vary => $vary }],

    ['butone', 'all but one, actual', ['https://a.example'],
     200, { origin => '*', expose => 'X-Two', vary => 'Origin' }],
    ['butone', 'all but one, that one', ['https://evil.example'],
     200, { vary => 'Origin' }],
    ['butone', 'all but null', ['null'],
     200, { vary => 'Origin' }],
    ['butone', 'all but one, no Origin', [undef],
     200, { vary => 'Origin' }],

    ['none', 'an empty list is a policy: actual', ['https://a.example'],
     200, { vary => 'Origin' }],
    ['none', 'an empty list is a policy: no Origin', [undef],
     200, { vary => 'Origin' }],
    ['none', 'an empty list is a policy: preflight',
     ['https://a.example', 'GET'],
     403, { vary => $vary }],

    ['null/merged', 'null and credentials by merging: none for null',
     ['null'], 200, { origin => 'null', vary => 'Origin' }],
    ['null/merged', 'null and credentials by merging: others have them',
     ['https://a.example'], 200, { origin => 'https://a.example',
                                   credentials => 'true', vary => 'Origin' }],
    ['wide/merged', 'a public suffix and credentials by merging: none',
     ['https://x.github.io'], 200, { origin => 'https://x.github.io',
                                     vary => 'Origin' }],
    ['wide/merged', 'a public suffix and credentials by merging: for nobody',
     ['https://a.example'], 200, { origin => 'https://a.example',
                                   vary => 'Origin' }],
    ['both/merged', '"*" and credentials by merging: no credentials',
     ['https://a.example'], 200, { origin => '*' }],
    ['both/merged', '"*" and credentials by merging: no Origin',
     [undef], 200, { origin => '*' }],
);

plan tests => 2 * @table + 3;

for my $row (@table) {
    my ($policy, $name, $asked, $status, $wanted) = @$row;
    for my $version ('1.1', '1.0') {
        my $response = @$asked > 1
            ? preflight("/verdict/$policy/", @$asked[0 .. 2],
                        version => $version)
            : get("/verdict/$policy/", $asked->[0], version => $version);
        cors_is($response, $status, $wanted, "$name (HTTP/$version)");
    }
}

my $granted = preflight('/verdict/list/', 'https://a.example', 'PUT');
is($granted->{body}, '', 'a granted preflight has no body');
my $refused = preflight('/verdict/list/', 'https://c.example', 'PUT');
is($refused->{body}, '', 'a refused preflight has no body');
is(join('|', CorsTest::values($refused, 'Content-Length')), '0',
   'a refused preflight says that its body is empty');
