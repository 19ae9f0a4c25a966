# No policy, no trace: a server with the module loaded and no policy, one with
# CorsEngine Off, and one without the module send the same bytes.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my @modules = qw(headers alias dir rewrite deflate filter);
my $config = <<'CONF';
Header set X-Set 1
Header always set Access-Control-Allow-Origin *
Header add Access-Control-Allow-Origin https://b.example
Header add Vary Cookie
Header always add Vary User-Agent
Redirect /old /new
Alias /denied /
<Location /denied>
    Require all denied
</Location>
ErrorDocument 403 /plain/index.html
DirectoryIndex index.html
CONF

sub server {
    my ($lines, %of) = @_;
    return private_httpd("$lines\n$config", modules => \@modules, %of);
}

my @servers = (
    ['without the module', server('', cors => 0)],
    ['with the module', server('')],
    ['with a policy that is off',
     server("CorsAllowOrigin *\nCorsExposeHeaders *\nCorsEngine Off")],
    ['with everything but an origin list',
     server("CorsExposeHeaders *\nCorsAllowMethods *\nCorsAllowHeaders *\n"
            . "CorsEnforce On\nCorsMaxAge 1\nCorsTimingAllowOrigin On\n"
            . 'CorsAllowCredentials https://a.example')],
    ['with the policy elsewhere',
     server("<Location /elsewhere>\nCorsAllowOrigin *\n</Location>")],
);
my $control = server('CorsAllowOrigin *');

my $preflight = "Origin: https://a.example\r\n"
    . "Access-Control-Request-Method: PUT\r\n"
    . 'Access-Control-Request-Headers: x-one';
my $origin = 'Origin: https://a.example';

# The request line and fields besides Host and Connection.
my @requests = (
    ['GET /plain/ HTTP/1.1'],
    ['GET /plain/ HTTP/1.1', $origin],
    ['HEAD /plain/ HTTP/1.1', 'Origin: null'],
    ['GET /plain/ HTTP/1.0', $origin],
    ['GET /plain HTTP/1.1', $origin],
    ['GET /nope HTTP/1.1', $origin],
    ['GET /denied/ HTTP/1.1', $origin],
    ['GET /old HTTP/1.1', $origin],
    ['GET /a%2fb HTTP/1.1', $origin],
    ['GET /plain/ HTTP/1.1', 'Range: bytes=0-1'],
    ['OPTIONS /plain/ HTTP/1.1', $preflight],
    ['OPTIONS /denied/ HTTP/1.1', $preflight],
    ['OPTIONS * HTTP/1.1', $preflight],
    ['TRACE /plain/ HTTP/1.1', $preflight],
    ['POST /plain/ HTTP/1.1', $origin, 'Content-Length: 0'],
    ['GET /plain/ HTTP/1.1', 'Bad Field: x'],
);

plan tests => @requests * @servers;

# An answer without what differs between any two servers, and any two times.
sub answer {
    my ($server, $line, @fields) = @_;
    my $port = $server->port;
    my $text = exchange(join("\r\n", $line, 'Host: localhost',
                             'Connection: close', @fields, '', ''), $port);
    $text =~ s/^Date: [^\r]*/Date: now/m;
    $text =~ s/:$port/:PORT/g;
    # httpd lists methods in the order of a hash that it seeds at random.
    $text =~ s/^(Allow: )([^\r]*)/$1 . join ',', sort split m{,}, $2/me;
    return $text;
}

my ($bare, @others) = @servers;
for my $request (@requests) {
    my $wanted = answer($bare->[1], @$request);
    for (@others) {
        my ($name, $server) = @$_;
        is(answer($server, @$request), $wanted, "$name: $request->[0]");
    }
    if ($request->[0] =~ /^TRACE|^OPTIONS \*/) {
        is(answer($control, @$request), $wanted,
           "left alone under a policy as well: $request->[0]");
    }
    else {
        isnt(answer($control, @$request), $wanted,
             "a policy for all does make a difference: $request->[0]");
    }
}
