# Requests that are broken, under each kind of policy: all are answered as they
# are without the module, short of preflights and of what CorsEnforce forbids,
# and no child of the server ends.
use strict;
use warnings;

use IO::Socket::INET ();
use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $root = vars('t_logs') . "/broken-$$";
write_file("$root/a", "a\n");
write_file("$root/own/a", "a\n");
write_file("$root/own/.htaccess", "CorsAllowMethods PUT\nCorsMaxAge 60\n");
write_file("$root/err.html", "error\n");
write_file("$root/wrong/.htaccess", "CorsAllowOrigin junk\n");
write_file("$root/wrong/a", "a\n");

my $host = "Host: localhost\r\nConnection: close\r\n";
my $origin = "Origin: $app\r\n";
my $foreign = "Origin: https://evil.example\r\n";
my $put = "Access-Control-Request-Method: PUT\r\n";
my $end = "\r\n";
my $long = 'a' x 9000;

# Name => the request.  What a preflight's answer is has other tests.
my @requests = (
    # First, since a child tells once only what concerns no page.
    'a long line'           => "GET /$long HTTP/1.1$end$host$origin$end",
    'nothing'               => "$end$end$end$end",
    'no more than a method' => "GET$end$end",
    'a method and a blank'  => "GET $end$end",
    'a blank first'         => " GET /a HTTP/1.1$end$host$end",
    'no version'            => "GET /a$end",
    'version 0.9'           => "GET /a HTTP/0.9$end$end",
    'version 9.9'           => "GET /a HTTP/9.9$end$host$origin$end",
    'version 1.0'           => "GET /a HTTP/1.0$end$origin$end",
    'a bad version'         => "GET /a JUNK/1.1$end$host$origin$end",
    'a long query'          => "GET /a?$long HTTP/1.1$end$host$origin$end",
    'a long field'          => "GET /a HTTP/1.1$end$host${origin}X: $long$end"
        . $end,
    'a long Origin'         => "GET /a HTTP/1.1$end${host}Origin: $long$end$end",
    'many fields'           => "GET /a HTTP/1.1$end$host$origin"
        . "X: y$end" x 200 . $end,
    'no Host'               => "GET /a HTTP/1.1$end${origin}Connection: close"
        . $end . $end,
    'an empty Host'         => "GET /a HTTP/1.1$end${origin}Connection: close"
        . "${end}Host:$end$end",
    'two Hosts'             => "GET /a HTTP/1.1$end$host$host$origin$end",
    'a bad Host'            => "GET /a HTTP/1.1${end}Host: a/b c${end}$origin"
        . "Connection: close$end$end",
    'a field without colon' => "GET /a HTTP/1.1$end$host${origin}junk$end$end",
    'a field without name'  => "GET /a HTTP/1.1$end$host$origin: x$end$end",
    'a NUL'                 => "GET /a HTTP/1.1$end$host${origin}X: \0$end$end",
    'a NUL in the Origin'   => "GET /a HTTP/1.1$end${host}Origin: \0$end$end",
    'a fold'                => "GET /a HTTP/1.1$end${host}Origin:$end $app$end"
        . $end,
    'another method'        => "BREW /a HTTP/1.1$end$host$origin$end",
    'a bad method'          => "B@%D /a HTTP/1.1$end$host$origin$end",
    'TRACE'                 => "TRACE /a HTTP/1.1$end$host$origin$end",
    'CONNECT'               => "CONNECT a:1 HTTP/1.1$end$host$origin$end",
    'OPTIONS *'             => "OPTIONS * HTTP/1.1$end$host$origin$put$end",
    'GET *'                 => "GET * HTTP/1.1$end$host$origin$end",
    'OPTIONS'               => "OPTIONS /a HTTP/1.1$end$host$origin$end",
    'no slash'              => "GET a HTTP/1.1$end$host$origin$end",
    'another server'        => "GET http://far.example/a HTTP/1.1$end$host"
        . $origin . $end,
    'a broken server'       => "GET http://[::/a HTTP/1.1$end$host$origin$end",
    'no path'               => "GET http://localhost HTTP/1.1$end$host$origin"
        . $end,
    'an encoded slash'      => "GET /a%2fb HTTP/1.1$end$host$origin$end",
    'an encoded NUL'        => "GET /a%00 HTTP/1.1$end$host$origin$end",
    'a broken encoding'     => "GET /a%zz HTTP/1.1$end$host$origin$end",
    'a path upwards'        => "GET /../../a HTTP/1.1$end$host$origin$end",
    'a long name'           => "GET /@{['a' x 300]} HTTP/1.1$end$host$origin"
        . $end,
    'a path behind a file'  => "GET /a/b/c HTTP/1.1$end$host$origin$end",
    'a broken .htaccess'    => "GET /wrong/a HTTP/1.1$end$host$origin$end",
    'what is not there'     => "GET /none HTTP/1.1$end$host$origin$end",
    'what is forbidden'     => "GET /denied/a HTTP/1.1$end$host$origin$end",
    'a bad length'          => "POST /a HTTP/1.1$end$host${origin}"
        . "Content-Length: x$end$end",
    'two lengths'           => "POST /a HTTP/1.1$end$host${origin}"
        . "Content-Length: 1${end}Content-Length: 2$end$end",
    'two framings'          => "POST /a HTTP/1.1$end$host${origin}"
        . "Content-Length: 1${end}Transfer-Encoding: chunked$end${end}0$end$end",
    'a bad chunk'           => "POST /a HTTP/1.1$end$host${origin}"
        . "Transfer-Encoding: chunked$end${end}zz$end$end",
    'a bad framing'         => "POST /a HTTP/1.1$end$host${origin}"
        . "Transfer-Encoding: junk$end${end}",
    'a bad Expect'          => "GET /a HTTP/1.1$end$host${origin}Expect: tea"
        . $end . $end,
    'a bad Range'           => "GET /a HTTP/1.1$end$host${origin}"
        . "Range: bytes=9-$end$end",
    'a condition'           => "GET /a HTTP/1.1$end$host${origin}"
        . "If-Match: \"x\"$end$end",
    'no condition'          => "GET /a HTTP/1.1$end$host${origin}"
        . "If-None-Match: *$end$end",
    'a page that is known'  => "GET /own/a HTTP/1.1$end$host${origin}$end",
    'another page'          => "GET /own/a HTTP/1.1$end$host${foreign}$end",
    'no page'               => "GET /own/a HTTP/1.1$end$host$end",
);
# These the module answers, and what it answers is no matter here.
my @preflights = map { "OPTIONS $_ HTTP/1.1$end$host$end" =~ s/\r\n\z//r } (
    "/a", "/none", "/denied/a", "/wrong/a", "/a%2fb", "/a%00", "/../a",
    "/own/a", "/moved", "http://localhost/a", "http://far.example/a",
);
@preflights = map { my $line = $_; map { "$line$_$end" }
                    "$origin$put", "$foreign$put", "Origin: $end$put",
                    "${origin}Access-Control-Request-Method: $end",
                    "$origin${put}Access-Control-Request-Headers: x,,y z$end",
                    "$origin${put}Access-Control-Request-Headers: "
                        . 'a,' x 1000 . $end } @preflights;

# Ways to have a policy; those that are marked change nothing.
my $list = "CorsAllowOrigin $app\n";
my $full = $list . "CorsAllowCredentials On\nCorsAllowMethods *\n"
    . "CorsAllowHeaders * -X-Own\nCorsExposeHeaders * -Date\nCorsMaxAge 60\n"
    . "CorsTimingAllowOrigin On\nCorsAllowPrivateNetwork On\n";
my @trial = ("CorsEngine ReportOnly\n", "CorsEngine ReportOnly\nCorsEnforce On\n");
my $unset = "RequestHeader unset Origin\n";
my @policies = (
    map({ ["all is allowed: $_" => "CorsAllowOrigin *\n$_"] } '', @trial),
    map({ ["a list: $_" => "$list$_"] } '', "CorsPreflight Pass\n", @trial),
    map({ ["all directives: $_" => "$full$_"] } '', "CorsDebug On\n",
        "CorsUpstream Keep\n", "CorsEnforce On\n", @trial),
    map({ ["Origin is taken away: $_" => "$full$unset$_"] } '',
        "CorsEnforce On\n", @trial),
    ['in a <Location>' => "<Location />\n$full</Location>\n"],
    ['in a <Directory>' => "<Directory $root>\n$full</Directory>\n"],
    ['in an <If>' => "<If true>\n$full</If>\n"],
    ['an expression' => "CorsAllowOriginMatch https://[a-z]+[.]example\n"],
);

sub server {
    my ($policy, @of) = @_;
    my ($level, $own) = $policy ? ('debug cors:trace8', 'FileInfo')
                                : ('debug', 'None');
    return private_httpd(<<"CONF", modules => [qw(alias headers)], @of);
LogLevel $level
DocumentRoot $root
ErrorDocument 404 /err.html
ErrorDocument 400 /err.html
<Directory $root>
    AllowOverride FileInfo
</Directory>
<Directory $root/own>
    AllowOverride $own
</Directory>
<Location /denied>
    Require all denied
</Location>
Redirect /moved /a
$policy
CONF
}

# What comes first of an answer: its status, or the body of an HTTP/0.9 one.
# The client ends its side, so that nobody waits for the rest of a request.
sub asked {
    my ($server, $text) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $server->port)
        or return 'no connection';
    my $answer = '';
    local $SIG{PIPE} = 'IGNORE';
    local $SIG{ALRM} = sub { die "no answer within 30 seconds to $text\n" };
    alarm 30;
    print $socket $text;
    $socket->flush;
    $socket->shutdown(1);
    while (sysread $socket, my $part, 65536) {
        $answer .= $part;
    }
    alarm 0;
    return $answer =~ /\A(?:HTTP\S+ )?([^\r\n]{0,3})/ ? $1 : '';
}

my (@names, @texts);
while (my ($name, $text) = splice @requests, 0, 2) {
    push @names, $name;
    push @texts, $text;
}

plan tests => 3 * @policies;

my $without = server('', cors => 0);
my @wanted = map { asked($without, $_) } @texts;
for (@policies) {
    my ($name, $policy) = @$_;
    $name =~ s/\s+/ /g;
    my $server = server($policy);
    my @got = map { asked($server, $_) } @texts;
    my $forbids = $policy =~ /Enforce On/ && $policy !~ /ReportOnly/;
    is(join("\n", map { "$names[$_]: $got[$_]" } 0 .. $#got),
       join("\n", map { my $may = $names[$_] eq 'another page' && $forbids;
                        "$names[$_]: " . ($may ? 403 : $wanted[$_]) }
                  0 .. $#got),
       "broken requests: $name");
    my @answers = map { asked($server, $_) } @preflights;
    is(scalar(grep { !/^\d{3}$/ } @answers), 0, "preflights: $name");
    my ($log) = $server->root =~ m{([^/]+)\z};
    unlike(log_since("$log/error_log", 0), qr/exit signal|Assertion/,
           "no child ends: $name");
}
