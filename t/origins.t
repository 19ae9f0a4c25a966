# Section 2.2: each form of an entry, however it is written, stands for what
# browsers send; in the server's configuration, whose text is gone when requests
# come, and in a .htaccess.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

# An entry, the origins that it lets in, and some that it does not.
my @entries = (
    ['HTTPS://A.Example', ['https://a.example'],
     ['https://A.example', 'http://a.example', 'https://a.example:8443']],
    ['https://a.example:443', ['https://a.example'],
     ['https://a.example:443', 'https://a.example:80']],
    ['HTTP://a.example:80', ['http://a.example'],
     ['http://a.example:80', 'https://a.example']],
    ['http://a.example:443', ['http://a.example:443'],
     ['http://a.example', 'https://a.example']],
    ['capacitor://LocalHost:80', ['capacitor://localhost:80'],
     ['capacitor://localhost', 'http://localhost']],
    ['https://*.A.Example:443',
     ['https://b.a.example', 'https://c.b.a.example'],
     ['https://a.example', 'https://b.a.example:443', 'https://ba.example']],
    ['https://*.A.example:*',
     ['https://b.a.example', 'https://b.a.example:1',
      'https://c.b.a.example:65535'],
     ['https://a.example', 'https://a.example:1', 'http://b.a.example']],
    ['HTTP://LocalHost:*', ['http://localhost', 'http://localhost:3000'],
     ['https://localhost', 'http://x.localhost:3000', 'http://localhost:']],
    ['http://[0:0:0:0:0:0:0:1]:8080', ['http://[::1]:8080'],
     ['http://[::1]', 'http://[0:0:0:0:0:0:0:1]:8080']],
    ['http://[2001:DB8::0:0:1]:80', ['http://[2001:db8::1]'],
     ['http://[2001:db8::1]:80', 'http://[2001:db8::2]']],
    ['http://[::FFFF:192.0.2.1]', ['http://[::ffff:c000:201]'],
     ['http://192.0.2.1']],
    ['* -HTTPS://A.Example:443', ['https://b.example', 'null'],
     ['https://a.example']],
);

my $root = vars('t_logs') . "/origins-$$";
my $sections = '';
for my $n (0 .. $#entries) {
    write_file("$root/$_/$n/x", "x\n") for qw(server own);
    write_file("$root/own/$n/.htaccess", "CorsAllowOrigin $entries[$n][0]\n");
    $sections .= "<Directory $root/server/$n>\n"
        . "CorsAllowOrigin $entries[$n][0]\n</Directory>\n";
}
my $server = private_httpd(<<"CONF");
DocumentRoot $root
<Directory $root/own>
    AllowOverride FileInfo
</Directory>
$sections
CONF

plan tests => 2 * map { @{ $_->[1] }, @{ $_->[2] } } @entries;

for my $n (0 .. $#entries) {
    my ($entry, $in, $out) = @{ $entries[$n] };
    for my $place (qw(server own)) {
        my @ask = ("/$place/$n/x", port => $server->port);
        for my $origin (@$in, @$out) {
            my $allow = $entry =~ /^\*/ ? '*' : $origin;
            cors_is(get($ask[0], $origin, @ask[1, 2]), 200, {
                vary => 'Origin',
                origin => grep({ $_ eq $origin } @$in) ? $allow : undef,
            }, "$place: $entry and $origin");
        }
    }
}
