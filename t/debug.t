# CorsDebug: the response says why, and a preflight that is refused for its
# method or a header is answered so that the browser's console can name it.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $a = 'https://a.example';
my $c = 'https://c.example';
my $evil = 'https://evil.example';
my $pre = 'Access-Control-Request-Method,Access-Control-Request-Headers';
my %seen = (expose => 'X-Three', vary => 'Origin');
my %preflight = (vary => "Origin,$pre");
my %lists = (methods => 'PUT, DELETE', headers => 'X-One, X-Two', age => 60);
my $long = 'x' x 1000;

# Rule, path, origin and for a preflight method and headers; status and fields
# under CorsDebug; status without, where what is left out is all but Vary.
my @table = (
    ['a grant', 'x', [$a], 200,
     { %seen, origin => $a, timing => $a, debug => 'granted' }],
    ['a grant with credentials', 'x', [$c], 200,
     { %seen, origin => $c, credentials => 'true', timing => $c,
       debug => 'granted; credentials' }],
    ['a refused origin', 'x', [$evil], 200,
     { vary => 'Origin', debug => 'refused; reason=origin-not-allowed' }],
    ['no origin at all', 'x', ['what"; x=y'], 200,
     { vary => 'Origin', debug => 'refused; reason=origin-malformed' }],
    ['no CORS request', 'x', [undef], 200, { vary => 'Origin' }],
    ['a granted preflight', 'x', [$a, 'PUT', 'x-one'], 204,
     { %preflight, %lists, origin => $a, debug => 'granted' }],
    ['the origin of a preflight', 'x', [$evil, 'PUT'], 403,
     { %preflight, debug => 'refused; reason=origin-not-allowed' }],
    ['the method of a preflight', 'x', [$a, 'PATCH'], 204,
     { %preflight, origin => $a, debug => 'refused; '
       . 'reason=method-not-allowed; method=PATCH; allowed="PUT, DELETE"' },
     403],
    ['the same with credentials', 'x', [$c, 'put', 'x-one'], 204,
     { %preflight, origin => $c, credentials => 'true', debug => 'refused; '
       . 'reason=method-not-allowed; method=put; allowed="PUT, DELETE"' },
     403],
    ['a method that is no token is not sent back', 'x', [$a, 'P"T; x=y'], 204,
     { %preflight, origin => $a,
       debug => 'refused; reason=method-not-allowed' }, 403],
    ['a long method is cut', 'x', [$a, $long], 204,
     { %preflight, origin => $a, debug => 'refused; '
       . 'reason=method-not-allowed; method=' . 'x' x 200
       . '; allowed="PUT, DELETE"' }, 403],
    ['a header of a preflight', 'x', [$a, 'PUT', 'x-one,x-bad,x-worse'], 204,
     { %preflight, origin => $a, methods => 'PUT, DELETE',
       debug => 'refused; reason=header-not-allowed; header=x-bad; '
       . 'allowed="X-One, X-Two"' }, 403],
    ['a header that is no token is not sent back', 'x',
     [$a, 'PUT', '"x-bad"'], 204,
     { %preflight, origin => $a, methods => 'PUT, DELETE',
       debug => 'refused; reason=header-malformed' }, 403],
    ['nothing is listed', 'all', [$a, 'PATCH', 'x-one'], 204,
     { %preflight, origin => $a, methods => '*', debug => 'refused; '
       . 'reason=header-not-allowed; header=x-one; allowed=""' }, 403],
    ['a method that is excluded', 'but', [$a, 'DELETE'], 204,
     { %preflight, origin => $a, debug => 'refused; '
       . 'reason=method-not-allowed; method=DELETE; allowed="*, -DELETE"' },
     403],
    ['a header that is excluded', 'but', [$a, 'PUT', 'x-a-own'], 204,
     { %preflight, origin => $a, methods => 'PUT', debug => 'refused; '
       . 'reason=header-not-allowed; header=x-a-own; '
       . 'allowed="X-A-*, Foo, -X-A-Own"' }, 403],
    ['any origin', 'any', [$evil], 200,
     { expose => 'X-Three', origin => '*', timing => '*',
       debug => 'granted' }],
    ['any origin, a method', 'any', [$evil, 'PATCH'], 204,
     { vary => $pre, origin => '*', debug => 'refused; '
       . 'reason=method-not-allowed; method=PATCH; allowed="PUT, DELETE"' },
     403],
    ['a Header line of that name', 'header', [$a], 200,
     { %seen, origin => $a, timing => $a, debug => 'granted' }],
);

plan tests => 2 * @table;

for (@table) {
    my ($rule, $path, $asked, $status, $wanted, $off) = @$_;
    my $ask = sub {
        return @$asked > 1 ? preflight("/debug/$_[0]/$path", @$asked)
                           : get("/debug/$_[0]/$path", @$asked);
    };
    cors_is($ask->('on'), $status, $wanted, "CorsDebug On: $rule");
    if ($off) {
        cors_none($ask->('off'), $off, $wanted->{vary},
                  "CorsDebug Off tells nothing: $rule");
    }
    else {
        cors_is($ask->('off'), $status, { %$wanted, debug => undef },
                "CorsDebug Off says no more than is needed: $rule");
    }
}
